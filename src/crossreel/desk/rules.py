"""Writing the rules of what is shown; every change is in the trail and can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossreel.accounts.audit import AuditEntry
from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.desk.trail import record
from crossreel.errors import Conflict, UnknownId
from crossreel.recommend.policy import RuleBook
from crossreel.recommend.rules import Rule

__all__ = ["put_rule", "remove_rule", "undo_rule"]


def put_rule(app: App, actor: Actor, document: Mapping[str, Any], *, request_id: str = "") -> Rule:
    """Writes a rule, new or in place of the one with its id; it holds from the next request on.

    Raises:
        NotAllowed: the actor may not edit.
        BadValue: the document is not a rule.
        UnknownId: it names a title that is not in the catalog.
    """
    rule = Rule.read(document)
    named = rule.titles + (rule.select.titles if rule.select else ())
    known = app.catalog.resolve(named)
    for id_ in named:
        if id_ not in known:
            raise UnknownId("title", id_)
    _swap(app, actor, rule.id, rule.to_dict(), "rule.write", request_id=request_id)
    return rule


def remove_rule(app: App, actor: Actor, id_: str, *, request_id: str = "") -> None:
    """Removes a rule. Raises ``NotAllowed``, ``UnknownId``."""
    actor.require(Permission.EDIT)
    if app.documents.get(RuleBook.KIND, id_) is None:
        raise UnknownId("rule", id_)
    _swap(app, actor, id_, None, "rule.remove", request_id=request_id)


def undo_rule(app: App, actor: Actor, entry: AuditEntry, *, request_id: str = "") -> None:
    """Takes one change of a rule back. Raises ``Conflict`` where it was changed again since."""
    if app.documents.get(RuleBook.KIND, entry.subject) != entry.after:
        raise Conflict(
            f"The rule {entry.subject} was changed again since.", advice="Undo the later change first."
        )
    _swap(app, actor, entry.subject, entry.before, "rule.undo", request_id=request_id, undoes=entry.id)


def _swap(
    app: App,
    actor: Actor,
    id_: str,
    after: Mapping[str, Any] | None,
    action: str,
    *,
    request_id: str = "",
    undoes: int | None = None,
) -> None:
    """Puts ``after`` (None: nothing) in the place of a rule and writes the trail, in one transaction."""
    actor.require(Permission.EDIT)
    with app.atomic():
        before = app.documents.get(RuleBook.KIND, id_)
        if after is None:
            app.documents.remove(RuleBook.KIND, id_)
        else:
            app.documents.put(RuleBook.KIND, id_, after)
        if before != after:
            record(app, actor, action, id_, before=before, after=after, request_id=request_id, undoes=undoes)
