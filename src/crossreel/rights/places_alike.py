"""Territories in which a title's licenses do the same at the same times, so that one stands for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from crossreel.rights.conflict import nominal_end, nominal_start
from crossreel.rights.license import License
from crossreel.values.territory import Territory, all_territories

__all__ = ["Alike", "places_alike", "zones_matter"]

_LEEWAY = timedelta(hours=26)
"""More than any zone's midnight is away from UTC's (IANA time zone database 2025b: 16 hours)."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Territories that the same licenses reach; ``reaching`` are numbers of territory sets."""

    territories: tuple[Territory, ...]
    reaching: frozenset[int]


def zones_matter(licenses: Sequence[License]) -> bool:
    """Whether the order of these licenses' starts and ends may differ from one time zone to another.

    Local dates keep their order in every zone, except for a day that some territory skipped at the
    date line, and instants keep theirs. Only a local date close to an instant may come before it
    here and after it there.
    """
    days: list[datetime] = []
    instants: list[datetime] = []
    for license_ in licenses:
        for boundary, moment in ((license_.start, nominal_start), (license_.end, nominal_end)):
            if boundary.instant is not None:
                instants.append(boundary.instant)
            elif boundary.day is not None:
                if boundary.day in _skipped_days():
                    return True
                days.append(moment(boundary))
    if not days or not instants:
        return False
    marks = sorted([(moment, True) for moment in days] + [(moment, False) for moment in instants])
    return _any_close(marks)


def _any_close(marks: list[tuple[datetime, bool]]) -> bool:
    """Whether a day and an instant lie close to each other: the nearest of each kind are tried."""
    last: dict[bool, datetime] = {}
    for moment, is_day in marks:
        before = last.get(not is_day)
        if before is not None and moment - before <= _LEEWAY:
            return True
        last[is_day] = moment
    return False


def places_alike(wheres: Iterable[frozenset[Territory]], *, by_zone: bool) -> tuple[Alike, ...]:
    """Cuts the union of ``wheres`` into territories that the same of them hold.

    Args:
        wheres: the territory sets, numbered as they come.
        by_zone: let no two time zones be alike (``zones_matter``).
    """
    return _places_alike(tuple(wheres), by_zone)


@lru_cache(maxsize=4096)
def _places_alike(wheres: tuple[frozenset[Territory], ...], by_zone: bool) -> tuple[Alike, ...]:
    reaching: dict[Territory, list[int]] = {}
    for number, where in enumerate(wheres):
        for territory in where:
            reaching.setdefault(territory, []).append(number)
    groups: dict[tuple[tuple[int, ...], str], list[Territory]] = {}
    for territory in all_territories():
        if territory not in reaching:
            continue
        zone = territory.zone.key if by_zone else ""
        groups.setdefault((tuple(reaching[territory]), zone), []).append(territory)
    return tuple(Alike(tuple(places), frozenset(numbers)) for (numbers, _), places in groups.items())


@cache
def _skipped_days() -> frozenset[date]:
    """The days that some territory skipped, and the days around them (Samoa, 30 December 2011).

    A zone that crosses the date line stays there, so its offset is compared once in ten years, and
    only decades in which it moved by most of a day are gone through day by day.
    """
    found: set[date] = set()
    for zone in {territory.zone for territory in all_territories()}:
        offsets = [
            (year, datetime(year, 1, 1, tzinfo=zone).utcoffset() or timedelta())
            for year in range(1840, 2101, 10)
        ]
        for (year, before), (_, after) in pairwise(offsets):
            if abs(after - before) >= timedelta(hours=20):
                for day in _skipped_by(zone, year):
                    found.update(day + timedelta(days=step) for step in (-1, 0, 1))
    return frozenset(found)


def _skipped_by(zone: ZoneInfo, decade: int) -> Iterator[date]:
    for number in range(3653):
        day = date(decade, 1, 1) + timedelta(days=number)
        if _midnight(day, zone) >= _midnight(day + timedelta(days=1), zone):
            yield day


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
