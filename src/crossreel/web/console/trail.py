"""The changes of a subject as a person reads them, and taking changes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from crossreel.accounts.audit import AuditEntry
from crossreel.catalog.documents import content_hash, title_from_dict
from crossreel.desk.undo import can_undo, undo
from crossreel.errors import BadInput, CrossreelError
from crossreel.values.ids import TitleId
from crossreel.web.console.addresses import changed
from crossreel.web.console.differences import Difference, differences, license_differences
from crossreel.web.console.fields import Fields
from crossreel.web.console.phrases import M_
from crossreel.web.console.sitting import Sitting
from crossreel.web.pages.saying import local_path

__all__ = ["ACTIONS", "ROUTES", "Change", "changes_of", "described"]

ACTIONS = {
    "title.create": M_("created the title"),
    "title.edit": M_("edited the title"),
    "title.translate": M_("translated its texts by machine"),
    "title.accept": M_("accepted a text that a machine wrote"),
    "title.undo": M_("took back an edit"),
    "title.merge": M_("joined two titles"),
    "title.part": M_("parted the joined titles"),
    "license.add": M_("added a license"),
    "license.edit": M_("edited a license"),
    "license.remove": M_("removed a license"),
    "license.close": M_("closed it in a territory"),
    "license.undo": M_("took back a change of licenses"),
    "artwork.attach": M_("attached a file"),
    "artwork.replace": M_("replaced a file"),
    "artwork.remove": M_("removed a file"),
}
"""What the trail's actions say after a name."""
_JOINING = {"title.merge", "title.part"}
_MOST = 5000
"""Entries looked through to find those of one request."""


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the trail.

    Attributes:
        told: what differs.
        before_hash: ``content_hash`` of the title before, or "".
        undoable: may be taken back by whoever looks.
        undone: was taken back.
    """

    entry: AuditEntry
    action: str
    told: tuple[Difference, ...]
    before_hash: str
    undoable: bool
    undone: bool


def changes_of(sitting: Sitting, id_: TitleId, *, limit: int) -> list[Change]:
    """What the staff changed of a title and its licenses, newest first."""
    app = sitting.app
    names = {id_, *(record for record, merged in app.catalog.aliases().items() if merged == id_)}
    entries = [entry for name in names for entry in app.audit.page(subject=str(name), limit=limit)]
    return described(sitting, sorted(entries, key=lambda entry: -entry.id)[:limit])


def described(sitting: Sitting, entries: list[AuditEntry]) -> list[Change]:
    """Entries with what they changed."""
    undone = sitting.app.audit.undone([entry.id for entry in entries])
    return [
        Change(
            entry,
            sitting.tell(ACTIONS.get(entry.action, entry.action)),
            tuple(_told(entry)),
            _hash(entry.before),
            sitting.may_edit and can_undo(sitting.app, entry),
            entry.id in undone,
        )
        for entry in entries
    ]


def _told(entry: AuditEntry) -> list[Difference]:
    before, after = entry.before or {}, entry.after or {}
    if "licenses" in before or "licenses" in after:
        return license_differences(before.get("licenses", ()), after.get("licenses", ()))
    if entry.action in _JOINING:
        return _of_joining(before.get("titles", ()), after.get("titles", ()))
    return differences(before, after)


def _of_joining(before: Any, after: Any) -> list[Difference]:
    names = [{"name": " + ".join(str(one.get("name", "")) for one in side)} for side in (before, after)]
    return differences(names[0], names[1])


def _hash(document: Mapping[str, Any] | None) -> str:
    if not document or "name" not in document or "id" not in document:
        return ""
    try:
        return content_hash(title_from_dict(document, "desk"))
    except CrossreelError:
        return ""


def take_back(sitting: Sitting, fields: Fields) -> Response:
    """``POST /undo``: one change (``change``), or all that one request made (``request``)."""
    back = local_path(fields.one("next"), "/console/")
    entries = _asked(sitting, fields)
    if not entries:
        return sitting.go(back, sitting.tell("There is nothing to undo any more."), problem=True)
    try:
        with sitting.app.atomic():
            for entry in entries:
                undo(sitting.app, sitting.actor, entry.id, request_id=sitting.request_id)
    except BadInput as error:
        return sitting.go(back, f"{error.message} {error.advice}".strip(), problem=True)
    message = sitting.tell_n("%(num)s change undone.", "%(num)s changes undone.", len(entries))
    return sitting.go(back, message, undo=True)


def _asked(sitting: Sitting, fields: Fields) -> list[AuditEntry]:
    """The changes to take back, newest first."""
    number, request = fields.one("change"), fields.one("request")
    if number.isdecimal() and len(number) < 18:
        return [sitting.app.audit.get(int(number))]
    if not request:
        return []
    page = sitting.app.audit.page(actor=sitting.actor.operator, limit=_MOST)
    return [entry for entry in page if entry.request_id == request]


ROUTES = [changed("/undo", take_back)]
