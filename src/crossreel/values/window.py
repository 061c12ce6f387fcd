"""``Window``: a half-open stretch of time, and the local dates that licenses are written in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Self

from crossreel.errors import BadValue
from crossreel.values.territory import Territory

__all__ = ["FOREVER_END", "FOREVER_START", "Boundary", "Window", "parse_instant"]

FOREVER_START = datetime(1, 1, 2, tzinfo=UTC)
FOREVER_END = datetime(9999, 12, 30, tzinfo=UTC)


def parse_instant(text: str) -> datetime:
    """Reads an ISO 8601 instant with a zone (``2026-01-01T00:00:00Z``) into UTC.

    Raises:
        BadValue: not ISO 8601, without a zone, or outside the years 1 to 9999.
    """
    expected = "an ISO 8601 instant with a zone, such as 2026-01-01T00:00:00Z"
    try:
        instant = datetime.fromisoformat(text.strip())
        if instant.tzinfo is None:
            raise BadValue("instant", text, expected, advice="Add Z for UTC.")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadValue("instant", text, expected) from error


@lru_cache(maxsize=65536)
def _midnight(day: date, territory: Territory) -> datetime:
    """The first instant of a local day (a skipped midnight starts when the clocks jump)."""
    return datetime.combine(day, time.min, tzinfo=territory.zone).astimezone(UTC)


def _utc(instant: datetime, what: str) -> datetime:
    """The same instant in UTC; raises ``BadValue`` for one without a zone."""
    if instant.tzinfo is None:
        raise BadValue(what, str(instant), "made of instants with a zone")
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Boundary:
    """One end of a license as it was written: a local date, an instant, or open (both None).

    A local date means that date in each territory of the license: the reference zone's midnight
    (``Territory.zone``). An end date is the last day included, as in EMA Avails ("End" is
    inclusive of that day unless a time is given). A day that a territory skipped (Samoa, 30
    December 2011) opens and closes at the same instant there.

    Raises:
        BadValue: both a day and an instant, or an instant without a zone.
    """

    day: date | None = None
    instant: datetime | None = None

    def __post_init__(self) -> None:
        if self.instant is None:
            return
        if self.day is not None:
            raise BadValue("boundary", (str(self.day), str(self.instant)), "a day or an instant, not both")
        object.__setattr__(self, "instant", _utc(self.instant, "boundary"))

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Reads ``2026-01-31``, an instant with a zone, or nothing.

        Raises:
            BadValue: neither a date nor an instant.
        """
        if text is None or not text.strip():
            return cls()
        stripped = text.strip()
        if len(stripped) == 10:
            try:
                return cls(day=date.fromisoformat(stripped))
            except ValueError as error:
                raise BadValue("date", text, "a date such as 2026-01-31") from error
        return cls(instant=parse_instant(stripped))

    def opens(self, territory: Territory) -> datetime:
        """The first instant inside, when this is a start."""
        if self.instant is not None:
            return max(self.instant, FOREVER_START)
        if self.day is None or self.day <= FOREVER_START.date():
            return FOREVER_START  # midnights further back leave the years that datetime has
        return _midnight(self.day, territory)

    def closes(self, territory: Territory) -> datetime:
        """The first instant outside, when this is an end."""
        if self.instant is not None:
            return min(self.instant, FOREVER_END)
        if self.day is None or self.day >= date(9999, 12, 30):
            return FOREVER_END
        return _midnight(self.day + timedelta(days=1), territory)

    def __str__(self) -> str:
        if self.instant is not None:
            return self.instant.isoformat().replace("+00:00", "Z")
        return "" if self.day is None else self.day.isoformat()


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Half-open ``[start, end)`` between two UTC instants; never empty, never reversed.

    Instants of other zones are turned into UTC, because Python compares two local times of one
    zone by their clocks, which is wrong where an hour repeats.

    Raises:
        BadValue: an end without a zone, or a start that is not before the end.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", _utc(self.start, "window"))
        object.__setattr__(self, "end", _utc(self.end, "window"))
        if self.start >= self.end:
            raise BadValue("window", (str(self.start), str(self.end)), "a start before its end")

    @classmethod
    def between(cls, start: Boundary, end: Boundary, territory: Territory) -> Self:
        """The window that two written boundaries mean in one territory.

        Raises:
            BadValue: the start is not before the end there.
        """
        return cls(start.opens(territory), end.closes(territory))

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlaps(self, other: Window) -> bool:
        """Whether some instant lies in both."""
        return self.start < other.end and other.start < self.end

    def intersection(self, other: Window) -> Window | None:
        """What lies in both, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Window(start, end) if start < end else None

    @staticmethod
    def union(windows: Iterable[Window]) -> tuple[Window, ...]:
        """The fewest windows that cover the same instants, in order; touching ones are joined."""
        joined: list[Window] = []
        for window in sorted(windows):
            if joined and window.start <= joined[-1].end:
                joined[-1] = Window(joined[-1].start, max(joined[-1].end, window.end))
            else:
                joined.append(window)
        return tuple(joined)
