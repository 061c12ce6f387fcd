"""Engagement per territory: watch time, completion, and who comes back after 7 and 28 days.

======================  =========================================================================
watch time              sum of progress x runtime over views, in minutes; views of titles whose
                        runtime is not known count for no time (``timed`` says how many do)
completion              share of the views that reached ``completed_from`` of the title
day-n return            share of the viewers who were active again on the n-th day after the day of
                        their first event (classic retention)
return within n days    the same on any of the days 1 to n
======================  =========================================================================

Active is who did anything but being shown something. Days are those of the viewer's territory
(its reference time zone); a viewer is asked about day n only if that day is over in the log.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt

from crossreel.audience.event import EventKind
from crossreel.audience.event_log import EventColumns
from crossreel.errors import BadValue
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory

__all__ = ["DAYS", "UNKNOWN", "Engagement", "Figure", "MarketEngagement", "engagement", "wilson"]

DAYS = (7, 28)
UNKNOWN = "unknown"
_UNKNOWN_PROGRESS = 0.5
_Z = 1.959963984540054
_HOUR, _DAY = 3_600_000_000, 86_400_000_000

Ints = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval; None where there is nothing to count.

    Attributes:
        of: how many viewers (or views) it is over.
    """

    value: float | None
    low: float | None
    high: float | None
    of: int


@dataclass(frozen=True, slots=True)
class MarketEngagement:
    """One territory's audience, or all of them together.

    Attributes:
        territory: ISO code, ``unknown`` or ``all``.
        minutes_per_viewer: watch time of each viewer who was active; the interval is over viewers.
        completion: over views; the interval resamples viewers (linearized ratio).
        returned: "7", "28" -> active on that very day.
        returned_within: "7", "28" -> active on any day up to that.
        timed: share of the views whose watch time is known.
    """

    territory: str
    viewers: int
    views: int
    timed: float | None
    minutes_per_viewer: Figure
    completion: Figure
    returned: dict[str, Figure]
    returned_within: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Engagement:
    """Engagement of every territory, the largest first, and of all together."""

    all: MarketEngagement
    markets: tuple[MarketEngagement, ...]
    completed_from: float
    first: str | None
    last: str | None

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON values."""
        return asdict(self)


def wilson(count: int, of: int) -> Figure:
    """A share with its 95 % interval (E. Wilson, JASA 22, 1927)."""
    if not of:
        return Figure(None, None, None, 0)
    share, z2 = count / of, _Z * _Z
    center = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Figure(share, max(0.0, center - half), min(1.0, center + half), of)


def engagement(
    columns: EventColumns, runtimes: Mapping[TitleId, int], *, completed_from: float = 0.9
) -> Engagement:
    """Watch time, completion and return of each territory.

    Args:
        columns: events of any kind; impressions are left out.
        runtimes: minutes of titles by the ids that are logged.
        completed_from: progress from which a view counts as complete; above 0, at most 1.

    Raises:
        BadValue: ``completed_from`` out of range.
    """
    if not 0 < completed_from <= 1:
        raise BadValue("completion", completed_from, "above 0 and at most 1")
    kinds = list(EventKind)
    active = columns.kind != kinds.index(EventKind.IMPRESSION)
    home = _homes(columns, active)
    labels = np.array([*columns.territory_codes, UNKNOWN], dtype=object)[home]
    watched = _Watched.of(columns, runtimes, completed_from, kinds.index(EventKind.VIEW))
    stays = _Stays.of(columns, active, home)
    present = np.bincount(columns.viewer[active], minlength=len(columns.viewer_ids)) > 0
    markets = [
        _market(str(label), present & (labels == label), watched, stays)
        for label in np.unique(labels[present].astype(str))
    ]
    dated = columns.time[columns.time != EventColumns.NO_TIME]
    return Engagement(
        all=_market("all", present, watched, stays),
        markets=tuple(sorted(markets, key=lambda one: (-one.viewers, one.territory))),
        completed_from=completed_from,
        first=_instant(dated.min()) if len(dated) else None,
        last=_instant(dated.max()) if len(dated) else None,
    )


def _instant(microseconds: np.int64) -> str:
    return datetime.fromtimestamp(int(microseconds) / 1e6, UTC).isoformat(timespec="seconds")


def _homes(columns: EventColumns, active: npt.NDArray[np.bool_]) -> Ints:
    """(viewers,) most frequent territory's number, -1 where none is known."""
    width = max(len(columns.territory_codes), 1)
    known = active & (columns.territory >= 0)
    pair = columns.viewer[known].astype(np.int64) * width + columns.territory[known]
    counts = np.bincount(pair, minlength=len(columns.viewer_ids) * width).reshape(-1, width)
    return np.where(counts.any(axis=1), counts.argmax(axis=1), -1)


