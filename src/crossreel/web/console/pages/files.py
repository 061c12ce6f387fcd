"""The tabs of a title that hold files: artwork, and films with their trailers and subtitles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crossreel.catalog.attachment import PICTURES, Attachment, AttachmentRole
from crossreel.catalog.documents import content_hash
from crossreel.catalog.folding import fold
from crossreel.catalog.title import Title
from crossreel.desk.attachments import MOST_BYTES, attach_file, detach_file
from crossreel.errors import BadInput
from crossreel.values.ids import TitleId
from crossreel.values.language import UNDETERMINED, Language
from crossreel.values.territory import Territory, all_territories
from crossreel.web.cards import picture_url
from crossreel.web.console.addresses import changed, uploaded
from crossreel.web.console.fields import Fields
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import title_url
from crossreel.web.console.sitting import Sitting
from crossreel.web.film import file_url, film_of

__all__ = ["ARTWORK", "MEDIA", "ROUTES", "file_context"]

ARTWORK = (AttachmentRole.POSTER, AttachmentRole.STILL)
MEDIA = (AttachmentRole.FILM, AttachmentRole.TRAILER, AttachmentRole.SUBTITLES)
ROLE_NAMES = {
    AttachmentRole.POSTER: M_("Poster"),
    AttachmentRole.STILL: M_("Still"),
    AttachmentRole.FILM: M_("Film"),
    AttachmentRole.TRAILER: M_("Trailer"),
    AttachmentRole.SUBTITLES: M_("Subtitles"),
}


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as the tab shows it, in words."""

    file: Attachment
    role: str
    readers: str
    facts: str
    url: str
    is_kept: bool


def file_context(
    sitting: Sitting,
    title: Title,
    roles: tuple[AttachmentRole, ...],
    *,
    problem: str = "",
    values: dict[str, str] | None = None,
) -> dict[str, Any]:
    """What ``title_artwork.html`` and ``title_media.html`` show."""
    return {
        "rows": [_row(sitting, title, one) for one in title.attachments if one.role in roles],
        "roles": [(role.value, ROLE_NAMES[role]) for role in roles],
        "territories": sorted(all_territories(), key=lambda one: fold(sitting.phrases.book.territory(one))),
        "expected": content_hash(title),
        "problem": problem,
        "values": values or {},
        "most": _size_of(max(MOST_BYTES[role] for role in roles)),
        "stands_in": bool((film := film_of(title)) and film.stands_in),
    }


def _row(sitting: Sitting, title: Title, one: Attachment) -> FileRow:
    book = sitting.phrases.book
    language = (
        sitting.tell("every language") if one.language == UNDETERMINED else book.language_name(one.language)
    )
    place = book.territory(one.territory) if one.territory else sitting.tell("everywhere")
    facts = [one.media_type]
    if one.width and one.height:
        facts.append(f"{one.width} × {one.height}")
    if one.seconds:
        facts.append(f"{one.seconds // 3600}:{one.seconds // 60 % 60:02}:{one.seconds % 60:02}")
    size = one.bytes
    facts.append(f"{book.number(round(size / 1e6, 1))} MB" if size >= 1e5 else f"{book.number(size)} B")
    url = picture_url(title, one) if one.role in PICTURES else file_url(title, one)
    kept = sitting.app.blobs.exists(one.digest)
    role = sitting.tell(ROLE_NAMES[one.role])
    return FileRow(one, role, f"{language}, {place}", " · ".join(facts), url, kept)


def _size_of(most: int) -> str:
    return f"{most >> 30} GiB" if most >= 1 << 30 else f"{round(most / 1e6)} MB"


def _attach(sitting: Sitting, fields: dict[str, str], file: UploadFile | None) -> Response:
    from crossreel.web.console.pages.title import find_title, title_page

    title = find_title(sitting, sitting.request.path_params["id"])
    asked = fields.get("role", "")
    if asked not in list(AttachmentRole):
        raise HTTPException(400)
    role = AttachmentRole(asked)
    tab, roles = ("artwork", ARTWORK) if role in PICTURES else ("media", MEDIA)
    try:
        if file is None or not file.filename:
            problem = sitting.tell("Choose a file first.")
        else:
            after = attach_file(
                sitting.app,
                sitting.actor,
                title.id,
                role,
                file.filename[-100:],
                file.file,
                language=_language(fields.get("language", "")),
                territory=_territory(fields.get("territory", "")),
                expected=fields.get("expected") or None,
                request_id=sitting.request_id,
            )
            return sitting.go(title_url(title.id, tab), kept_message(sitting, title, after, role), undo=True)
    except BadInput as error:
        problem = f"{error.message} {error.advice}".strip()
    title = find_title(sitting, str(title.id))
    shown = file_context(sitting, title, roles, problem=problem, values=fields)
    return title_page(sitting, title, tab, status=422, **shown)


def kept_message(sitting: Sitting, before: Title, after: Title, role: AttachmentRole) -> str:
    """That a file is kept, and whether another made way for it."""
    name = sitting.tell(ROLE_NAMES[role])
    if len(after.attachments) > len(before.attachments):
        return sitting.tell("Kept: %(role)s.", role=name)
    return sitting.tell("Kept: %(role)s, in place of the one that was there.", role=name)


def _language(text: str) -> Language:
    return Language.parse(text) if text.strip() else UNDETERMINED


def _territory(text: str) -> Territory | None:
    return Territory.parse(text) if text.strip() else None


def remove(sitting: Sitting, fields: Fields) -> Response:
    """``POST /detach/{id}``: takes one file off; the message that follows offers to undo it."""
    id_ = TitleId.parse(sitting.request.path_params["id"])
    asked = fields.one("role")
    if asked not in list(AttachmentRole):
        raise HTTPException(400)
    role = AttachmentRole(asked)
    tab = "artwork" if role in PICTURES else "media"
    try:
        detach_file(
            sitting.app,
            sitting.actor,
            id_,
            role,
            language=_language(fields.one("language")),
            territory=_territory(fields.one("territory")),
            expected=fields.one("expected") or None,
            request_id=sitting.request_id,
        )
    except BadInput as error:
        return sitting.go(title_url(id_, tab), f"{error.message} {error.advice}".strip(), problem=True)
    message = sitting.tell("Removed: %(role)s.", role=sitting.tell(ROLE_NAMES[role]))
    return sitting.go(title_url(id_, tab), message, undo=True)


ROUTES = [
    uploaded("/attach/{id:path}", _attach, max(MOST_BYTES.values())),
    changed("/detach/{id:path}", remove),
]
