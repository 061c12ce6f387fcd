"""Documents the staff write (rules, lists): put in place, removed, taken back; always with the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossreel.accounts.audit import AuditEntry
from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.desk.trail import record
from crossreel.errors import Conflict

__all__ = ["swap_document", "take_back"]


def swap_document(
    app: App,
    actor: Actor,
    kind: str,
    id_: str,
    after: Mapping[str, Any] | None,
    action: str,
    *,
    request_id: str = "",
    undoes: int | None = None,
) -> None:
    """Puts ``after`` (None: nothing) in the place of a document and writes the trail, in one transaction.

    Raises ``NotAllowed`` where the actor may not edit.
    """
    actor.require(Permission.EDIT)
    with app.atomic():
        before = app.documents.get(kind, id_)
        if after is None:
            app.documents.remove(kind, id_)
        else:
            app.documents.put(kind, id_, after)
        if before != after:
            record(app, actor, action, id_, before=before, after=after, request_id=request_id, undoes=undoes)


def take_back(
    app: App, actor: Actor, kind: str, entry: AuditEntry, action: str, *, request_id: str = ""
) -> None:
    """Takes one change of a document back. Raises ``Conflict`` where it was changed again since."""
    if app.documents.get(kind, entry.subject) != entry.after:
        raise Conflict(f"{entry.subject} was changed again since.", advice="Undo the later change first.")
    swap_document(
        app, actor, kind, entry.subject, entry.before, action, request_id=request_id, undoes=entry.id
    )
