"""Files of a title: artwork, films, trailers and subtitles, uploaded, replaced and removed by the staff.

A file is kept by its content in the blob store and named in the title's document, so that its
history, undo and clashes are those of every other edit. Bytes that no title names any more stay, as
taking a change back must find them.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import BinaryIO

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.artwork.checks import MOST_BYTES as PICTURE_BYTES
from crossreel.artwork.checks import check_image
from crossreel.catalog.attachment import PICTURES, Attachment, AttachmentRole
from crossreel.catalog.documents import content_hash, title_to_dict
from crossreel.catalog.film_checks import check_film
from crossreel.catalog.title import Title
from crossreel.desk.pictured import pictured_in
from crossreel.desk.titles import edit_title
from crossreel.errors import BadFile, CrossreelError, UnknownId
from crossreel.localize.timedtext import read_bytes, write_bytes
from crossreel.values.ids import TitleId
from crossreel.values.language import UNDETERMINED, Language
from crossreel.values.territory import Territory

__all__ = ["FILM_BYTES", "MOST_BYTES", "attach_file", "detach_file"]

FILM_BYTES = 2 << 30
"""Of a film or trailer; a larger one belongs on storage of its own."""
SUBTITLE_BYTES = 4 << 20
_SMALLEST_SIDE = 200
"""Pixels of a picture; a smaller one is blurred on every screen."""
MOST_BYTES = {
    AttachmentRole.POSTER: PICTURE_BYTES,
    AttachmentRole.STILL: PICTURE_BYTES,
    AttachmentRole.FILM: FILM_BYTES,
    AttachmentRole.TRAILER: FILM_BYTES,
    AttachmentRole.SUBTITLES: SUBTITLE_BYTES,
}
"""Role -> the largest file taken for it, bytes."""
_FILMS = (AttachmentRole.FILM, AttachmentRole.TRAILER)


def attach_file(
    app: App,
    actor: Actor,
    id_: TitleId,
    role: AttachmentRole,
    filename: str,
    content: BinaryIO,
    *,
    language: Language = UNDETERMINED,
    territory: Territory | None = None,
    expected: str | None = None,
    request_id: str = "",
) -> Title:
    """Keeps an uploaded file and names it in the title, in place of the one in its slot, if any.

    A film that was looked into before, for another title, brings what it shows along.

    Args:
        app: the application.
        actor: who uploads.
        id_: the merged title.
        role: what the file is for the title.
        filename: what the uploader calls it, for messages.
        content: the bytes, seekable.
        language: whom it is for; ``und`` for all.
        territory: the only one it is for, or None.
        expected: ``content_hash`` of the title that the uploader saw; None takes the last word.
        request_id: of the HTTP request.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: there is no such title.
        BadFile: not a file of that role, broken, too large or too small; nothing is kept then.
        Conflict: somebody else changed the title since.
    """
    actor.require(Permission.EDIT)
    title = _current(app, id_)
    _check_size(content, role, filename)
    kept, attachment = _checked(role, filename, content)
    attachment = replace(attachment, language=language, territory=territory)
    kept.seek(0)
    blob = app.blobs.put(kept, limit=MOST_BYTES[role])
    shows = pictured_in(app, blob.digest) if role in _FILMS else ()
    attachment = replace(attachment, digest=blob.digest, bytes=blob.size, shows=shows)
    others = tuple(one for one in title.attachments if one.slot != attachment.slot)
    action = "artwork.replace" if len(others) < len(title.attachments) else "artwork.attach"
    changed = replace(title, attachments=_ordered((*others, attachment)))
    return edit_title(
        app,
        actor,
        id_,
        title_to_dict(changed),
        expected=expected or content_hash(title),
        request_id=request_id,
        action=action,
    )


def detach_file(
    app: App,
    actor: Actor,
    id_: TitleId,
    role: AttachmentRole,
    *,
    language: Language = UNDETERMINED,
    territory: Territory | None = None,
    expected: str | None = None,
    request_id: str = "",
) -> Title:
    """Takes a file off a title; its bytes stay for undo.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: there is no such title, or it has no such file.
        Conflict: somebody else changed the title since.
    """
    actor.require(Permission.EDIT)
    title = _current(app, id_)
    slot = (role.value, language.tag, territory.code if territory else "")
    kept = tuple(one for one in title.attachments if one.slot != slot)
    if len(kept) == len(title.attachments):
        raise UnknownId("file", " ".join(filter(None, (str(id_), *slot))))
    return edit_title(
        app,
        actor,
        id_,
        title_to_dict(replace(title, attachments=kept)),
        expected=expected or content_hash(title),
        request_id=request_id,
        action="artwork.remove",
    )


def _current(app: App, id_: TitleId) -> Title:
    title = app.catalog.get([id_]).get(id_)
    if title is None:
        raise UnknownId("title", id_)
    return title


def _check_size(content: BinaryIO, role: AttachmentRole, name: str) -> None:
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    if size > MOST_BYTES[role]:
        raise BadFile(
            name, f"has {size:,} bytes; at most {MOST_BYTES[role]:,} are kept", advice="Pack it more."
        )


def _checked(role: AttachmentRole, name: str, content: BinaryIO) -> tuple[BinaryIO, Attachment]:
    """What is kept, and what is known of it; the digest is still to come."""
    if role in PICTURES:
        facts = check_image(content.read(), name=name)
        if min(facts.width, facts.height) < _SMALLEST_SIDE:
            size = f"{facts.width} x {facts.height}"
            raise BadFile(
                name,
                f"is {size} pixels; a picture needs {_SMALLEST_SIDE} a side",
                advice="Upload a larger one.",
            )
        return content, Attachment(
            role, "", facts.format.media_type, 0, width=facts.width, height=facts.height
        )
    if role is AttachmentRole.SUBTITLES:
        return _as_webvtt(name, content.read()), Attachment(role, "", "text/vtt", 0)
    film = check_film(content, name=name)
    return content, Attachment(
        role, "", film.media_type, 0, width=film.width, height=film.height, seconds=film.seconds
    )


def _as_webvtt(name: str, content: bytes) -> BinaryIO:
    """Subtitles of any format that is read, as the WebVTT that browsers show."""
    try:
        document = read_bytes(content, name)
        written = write_bytes(document, "webvtt").data
    except CrossreelError as error:
        raise BadFile(name, f"is no subtitle file that can be shown ({error.message})") from error
    if not document.cues:
        raise BadFile(name, "has no subtitle in it", advice="Upload a file with cues.")
    return io.BytesIO(written)


def _ordered(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    roles = list(AttachmentRole)
    return tuple(sorted(attachments, key=lambda one: (roles.index(one.role), *one.slot[1:])))
