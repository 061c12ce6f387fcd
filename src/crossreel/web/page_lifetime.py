"""How long a finished page stays right while nobody changes anything: until time itself changes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from crossreel.recommend.rows import LEAVING_DAYS, NEW_DAYS
from crossreel.recommend.rules import Rule
from crossreel.rights.availability import Availability
from crossreel.values.territory import Territory
from crossreel.values.window import FOREVER_END, FOREVER_START

__all__ = ["next_difference"]

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_NEW = timedelta(days=NEW_DAYS)
_COUNTED = 31 * _DAY
"""Up to so much time left, a page counts the days (``wording.time_left``)."""


def next_difference(
    rights: Availability, territory: Territory, at: datetime, rules: Sequence[Rule] = ()
) -> datetime:
    """The first instant after ``at`` at which a page there can differ by time alone; at most a day later.

    A page speaks of time in five ways: the staff's rules begin and end, and four are tied to the
    instants at which licenses open or close there: what is open (changes at such an instant), what
    is new (``NEW_DAYS`` later), what leaves soon (``LEAVING_DAYS`` or a rule's days earlier), and how
    many whole days are left (just after each whole number of days before it).
    """
    at = max(at, FOREVER_START + _NEW)
    # What lies further away than this casts no shadow on the coming day, so that much is certain.
    furthest = min(at, FOREVER_END - _COUNTED - _DAY) + _COUNTED + _DAY
    edges = rights.changes(territory, at - _NEW, furthest)
    days = {LEAVING_DAYS, *(rule.days for rule in rules if rule.kind == "leaving")}
    return min([at + _DAY, *_differences(edges, at, days), *_turns(rules, territory, at)])


def _turns(rules: Sequence[Rule], territory: Territory, at: datetime) -> Iterator[datetime]:
    for rule in rules:
        for instant in (rule.start.opens(territory), rule.end.closes(territory)):
            if instant > at:
                yield instant


def _differences(edges: tuple[datetime, ...], at: datetime, leaving: set[int]) -> Iterator[datetime]:
    for edge in edges:
        instants = [edge, edge + _NEW, *(edge - timedelta(days=days) for days in leaving)]
        if edge > at:
            whole_days = edge - (edge - at) // _DAY * _DAY
            # At this instant the days are still full; one moment later there is one less.
            instants += [whole_days, whole_days + _MOMENT]
        yield from (instant for instant in instants if instant > at)
