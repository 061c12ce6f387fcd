"""The rules of imported rows, as one SQL view over the table ``raw``.

What a cell of few distinct values means (ids, kinds, territories, languages) is decided once for
each distinct cell by the domain's own code; numbers and times are decided by SQL. The view
``checked`` has all event columns, ``line`` and ``problem`` (the field and what is wrong with it,
divided by a line feed; NULL for a good row).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import duckdb

from crossreel.audience.bulk import EventFile, check_viewer_key, read_kind, title_id_of
from crossreel.audience.event import SCALES, EventKind
from crossreel.errors import BadFile, BadValue
from crossreel.storage.events.engine import quoted
from crossreel.storage.events.rows import COLUMNS, microseconds
from crossreel.storage.events.spool import Loaded
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["check_rows"]

_LABELS = ("device", "row", "algorithm")
_MAX_LABEL = 200
_MAX_TEXT = 1 << 20
_NEEDS_VALUE = (EventKind.RATING, EventKind.THUMBS)
_EARLIEST = "TIMESTAMP '1900-01-01'"

Cell = str | None


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What one distinct cell stands for, or why it stands for nothing."""

    cell: str
    text: str | None
    problem: str | None


def check_rows(session: duckdb.DuckDBPyConnection, file: EventFile, loaded: Loaded) -> None:
    """Makes the view ``checked``."""
    values = {"source": quoted(file.source), "kind": quoted(file.kind), "text": "NULL"}
    problems = [
        f"WHEN raw.{field} IS NULL THEN '{field}\nis missing'"
        for field in ("viewer", "title", "kind")
        if field in loaded.columns
    ]
    joins = []
    for field, meaning_of in _meanings(file).items():
        if field not in loaded.columns:
            continue
        meanings = _understand(_cells(session, field, loaded), meaning_of)
        values[field] = _value(file, field, bool(meanings))
        if meanings:
            _table(session, f"{field}_cells", meanings)
            joins.append(f'LEFT JOIN {field}_cells ON {field}_cells.cell = raw."{field}"')
            problems.append(f"WHEN {field}_cells.problem IS NOT NULL THEN '{field}\n' || {field}_cells.problem")
    if file.kind is None:
        _table_of_kinds(session, file)
        joins.append(f"LEFT JOIN kinds ON kinds.kind = {values['kind']}")
    for field, sql, checks in _numbers(file):
        if field in loaded.columns:
            values[field] = sql
            problems += checks
    if "value" in loaded.columns:
        low, high, *_ = _scale(file)
        values["low"] = f"CASE WHEN {values['value']} IS NOT NULL THEN {low} END"
        values["high"] = f"CASE WHEN {values['value']} IS NOT NULL THEN {high} END"
    elif file.kind in _NEEDS_VALUE:
        raise BadFile(
            file.path, f"has no column for the value of a {file.kind}", advice="Name it with --map value=..."
        )
    select = ", ".join(
        f'CAST({values.get(name, "NULL")} AS {type_}) AS "{name}"' for name, type_ in COLUMNS.items()
    )
    session.execute(
        f"CREATE TEMP VIEW checked AS SELECT {select}, CASE {' '.join(problems)} END AS problem, "
        f"{loaded.line} AS line FROM raw {' '.join(joins)}"
    )


def _scale(file: EventFile) -> tuple[str, str, str, str]:
    """SQL of a row's lowest and highest value, of its scale in words, of whether it needs a value."""
    if file.kind is None:
        return "kinds.low", "kinds.high", "kinds.scale", "kinds.needs"
    scale = file.scale_of(file.kind)
    needs = "true" if file.kind in _NEEDS_VALUE else "false"
    return f"{scale.low}::DOUBLE", f"{scale.high}::DOUBLE", quoted(scale), needs


def _table_of_kinds(session: duckdb.DuckDBPyConnection, file: EventFile) -> None:
    session.execute(
        "CREATE TEMP TABLE kinds (kind VARCHAR, low DOUBLE, high DOUBLE, scale VARCHAR, needs BOOLEAN)"
    )
    scales = {kind: file.scale_of(kind) for kind in SCALES}
    session.executemany(
        "INSERT INTO kinds VALUES (?, ?, ?, ?, ?)",
        [
            (kind.value, scale.low, scale.high, str(scale), kind in _NEEDS_VALUE)
            for kind, scale in scales.items()
        ],
    )


def _meanings(file: EventFile) -> dict[str, Callable[[str], str]]:
    """How the cell of a field is understood; raises ``BadValue`` for what means nothing."""

    def viewer(cell: str) -> str:
        check_viewer_key(cell)
        return f"{file.source}:{cell}"

    def label(cell: str) -> str:
        if len(cell) > _MAX_LABEL or not cell.isprintable():
            raise BadValue("label", cell, f"at most {_MAX_LABEL} printable characters")
        return cell

    return {
        "viewer": viewer,
        "title": lambda cell: str(title_id_of(cell, file.source)),
        "kind": lambda cell: read_kind(cell).value,
        "territory": lambda cell: Territory.parse(cell).code,
        "language": lambda cell: Language.parse(cell).tag,
        **dict.fromkeys(_LABELS, label),
    }


