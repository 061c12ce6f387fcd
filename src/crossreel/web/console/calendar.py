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
from crossreel.web.console.phrases import Phrases
from crossreel.web.phrasebook import Phrasebook

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = [
    "Band",
    "Calendar",
    "Month",
    "Row",
    "Span",
    "bands_of",
    "months_from",
    "title_calendar",
    "years_of",
]


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
        start, end: as local days of the territory; None where that lies outside of the calendar.
        at: a day inside, for asking why.
    """

    columns: int
    open: bool
    start: date | None = None
    end: date | None = None
    at: date | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """The spans of one mode, or of several that are open at the same times."""

    modes: tuple[Mode, ...]
    spans: tuple[Span, ...]

    @property
    def look(self) -> str:
        """Which color it has: that of its mode, or of several."""
        return self.modes[0].lower() if len(self.modes) == 1 else "many"


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
    begins = start is not None and start >= first.first
    ends = end is not None and end <= last.last
    at = start if begins else first.first
    return Span(columns, open=True, start=start if begins else None, end=end if ends else None, at=at)


def bands_of(app: App, id_: TitleId, territory: Territory, months: Sequence[Month]) -> tuple[Band, ...]:
    """The modes in which a title is ever open there in these months."""
    found: dict[tuple[Span, ...], tuple[Mode, ...]] = {}
    for mode in Mode:
        windows = app.rights.windows(id_, territory, mode)
        spans = spans_of(local_days(windows, territory), months) if windows else ()
        if any(span.open for span in spans):
            found[spans] = (*found.get(spans, ()), mode)
    return tuple(Band(modes, spans) for spans, modes in found.items())


def title_calendar(app: App, id_: TitleId, now: datetime, count: int, phrases: Phrases) -> Calendar:
    """A title's calendar; territories with the same days stand in one row."""
    months = months_from(now.date(), count, phrases.book)
    groups: defaultdict[tuple[Band, ...], list[Territory]] = defaultdict(list)
    closed = []
    for territory in all_territories():
        bands = bands_of(app, id_, territory, months)
        if bands:
            groups[bands].append(territory)
        else:
            closed.append(territory)
    rows = [Row(place_label(places, phrases), tuple(places), bands) for bands, places in groups.items()]
    rows.sort(key=lambda row: (-len(row.territories), row.label))
    return Calendar(months, years_of(months), tuple(rows), tuple(closed))


@cache
def _groups() -> dict[frozenset[Territory], str]:
    return {expand([name]): name for name in group_names()}


def place_label(places: Sequence[Territory], phrases: Phrases) -> str:
    """Names of up to three territories; a named group by its name; else their number."""
    group = _groups().get(frozenset(places))
    if group is not None:
        count = phrases.tell_n("%(num)s territory", "%(num)s territories", len(places))
        return phrases.book.territory(places[0]) if len(places) == 1 else f"{group}: {count}"
    names = sorted(map(phrases.book.territory, places))
    if len(names) <= 3:
        return ", ".join(names)
    return phrases.tell_n("%(num)s territory", "%(num)s territories", len(names))
