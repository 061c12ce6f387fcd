"""What a title's player plays: its own attached film, or the sample film that stands in for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from crossreel.catalog.attachment import Attachment, AttachmentRole
from crossreel.catalog.title import Title
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["SAMPLE_SOURCE", "Film", "FilmTrack", "file_url", "film_of", "sample_file"]

SAMPLE_SOURCE = "sample"
"""Titles of the sample workspace have no film of their own."""
_TYPES = {".mp4": "video/mp4", ".webm": "video/webm", ".vtt": "text/vtt; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class FilmTrack:
    """Subtitles in one language."""

    url: str
    language: Language


@dataclass(frozen=True, slots=True)
class Film:
    """Something a player can play; ``stands_in`` says that it is not the title itself, which has a digest."""

    url: str
    media_type: str
    tracks: tuple[FilmTrack, ...] = ()
    stands_in: bool = False
    digest: str = ""


def film_of(
    title: Title,
    asked: Sequence[Language] = (),
    territory: Territory | None = None,
    role: AttachmentRole = AttachmentRole.FILM,
) -> Film | None:
    """What plays for ``title`` and a reader; None where there is nothing.

    Args:
        title: what is played.
        asked: languages of the reader, best first; one version is chosen by them.
        territory: where they are; versions and subtitles of other territories are left out.
        role: the film, or its trailer.
    """
    own = title.attachment(role, asked, territory)
    if own is not None:
        tracks = tuple(_tracks(title, territory))
        return Film(file_url(title, own), own.media_type, tracks, digest=own.digest)
    if role is AttachmentRole.FILM and title.id.source == SAMPLE_SOURCE:
        return _sample_film()
    return None


def file_url(title: Title, one: Attachment) -> str:
    """The address of an attached film or subtitle file."""
    return f"/play/{quote(str(title.id), safe=':')}/{one.digest}"


def _tracks(title: Title, territory: Territory | None) -> Iterator[FilmTrack]:
    """One subtitle file a language; a territory's own goes before one for all."""
    usable = [
        one
        for one in title.attachments
        if one.role is AttachmentRole.SUBTITLES and one.territory in (None, territory)
    ]
    chosen: dict[Language, Attachment] = {}
    for one in sorted(usable, key=lambda one: one.territory is None):
        chosen.setdefault(one.language, one)
    yield from (FilmTrack(file_url(title, one), language) for language, one in chosen.items())


@cache
def _sample_film() -> Film | None:
    folder = _folder()
    if not (folder / "sample.mp4").is_file():
        return None
    tracks = tuple(
        FilmTrack(f"/film/{file.name}", Language.parse(file.stem.rpartition(".")[2]))
        for file in sorted(folder.glob("*.vtt"))
    )
    return Film("/film/sample.mp4", _TYPES[".mp4"], tracks, stands_in=True)


def sample_file(name: str) -> tuple[Path, str] | None:
    """A file of the sample film and its media type, by its bare name; None where there is none."""
    path = _folder() / name
    known = path.suffix in _TYPES and Path(name).name == name and path.is_file()
    return (path, _TYPES[path.suffix]) if known else None


def _folder() -> Path:
    return Path(str(files("crossreel.sample").joinpath("film")))