def _cells(session: duckdb.DuckDBPyConnection, field: str, loaded: Loaded) -> Iterable[str]:
    """The distinct cells that Python must look at; of ids and labels only the unusual ones."""
    unusual = "true"
    if field == "viewer":
        unusual = "length(cell) > 200 OR regexp_matches(cell, '[^!-~]')"
    elif field == "title":
        unusual = "length(cell) > 200 OR regexp_matches(cell, '[^!-9;-~]')"  # a colon is unusual
    elif field in _LABELS:
        unusual = f"length(cell) > {_MAX_LABEL}" + ("" if loaded.is_printable else " OR regexp_matches(cell, '[^ -~]')")
    rows = session.execute(
        f'SELECT cell FROM (SELECT DISTINCT "{field}" AS cell FROM raw) WHERE cell IS NOT NULL AND ({unusual})'
    ).fetchall()
    return (row[0] for row in rows)


def _understand(cells: Iterable[str], meaning_of: Callable[[str], str]) -> list[_Meaning]:
    found = []
    for cell in cells:
        try:
            found.append(_Meaning(cell, meaning_of(cell), None))
        except BadValue as error:
            found.append(_Meaning(cell, None, f"must be {error.data['expected']}; got {error.data['value']}"))
    return found


def _table(session: duckdb.DuckDBPyConnection, name: str, meanings: Sequence[_Meaning]) -> None:
    session.execute(f"CREATE TEMP TABLE {name} (cell VARCHAR, text VARCHAR, problem VARCHAR)")
    session.executemany(f"INSERT INTO {name} VALUES (?, ?, ?)", [(m.cell, m.text, m.problem) for m in meanings])


def _value(file: EventFile, field: str, has_meanings: bool) -> str:
    """SQL of a field that is understood cell by cell."""
    plain = {
        "viewer": f"{quoted(file.source + ':')} || raw.viewer",
        "title": f"{quoted(file.source + ':')} || raw.title",
        **{label: f'raw."{label}"' for label in _LABELS},
    }
    if field not in plain:
        return f"{field}_cells.text" if has_meanings else "NULL"
    return f"coalesce({field}_cells.text, {plain[field]})" if has_meanings else plain[field]


def _numbers(file: EventFile) -> Iterable[tuple[str, str, list[str]]]:
    """What SQL reads by itself: (field, its SQL, its checks)."""
    low, high, scale, needs = _scale(file)
    value = "CASE WHEN contains(raw.value, '_') THEN NULL ELSE try_cast(raw.value AS DOUBLE) END"
    yield (
        "value",
        value,
        [
            _refusal("value", f"raw.value IS NOT NULL AND ({value}) IS NULL", "'must be a number; got '"),
            _refusal(
                "value",
                f"({value}) < {low} OR ({value}) > {high} OR isnan({value})",
                f"'must be within ' || {scale} || '; got '",
            ),
            f"WHEN raw.value IS NULL AND {needs} THEN 'value\nis missing'",
        ],
    )
    time = _time("raw.time")
    latest = f"make_timestamp({microseconds(file.latest)})"
    unreal = f"raw.time IS NOT NULL AND ({time}) IS NULL OR ({time}) < {_EARLIEST}"
    yield (
        "time",
        time,
        [
            _refusal("time", unreal, "'must be a real date and time (ISO 8601, or seconds since 1970); got '"),
            _refusal("time", f"({time}) > {latest}", "'must not lie in the future; got '"),
        ],
    )
    position = "try_cast(raw.position AS INTEGER)"
    unplaced = f"raw.position IS NOT NULL AND ({position} IS NULL OR {position} < 0)"
    yield "position", position, [_refusal("position", unplaced, "'must be a whole number from 0; got '")]
    too_long = f"strlen(raw.text) > {_MAX_TEXT} OR contains(raw.text, chr(0))"
    yield "text", "raw.text", [_refusal("text", too_long, "'must have at most 1 MiB and no NUL; got '")]


def _refusal(field: str, condition: str, words: str) -> str:
    got = f"chr(39) || raw.\"{field}\"[:40] || chr(39)"
    return f"WHEN {condition} THEN '{field}\n' || {words} || {got}"


def _time(cell: str) -> str:
    """Seconds, milliseconds or microseconds since 1970 by their size, else ISO 8601, UTC if it says no zone.

    Seconds reach to the year 5138 before they are taken for milliseconds.
    """
    number = f"try_cast({cell} AS DOUBLE)"
    date = f"CASE WHEN {cell}[5] = '-' THEN try_cast({cell} AS TIMESTAMPTZ)::TIMESTAMP END"
    return (
        f"CASE WHEN {number} IS NULL THEN {date} "
        f"WHEN abs({number}) < 1e11 THEN make_timestamp(CAST({number} * 1000000 AS BIGINT)) "
        f"WHEN abs({number}) < 1e14 THEN make_timestamp(CAST({number} * 1000 AS BIGINT)) "
        f"WHEN abs({number}) < 1e17 THEN make_timestamp(CAST({number} AS BIGINT)) END"
    )
