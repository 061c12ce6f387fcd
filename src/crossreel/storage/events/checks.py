"""The rules of imported rows: what the text cells of the table ``raw`` mean as events.

What a cell of few distinct values means (ids, kinds, territories, languages) is decided once for
each distinct cell, the unusual ones by the domain's own code; numbers and times are decided by
SQL. Columns of few values become ENUMs, which DuckDB sorts, compares and writes as numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np

from crossreel.audience.bulk import EventFile, read_kind, title_id_of, viewer_id_of
from crossreel.audience.event import MAX_LABEL, MAX_TEXT_BYTES, SCALES, EventKind
from crossreel.errors import BadFile, BadValue
from crossreel.storage.events.cells import NUMBERS, shown_cell
from crossreel.storage.events.engine import quoted
from crossreel.storage.events.rows import microseconds
from crossreel.storage.events.spool import Loaded
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["Checks", "check_rows"]

_LABELS = ("device", "row", "algorithm")
_LONG_KEY = 200
_SHOWN = 40
_NEEDS_VALUE = (EventKind.RATING, EventKind.THUMBS)
_EARLIEST = "TIMESTAMP '1900-01-01'"

_MAX_ENUM = 1_000_000


@dataclass(frozen=True, slots=True)
class Checks:
    """How rows of ``raw`` are understood, in SQL.

    Attributes:
        columns: event column -> SQL, of those that differ from row to row.
        constants: event column -> SQL over those, of those that follow from the file.
        problem: the field, what is wrong with it and (of numbers) the cell, divided by line feeds;
            NULL for a good row.
        relation: what follows FROM.
    """

    columns: dict[str, str]
    constants: dict[str, str]
    problem: str
    relation: str


def check_rows(session: duckdb.DuckDBPyConnection, file: EventFile, loaded: Loaded) -> Checks:
    """Looks at the distinct cells of ``raw`` and says how its rows are to be read.

    Raises:
        BadFile: the rows need a value and the file has no column for it.
    """
    if file.kind in _NEEDS_VALUE and "value" not in loaded.columns:
        raise BadFile(
            file.path, f"has no column for the value of a {file.kind}", advice="Name it with --map value=..."
        )
    columns: dict[str, str] = {}
    joins: list[str] = []
    problems = [
        f"WHEN raw.{field} IS NULL THEN '{field}\nis missing'"
        for field in ("viewer", "title", "kind")
        if field in loaded.columns
    ]
    problems += [
        f"WHEN NOT regexp_full_match(raw.{field}, '-?[0-9]+') "
        f"THEN '{field}\nis a floating-point number and must be a whole one' || chr(10) || raw.{field}"
        for field in loaded.floating
    ]
    for field, meaning_of in _meanings(file).items():
        if field in loaded.columns:
            has_bad = _understand(session, field, meaning_of, file, loaded)
            columns[field] = f"{field}_cells.text"
            joins.append(f'LEFT JOIN {field}_cells ON {field}_cells.cell = raw."{field}"')
            if has_bad:
                problems.append(
                    f"WHEN {field}_cells.problem IS NOT NULL THEN '{field}\n' || {field}_cells.problem"
                )
    if file.kind is None:
        _table_of_kinds(session, file)
        joins.append("LEFT JOIN kinds ON kinds.kind = kind_cells.text::VARCHAR")
        if "value" in loaded.columns:
            rated = "CASE WHEN raw.value_read IS NOT NULL THEN kinds.{} END"
            columns |= {name: rated.format(name) for name in ("low", "high")}
    for field, checks in _checks(file).items():
        if field in loaded.columns:
            columns[field] = f"raw.{field}_read" if field in NUMBERS else f"raw.{field}"
            problems += checks
    return Checks(
        columns,
        _constants(session, file, loaded),
        f"CASE {' '.join(problems)} END",
        f"raw {' '.join(joins)}",
    )


def _constants(session: duckdb.DuckDBPyConnection, file: EventFile, loaded: Loaded) -> dict[str, str]:
    found = {"source": file.source, **({} if file.kind is None else {"kind": file.kind.value})}
    for name, text in found.items():
        session.execute(f"CREATE TEMP TYPE one_{name} AS ENUM ({quoted(text)})")
    sql = {name: f"{quoted(text)}::one_{name}" for name, text in found.items()}
    if file.kind is not None and "value" in loaded.columns:
        low, high, *_ = _scale(file)
        sql["low"] = f"CASE WHEN value IS NOT NULL THEN {low} END"
        sql["high"] = f"CASE WHEN value IS NOT NULL THEN {high} END"
    return sql


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

    def label(cell: str) -> str:
        if len(cell) > MAX_LABEL or not cell.isprintable():
            raise BadValue("label", cell, f"at most {MAX_LABEL} printable characters")
        return cell

    return {
        "viewer": lambda cell: str(viewer_id_of(cell, file.source)),
        "title": lambda cell: str(title_id_of(cell, file.source)),
        "kind": lambda cell: read_kind(cell).value,
        "territory": lambda cell: Territory.parse(cell).code,
        "language": lambda cell: Language.parse(cell).tag,
        **dict.fromkeys(_LABELS, label),
    }


def _understand(
    session: duckdb.DuckDBPyConnection,
    field: str,
    meaning_of: Callable[[str], str],
    file: EventFile,
    loaded: Loaded,
) -> bool:
    """Makes the table ``<field>_cells`` (cell, text, problem) of all distinct cells; True if any is bad."""
    unusual, usual_text = _unusual(field, file, loaded)
    session.execute(
        f"CREATE TEMP TABLE {field}_all AS "
        f"SELECT cell, CASE WHEN NOT ({unusual}) THEN {usual_text} END AS text "
        f'FROM (SELECT DISTINCT "{field}" AS cell FROM raw) WHERE cell IS NOT NULL'
    )
    cells = session.execute(f"SELECT cell FROM {field}_all WHERE text IS NULL").fetchall()
    meanings = [(cell, *_meaning(cell, meaning_of)) for (cell,) in cells]
    # Empty texts stand for none: a column of nothing but None would have no type.
    arrays = {
        name: np.array([meaning[place] or "" for meaning in meanings], dtype=object)
        for place, name in enumerate(("cell", "text", "problem"))
    }
    session.register(f"{field}_meanings", arrays)
    session.execute(
        f"CREATE TEMP TABLE {field}_unusual AS SELECT cell::VARCHAR AS cell, "
        f"nullif(text::VARCHAR, '') AS text, nullif(problem::VARCHAR, '') AS problem FROM {field}_meanings"
    )
    type_ = _type_of(session, field)
    session.execute(
        f"CREATE TEMP TABLE {field}_cells AS "
        f"SELECT cell, coalesce(u.text, a.text)::{type_} AS text, u.problem "
        f"FROM {field}_all a LEFT JOIN {field}_unusual u USING (cell)"
    )
    return any(problem for *_, problem in meanings)


def _type_of(session: duckdb.DuckDBPyConnection, field: str) -> str:
    """An ENUM of the field's texts in their order; plain text where there are too many."""
    texts = (
        f"SELECT text FROM {field}_all WHERE text IS NOT NULL "
        f"UNION SELECT text FROM {field}_unusual WHERE text IS NOT NULL"
    )
    count = session.execute(f"SELECT count(*) FROM ({texts})").fetchone()
    if not count or not 0 < count[0] <= _MAX_ENUM:
        return "VARCHAR"
    session.execute(f"CREATE TEMP TYPE any_{field} AS ENUM (SELECT text FROM ({texts}) ORDER BY text)")
    return f"any_{field}"


