"""Operators and API tokens: who may come in, as what, and with which keys."""

from __future__ import annotations

from starlette.responses import Response

from crossreel.accounts.access import LONGEST_TOKEN_DAYS, TOKEN_DAYS, IssuedToken
from crossreel.accounts.operator import ROLES, Operator, Permission, Role
from crossreel.accounts.passwords import LONGEST, SHORTEST, verify_password
from crossreel.desk.people import add_operator, change_operator, issue_token, revoke_token
from crossreel.errors import BadInput, BadValue, CrossreelError, NotAllowed
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]


def operators(sitting: Sitting) -> Response:
    """``GET /operators``."""
    return _operators(sitting)


def _operators(
    sitting: Sitting, *, problem: str = "", values: dict[str, str] | None = None, status: int = 200
) -> Response:
    here = sitting.tell("Operators")
    tokens: dict[str, int] = {}
    for token in sitting.app.accounts.tokens():
        tokens[token.operator] = tokens.get(token.operator, 0) + (token.expires > sitting.now)
    return sitting.page(
        "operators.html",
        noun="settings",
        title=here,
        crumbs=[Crumb(here)],
        status=status,
        operators=sitting.app.accounts.operators(),
        tokens=tokens,
        roles=tuple(Role),
        shortest=SHORTEST,
        longest=LONGEST,
        problem=problem,
        values=values or {},
    )


def add(sitting: Sitting, fields: Fields) -> Response:
    """``POST /operators``: a new one."""
    name = fields.one("name")
    try:
        made = add_operator(
            sitting.app,
            sitting.actor,
            name,
            Role.read(fields.one("role")),
            fields.one("password"),
            request_id=sitting.request_id,
        )
    except BadInput as error:
        values = {"name": name, "role": fields.one("role")}
        return _operators(sitting, problem=_told(error), values=values, status=422)
    return sitting.go(console_url("/operators"), sitting.tell("%(name)s is added.", name=made.name))


def change(sitting: Sitting, fields: Fields) -> Response:
    """``POST /operators/change``: by ``step`` the role, the password, or whether disabled."""
    name, step = fields.one("name"), fields.one("step")
    if step not in {"role", "password", "disable", "enable"}:
        raise BadValue("step", step, "role, password, disable or enable")
    try:
        after = change_operator(
            sitting.app,
            sitting.actor,
            name,
            role=Role.read(fields.one("role")) if step == "role" else None,
            password=fields.one("password") if step == "password" else None,
            disabled={"disable": True, "enable": False}.get(step),
            request_id=sitting.request_id,
        )
    except (BadInput, NotAllowed) as error:
        return _operators(sitting, problem=_told(error), status=422)
    return sitting.go(console_url("/operators"), _changed(sitting, step, after))


def _changed(sitting: Sitting, step: str, after: Operator) -> str:
    if step == "role":
        return sitting.tell("%(name)s is %(role)s now.", name=after.name, role=after.role.value)
    if step == "password":
        return sitting.tell("%(name)s has a new password and is signed out everywhere.", name=after.name)
    if step == "disable":
        return sitting.tell("%(name)s may not sign in any more.", name=after.name)
    return sitting.tell("%(name)s may sign in again.", name=after.name)


def _told(error: CrossreelError) -> str:
    return f"{error.message} {error.advice}".strip()


def tokens(sitting: Sitting) -> Response:
    """``GET /tokens``: one's own; an administrator sees everybody's."""
    return _tokens(sitting)


def _tokens(
    sitting: Sitting, *, issued: IssuedToken | None = None, problem: str = "", status: int = 200
) -> Response:
    everybody = sitting.may(Permission.ADMINISTER)
    accounts = sitting.app.accounts
    here = sitting.tell("API tokens")
    return sitting.page(
        "tokens.html",
        noun="settings",
        title=here,
        crumbs=[Crumb(here)],
        status=status,
        rows=accounts.tokens("" if everybody else sitting.actor.operator),
        everybody=everybody,
        operators=[one for one in accounts.operators() if not one.disabled] if everybody else [],
        scopes=tuple(Permission) if everybody else tuple(one for one in Permission if sitting.may(one)),
        roles=ROLES,
        days=TOKEN_DAYS,
        most_days=LONGEST_TOKEN_DAYS,
        issued=issued,
        problem=problem,
        shortest=SHORTEST,
        longest=LONGEST,
    )


def issue(sitting: Sitting, fields: Fields) -> Response:
    """``POST /tokens``: a new one; its text is on this answer and never again."""
    days = fields.one("days")
    try:
        issued = issue_token(
            sitting.app,
            sitting.actor,
            fields.one("operator") or sitting.actor.operator,
            fields.one("label"),
            frozenset(Permission.read(scope) for scope in fields.all("scope")),
            int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0,
            request_id=sitting.request_id,
        )
    except (BadInput, NotAllowed) as error:
        return _tokens(sitting, problem=_told(error), status=422)
    return _tokens(sitting, issued=issued)


def revoke(sitting: Sitting, fields: Fields) -> Response:
    """``POST /tokens/revoke``."""
    revoke_token(sitting.app, sitting.actor, fields.one("id"), request_id=sitting.request_id)
    return sitting.go(console_url("/tokens"), sitting.tell("The token is revoked."))


def own_password(sitting: Sitting, fields: Fields) -> Response:
    """``POST /own-password``: asks for the old one; all sessions end."""
    me = sitting.app.accounts.operator(sitting.actor.operator)
    if me is None or not verify_password(me.password_hash, fields.one("old")):
        problem = sitting.tell("The old password is wrong.")
        return _tokens(sitting, problem=problem, status=422)
    try:
        change_operator(
            sitting.app,
            sitting.actor,
            sitting.actor.operator,
            password=fields.one("password"),
            request_id=sitting.request_id,
        )
    except BadInput as error:
        return _tokens(sitting, problem=_told(error), status=422)
    return sitting.go(console_url("/sign-in"), sitting.tell("Your password is changed. Sign in with it."))


ROUTES = [
    shown("/operators", operators, Permission.ADMINISTER),
    changed("/operators", add, Permission.ADMINISTER),
    changed("/operators/change", change, Permission.ADMINISTER),
    shown("/tokens", tokens),
    changed("/tokens", issue, Permission.READ),
    changed("/tokens/revoke", revoke, Permission.READ),
    changed("/own-password", own_password, Permission.READ),
]
COMMANDS = [
    Command(M_("Operators"), console_url("/operators"), "staff people roles users", Permission.ADMINISTER),
    Command(M_("API tokens and my password"), console_url("/tokens"), "keys access account"),
]
