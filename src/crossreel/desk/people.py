"""Managing operators and their API tokens; passwords and secrets never reach the trail."""

from __future__ import annotations

from typing import Any

from crossreel.accounts import access
from crossreel.accounts.operator import Actor, Operator, Permission, Role
from crossreel.app import App
from crossreel.desk.trail import record
from crossreel.errors import NotAllowed, UnknownId

__all__ = ["add_operator", "change_operator", "issue_token", "revoke_token"]


def _shown(operator: Operator) -> dict[str, Any]:
    return {"name": operator.name, "role": operator.role.value, "disabled": operator.disabled}


def add_operator(
    app: App, actor: Actor, name: str, role: Role, password: str, *, request_id: str = ""
) -> Operator:
    """Adds an operator. Raises ``NotAllowed``, ``BadValue``, ``Conflict`` (name taken)."""
    actor.require(Permission.ADMINISTER)
    with app.atomic():
        operator = access.add_operator(app.accounts, name, role, password, app.clock())
        record(app, actor, "operator.add", operator.name, after=_shown(operator), request_id=request_id)
    return operator


def change_operator(
    app: App,
    actor: Actor,
    name: str,
    *,
    role: Role | None = None,
    password: str | None = None,
    disabled: bool | None = None,
    request_id: str = "",
) -> Operator:
    """Changes an operator; everybody may change their own password.

    Raises:
        NotAllowed: not an administrator (or not one's own password only).
        UnknownId, BadValue, Conflict: as ``accounts.access.change_operator``.
    """
    own_password = name.strip().casefold() == actor.operator and role is None and disabled is None
    if not (own_password and actor.via == "session"):
        actor.require(Permission.ADMINISTER)
    with app.atomic():
        before = app.accounts.operator(name.strip().casefold())
        after = access.change_operator(app.accounts, name, role=role, password=password, disabled=disabled)
        record(
            app,
            actor,
            "operator.change",
            after.name,
            before=_shown(before) if before else None,
            after={**_shown(after), **({"password": "changed"} if password else {})},
            request_id=request_id,
        )
    return after


def issue_token(
    app: App,
    actor: Actor,
    operator: str,
    label: str,
    scopes: frozenset[Permission],
    days: int = access.TOKEN_DAYS,
    *,
    request_id: str = "",
) -> access.IssuedToken:
    """Makes an API token: for oneself, or as an administrator for anybody.

    Raises:
        NotAllowed: for somebody else without being an administrator, from a token, or a scope
            beyond the role.
        UnknownId, BadValue: as ``accounts.access.issue_token``.
    """
    if actor.via.startswith("token:"):
        raise NotAllowed("A token cannot make tokens.", advice="Sign in to the console.")
    if operator.strip().casefold() != actor.operator:
        actor.require(Permission.ADMINISTER)
    with app.atomic():
        issued = access.issue_token(app.accounts, operator, label, scopes, app.clock(), days)
        token = issued.token
        shown = {"id": token.id, "label": token.label, "scopes": sorted(token.scopes)}
        record(app, actor, "token.issue", token.operator, after=shown, request_id=request_id)
    return issued


def revoke_token(app: App, actor: Actor, id_: str, *, request_id: str = "") -> None:
    """Ends a token at once. Raises ``NotAllowed``, ``UnknownId``."""
    with app.atomic():
        token = app.accounts.token(id_)
        if token is None:
            raise UnknownId("token", id_)
        if token.operator != actor.operator:
            actor.require(Permission.ADMINISTER)
        app.accounts.remove_token(id_)
        shown = {"id": token.id, "label": token.label}
        record(app, actor, "token.revoke", token.operator, before=shown, request_id=request_id)
