"""One state of the catalog table: filter, order, columns, page; the address says all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crossreel.errors import BadValue
from crossreel.rights.license import Mode
from crossreel.values.vocabulary import Vocabulary
from crossreel.web.console.columns import COLUMNS, DEFAULT_COLUMNS, Cells, chosen_columns, sorted_lines
from crossreel.web.console.facts import FIELD_KINDS, check, chosen
from crossreel.web.console.listing import Line
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sentence import Phrase, read
from crossreel.web.console.sitting import Sitting

__all__ = ["PAGE_ROWS", "Found", "TableState", "find_rows", "read_state"]

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class TableState:
    """What the address of the table says.

    Attributes:
        sentence: the filter as it was written; ``phrase`` as it was read, None while it is wrong.
        problem: why it could not be read.
    """

    sentence: str = ""
    order: str = "name"
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    page: int = 1
    phrase: Phrase | None = None
    problem: BadValue | None = None

    def query(self, **changes: Any) -> dict[str, Any]:
        """The query part of its address; what is as always is left out."""
        state = replace(self, **changes)
        told: dict[str, Any] = {
            "q": state.sentence,
            "sort": "" if state.order == "name" else state.order,
            "columns": () if state.columns == DEFAULT_COLUMNS else list(state.columns),
            "page": "" if state.page == 1 else state.page,
        }
        return {key: value for key, value in told.items() if value}

    def url(self, path: str = "/catalog", /, **changes: Any) -> str:
        """Its address, some of it changed."""
        return console_url(path, **self.query(**changes))


@dataclass(frozen=True, slots=True)
class Found:
    """What a filter found.

    Attributes:
        rows: of this page.
        matches: how many titles the filter picks; ``total`` how many there are.
    """

    rows: tuple[Cells, ...]
    matches: int
    total: int
    first: int
    pages: int


def read_state(fields: Mapping[str, str], columns: list[str]) -> TableState:
    """Reads an address; a filter that makes no sense is told, and nothing is filtered then."""
    sentence = fields.get("q", "").strip()
    order = fields.get("sort", "")
    known = order if COLUMNS.get(order.removeprefix("-")) else "name"
    page = fields.get("page", "")
    state = TableState(
        sentence, known, chosen_columns(columns), int(page) if page.isdecimal() and len(page) < 7 else 1
    )
    try:
        phrase = read(sentence, FIELD_KINDS)
        check(phrase, sentence)
    except BadValue as error:
        return replace(state, problem=error)
    return replace(state, phrase=phrase, page=max(state.page, 1))


def matching(sitting: Sitting, state: TableState) -> list[Line]:
    """Every line that the filter picks, by id."""
    lines = sitting.console.listing.lines(sitting.app)
    mask = chosen(state.phrase, lines, sitting.app, sitting.now, state.sentence)
    return [lines.all[number] for number in np.flatnonzero(mask)]


def cells(sitting: Sitting, lines: list[Line]) -> list[Cells]:
    """Rows with what their cells need; how many territories are open is asked at once."""
    vocabulary = Vocabulary(line.title.id for line in lines)
    opens = sitting.app.rights.matrix(vocabulary, sitting.now, tuple(Mode)).sum(axis=1) if lines else ()
    today = sitting.now.date()
    return [Cells(line, int(count), today) for line, count in zip(lines, opens, strict=True)]


def find_rows(sitting: Sitting, state: TableState, *, everything: bool = False) -> Found:
    """The rows of a page, or all of them; a page that is not there is the last one."""
    lines = matching(sitting, state)
    total = len(sitting.console.listing.lines(sitting.app).all)
    pages = max(1, -(-len(lines) // PAGE_ROWS))
    first = (min(state.page, pages) - 1) * PAGE_ROWS
    last = len(lines) if everything else first + PAGE_ROWS
    if state.order.removeprefix("-") == "open":
        rows = sorted_lines(cells(sitting, lines), state.order)[first:last]
    else:
        today = sitting.now.date()
        ordered = sorted_lines([Cells(line, 0, today) for line in lines], state.order)[first:last]
        rows = cells(sitting, [row.line for row in ordered])
    return Found(tuple(rows), len(lines), total, first, pages)