def _unusual(field: str, file: EventFile, loaded: Loaded) -> tuple[str, str]:
    """SQL of which cells Python must look at, and of the text of the others."""
    own = quoted(file.source + ":")
    prefixed = f"{own} || regexp_replace(cell, '^([0-9]+)\\.0$', '\\1')"
    if field == "viewer":
        odd = f"starts_with(cell, {own}) OR regexp_matches(cell, '[^!-~]')"
        return f"length(cell) > {_LONG_KEY} OR {odd}", prefixed
    if field == "title":  # a colon is unusual: the cell is a whole id then
        return f"length(cell) > {_LONG_KEY} OR regexp_matches(cell, '[^!-9;-~]')", prefixed
    if field in _LABELS:
        odd = "false" if loaded.is_printable else "regexp_matches(cell, '[^ -~]')"
        return f"length(cell) > {MAX_LABEL} OR {odd}", "cell"
    return "true", "NULL"


def _meaning(cell: str, meaning_of: Callable[[str], str]) -> tuple[str | None, str | None]:
    """What a cell stands for, or why it stands for nothing."""
    try:
        return meaning_of(cell), None
    except BadValue as error:
        return None, f"the {error.data['what']} must be {error.data['expected']}; got {cell[:_SHOWN]!r}"


def _checks(file: EventFile) -> dict[str, list[str]]:
    """The checks of the fields that SQL reads by itself."""
    low, high, scale, needs = _scale(file)
    value, latest = "raw.value_read", f"make_timestamp({microseconds(file.latest)})"
    return {
        "value": [
            _refusal("value", "raw.value_bad IS NOT NULL", "'must be a number'"),
            _refusal(
                "value",
                f"{value} < {low} OR {value} > {high} OR isnan({value})",
                f"'must be within ' || {scale}",
            ),
            f"WHEN {value} IS NULL AND {needs} THEN 'value\nis missing'",
        ],
        "time": [
            _refusal(
                "time",
                f"raw.time_bad IS NOT NULL OR raw.time_read < {_EARLIEST}",
                "'must be a real date and time (ISO 8601, or seconds since 1970)'",
            ),
            _refusal("time", f"raw.time_read > {latest}", "'must not lie in the future'"),
        ],
        "position": [
            _refusal(
                "position",
                "raw.position_bad IS NOT NULL OR raw.position_read < 0",
                "'must be a whole number from 0'",
            )
        ],
        "text": [
            _refusal(
                "text",
                f"strlen(raw.text) > {MAX_TEXT_BYTES} OR contains(raw.text, chr(0))",
                "'must have at most 1 MiB and no NUL'",
            )
        ],
    }


def _refusal(field: str, condition: str, words: str) -> str:
    """The cell follows after another line feed: where the file's own text is at hand, that is shown."""
    return f"WHEN {condition} THEN '{field}\n' || {words} || chr(10) || {shown_cell(field)}[:{_SHOWN}]"
