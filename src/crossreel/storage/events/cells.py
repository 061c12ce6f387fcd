"""How the cells of a stranger's file become the columns of the table ``raw``.

Most fields stay text. Values, times and positions are read as numbers right away, as
``<field>_read``; the text of a cell that cannot be read is kept as ``<field>_bad``, else NULL.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["NUMBERS", "load_cells", "shown_cell"]

NUMBERS: Mapping[str, str] = {
    # DuckDB allows 1_000, which no file means as a number.
    "value": "CASE WHEN NOT contains(value, '_') THEN try_cast(value AS DOUBLE) END",
    # Eight digits that begin like a year from 1900 to 2100 are a day. Else seconds to nanoseconds since
    # 1970 by their size (seconds reach to the year 5138 before they are taken for milliseconds), else
    # ISO 8601, in UTC if it says no zone.
    "time": (
        "CASE WHEN time_number IS NULL THEN "
        "CASE WHEN time[5] = '-' THEN try_cast(time AS TIMESTAMPTZ)::TIMESTAMP END "
        "WHEN time_number BETWEEN 19000101 AND 21001231 AND strlen(time) = 8 "
        "THEN try_strptime(time, '%Y%m%d') "
        "WHEN abs(time_number) < 1e11 THEN make_timestamp(CAST(time_number * 1000000 AS BIGINT)) "
        "WHEN abs(time_number) < 1e14 THEN make_timestamp(CAST(time_number * 1000 AS BIGINT)) "
        "WHEN abs(time_number) < 1e17 THEN make_timestamp(CAST(time_number AS BIGINT)) "
        # A double has not enough digits for nanoseconds.
        "WHEN abs(time_number) < 1e19 THEN make_timestamp("
        "coalesce(try_cast(time AS BIGINT) // 1000, CAST(time_number / 1000 AS BIGINT))) END"
    ),
    "position": "try_cast(position AS INTEGER)",
}
"""Fields that are numbers, and the SQL that reads their text."""


def load_cells(cells: Mapping[str, str], relation: str, *, line: str = "") -> str:
    """SQL that makes the temporary table ``raw``.

    Args:
        cells: field -> SQL of its text in the relation, NULL where the cell is empty.
        relation: what follows FROM.
        line: SQL of the line number, where the rows of ``raw`` are not the lines of the file.
    """
    texts = ", ".join(f'{sql} AS "{field}"' for field, sql in cells.items())
    number = ", try_cast(time AS DOUBLE) AS time_number" if "time" in cells else ""
    reads = "".join(f", {NUMBERS[field]} AS {field}_read" for field in cells if field in NUMBERS)
    columns = [f'"{field}"' for field in cells if field not in NUMBERS]
    for field in cells:
        if field in NUMBERS:
            columns += [f"{field}_read", f"CASE WHEN {field}_read IS NULL THEN {field} END AS {field}_bad"]
    if line:
        texts, columns = f"{line} AS line, {texts}", ["line", *columns]
    # One level each, so that every cell is read once: DuckDB does not share work inside CASE.
    return (
        f"CREATE TEMP TABLE raw AS SELECT {', '.join(columns)} FROM (SELECT *{reads} "
        f"FROM (SELECT *{number} FROM (SELECT {texts} FROM {relation})))"
    )


def shown_cell(field: str) -> str:
    """SQL of a cell of ``raw`` as a person recognizes it."""
    if field in NUMBERS:
        return f"coalesce(raw.{field}_bad, regexp_replace(raw.{field}_read::VARCHAR, '\\.0$', ''))"
    return f'raw."{field}"'
