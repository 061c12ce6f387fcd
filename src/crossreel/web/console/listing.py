"""Every title as the catalog table sees it, kept from one request to the next while nothing changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from crossreel.catalog.search import fold
from crossreel.catalog.title import Title
from crossreel.rights.license import License
from crossreel.values.ids import TitleId
from crossreel.values.language import ENGLISH
from crossreel.values.vocabulary import Vocabulary
from crossreel.values.window import Boundary

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["Line", "Lines", "Listing", "boundary_day", "next_day"]


@dataclass(frozen=True, slots=True)
class Line:
    """One title.

    Attributes:
        name: as a reader of English knows it.
        sorting: the name folded, for sorting.
        licenses: its own and those of what it hangs under.
        ends, starts: days on which a license of it ends or starts, sorted; as written.
    """

    title: Title
    name: str
    sorting: str
    licenses: tuple[License, ...]
    ends: tuple[date, ...]
    starts: tuple[date, ...]


@dataclass(frozen=True)
class Lines:
    """The whole table of one state of the catalog and the licenses, by id."""

    all: tuple[Line, ...]
    titles: Vocabulary[TitleId]

    def of(self, id_: TitleId) -> Line | None:
        """One line."""
        number = self.titles.number(id_)
        return None if number is None else self.all[number]


def boundary_day(boundary: Boundary) -> date | None:
    """The day of a license's boundary as it was written; of an instant the day in UTC."""
    return boundary.instant.date() if boundary.instant is not None else boundary.day


def next_day(days: Iterable[date], today: date) -> date | None:
    """The first of these sorted days that is not past."""
    return next((day for day in days if day >= today), None)


class Listing:
    """Makes ``Lines`` when something changed; lines of unchanged titles are used again.

    May be asked from any thread.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._state: object = None
        self._lines = Lines((), Vocabulary(()))
        self._named: dict[TitleId, tuple[Title, str, str]] = {}

    def lines(self, app: App) -> Lines:
        """The table as of now."""
        with self._lock:
            state = (app.catalog.revision(), app.licenses.revision())
            if state != self._state:
                self._lines, self._state = self._made(app), state
            return self._lines

    def _made(self, app: App) -> Lines:
        licenses = _by_title(app)
        family = app.catalog.family()
        named: dict[TitleId, tuple[Title, str, str]] = {}
        lines = []
        for title in app.catalog.all():
            known = self._named.get(title.id)
            if known is None or known[0] is not title:
                name = title.shown_name((ENGLISH,)).text
                known = (title, name, fold(name))
            named[title.id] = known
            own = tuple(_chain(title.id, licenses, family))
            ends = sorted({day for one in own if (day := boundary_day(one.end))})
            starts = sorted({day for one in own if (day := boundary_day(one.start))})
            lines.append(Line(title, known[1], known[2], own, tuple(ends), tuple(starts)))
        self._named = named
        return Lines(tuple(lines), Vocabulary(line.title.id for line in lines))


def _by_title(app: App) -> dict[TitleId, list[License]]:
    merged = app.catalog.aliases()
    found: defaultdict[TitleId, list[License]] = defaultdict(list)
    for license_ in app.licenses.all():
        found[merged.get(license_.title, license_.title)].append(license_)
    return found


def _chain(
    id_: TitleId, licenses: Mapping[TitleId, list[License]], family: Mapping[TitleId, TitleId]
) -> Iterable[License]:
    """A title's licenses and those of its parents; a cycle ends where it closes."""
    seen: set[TitleId] = set()
    here: TitleId | None = id_
    while here is not None and here not in seen:
        yield from licenses.get(here, ())
        seen.add(here)
        here = family.get(here)
