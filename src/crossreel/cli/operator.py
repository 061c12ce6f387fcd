"""``crossreel operator``: the staff, their passwords and their API tokens."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crossreel.cli.terminal import Home, Json, announce, emit, opened, table
from crossreel.errors import WrongUse

__all__ = ["VERBS"]

Name = Annotated[str, typer.Argument(help="Operator name, such as an email address.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise WrongUse("There is no terminal to ask for a password.", advice="Use --password-stdin.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def add(
    name: Name,
    role: Annotated[str, typer.Option(help="reporter, editor or administrator.")] = "editor",
    password_stdin: FromStdin = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add an operator; the password is asked for."""
    from crossreel.accounts.operator import COMMAND_LINE, Role
    from crossreel.desk.people import add_operator

    with opened(home) as app:
        operator = add_operator(app, COMMAND_LINE, name, Role.read(role), _password(password_stdin))
        document = {"name": operator.name, "role": operator.role.value}
        emit(document, as_json, lambda: typer.echo(f"{operator.name} is {operator.role.value} now."))


def change(
    name: Name,
    role: Annotated[str | None, typer.Option(help="A new role.")] = None,
    password: Annotated[bool, typer.Option("--password", help="Ask for a new password.")] = False,
    password_stdin: FromStdin = False,
    enable: Annotated[bool, typer.Option("--enable", help="Let a disabled operator in again.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Change an operator's role or password, or enable one again."""
    from crossreel.accounts.operator import COMMAND_LINE, Role
    from crossreel.desk.people import change_operator

    with opened(home) as app:
        operator = change_operator(
            app,
            COMMAND_LINE,
            name,
            role=Role.read(role) if role else None,
            password=_password(password_stdin) if password or password_stdin else None,
            disabled=False if enable else None,
        )
        document = {"name": operator.name, "role": operator.role.value, "disabled": operator.disabled}
        emit(document, as_json, lambda: typer.echo(f"{operator.name} is changed."))


def disable(name: Name, home: Home = None, as_json: Json = False) -> None:
    """Disable an operator; sessions and tokens end at once."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.people import change_operator

    with opened(home) as app:
        operator = change_operator(app, COMMAND_LINE, name, disabled=True)
        emit(
            {"name": operator.name, "disabled": True}, as_json, lambda: typer.echo(f"{operator.name} is out.")
        )


def list_(home: Home = None, as_json: Json = False) -> None:
    """List the operators."""
    with opened(home) as app:
        rows = [
            (one.name, one.role.value, "disabled" if one.disabled else "", one.created.date())
            for one in app.accounts.operators()
        ]
        columns = ("name", "role", "state", "since")
        document = {"operators": [dict(zip(columns, map(str, row), strict=True)) for row in rows]}
        emit(document, as_json, lambda: table(columns, rows))


def token(
    name: Name,
    label: Annotated[str, typer.Option(help="What the token is for.")] = "command line",
    scope: Annotated[
        list[str] | None,
        typer.Option(help="read (alone where none is named), edit or administer; repeat it."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="Days until it expires.")] = 90,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make an API token; it is shown once."""
    from crossreel.accounts.operator import COMMAND_LINE, Permission
    from crossreel.desk.people import issue_token

    with opened(home) as app:
        scopes = frozenset(Permission.read(word) for word in scope or ["read"])
        issued = issue_token(app, COMMAND_LINE, name, label, scopes, days)
        document = {
            "token": issued.text,
            "id": issued.token.id,
            "scopes": sorted(issued.token.scopes),
            "expires": issued.token.expires.isoformat(),
        }
        emit(document, as_json, lambda: typer.echo(issued.text))
        announce("Keep it safe: it is not shown again.")


VERBS = {"add": add, "list": list_, "change": change, "disable": disable, "token": token}
