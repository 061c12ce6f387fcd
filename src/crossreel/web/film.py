"""What a title's player plays: its own attached film, or the sample film that stands in for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from crossreel.catalog.title import Title
from crossreel.values.language import Language

__all__ = ["SAMPLE_SOURCE", "Film", "FilmTrack", "film_of", "sample_file"]

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
    """Something a player can play; ``stands_in`` says that it is not the title itself."""

    url: str
    media_type: str
    tracks: tuple[FilmTrack, ...] = ()
    stands_in: bool = False


def film_of(title: Title) -> Film | None:
    """What plays for ``title``; None where there is nothing."""
    return _sample_film() if title.id.source == SAMPLE_SOURCE else None


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
