"""Licenses as JSON Lines, in and out.

One license a line::

    {"id": "L1", "title": "studio:42", "territories": ["WORLD"], "excluded": ["EU"],
     "modes": ["SVOD", "TVOD"], "languages": ["pt"], "start": "2026-01-01", "end": "2026-12-31",
     "reason": "output deal"}

``id``, ``title``, ``territories`` and ``modes`` are needed, the rest may be left out. A title
without a source gets the import's. Dates and instants mean what ``values.window.Boundary`` says.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import orjson

from crossreel.catalog.decoding import lines
from crossreel.errors import BadFile, BadRows, BadValue, Conflict, RowProblem
from crossreel.rights.granting import place_names
from crossreel.rights.license import License, LicenseStore, Mode
from crossreel.values.ids import TitleId, check_source
from crossreel.values.language import Language
from crossreel.values.window import Boundary

__all__ = [
    "LicenseImportReport",
    "export_licenses",
    "import_licenses",
    "license_from_dict",
    "license_to_dict",
]

Progress = Callable[[int, int, str], None]
Resolve = Callable[[Iterable[TitleId]], Mapping[TitleId, TitleId]]

_NEEDED = ("id", "title", "territories", "modes")
_TEXTS = ("id", "title", "start", "end", "reason")
_LISTS = ("territories", "excluded", "modes", "languages")


@dataclass(frozen=True, slots=True)
class LicenseImportReport:
    """What an import did: licenses read, of these new, changed (``replace``), and as stored."""

    read: int
    added: int
    replaced: int
    unchanged: int


def import_licenses(
    path: Path,
    *,
    source: str,
    store: LicenseStore,
    resolve: Resolve,
    replace: bool = False,
    progress: Progress | None = None,
) -> LicenseImportReport:
    """Reads licenses from JSON Lines and stores all of them in one transaction, or none.

    The same file again changes nothing.

    Args:
        path: plain or gzip, UTF-8.
        source: put before title ids that name no source.
        store: where the licenses go.
        resolve: record ids -> merged titles, without those that do not exist (``CatalogStore.resolve``).
        replace: let a license take the place of the stored one with its id.
        progress: called with (rows read, 0, "licenses").

    Raises:
        BadFile: the file cannot be read at all, or holds no license.
        BadRows: rows are refused; it lists every one, with every column that is wrong.
        Conflict: the rows are sound, but stored licenses with the same ids differ, and ``replace``
            is False.
    """
    check_source(source)
    rows, problems = _read(path, source, progress or _quiet)
    unknown = {one.title for _, one in rows} - set(resolve({one.title for _, one in rows}))
    for row, license_ in rows:
        if license_.title in unknown:
            text = f"there is no title {str(license_.title)!r} in the catalog"
            problems.append(RowProblem(path.name, row, "title", text, license_.id))
    if problems:
        raise BadRows(
            sorted(problems, key=lambda problem: problem.row),
            advice="Correct them and import the file again.",
        )
    if not rows:
        raise BadFile(path, "holds no license")
    return _store(path, rows, store, replace=replace)


def export_licenses(path: Path, store: LicenseStore) -> int:
    """Writes every license to ``path``, by id; returns how many. The file appears whole or not at all.

    Raises:
        BadFile: the file cannot be written.
    """
    count = 0
    temporary = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            for license_ in store.all():
                file.write(orjson.dumps(license_to_dict(license_), option=orjson.OPT_APPEND_NEWLINE))
                count += 1
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)  # noqa: PTH105
    except OSError as error:
        raise BadFile(path, f"cannot be written ({error.strerror or error})") from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
    return count


def license_to_dict(license_: License) -> dict[str, Any]:
    """A license as in the JSON Lines; empty boundaries are None."""
    return {
        "id": license_.id,
        "title": str(license_.title),
        "territories": list(license_.territories),
        "excluded": list(license_.excluded),
        "modes": [mode.value for mode in license_.modes],
        "languages": [language.tag for language in license_.languages],
        "start": str(license_.start) or None,
        "end": str(license_.end) or None,
        "reason": license_.reason,
    }


def license_from_dict(document: Mapping[str, Any], source: str = "") -> License:
    """The license of one document, in the form of the JSON Lines.

    Args:
        document: what ``license_to_dict`` gives.
        source: put before a title id that names none.

    Raises:
        BadValue: a field is missing, unknown or wrong; all that is wrong is named.
    """
    found = list(_from_document(dict(document), source))
    problems = [one for one in found if not isinstance(one, License)]
    if problems:
        told = "; ".join(f"{column} {problem}".strip() for column, problem in problems)
        raise BadValue("license", str(document.get("id", "")), f"complete and correct ({told})")
    (license_,) = (one for one in found if isinstance(one, License))
    return license_


def _quiet(done: int, of: int, what: str) -> None:
    """Shows nothing."""


def _read(path: Path, source: str, progress: Progress) -> tuple[list[tuple[int, License]], list[RowProblem]]:
    rows: list[tuple[int, License]] = []
    problems: list[RowProblem] = []
    seen: dict[str, tuple[int, License]] = {}
    for row in lines(path):
        if isinstance(row, RowProblem):
            problems.append(row)
            continue
        (text,) = row.cells
        if not text.strip():
            continue
        found = list(_license(text, source))
        for one in found:
            if isinstance(one, License):
                first, same = seen.setdefault(one.id, (row.number, one))
                if same != one:
                    clash = f"row {first} has the same id {one.id!r} with other content"
                    problems.append(RowProblem(path.name, row.number, "id", clash, row.text))
                elif first == row.number:
                    rows.append((row.number, one))
            else:
                column, problem = one
                problems.append(RowProblem(path.name, row.number, column, problem, row.text))
        if row.number % 1000 == 0:
            progress(row.number, 0, "licenses")
    return rows, problems


def _license(text: str, source: str) -> Iterator[License | tuple[str, str]]:
    """The license of one line, or what is wrong with it: (column, problem), one or more."""
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        yield "", f"is not JSON ({error.msg})"
        return
    if not isinstance(document, dict):
        yield "", "is not a JSON object"
        return
    yield from _from_document(document, source)


def _from_document(document: dict[str, Any], source: str) -> Iterator[License | tuple[str, str]]:
    shape = list(_shape_problems(document))
    yield from shape
    if shape:
        return
    fields: dict[str, Any] = {}
    wrong = False
    for name, read in _READERS.items():
        try:
            fields[name] = read(_EMPTY[name] if document.get(name) is None else document[name], source)
        except BadValue as error:
            wrong = True
            yield name, _words(error)
    if wrong:
        return
    try:
        yield License(**fields)
    except BadValue as error:
        yield "", _words(error)


def _shape_problems(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in sorted(document.keys() - _READERS.keys()):
        yield name[:80], f"is no column of a license; there are {', '.join(_READERS)}"
    for name in _NEEDED:
        if document.get(name) in (None, "", []):
            yield name, "is missing"
    for name in _TEXTS:
        if not isinstance(document.get(name), str | None):
            yield name, "must be a text"
    for name in _LISTS:
        value = document.get(name)
        listed = isinstance(value, list) and all(isinstance(word, str) for word in value)
        if value is not None and not listed:
            yield name, "must be a list of texts"


def _words(error: BadValue) -> str:
    return f"the {error.data['what']} must be {error.data['expected']}; got {error.data['value']}"


def _title(text: str, source: str) -> TitleId:
    return TitleId.parse(text) if ":" in text else TitleId(source, text)


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "id": lambda text, _: text,
    "title": _title,
    "territories": lambda names, _: place_names(names),
    "excluded": lambda names, _: place_names(names),
    "modes": lambda words, _: tuple(dict.fromkeys(Mode.read(word) for word in words)),
    "languages": lambda tags, _: tuple(dict.fromkeys(Language.parse(tag) for tag in tags)),
    "start": lambda text, _: Boundary.parse(text),
    "end": lambda text, _: Boundary.parse(text),
    "reason": lambda text, _: text,
}
_EMPTY: dict[str, Any] = {**dict.fromkeys(_TEXTS, ""), **dict.fromkeys(_LISTS, ())}


def _store(
    path: Path, rows: list[tuple[int, License]], store: LicenseStore, *, replace: bool
) -> LicenseImportReport:
    stored = {license_.id: license_ for license_ in store.all()}
    known = [(row, one) for row, one in rows if one.id in stored]
    changed = [(row, one) for row, one in known if stored[one.id] != one]
    if changed and not replace:
        _refuse(path, changed)
    licenses = [one for _, one in rows]
    if replace:
        store.put(licenses)
    else:
        store.add(licenses)
    return LicenseImportReport(len(rows), len(rows) - len(known), len(changed), len(known) - len(changed))


def _refuse(path: Path, changed: list[tuple[int, License]]) -> NoReturn:
    ids = ", ".join(f"{one.id} (row {row})" for row, one in changed[:3])
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    raise Conflict(
        f"{path}: stored licenses with the same ids have other content: {ids}{more}; nothing was imported.",
        advice="Give the new ones other ids, or import with --replace.",
        path=str(path),
        licenses=[one.id for _, one in changed[:1000]],
        count=len(changed),
    )
