"""A stranger's Parquet file as a table of text cells."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from crossreel.audience.bulk import EventFile, Progress
from crossreel.catalog.decoding import open_bounded
from crossreel.errors import BadFile
from crossreel.storage.events.cells import load_cells
from crossreel.storage.events.engine import quoted
from crossreel.storage.events.spool import Loaded

__all__ = ["load_parquet"]

_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
_NESTED = ("STRUCT", "MAP", "UNION", "BLOB", "INTERVAL", "BIT", "VARIANT")


def load_parquet(
    session: duckdb.DuckDBPyConnection, file: EventFile, folder: Path, progress: Progress
) -> Loaded:
    """Fills the temporary table ``raw``: one text column for each mapped field, and ``line``.

    Raises:
        BadFile: not there, not Parquet, damaged, or without the needed columns.
    """
    copy = folder / "rows.parquet"
    progress(0, 0, "reading events")
    with open_bounded(file.path) as given, copy.open("wb") as written:
        shutil.copyfileobj(given, written, 1 << 20)
    try:
        described = session.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(copy)})").fetchall()
        types = {name: kind for name, kind, *_ in described}
        columns = file.columns(tuple(types))
        for column in columns.values():
            if types[column].endswith("]") or types[column].startswith(_NESTED):
                raise BadFile(file.path, f"has {types[column]} in the column {column!r}, not single values")
        floating = tuple(f for f in ("viewer", "title") if types[columns[f]].startswith(_FRACTIONS))
        cells = {
            field: _whole(_name(column), types[column])
            if field in floating
            else f"nullif(CAST({_name(column)} AS VARCHAR), '')"
            for field, column in columns.items()
        }
        relation = f"read_parquet({quoted(copy)}, file_row_number = true)"
        session.execute(load_cells(cells, relation, line="file_row_number + 1"))
    except duckdb.Error as error:
        raise BadFile(file.path, f"cannot be read as Parquet ({_first_line(error)})") from error
    return Loaded(columns, "raw.line", [], is_printable=False, floating=floating)


def _whole(name: str, type_: str) -> str:
    """SQL of an id that a column of fractions holds; NaN is none.

    Numbers too large for the type to tell neighbors apart stay as they are, and are refused.
    """
    text = f"CAST({name} AS VARCHAR)"
    if type_.startswith("DECIMAL"):
        return (
            f"CASE WHEN {name} = floor({name}) THEN CAST(CAST({name} AS HUGEINT) AS VARCHAR) ELSE {text} END"
        )
    exact = 2**24 if type_ == "FLOAT" else 2**53
    whole = f"{name} = floor({name}) AND abs({name}) < {exact}"
    return (
        f"CASE WHEN isnan({name}) THEN NULL WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) "
        f"ELSE {text} END"
    )


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _first_line(error: duckdb.Error) -> str:
    return str(error).partition("\n")[0].rstrip(".")[:200]
