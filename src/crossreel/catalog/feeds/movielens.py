"""MovieLens in its three shapes, as a folder or as the one file of titles.

====================  ========================================  =================================
shape                 titles                                    also read, in a folder
====================  ========================================  =================================
100K                  ``u.item`` (``|``, Latin-1)
1M                    ``movies.dat`` (``::``, Latin-1)          ``movies_extrainfos.dat``
latest, 20M, 25M ...  ``movies.csv`` (CSV, UTF-8)               ``links.csv``, ``tags.csv``
====================  ========================================  =================================

Any of them may be packed (``.gz``). Titles keep their movie ids; names are in English as well as
the name of the title, and the original language stays unknown. The formats are described in the
README of each data set (https://grouplens.org/datasets/movielens/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from crossreel.catalog.decoding import Row, csv_rows, first_bytes, lines
from crossreel.catalog.feeds.movielens_extras import read_details, read_links, read_tags
from crossreel.catalog.feeds.movielens_names import parse_name
from crossreel.catalog.feeds.reading import FeedNotes, build_title, one_line
from crossreel.catalog.genres import genre_slugs
from crossreel.catalog.title import Title
from crossreel.errors import BadFile, RowProblem

__all__ = ["find_titles_file", "read_movielens"]

_TITLE_FILES = ("u.item", "movies.dat", "movies.csv")

_FLAG_NAMES = (
    "unknown|Action|Adventure|Animation|Children's|Comedy|Crime|Documentary|Drama|Fantasy|Film-Noir|Horror|"
    "Musical|Mystery|Romance|Sci-Fi|Thriller|War|Western"
)
_FLAGS = _FLAG_NAMES.split("|")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

Rows = Iterator[tuple[int, Title | RowProblem]]


def find_beside(folder: Path, name: str) -> Path | None:
    """``name`` in ``folder``, plain or packed, if it is there."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def find_titles_file(folder: Path) -> Path | None:
    """The file of titles in a MovieLens folder, if it is one."""
    return next((path for name in _TITLE_FILES if (path := find_beside(folder, name))), None)


def read_movielens(path: Path, source: str, notes: FeedNotes) -> Rows:
    """Reads a MovieLens folder or file of titles; see ``feeds.reading.Reader``.

    Raises:
        BadFile: no file of titles in the folder, or the file is none of the three shapes.
    """
    folder = path if path.is_dir() else None
    file = find_titles_file(path) if folder else path
    if file is None:
        raise BadFile(
            path, "holds no MovieLens titles", advice=f"Expected one of: {', '.join(_TITLE_FILES)}."
        )
    if b"movieId" in first_bytes(file, 64):
        return _read_latest(file, folder, source, notes)
    return _read_lines(file, folder, source, notes)


def _read_latest(file: Path, folder: Path | None, source: str, notes: FeedNotes) -> Rows:
    extras: dict[str, dict[str, Any]] = {}
    if folder and (links := find_beside(folder, "links.csv")):
        yield from read_links(links, extras)
    if folder and (tags := find_beside(folder, "tags.csv")):
        yield from read_tags(tags, extras)
    for row in csv_rows(file, ("movieId", "title", "genres")):
        if isinstance(row, RowProblem):
            yield row.row, row
            continue
        number, cells = row
        document = _document(cells["movieId"], cells["title"], cells["genres"].split("|"), extras)
        yield number, _built(document, file, number, source, notes, ",".join(cells.values()))


def _read_lines(file: Path, folder: Path | None, source: str, notes: FeedNotes) -> Rows:
    extras: dict[str, dict[str, Any]] = {}
    if folder and (details := find_beside(folder, "movies_extrainfos.dat")):
        yield from read_details(details, extras)
    read = 0
    for row in lines(file, encoding="latin-1"):
        if isinstance(row, RowProblem):
            yield row.row, row
            continue
        (text,) = row.cells
        if not text:
            continue
        document = _from_item(file, row) if "::" not in text and "|" in text else _from_dat(file, row, extras)
        if isinstance(document, RowProblem):
            yield row.number, document
            if not read and row.number == 1:
                _check_shape(file, text)
            continue
        read += 1
        yield row.number, _built(document, file, row.number, source, notes, text)


def _check_shape(file: Path, text: str) -> None:
    if text.count("|") != 23 and text.count("::") < 2:
        raise BadFile(
            file,
            "is not a MovieLens file of titles",
            row=1,
            advice="Lines look like 1|Toy Story (1995)|01-Jan-1995||... or 1::Toy Story (1995)::Animation.",
        )


def _from_item(file: Path, row: Row) -> dict[str, Any] | RowProblem:
    cells = row.cells[0].split("|")
    if len(cells) != 24:
        return RowProblem(file.name, row.number, "", f"has {len(cells)} columns, expected 24", row.text)
    flags = cells[5:]
    if any(flag not in ("0", "1") for flag in flags):
        return RowProblem(file.name, row.number, "genres", "genre flags must be 0 or 1", row.text)
    genres = [name for name, flag in zip(_FLAGS, flags, strict=True) if flag == "1"]
    document = _document(cells[0], cells[1], genres, {})
    if cells[2].strip():
        day = _day(cells[2])
        if day is None:
            problem = f"must be a real date such as 01-Jan-1995; got {cells[2]!r}"
            return RowProblem(file.name, row.number, "release date", problem, row.text)
        document["releases"] = [{"date": day}]
    return document


def _day(text: str) -> str | None:
    """``4-Feb-1971`` as ``1971-02-04``; None where there is no such day."""
    parts = text.strip().split("-")
    try:
        day, month, year = parts
        return date(int(year), _MONTHS.index(month.casefold()) + 1, int(day)).isoformat()
    except ValueError:
        return None


def _from_dat(file: Path, row: Row, extras: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | RowProblem:
    key, _, rest = row.cells[0].partition("::")
    name, colons, genres = rest.rpartition("::")
    if not colons:
        return RowProblem(file.name, row.number, "", "expected id::title::genres", row.text)
    return _document(key, name, genres.split("|"), extras)


def _document(
    key: str, name: str, genres: list[str], extras: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    parsed = parse_name(one_line(name))
    extra = extras.get(key.strip(), {})
    english = {"language": "en", "name": parsed.name, **extra.get("text", {})}
    aliases = [*parsed.aliases, *extra.get("aliases", [])]
    return {
        "id": key,
        "name": parsed.name,
        "year": parsed.year,
        "genres": list(genre_slugs([*genres, *extra.get("genres", [])])),
        "texts": [english] if parsed.name else [],
        "aliases": [alias for alias in dict.fromkeys(aliases) if alias != parsed.name],
        **{key: extra[key] for key in ("external_ids", "keywords", "credits", "releases") if key in extra},
    }


def _built(
    document: dict[str, Any], file: Path, number: int, source: str, notes: FeedNotes, text: str
) -> Title | RowProblem:
    key = document["id"].strip()
    if not (key.isascii() and key.isdigit()):
        return RowProblem(file.name, number, "id", f"must be a movie id; got {key!r}", text[:200])
    document["id"] = str(int(key)) if len(key) < 20 else key
    return build_title(document, file=file, row=number, source=source, notes=notes, text=text)
