"""Readers of catalog files, one per format, and how a format is recognized."""

from __future__ import annotations

import re
from pathlib import Path

from crossreel.catalog.decoding import first_bytes
from crossreel.catalog.feeds.crossreel_jsonl import read_crossreel_jsonl
from crossreel.catalog.feeds.movielens import find_titles_file, read_movielens
from crossreel.catalog.feeds.reading import FeedNotes, Reader
from crossreel.catalog.feeds.tmdb import COLUMNS, read_tmdb
from crossreel.errors import BadFile, WrongUse

__all__ = ["FORMATS", "FeedNotes", "Reader", "choose_reader"]

FORMATS: dict[str, Reader] = {
    "movielens": read_movielens,
    "tmdb": read_tmdb,
    "jsonl": read_crossreel_jsonl,
}
"""The formats by the names that ``--format`` takes; ``auto`` recognizes them."""

_ADVICE = "Give a MovieLens folder (u.item, movies.dat, movies.csv), a TMDB CSV, or Crossreel JSON Lines."
_MOVIELENS_LINE = re.compile(rb"\d+(?:::.+::|\|.+\|.*\|.*\|)")


def choose_reader(path: Path, format_: str = "auto") -> tuple[str, Reader]:
    """The format's name and reader; ``auto`` looks at the files.

    Raises:
        WrongUse: no such format.
        BadFile: the path cannot be read, or nothing known is there.
    """
    if format_ != "auto":
        if format_ not in FORMATS:
            raise WrongUse(
                f"There is no catalog format {format_!r}.", advice=f"Formats: auto, {', '.join(FORMATS)}."
            )
        return format_, FORMATS[format_]
    name = _of_folder(path) if path.is_dir() else _of_file(path)
    return name, FORMATS[name]


def _of_folder(path: Path) -> str:
    if find_titles_file(path) is None:
        raise BadFile(path, "is a folder that holds no known catalog", advice=_ADVICE)
    return "movielens"


def _of_file(path: Path) -> str:
    start = first_bytes(path).removeprefix(b"\xef\xbb\xbf")
    line = start.lstrip().split(b"\n", 1)[0].rstrip(b"\r")
    header = {cell.strip().strip(b'"') for cell in line.split(b",")}
    if line.startswith(b"{"):
        return "jsonl"
    if header >= {column.encode() for column in COLUMNS}:
        return "tmdb"
    if header >= {b"movieId", b"title", b"genres"} or _MOVIELENS_LINE.match(line):
        return "movielens"
    raise BadFile(path, "is in no format that is known", row=1, advice=_ADVICE)
