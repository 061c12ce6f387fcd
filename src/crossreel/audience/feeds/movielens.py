"""The audience of MovieLens, in its three shapes.

=======================  ================================  =========  ===========================
shape                    ratings                           scale      viewers
=======================  ================================  =========  ===========================
100K                     ``u.data`` (tab, no header)       1..5       ``u.user``
1M                       ``ratings.dat`` (``::``)          1..5       ``users.dat``
latest, 20M, 25M ...     ``ratings.csv``                   0.5..5     none
=======================  ================================  =========  ===========================

Any of them may be packed (``.gz``). The formats are described in the README of each data set
(https://grouplens.org/datasets/movielens/). ZIP codes are not taken over: nothing here needs
them, and they narrow down who a person is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crossreel.audience.bulk import EventFile
from crossreel.audience.event import EventKind, Scale, Viewer
from crossreel.catalog.decoding import first_bytes, lines
from crossreel.errors import BadFile, BadValue, RowProblem
from crossreel.values.ids import ViewerId

__all__ = ["MovieLensFolder", "find_movielens", "read_viewers"]

_NAMES = ("user", "item", "rating", "timestamp")
_MAPPING = {"viewer": "user", "title": "item", "value": "rating", "time": "timestamp"}
_STARS = Scale(1, 5)
_AGES = {0: "Under 18", 18: "18-24", 25: "25-34", 35: "35-44", 45: "45-49", 50: "50-55", 56: "56+"}
"""The age bands of MovieLens 1M by their youngest age (its README); 100K's ages are put into them."""
_OCCUPATIONS = (
    "other", "academic/educator", "artist", "clerical/admin", "college/grad student", "customer service",
    "doctor/health care", "executive/managerial", "farmer", "homemaker", "K-12 student", "lawyer",
    "programmer", "retired", "sales/marketing", "scientist", "self-employed", "technician/engineer",
    "tradesman/craftsman", "unemployed", "writer",
)  # fmt: skip
"""The occupations of MovieLens 1M by their number (its README)."""


@dataclass(frozen=True, slots=True)
class MovieLensFolder:
    """What a folder holds: ratings, and maybe a file of viewers."""

    folder: Path
    events: EventFile
    viewers: Path | None


def find_movielens(path: Path, *, source: str, latest: datetime, scale: Scale | None) -> MovieLensFolder:
    """Finds the ratings in a MovieLens folder (or beside the file that ``path`` names).

    Raises:
        BadFile: there are none; the advice names the way to import events that are there as CSV.
    """
    if not path.exists():
        raise BadFile(path, "does not exist")
    folder = path if path.is_dir() else path.parent
    if ratings := _find(folder, "u.data"):
        delimiter, viewers = "\t", _find(folder, "u.user")
    elif ratings := _find(folder, "ratings.dat"):
        delimiter, viewers = "::", _find(folder, "users.dat")
    elif ratings := _find(folder, "ratings.csv"):
        return MovieLensFolder(folder, _latest(ratings, source, latest, scale), None)
    else:
        raise _nothing_found(path, folder)
    events = EventFile(
        path=ratings,
        source=source,
        latest=latest,
        mapping=_MAPPING,
        kind=EventKind.RATING,
        scale=scale or _STARS,
        delimiter=delimiter,
        names=_NAMES,
    )
    return MovieLensFolder(folder, events, viewers)


def _find(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def _latest(ratings: Path, source: str, latest: datetime, scale: Scale | None) -> EventFile:
    """``ratings.csv``; copies of the data set spell its header ``userId`` or ``userid``."""
    header = first_bytes(ratings).split(b"\n", 1)[0].decode("utf-8", "replace").strip("\ufeff\r").split(",")
    spelled = {name.casefold(): name for name in header}
    names = {"viewer": "userId", "title": "movieId", "value": "rating", "time": "timestamp"}
    mapping = {field: spelled.get(name.casefold(), name) for field, name in names.items()}
    return EventFile(
        path=ratings, source=source, latest=latest, mapping=mapping, kind=EventKind.RATING, scale=scale
    )


def _nothing_found(path: Path, folder: Path) -> BadFile:
    tables = sorted(each.name for each in folder.iterdir() if ".csv" in each.suffixes)
    events = [name for name in tables if "interactions" in name or "ratings" in name]
    named = (events or ["EVENTS.csv"])[0]
    return BadFile(
        path,
        "holds no MovieLens ratings (u.data, ratings.dat or ratings.csv)",
        advice=(
            f"Import events that are there as CSV: crossreel audience import {folder / named} --format csv "
            "--map viewer=...,title=...,value=...,time=... --kind rating; "
            f"and the titles with: crossreel catalog import {folder} --format movielens."
        ),
    )


def read_viewers(path: Path, source: str) -> Iterator[Viewer | RowProblem]:
    """The profiles of ``u.user`` or ``users.dat``, with bad rows as problems."""
    is_100k = path.name.startswith("u.user")
    for line in lines(path, encoding="latin-1"):
        if isinstance(line, RowProblem):
            yield line
            continue
        (text,) = line.cells
        if not text:
            continue
        cells = text.split("|" if is_100k else "::")
        try:
            yield _viewer_100k(cells, source) if is_100k else _viewer_1m(cells, source)
        except (BadValue, ValueError, IndexError) as error:
            what = error.message if isinstance(error, BadValue) else "is not a viewer of MovieLens"
            yield RowProblem(path.name, line.number, "", what, text[:200])


def _viewer_100k(cells: list[str], source: str) -> Viewer:
    key, age, gender, occupation, _zip = cells
    band = _AGES[max(youngest for youngest in _AGES if youngest <= int(age))]
    return Viewer(ViewerId(source, key), age_band=band, gender=gender, occupation=occupation)


def _viewer_1m(cells: list[str], source: str) -> Viewer:
    key, gender, age, occupation, _zip = cells
    band = _AGES[0 if age == "1" else int(age)] if int(age) in (1, *_AGES) else age
    return Viewer(
        ViewerId(source, key), age_band=band, gender=gender, occupation=_OCCUPATIONS[int(occupation)]
    )