@dataclass(frozen=True, slots=True)
class _Watched:
    """(viewers,) sums over each viewer's views."""

    views: Values
    timed: Values
    minutes: Values
    complete: Values

    @classmethod
    def of(
        cls, columns: EventColumns, runtimes: Mapping[TitleId, int], completed_from: float, view: int
    ) -> _Watched:
        rows = columns.kind == view
        viewer, size = columns.viewer[rows], len(columns.viewer_ids)
        progress = columns.value[rows].astype(np.float64)
        progress = np.where(np.isnan(progress), _UNKNOWN_PROGRESS, progress)
        known = np.array([runtimes.get(id_, 0) for id_ in columns.title_ids] or [0], dtype=np.float64)
        runtime = known[columns.title[rows]]

        def total(values: Values) -> Values:
            return np.bincount(viewer, weights=values, minlength=size).astype(np.float64)

        return cls(
            total(np.ones(len(viewer))),
            total((runtime > 0).astype(np.float64)),
            total(progress * runtime),
            total((progress >= completed_from - 1e-6).astype(np.float64)),
        )


@dataclass(frozen=True, slots=True)
class _Stays:
    """(viewers,) which day each viewer came first (-1: unknown), and on which days after.

    Attributes:
        last: (viewers,) the last day of the log that is over, in each viewer's zone.
        on: days after the first -> (viewers,) bool, active on that day.
    """

    first: Ints
    last: Ints
    on: dict[int, npt.NDArray[np.bool_]]

    @classmethod
    def of(cls, columns: EventColumns, active: npt.NDArray[np.bool_], home: Ints) -> _Stays:
        rows = active & (columns.time != EventColumns.NO_TIME)
        viewer, time, size = columns.viewer[rows], columns.time[rows], len(columns.viewer_ids)
        first, last = np.full(size, -1, dtype=np.int64), np.full(size, -1, dtype=np.int64)
        on = {day: np.zeros(size, dtype=bool) for day in range(1, max(DAYS) + 1)}
        if not len(time):
            return cls(first, last, on)
        day = np.empty(len(time), dtype=np.int64)
        for number in np.unique(home):
            zone = Territory(columns.territory_codes[number]).zone if number >= 0 else UTC
            mine = home[viewer] == number
            day[mine] = _local_days(time[mine], zone)
            last[home == number] = _local_days(np.array([time.max()]), zone)[0] - 1
        first[:] = np.iinfo(np.int64).max
        np.minimum.at(first, viewer, day)
        after = day - first[viewer]
        for length, there in on.items():
            there[viewer[after == length]] = True
        return cls(np.where(first == np.iinfo(np.int64).max, -1, first), last, on)


def _local_days(time: Ints, zone: tzinfo) -> Ints:
    """Days since 1970 of instants (microseconds UTC) in a time zone."""
    hours, place = np.unique(time // (_HOUR // 4), return_inverse=True)  # zones differ by quarter hours
    shifts = np.empty(len(hours), dtype=np.int64)
    for number, hour in enumerate(hours.tolist()):
        offset = datetime.fromtimestamp(hour * 900, zone).utcoffset()
        shifts[number] = round(offset.total_seconds() * 1e6) if offset else 0
    return np.asarray((time + shifts[place]) // _DAY)


def _market(name: str, mine: npt.NDArray[np.bool_], watched: _Watched, stays: _Stays) -> MarketEngagement:
    views = float(watched.views[mine].sum())
    returned, within = {}, {}
    for day in DAYS:
        asked = mine & (stays.first >= 0) & (stays.first + day <= stays.last)
        count = int(asked.sum())
        any_day = np.any([stays.on[one] for one in range(1, day + 1)], axis=0)
        returned[str(day)] = wilson(int((asked & stays.on[day]).sum()), count)
        within[str(day)] = wilson(int((asked & any_day).sum()), count)
    viewed = mine & (watched.views > 0)
    return MarketEngagement(
        territory=name,
        viewers=int(mine.sum()),
        views=int(views),
        timed=float(watched.timed[mine].sum() / views) if views else None,
        minutes_per_viewer=_mean(watched.minutes[mine]) if watched.timed[mine].any() else _nothing(),
        completion=_ratio(watched.complete[viewed], watched.views[viewed]),
        returned=returned,
        returned_within=within,
    )


def _nothing() -> Figure:
    return Figure(None, None, None, 0)


def _mean(values: Values) -> Figure:
    count, mean = len(values), float(values.mean())
    half = _Z * float(values.std(ddof=1)) / math.sqrt(count) if count > 1 else math.nan
    if math.isnan(half):
        return Figure(mean, None, None, count)
    return Figure(mean, max(0.0, mean - half), mean + half, count)


def _ratio(sums: Values, counts: Values) -> Figure:
    """Sum / count over viewers, with the linearized interval (W. Cochran, Sampling Techniques, 1977)."""
    size, total = len(sums), float(counts.sum())
    if not total:
        return _nothing()
    ratio = float(sums.sum()) / total
    if size < 2:
        return Figure(ratio, None, None, int(total))
    rest = sums - ratio * counts
    half = _Z * math.sqrt(float((rest * rest).sum()) * size / (size - 1)) / total
    return Figure(ratio, max(0.0, ratio - half), min(1.0, ratio + half), int(total))
