"""The files beside MovieLens titles: registry ids, viewers' tags, and details of 1M's films.

Each reader fills ``extras``: movie id -> parts of the title's document, and yields the rows that it
had to refuse.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from crossreel.catalog.decoding import csv_rows, lines
from crossreel.catalog.feeds.reading import one_line, prose
from crossreel.errors import BadValue, RowProblem
from crossreel.values.ids import ExternalId

__all__ = ["KEYWORDS_PER_TITLE", "read_details", "read_links", "read_tags"]

KEYWORDS_PER_TITLE = 20
_MAX_TAG = 100

Extras = dict[str, dict[str, Any]]
Refused = Iterator[tuple[int, RowProblem]]


def read_links(file: Path, extras: Extras) -> Refused:
    """Reads ``links.csv`` (movieId, imdbId, tmdbId) into ``external_ids``; ids may be empty."""
    for row in csv_rows(file, ("movieId", "imdbId", "tmdbId")):
        if isinstance(row, RowProblem):
            yield row.row, row
            continue
        number, cells = row
        imdb, tmdb = cells["imdbId"].strip(), cells["tmdbId"].strip().removesuffix(".0")
        found = {"imdb": f"tt{imdb.zfill(7)}" if imdb else "", "tmdb": tmdb}
        try:
            ids = {scheme: ExternalId.parse(scheme, value).value for scheme, value in found.items() if value}
        except BadValue as error:
            yield (
                number,
                RowProblem(
                    file.name, number, error.data["what"], error.message, ",".join(cells.values())[:200]
                ),
            )
            continue
        if ids:
            extras.setdefault(cells["movieId"].strip(), {})["external_ids"] = ids


def read_tags(file: Path, extras: Extras) -> Refused:
    """Reads ``tags.csv`` (userId, movieId, tag, timestamp) into ``keywords``.

    Kept are the 20 tags most often applied to a title (then by alphabet), in lower case, of at
    most 100 characters.
    """
    applied: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in csv_rows(file, ("movieId", "tag")):
        if isinstance(row, RowProblem):
            yield row.row, row
            continue
        tag = " ".join(row[1]["tag"].split()).lower()
        if tag and len(tag) <= _MAX_TAG and tag.isprintable():
            applied[row[1]["movieId"].strip()][tag] += 1
    for movie, tags in applied.items():
        best = sorted(tags, key=lambda tag: (-tags[tag], tag))
        extras.setdefault(movie, {})["keywords"] = best[:KEYWORDS_PER_TITLE]


_IN_PARENTHESES = re.compile(r"\s*\([^)]*\)")
_BETWEEN_NAMES = re.compile(r",\s+(?![^()]*\))")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def read_details(file: Path, extras: Extras) -> Refused:
    """Reads ``movies_extrainfos.dat``, UTF-8 lines of
    ``id::title::year::certificate::22 Nov 1995::genres::directors::writers::cast::plot::poster``.

    Certificates and posters are not used; ``N/A`` means unknown.
    """  # noqa: D205
    for row in lines(file, encoding="latin-1"):
        if isinstance(row, RowProblem):
            yield row.row, row
            continue
        cells = ["" if cell.strip() == "N/A" else cell.strip() for cell in row.cells[0].split("::")]
        if len(cells) == 1 and not cells[0]:
            continue
        if len(cells) < 10:
            yield (
                row.number,
                RowProblem(file.name, row.number, "", f"has {len(cells)} columns, expected 11", row.text),
            )
            continue
        try:
            extras[cells[0]] = _details(cells)
        except ValueError:
            problem = f"must be a real date such as 22 Nov 1995; got {cells[4]!r}"
            yield row.number, RowProblem(file.name, row.number, "release date", problem, row.text)


def _details(cells: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"genres": [name for name in cells[5].split(", ") if name]}
    if cells[1]:
        found["aliases"] = [one_line(cells[1])]
    if cells[4]:
        day, month, year = cells[4].split()
        found["releases"] = [{"date": date(int(year), _MONTHS.index(month) + 1, int(day)).isoformat()}]
    if cells[9]:
        found["text"] = {"synopsis": prose(cells[9])}
    people = (("director", cells[6]), ("writer", cells[7]), ("cast", cells[8]))
    credits = [{"name": name, "role": role} for role, names in people for name in _names(names)]
    if credits:
        found["credits"] = credits
    return found


def _names(text: str) -> list[str]:
    """``"Joss Whedon (screenplay by), Joss Whedon"`` as ``["Joss Whedon"]``."""
    names = (_IN_PARENTHESES.sub("", part).strip() for part in _BETWEEN_NAMES.split(text))
    return list(dict.fromkeys(name for name in names if name))
