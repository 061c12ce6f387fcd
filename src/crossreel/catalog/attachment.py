"""Files that belong to a title: pictures, films, trailers, subtitles; each for readers of some kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crossreel.errors import BadValue
from crossreel.values.language import UNDETERMINED, Language, fallback_order
from crossreel.values.territory import Territory

__all__ = [
    "MEDIA_TYPES",
    "PICTURES",
    "Attachment",
    "AttachmentRole",
    "attachment_from_dict",
    "attachment_to_dict",
    "choose_attachment",
    "distinct_slots",
    "main_film",
]


class AttachmentRole(StrEnum):
    """What a file is for a title."""

    POSTER = "poster"
    STILL = "still"
    FILM = "film"
    TRAILER = "trailer"
    SUBTITLES = "subtitles"


PICTURES = frozenset({AttachmentRole.POSTER, AttachmentRole.STILL})
_PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp")
_FILM_TYPES = ("video/mp4", "video/webm")
MEDIA_TYPES: Mapping[AttachmentRole, tuple[str, ...]] = {
    AttachmentRole.POSTER: _PICTURE_TYPES,
    AttachmentRole.STILL: _PICTURE_TYPES,
    AttachmentRole.FILM: _FILM_TYPES,
    AttachmentRole.TRAILER: _FILM_TYPES,
    AttachmentRole.SUBTITLES: ("text/vtt",),
}
"""Role -> the media types its files may have; nothing that a browser would run."""

_KEYS = frozenset(
    {"role", "language", "territory", "digest", "media_type", "bytes", "width", "height", "seconds", "shows"}
)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOST_BYTES = 1 << 40
_MOST_SIDE = 16_384
_MOST_SECONDS = 36_000
_MOST_SHOWN, _LONGEST_SHOWN = 100, 60


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a title, by its content.

    Attributes:
        role: what it is for.
        language: of its letters (pictures) or speech (films); ``und`` where it has none or is for all.
        territory: the only one it is for, or None.
        digest: names its bytes in the blob store.
        media_type: one of ``MEDIA_TYPES`` of its role.
        bytes: its size.
        width, height: pixels, of pictures and films.
        seconds: running time, of films and trailers.
        shows: what an analysis found in a film, for likeness by content: kinds of things, how many people,
            how fast it is cut (``insight.video.pictured``).
    """

    role: AttachmentRole
    digest: str
    media_type: str
    bytes: int
    language: Language = UNDETERMINED
    territory: Territory | None = None
    width: int | None = None
    height: int | None = None
    seconds: int | None = None
    shows: tuple[str, ...] = ()

    @property
    def slot(self) -> tuple[str, str, str]:
        """(role, language tag, territory code or ""): at most one file a slot and title."""
        return self.role.value, self.language.tag, self.territory.code if self.territory else ""


def main_film(attachments: Sequence[Attachment]) -> Attachment | None:
    """The first film of these files, else the first trailer, else None."""
    for role in (AttachmentRole.FILM, AttachmentRole.TRAILER):
        for one in attachments:
            if one.role is role:
                return one
    return None


def choose_attachment(
    attachments: Sequence[Attachment],
    role: AttachmentRole,
    asked: Sequence[Language],
    territory: Territory | None,
    originals: Sequence[Language] = (),
) -> Attachment | None:
    """The file of a role for a reader, or None where there is none for them.

    A territory's own file goes before one for all; then what matches the languages asked for, what
    is for all languages (``und``), English and the original languages, then any other.
    """
    usable = [one for one in attachments if one.role is role and one.territory in (None, territory)]
    if not usable:
        return None
    order = fallback_order(asked, (one.language for one in usable), originals=originals)
    matched = [language for language in order if any(language.primary == want.primary for want in asked)]
    ranked = list(dict.fromkeys([*matched, UNDETERMINED, *order]))
    return min(usable, key=lambda one: (one.territory is None, ranked.index(one.language)))


def attachment_to_dict(one: Attachment) -> dict[str, Any]:
    """Its document; facts that it has not are left out."""
    document = {
        "role": one.role.value,
        "language": one.language.tag,
        "territory": one.territory and one.territory.code,
        "digest": one.digest,
        "media_type": one.media_type,
        "bytes": one.bytes,
        "width": one.width,
        "height": one.height,
        "seconds": one.seconds,
        "shows": list(one.shows) or None,
    }
    return {key: value for key, value in document.items() if value is not None}


def attachment_from_dict(where: str, value: object) -> Attachment:
    """Reads and checks one document.

    Raises:
        BadValue: an unknown key, a missing one, a media type that the role does not have, or a
            number outside its range; ``data["what"]`` is the field's path, which begins with ``where``.
    """
    if not isinstance(value, Mapping):
        raise BadValue(where, value, "an object")
    unknown = value.keys() - _KEYS
    if unknown:
        raise BadValue(f"{where} field", min(map(str, unknown)), "one of " + ", ".join(sorted(_KEYS)))
    role = _role(f"{where}.role", value.get("role"))
    types = MEDIA_TYPES[role]
    digest, media_type = value.get("digest"), value.get("media_type")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise BadValue(f"{where}.digest", digest, "64 lowercase hexadecimal digits")
    if not isinstance(media_type, str) or media_type not in types:
        raise BadValue(f"{where}.media_type", media_type, "one of " + ", ".join(types))
    return Attachment(
        role,
        digest,
        media_type,
        _bytes(f"{where}.bytes", value.get("bytes")),
        _language(f"{where}.language", value.get("language", UNDETERMINED.tag)),
        _territory(f"{where}.territory", value.get("territory")),
        _whole(f"{where}.width", value.get("width"), _MOST_SIDE),
        _whole(f"{where}.height", value.get("height"), _MOST_SIDE),
        _whole(f"{where}.seconds", value.get("seconds"), _MOST_SECONDS),
        _shown(f"{where}.shows", value.get("shows", [])),
    )


def _role(where: str, value: object) -> AttachmentRole:
    try:
        return AttachmentRole(value)  # type: ignore[arg-type]
    except ValueError:
        raise BadValue(where, value, "one of " + ", ".join(AttachmentRole)) from None


def _language(where: str, value: object) -> Language:
    if not isinstance(value, str):
        raise BadValue(where, value, "a BCP 47 tag, or und")
    return Language.parse(value)


def _territory(where: str, value: object) -> Territory | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadValue(where, value, "an ISO 3166-1 alpha-2 code")
    return Territory.parse(value)


def _whole(where: str, value: object, most: int) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise BadValue(where, value, f"a whole number from 1 to {most}")
    return value


def _shown(where: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > _MOST_SHOWN:
        raise BadValue(where, value, f"a list of at most {_MOST_SHOWN}")
    for one in value:
        if not isinstance(one, str) or not one.isprintable() or not 0 < len(one) <= _LONGEST_SHOWN:
            raise BadValue(where, one, f"a line of 1 to {_LONGEST_SHOWN} characters")
    return tuple(value)


def _bytes(where: str, value: object) -> int:
    size = _whole(where, value, _MOST_BYTES)
    if size is None:
        raise BadValue(where, value, "its size")
    return size


def distinct_slots(attachments: Iterable[Attachment]) -> bool:
    """Whether no two are for the same readers."""
    slots = [one.slot for one in attachments]
    return len(set(slots)) == len(slots)
