"""How long a finished page stays right while nobody changes anything: until time itself changes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from crossreel.recommend.rows import LEAVING_DAYS, NEW_DAYS
from crossreel.rights.availability import Availability
from crossreel.values.territory import Territory
from crossreel.values.window import FOREVER_END, FOREVER_START

__all__ = ["next_difference"]

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_NEW, _LEAVING = timedelta(days=NEW_DAYS), timedelta(days=LEAVING_DAYS)
_COUNTED = 31 * _DAY
"""Up to so much time left, a page counts the days (``wording.time_left``)."""


def next_difference(rights: Availability, territory: Territory, at: datetime) -> datetime:
    """The first instant after ``at`` at which a page there can differ by time alone; at most a day later.

    A page speaks of time in four ways, each tied to the instants at which licenses open or close
    there: what is open (changes at such an instant), what is new (``NEW_DAYS`` later), what leaves
    soon (``LEAVING_DAYS`` earlier), and how many whole days are left (just after each whole number
    of days before it).
    """
    at = max(at, FOREVER_START + _NEW)
    # What lies further away than this casts no shadow on the coming day, so that much is certain.
    furthest = min(at, FOREVER_END - _COUNTED - _DAY) + _COUNTED + _DAY
    edges = rights.changes(territory, at - _NEW, furthest)
    return min([at + _DAY, *_differences(edges, at)])


def _differences(edges: tuple[datetime, ...], at: datetime) -> Iterator[datetime]:
    for edge in edges:
        instants = [edge, edge + _NEW, edge - _LEAVING]
        if edge > at:
            whole_days = edge - (edge - at) // _DAY * _DAY
            # At this instant the days are still full; one moment later there is one less.
            instants += [whole_days, whole_days + _MOMENT]
        yield from (instant for instant in instants if instant > at)
