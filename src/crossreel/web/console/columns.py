"""The columns of the catalog table: what they hold, how they sort, what a spreadsheet gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crossreel.catalog.title import CreditRole
from crossreel.web.console.listing import Line, next_day
from crossreel.web.console.phrases import M_

__all__ = ["COLUMNS", "DEFAULT_COLUMNS", "Cells", "Column", "chosen_columns", "sorted_lines"]


@dataclass(frozen=True, slots=True)
class Cells:
    """What the cells of one line are made from.

    Attributes:
        open: in how many territories it is open now.
        today: the day that ends and starts are counted from.
    """

    line: Line
    open: int
    today: date


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        label: its heading (marked with ``M_``).
        text: the cell as text; lists are joined by "; ".
        sort: a key for sorting, or None where sorting makes no sense.
        numeric: aligned at the end.
    """

    label: str
    text: Callable[[Cells], str]
    sort: Callable[[Cells], Any] | None = None
    numeric: bool = False


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _languages(cells: Cells, synopsis: bool) -> list[str]:
    texts = cells.line.title.texts
    return list(dict.fromkeys(text.language.tag for text in texts if text.synopsis or not synopsis))


def _directors(cells: Cells) -> list[str]:
    return [credit.name for credit in cells.line.title.credits if credit.role is CreditRole.DIRECTOR]


def _end(cells: Cells) -> date | None:
    return next_day(cells.line.ends, cells.today)


def _start(cells: Cells) -> date | None:
    return next_day(cells.line.starts, cells.today)


COLUMNS: dict[str, Column] = {
    "name": Column(M_("Title"), lambda c: c.line.name, lambda c: (c.line.sorting, c.line.title.id)),
    "original": Column(M_("Original name"), lambda c: c.line.title.name, lambda c: c.line.title.name),
    "id": Column(M_("Id"), lambda c: str(c.line.title.id), lambda c: c.line.title.id),
    "kind": Column(M_("Kind"), lambda c: c.line.title.kind.value, lambda c: c.line.title.kind.value),
    "year": Column(
        M_("Year"), lambda c: _number(c.line.title.year), lambda c: c.line.title.year, numeric=True
    ),
    "countries": Column(
        M_("Countries"),
        lambda c: "; ".join(one.code for one in c.line.title.countries),
        lambda c: [one.code for one in c.line.title.countries],
    ),
    "languages": Column(
        M_("Languages"),
        lambda c: "; ".join(one.tag for one in c.line.title.original_languages),
        lambda c: [one.tag for one in c.line.title.original_languages],
    ),
    "genres": Column(
        M_("Genres"), lambda c: "; ".join(c.line.title.genres), lambda c: list(c.line.title.genres)
    ),
    "keywords": Column(M_("Keywords"), lambda c: "; ".join(c.line.title.keywords)),
    "runtime": Column(
        M_("Minutes"),
        lambda c: _number(c.line.title.runtime_minutes),
        lambda c: c.line.title.runtime_minutes,
        numeric=True,
    ),
    "directors": Column(M_("Directed by"), lambda c: "; ".join(_directors(c)), _directors),
    "texts": Column(
        M_("Texts in"), lambda c: "; ".join(_languages(c, False)), lambda c: len(_languages(c, False))
    ),
    "synopses": Column(
        M_("Synopsis in"), lambda c: "; ".join(_languages(c, True)), lambda c: len(_languages(c, True))
    ),
    "licenses": Column(
        M_("Licenses"), lambda c: str(len(c.line.licenses)), lambda c: len(c.line.licenses), numeric=True
    ),
    "open": Column(M_("Open in"), lambda c: str(c.open), lambda c: c.open, numeric=True),
    "ends": Column(M_("Next end"), lambda c: str(_end(c) or ""), lambda c: _end(c), numeric=True),
    "opens": Column(M_("Next start"), lambda c: str(_start(c) or ""), lambda c: _start(c), numeric=True),
}
"""Every column, in the order of the table."""

DEFAULT_COLUMNS = ("name", "year", "countries", "genres", "synopses", "licenses", "open", "ends")


def chosen_columns(asked: Sequence[str]) -> tuple[str, ...]:
    """The columns to show, in their order; the title's name is always there."""
    wanted = {name for name in asked if name in COLUMNS} or set(DEFAULT_COLUMNS)
    return tuple(name for name in COLUMNS if name in wanted | {"name"})


def sorted_lines(rows: list[Cells], order: str) -> list[Cells]:
    """Rows by a column, ``-year`` downward; equal ones by name, empty cells always last."""
    by_name = COLUMNS["name"].sort
    assert by_name is not None
    rows = sorted(rows, key=by_name)
    column = COLUMNS.get(order.removeprefix("-"))
    if column is None or column.sort is None:
        return rows
    known = [row for row in rows if column.text(row)]
    empty = [row for row in rows if not column.text(row)]
    return sorted(known, key=column.sort, reverse=order.startswith("-")) + empty
