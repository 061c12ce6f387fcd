"""Taking a change back, while it is still the last word on its subject."""

from __future__ import annotations

from datetime import timedelta

from crossreel.accounts.audit import AuditEntry
from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.catalog.documents import title_to_dict
from crossreel.desk.duplicates import MERGED, part_titles
from crossreel.desk.licenses import swap_licenses
from crossreel.desk.titles import edit_title
from crossreel.desk.written import take_back
from crossreel.errors import Conflict
from crossreel.recommend.lists import TitleList
from crossreel.recommend.policy import RuleBook
from crossreel.rights.feed import license_from_dict
from crossreel.values.ids import TitleId

__all__ = ["UNDO_DAYS", "can_undo", "undo"]

UNDO_DAYS = 1
"""How long a change can be taken back."""

_LICENSES = {"license.add", "license.edit", "license.remove", "license.close", "license.undo"}
_TITLES = {
    "title.edit",
    "title.translate",
    "title.accept",
    "title.undo",
    "artwork.attach",
    "artwork.replace",
    "artwork.remove",
}
_RULES = {"rule.write", "rule.remove", "rule.undo"}
_LISTS = {"list.write", "list.remove", "list.undo"}


def can_undo(app: App, entry: AuditEntry) -> bool:
    """Whether ``undo`` would try: a change of a title, license, rule or list, young, not taken back yet."""
    young = app.clock() - entry.time <= timedelta(days=UNDO_DAYS)
    return (
        young
        and entry.action in _LICENSES | _TITLES | _RULES | _LISTS | {MERGED}
        and not app.audit.undone([entry.id])
    )


def undo(app: App, actor: Actor, entry_id: int, *, request_id: str = "") -> None:
    """Takes one change back; the taking back is a change of its own and can be undone.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: there is no such entry.
        Conflict: it is too old, of a kind that cannot be undone, taken back already, or its
            subject was changed again since.
    """
    actor.require(Permission.EDIT)
    with app.atomic():
        entry = app.audit.get(entry_id)
        if not can_undo(app, entry):
            raise Conflict(
                f"The change {entry_id} ({entry.action}) cannot be undone any more.",
                advice=f"Titles, licenses, rules and lists can be put back once, for {UNDO_DAYS} day.",
            )
        if entry.action in _LICENSES:
            before = [license_from_dict(document) for document in (entry.before or {})["licenses"]]
            after = [license_from_dict(document) for document in (entry.after or {})["licenses"]]
            swap_licenses(app, actor, "license.undo", after, before, request_id=request_id, undoes=entry.id)
            return
        if entry.action == MERGED:
            part_titles(app, actor, entry, request_id=request_id)
            return
        if entry.action in _RULES:
            take_back(app, actor, RuleBook.KIND, entry, "rule.undo", request_id=request_id)
            return
        if entry.action in _LISTS:
            take_back(app, actor, TitleList.KIND, entry, "list.undo", request_id=request_id)
            return
        id_ = TitleId.parse(entry.subject)
        current = app.catalog.get([id_]).get(id_)
        if current is None or title_to_dict(current) != entry.after:
            raise Conflict(f"{entry.subject} was changed again since.", advice="Undo the later change first.")
        edit_title(
            app, actor, id_, entry.before or {}, request_id=request_id, action="title.undo", undoes=entry.id
        )
