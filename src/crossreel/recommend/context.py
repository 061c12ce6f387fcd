"""Outside factors: when, where and on what a title is watched, as categories.

All times are those of the territory's reference zone, as nobody says where in it a viewer sits.
The season is that of the hemisphere in which the zone's city lies (by the coordinates of the tz
database); the country's public holidays are those of the package ``holidays`` (extra ``context``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from crossreel.audience.event_log import EventColumns
from crossreel.audience.interactions import Interactions
from crossreel.errors import BadValue, MissingExtra
from crossreel.values.territory import Territory

__all__ = [
    "FACTORS",
    "NAMES",
    "NOWHERE",
    "Circumstances",
    "Moments",
    "category",
    "moment",
    "moments_of",
    "read_factors",
]

Ints = npt.NDArray[np.int64]

FACTORS = ("hour", "weekday", "season", "holiday", "device", "country")
"""The factors by name."""

_HOURS = ("night", "morning", "afternoon", "evening", "late evening")
_HOUR_OF = np.array([0] * 6 + [1] * 6 + [2] * 5 + [3] * 4 + [4] * 3)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SEASONS = ("winter", "spring", "summer", "autumn")
_HOLIDAYS = ("ordinary day", "eve of a holiday", "holiday")
NAMES: dict[str, tuple[str, ...]] = {
    "hour": _HOURS,
    "weekday": _DAYS,
    "season": _SEASONS,
    "holiday": _HOLIDAYS,
}
"""Factor -> the names of its categories; those of device and country are the data's own."""

_BUCKET = 900_000_000
"""Microseconds: clocks of all zones differ by multiples of a quarter of an hour since 1972."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = (1900, 2100)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under which one list is asked for; what is not known is left empty.

    Attributes:
        at: the instant.
        territory: where.
        device: on what, in the words of the event log (tv, phone ...).
    """

    at: datetime | None = None
    territory: Territory | None = None
    device: str = ""


NOWHERE = Circumstances()
"""Nothing is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """When, where and on what things were liked, n of them.

    Attributes:
        time: (n,) microseconds since 1970 UTC, ``EventColumns.NO_TIME`` where unknown.
        territory: (n,) index into ``codes``, -1 where unknown.
        device: (n,) index into ``devices``, -1 where unknown.
    """

    time: Ints
    territory: Ints
    codes: tuple[str, ...]
    device: Ints
    devices: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.time)


def moments_of(known: Interactions) -> Moments:
    """Those of every pair of ``known.liked``, in the order of its data; the country is the viewer's."""
    liked, width = known.liked, max(known.liked.shape[1], 1)
    rows = np.repeat(np.arange(liked.shape[0], dtype=np.int64), np.diff(liked.indptr))
    device = np.full(liked.nnz, -1, dtype=np.int64)
    if known.device is not None and known.device.nnz:
        own = np.repeat(np.arange(liked.shape[0], dtype=np.int64), np.diff(known.device.indptr))
        stored = own * width + known.device.indices
        order = np.argsort(stored)
        wanted = rows * width + liked.indices
        place = np.minimum(np.searchsorted(stored, wanted, sorter=order), len(stored) - 1)
        there = stored[order[place]] == wanted
        device[there] = known.device.data[order[place[there]]].astype(np.int64) - 1
    territory = known.territory.astype(np.int64)[rows]
    return Moments(known.liked_time, territory, known.territory_codes, device, known.device_names)


def read_factors(text: str, setting: str) -> tuple[str, ...]:
    """The factors of a comma-separated list. Raises ``BadValue``."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names or any(name not in FACTORS for name in names):
        raise BadValue(setting, text, "one or more of " + ", ".join(FACTORS))
    return names


def category(factor: str, moments: Moments) -> tuple[Ints, tuple[str, ...]]:
    """(n,) each moment's category of a factor, -1 where unknown; and the categories' names.

    Raises:
        MissingExtra: holidays are asked for and their package is not installed.
    """
    if factor == "device":
        return moments.device, moments.devices
    if factor == "country":
        return moments.territory, moments.codes
    found = np.full(len(moments), -1, dtype=np.int64)
    if factor == "holiday":
        _library()
    dated = (moments.time != EventColumns.NO_TIME) & (moments.territory >= 0)
    for number in np.unique(moments.territory[dated]):
        mine = np.flatnonzero(dated & (moments.territory == number))
        buckets, back = np.unique(moments.time[mine] // _BUCKET, return_inverse=True)
        territory = Territory(moments.codes[number])
        one = np.array([_category(factor, territory, int(bucket)) for bucket in buckets], dtype=np.int64)
        found[mine] = one[back]
    return found, NAMES[factor]


def _category(factor: str, territory: Territory, bucket: int) -> int:
    try:
        local = (_EPOCH + timedelta(microseconds=bucket * _BUCKET)).astimezone(territory.zone)
    except OverflowError:
        return -1
    if factor == "hour":
        return int(_HOUR_OF[local.hour])
    if factor == "weekday":
        return local.weekday()
    if factor == "season":
        quarter = local.month % 12 // 3
        return (quarter + 2) % 4 if _is_southern(territory.code) else quarter
    return _holiday(territory.code, local.date())


@lru_cache(maxsize=100_000)
def _holiday(code: str, day: date) -> int:
    """2 on a public holiday, 1 on the day before one, 0 else; -1 where no calendar is known."""
    if not _YEARS[0] < day.year < _YEARS[1]:
        return -1
    here, tomorrow = _holidays(code, day.year), day + timedelta(days=1)
    if here is None:
        return -1
    if day in here:
        return 2
    following = here if tomorrow.year == day.year else _holidays(code, tomorrow.year)
    return int(following is not None and tomorrow in following)


@cache
def _holidays(code: str, year: int) -> frozenset[date] | None:
    library = _library()
    try:
        return frozenset(library.country_holidays(code, years=year))
    except NotImplementedError:  # the package's way to say that it has no such country
        return None


@cache
def _library() -> Any:
    try:
        import holidays
    except ImportError as error:
        raise MissingExtra("holidays", "context") from error
    return holidays


@cache
def _is_southern(code: str) -> bool:
    """Whether the territory's reference zone lies south of the equator."""
    return _latitudes().get(Territory(code).zone.key, 0) < 0


@cache
def _latitudes() -> dict[str, float]:
    """Zone -> degrees of latitude, from the table ``zone.tab`` of the tz database."""
    text = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    found = {}
    for _, where, zone, *_ in rows:
        sign = -1 if where[0] == "-" else 1
        found[zone] = sign * (int(where[1:3]) + int(where[3:5]) / 60)
    return found


def moment(circumstances: Circumstances) -> Moments:
    """One moment of these circumstances."""
    time = EventColumns.NO_TIME
    if circumstances.at is not None:
        time = (circumstances.at - _EPOCH) // timedelta(microseconds=1)
    where = circumstances.territory
    return Moments(
        np.array([time], dtype=np.int64),
        np.array([-1 if where is None else 0], dtype=np.int64),
        () if where is None else (where.code,),
        np.array([0 if circumstances.device else -1], dtype=np.int64),
        (circumstances.device,) if circumstances.device else (),
    )
