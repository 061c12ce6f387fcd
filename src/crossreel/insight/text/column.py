"""Reads one column of texts out of a tab- or comma-separated file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crossreel.catalog.decoding import csv_rows, lines
from crossreel.errors import BadFile, BadRows, RowProblem

__all__ = ["read_column", "read_columns"]


def read_column(path: Path, column: str) -> Iterator[str]:
    """The texts of a column, in the file's order; see ``read_columns``."""
    for (text,) in read_columns(path, (column,)):
        yield text


def read_columns(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The cells of some columns, row by row.

    Tab-separated files are read as they are (a quote is a quote), those named ``.csv`` or ``.csv.gz`` as CSV.
    A file of one column needs no tab; a blank line in a file of several is no row.

    Args:
        path: UTF-8, plain or packed by gzip, with a header line.
        columns: their names.

    Raises:
        BadFile: it is empty, unreadable, or lacks a column.
        BadRows: a row is not UTF-8, too long, or too short.
    """
    is_csv = path.name.removesuffix(".gz").endswith(".csv")
    rows = _from_csv(path, columns) if is_csv else _from_tabs(path, columns)
    problems: list[RowProblem] = []
    for row in rows:
        if isinstance(row, RowProblem):
            problems.append(row)
        elif not problems:
            yield row
    if problems:
        raise BadRows(problems, advice="Correct them.")


def _from_csv(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, ...] | RowProblem]:
    for row in csv_rows(path, columns):
        yield row if isinstance(row, RowProblem) else tuple(row[1][name] for name in columns)


def _from_tabs(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, ...] | RowProblem]:
    places: list[int] | None = None
    refused = False
    for row in lines(path):
        if isinstance(row, RowProblem):
            refused = True
            yield row
            continue
        cells = row.cells[0].rstrip("\r").split("\t")
        if places is None:
            missing = [name for name in columns if name not in cells]
            if missing:
                raise BadFile(
                    path,
                    f"has no column {missing[0]!r}",
                    advice=f"Its columns: {', '.join(cells)[:300]}. Name one with --column.",
                )
            places = [cells.index(name) for name in columns]
        elif len(cells) <= max(places):
            if any(cells):
                yield RowProblem(
                    path.name, row.number, columns[-1], "the row ends before this column", row.text
                )
        else:
            yield tuple(cells[place] for place in places)
    if places is None and not refused:
        raise BadFile(path, "is empty", advice="The first line names the columns.")
