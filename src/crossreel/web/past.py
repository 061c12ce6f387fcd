"""What a viewer has done so far, one state a title: their list, their stars, how far they watched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from crossreel.audience.event import Event, EventKind, Scale
from crossreel.values.ids import TitleId

__all__ = ["FINISHED", "STARS", "THUMBS", "Met", "Past"]

STARS = Scale(1, 5)
THUMBS = Scale(-1, 1)
FINISHED = 0.85
"""From this share of a title on, it counts as watched and is no longer offered to go on with."""
_UNKNOWN_PROGRESS = 1.0
"""Of views from sources that only say that something was watched."""


@dataclass(frozen=True, slots=True)
class Met:
    """The latest a viewer did with a title: ``value`` is stars, a thumb or progress; None if not known."""

    title: TitleId
    value: float
    time: datetime | None


class Past:
    """A viewer's history, read as states; every tuple has the newest first.

    Args:
        history: events, oldest first.
        merged: record id -> merged title id; events about unknown titles are left out.
    """

    def __init__(self, history: Iterable[Event], merged: Mapping[TitleId, TitleId]) -> None:
        self._events = [(merged[event.title], event) for event in history if event.title in merged]

    @cached_property
    def on_list(self) -> tuple[Met, ...]:
        """What stands on the viewer's list."""
        added = self._latest(EventKind.LIST_ADD, lambda event: 1.0 if event.value is None else event.value)
        return tuple(met for met in added if met.value > 0.5)

    @cached_property
    def stars(self) -> tuple[Met, ...]:
        """Ratings on 1 to 5 stars, whatever their own scale."""
        return self._latest(EventKind.RATING, stars_of)

    @cached_property
    def thumbs(self) -> tuple[Met, ...]:
        """Thumbs, -1 or 1."""
        return self._latest(EventKind.THUMBS, lambda event: 1.0 if (event.value or 0) > 0 else -1.0)

    @cached_property
    def watched(self) -> tuple[Met, ...]:
        """How far each title was watched, 0 to 1."""
        return self._latest(EventKind.VIEW, _progress)

    @cached_property
    def started(self) -> tuple[Met, ...]:
        """What was begun and not finished."""
        return tuple(met for met in self.watched if 0 < met.value < FINISHED)

    def value(self, among: Iterable[Met], title: TitleId) -> float:
        """The value of ``title`` in one of the tuples; 0 where it has none."""
        return next((met.value for met in among if met.title == title), 0.0)

    def _latest(self, kind: EventKind, value: Callable[[Event], float]) -> tuple[Met, ...]:
        found: dict[TitleId, Met] = {}
        for title, event in self._events:
            if event.kind is kind and (
                kind in (EventKind.VIEW, EventKind.LIST_ADD) or event.value is not None
            ):
                found.pop(title, None)  # so that the latest stands last
                found[title] = Met(title, value(event), event.time)
        return tuple(reversed(found.values()))


def stars_of(event: Event) -> float:
    """A rating's or review's value as whole stars, 1 to 5; 0 without a value."""
    if event.value is None:
        return 0.0
    share = (event.scale or Scale(0.5, 5)).share(event.value)
    return float(max(1, min(5, round(STARS.low + share * (STARS.high - STARS.low)))))


def _progress(event: Event) -> float:
    return _UNKNOWN_PROGRESS if event.value is None else event.value
