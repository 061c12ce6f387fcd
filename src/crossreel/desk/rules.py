"""Writing the rules of what is shown; every change is in the trail and can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.desk.written import swap_document
from crossreel.errors import UnknownId
from crossreel.recommend.policy import RuleBook
from crossreel.recommend.rules import Rule

__all__ = ["put_rule", "remove_rule"]


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
    swap_document(app, actor, RuleBook.KIND, rule.id, rule.to_dict(), "rule.write", request_id=request_id)
    return rule


def remove_rule(app: App, actor: Actor, id_: str, *, request_id: str = "") -> None:
    """Removes a rule. Raises ``NotAllowed``, ``UnknownId``."""
    actor.require(Permission.EDIT)
    if app.documents.get(RuleBook.KIND, id_) is None:
        raise UnknownId("rule", id_)
    swap_document(app, actor, RuleBook.KIND, id_, None, "rule.remove", request_id=request_id)
