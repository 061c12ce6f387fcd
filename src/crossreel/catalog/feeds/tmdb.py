"""TMDB tables as CSV: the "5000 movies" file and the like-named ``movies_metadata``.

Genres, keywords, countries and languages are lists of objects inside a cell, as JSON in the first
file and as Python literals in the second; both are read. The original title becomes the name, the
English one a text. TMDB writes 0 for an unknown runtime, ``cn`` for Cantonese and ``xx`` for "no
language". A country or language code that is not registered is left out with a remark.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from crossreel.catalog.decoding import csv_rows
from crossreel.catalog.feeds.reading import FeedNotes, build_title, one_line, prose
from crossreel.catalog.genres import genre_slugs
from crossreel.catalog.title import Title
from crossreel.errors import BadValue, RowProblem
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["COLUMNS", "read_tmdb"]

COLUMNS = ("id", "title", "original_language", "original_title")
"""The columns a TMDB table must have; the others are optional."""

_LANGUAGES = {"cn": "yue", "xx": "zxx"}
_NO_TEXT = frozenset({"", "no overview found.", "no overview", "no movie overview available."})
_MAX_LITERAL = 1 << 18


def read_tmdb(path: Path, source: str, notes: FeedNotes) -> Iterator[tuple[int, Title | RowProblem]]:
    """Reads a TMDB table; see ``feeds.reading.Reader``. Ids are TMDB's."""
    for row in csv_rows(path, COLUMNS):
        if isinstance(row, RowProblem):
            yield row.row, row
            continue
        number, cells = row
        text = f"{cells['id']},{cells['title']}"
        try:
            document = _document(cells, path, number, notes)
        except BadValue as error:
            yield number, RowProblem(path.name, number, error.data["what"], error.message, text[:200])
            continue
        yield number, build_title(document, file=path, row=number, source=source, notes=notes, text=text)


def _document(cells: Mapping[str, str], path: Path, number: int, notes: FeedNotes) -> dict[str, Any]:
    def tolerate(column: str, code: str) -> None:
        notes.remark(path, number, column, f"{code!r} is not a registered code and was left out", code)

    key = cells["id"].strip()
    release = cells.get("release_date", "").strip()
    languages = [cells["original_language"], *_values(cells, "spoken_languages", "iso_639_1")]
    name = one_line(cells["original_title"]) or one_line(cells["title"])
    runtime = _minutes(cells.get("runtime", ""))
    if runtime == 0:
        notes.remark(path, number, "runtime", "0 is taken for unknown", cells["runtime"])
    return {
        "id": key,
        "name": name,
        "original_languages": _spoken(_codes("language", languages, _language, tolerate)),
        "countries": _codes(
            "production_countries", _values(cells, "production_countries", "iso_3166_1"), _country, tolerate
        ),
        "genres": list(genre_slugs(_values(cells, "genres", "name"))),
        "keywords": list(dict.fromkeys(one_line(word) for word in _values(cells, "keywords", "name"))),
        "runtime_minutes": runtime or None,
        "year": int(release[:4]) if release[:4].isascii() and release[:4].isdigit() else None,
        "releases": [{"date": release}] if release else [],
        "texts": _english(cells),
        "external_ids": {
            "tmdb": key,
            **({"imdb": imdb} if (imdb := cells.get("imdb_id", "").strip()) not in ("", "0") else {}),
        },
    }


def _english(cells: Mapping[str, str]) -> list[dict[str, str]]:
    overview = prose(cells.get("overview", ""))
    if overview.casefold() in _NO_TEXT:
        overview = ""
    text = {
        "name": one_line(cells["title"]),
        "synopsis": overview,
        "tagline": one_line(cells.get("tagline", "")),
    }
    found = {key: value for key, value in text.items() if value}
    return [{"language": "en", **found}] if found else []


def _values(cells: Mapping[str, str], column: str, key: str) -> list[str]:
    """The ``key`` of each object in a cell such as ``[{"id": 28, "name": "Action"}]``."""
    text = cells.get(column, "").strip()
    if not text or text == "[]":
        return []
    listed = _parsed(column, text)
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise BadValue(column, text, "a list of objects")
    values = [item.get(key) for item in listed]
    if not all(isinstance(value, str) for value in values):
        raise BadValue(column, text, f"a list of objects with the text {key!r}")
    return [value for value in values if value.strip()]


def _parsed(column: str, text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        if len(text) <= _MAX_LITERAL:
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        pass
    raise BadValue(column, text, "a list as JSON or as a Python literal")


def _minutes(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not math.isfinite(minutes):
        raise BadValue("runtime", text, "a number of minutes")
    return round(minutes)


def _codes(
    column: str, codes: list[str], read: Callable[[str], str], tolerate: Callable[[str, str], None]
) -> list[str]:
    found: dict[str, None] = {}
    for code in codes:
        if code.strip():
            try:
                found[read(code)] = None
            except BadValue:
                tolerate(column, code)
    return list(found)


def _spoken(languages: list[str]) -> list[str]:
    """Without "no language" beside a language."""
    return [tag for tag in languages if tag != "zxx"] or languages[:1]


def _language(code: str) -> str:
    return Language.parse(_LANGUAGES.get(code, code)).tag


def _country(code: str) -> str:
    return Territory.parse_origin(code).code
