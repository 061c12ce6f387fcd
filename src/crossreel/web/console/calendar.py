"""When titles are open, month by month: a title by territories, a territory by titles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory, all_territories, expand, group_names
from crossreel.values.window import FOREVER_END, FOREVER_START, Window
from crossreel.web.phrasebook import Phrasebook

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["Band", "Calendar", "Month", "Row", "Span", "months_from", "place_label", "spans_of", "title_calendar"]


@dataclass(frozen=True, slots=True)
class Month:
    """A column of the calendar."""

    first: date
    label: str
    year: str

    @property
    def last(self) -> date:
        """Its last day."""
        return _next_month(self.first) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Some columns of one row: open (``start`` to ``end``, both days included) or closed.

    Attributes:
        start, end: as local days of the territory; None where there is no such end.
        at: a day inside, for asking why.
    """

    columns: int
    open: bool
    start: date | None = None
    end: date | None = None
    at: date | None = None
    begins: bool = False
    """Whether it starts inside the calendar."""
    ends: bool = False
    """Whether it ends inside the calendar."""


@dataclass(frozen=True, slots=True)
class Band:
    """The spans of one mode."""

    mode: Mode
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Territories in which the same holds on the same local days."""

    label: str
    territories: tuple[Territory, ...]
    bands: tuple[Band, ...]

    @property
    def example(self) -> Territory:
        """One of them, to ask about."""
        return self.territories[0]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The whole of it; ``closed`` are the territories where it is never open in these months."""

    months: tuple[Month, ...]
    years: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    closed: tuple[Territory, ...]


Days = tuple[tuple[date | None, date | None], ...]
"""Local days on which something opens and the last ones on which it is open; None for no end."""


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def months_from(day: date, count: int, book: Phrasebook) -> tuple[Month, ...]:
    """``count`` months, the first the one before that of ``day``."""
    from babel.dates import format_date

    first = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    found = []
    for _ in range(count):
        found.append(Month(first, str(format_date(first, "LLL", locale=book.locale)), str(first.year)))
        first = _next_month(first)
    return tuple(found)


def years_of(months: Sequence[Month]) -> tuple[tuple[str, int], ...]:
    """Each year and how many columns it has."""
    found: dict[str, int] = {}
    for month in months:
        found[month.year] = found.get(month.year, 0) + 1
    return tuple(found.items())


def local_days(windows: Iterable[Window], territory: Territory) -> Days:
    """Windows as days on the clocks of a territory: the first and the last on which it is open."""
    zone = territory.zone
    found = []
    for window in windows:
        start = None if window.start <= FOREVER_START else window.start.astimezone(zone).date()
        last = window.end - timedelta(microseconds=1)
        end = None if window.end >= FOREVER_END else last.astimezone(zone).date()
        found.append((start, end))
    return tuple(found)


def spans_of(days: Days, months: Sequence[Month]) -> tuple[Span, ...]:
    """Columns joined while the same stretch is open, or while nothing is."""
    cells: list[tuple[date | None, date | None] | None] = [
        next(
            (
                stretch
                for stretch in days
                if (stretch[0] is None or stretch[0] <= month.last)
                and (stretch[1] is None or stretch[1] >= month.first)
            ),
            None,
        )
        for month in months
    ]
    spans: list[Span] = []
    at = 0
    while at < len(cells):
        until = at
        while until < len(cells) and cells[until] == cells[at]:
            until += 1
        spans.append(_span(cells[at], months[at], months[until - 1], until - at))
        at = until
    return tuple(spans)


def _span(stretch: tuple[date | None, date | None] | None, first: Month, last: Month, columns: int) -> Span:
    if stretch is None:
        return Span(columns, open=False, at=first.first)
    start, end = stretch
    return Span(
        columns,
        open=True,
        start=start,
        end=end,
        at=max(start, first.first) if start else first.first,
        begins=start is not None and start >= first.first,
        ends=end is not None and end <= last.last,
    )


def title_calendar(app: App, id_: TitleId, now: datetime, count: int, book: Phrasebook) -> Calendar:
    """A title's calendar; territories with the same days stand in one row."""
    months = months_from(now.date(), count, book)
    groups: defaultdict[tuple[tuple[Mode, tuple[Span, ...]], ...], list[Territory]] = defaultdict(list)
    closed = []
    for territory in all_territories():
        bands = tuple(
            (mode, spans)
            for mode in Mode
            if any(
                span.open
                for span in (
                    spans := spans_of(local_days(app.rights.windows(id_, territory, mode), territory), months)
                )
            )
        )
        if bands:
            groups[bands].append(territory)
        else:
            closed.append(territory)
    rows = [
        Row(place_label(places, book), tuple(places), tuple(Band(mode, spans) for mode, spans in bands))
        for bands, places in groups.items()
    ]
    rows.sort(key=lambda row: (-len(row.territories), row.label))
    return Calendar(months, years_of(months), tuple(rows), tuple(closed))


@cache
def _groups() -> dict[frozenset[Territory], str]:
    return {expand([name]): name for name in group_names()}


def place_label(places: Sequence[Territory], book: Phrasebook) -> str:
    """Names of up to three territories; a named group by its name; else their number."""
    group = _groups().get(frozenset(places))
    if group is not None:
        return f"{group} · {len(places)}" if len(places) > 1 else group
    names = sorted(map(book.territory, places))
    if len(names) <= 3:
        return ", ".join(names)
    return f"{len(names)} …"
