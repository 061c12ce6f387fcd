"""Windows, and the local dates that become them."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.values.territory import Territory, all_territories
from crossreel.values.window import FOREVER_END, FOREVER_START, Boundary, Window, parse_instant

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def hour(number: int) -> datetime:
    return EPOCH + timedelta(hours=number)


def hours(*windows: Window) -> set[int]:
    """The whole hours of the grid that lie in any of the windows."""
    return {number for number in range(-1, 26) if any(hour(number) in window for window in windows)}


windows = (
    st.tuples(st.integers(0, 24), st.integers(0, 24))
    .filter(lambda ends: ends[0] != ends[1])
    .map(lambda ends: Window(hour(min(ends)), hour(max(ends))))
)
territories = st.sampled_from(all_territories())
days = st.dates(date(1975, 1, 1), date(2036, 12, 31))
zones = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Chatham"])
instants = st.datetimes(datetime(1975, 1, 1), datetime(2036, 1, 1), timezones=zones.map(ZoneInfo))  # noqa: DTZ001 - hypothesis adds the zone


@given(windows, windows)
def test_intersection_and_overlap_are_those_of_sets(one, other):
    both = one.intersection(other)
    assert hours(*([both] if both else [])) == hours(one) & hours(other)
    assert one.overlaps(other) == other.overlaps(one) == (both is not None)
    assert both == other.intersection(one)
    assert one.intersection(one) == one


@given(windows, windows, windows)
def test_intersection_is_associative(a, b, c):
    def meet(x: Window | None, y: Window | None) -> Window | None:
        return x.intersection(y) if x and y else None

    assert meet(meet(a, b), c) == meet(a, meet(b, c))


@given(st.lists(windows, max_size=8), st.randoms(use_true_random=False))
def test_union_covers_the_same_instants_with_the_fewest_windows(parts, random):
    joined = Window.union(parts)
    assert hours(*joined) == hours(*parts)
    assert all(before.end < after.start for before, after in pairwise(joined))
    assert Window.union(joined) == joined
    random.shuffle(parts)
    assert Window.union(parts + parts) == joined


@given(windows)
def test_windows_are_half_open(window):
    assert window.start in window
    assert window.start - SECOND not in window
    assert window.end - SECOND in window
    assert window.end not in window
    assert not window.overlaps(Window(window.end, window.end + DAY))


@given(instants, instants)
def test_windows_are_in_utc_whatever_zone_they_came_in(one, other):
    utc = sorted(instant.astimezone(UTC) for instant in (one, other))
    if utc[0] == utc[1]:
        with pytest.raises(BadValue):
            Window(one, other)
        return
    ends = (one, other) if one.astimezone(UTC) == utc[0] else (other, one)
    window = Window(*ends)
    assert (window.start, window.end) == tuple(utc)
    assert window.start.tzinfo is window.end.tzinfo is UTC
    assert hash(window) == hash(Window(*utc))
    assert pickle.loads(pickle.dumps(window)) == window


def test_an_hour_that_repeats_is_an_hour_long():
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    window = Window(first, first.replace(fold=1))
    assert window.end - window.start == timedelta(hours=1)


def test_senseless_windows_are_refused():
    naive = EPOCH.replace(tzinfo=None)
    for start, end in ((EPOCH, EPOCH), (hour(1), EPOCH), (naive, hour(1)), (EPOCH, naive + DAY)):
        with pytest.raises(BadValue, match="window"):
            Window(start, end)


@given(instants)
def test_instants_are_read_from_iso_8601(instant):
    assert parse_instant(instant.isoformat()) == instant.astimezone(UTC)
    assert parse_instant(instant.isoformat()).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+09:00",
    ],
)
def test_other_instants_are_refused(text):
    with pytest.raises(BadValue, match="instant"):
        parse_instant(text)


@given(
    st.one_of(
        st.builds(Boundary),
        days.map(lambda day: Boundary(day=day)),
        instants.map(lambda at: Boundary(instant=at)),
    )
)
def test_boundaries_round_trip_through_text(boundary):
    assert Boundary.parse(str(boundary)) == boundary
    assert Boundary.parse(f" {boundary} ") == boundary


@pytest.mark.parametrize(
    "text", ["2026-02-30", "01/02/2026", "2026-1-1", "20260101T00", "2026-01-01T00:00", "soon"]
)
def test_other_boundaries_are_refused(text):
    with pytest.raises(BadValue):
        Boundary.parse(text)


def test_a_boundary_is_a_day_or_an_instant():
    with pytest.raises(BadValue):
        Boundary(day=EPOCH.date(), instant=EPOCH)
    with pytest.raises(BadValue):
        Boundary(instant=EPOCH.replace(tzinfo=None))


@given(territories)
def test_open_boundaries_mean_forever(territory):
    assert Window.between(Boundary(), Boundary(), territory) == Window(FOREVER_START, FOREVER_END)


@pytest.mark.parametrize("day", [date.min, date(1, 1, 2), date(1, 1, 3), date(9999, 12, 29), date.max])
def test_the_ends_of_the_calendar_are_no_fault(day):
    for territory in all_territories():
        assert Boundary(day=day).opens(territory).tzinfo is UTC
        assert Boundary(day=day).closes(territory).tzinfo is UTC


@given(territories, instants)
def test_instants_mean_the_same_everywhere(territory, instant):
    boundary = Boundary(instant=instant)
    assert boundary.opens(territory) == boundary.closes(territory) == instant.astimezone(UTC)


def begins(day: date, zone: ZoneInfo, at: datetime) -> bool:
    """Whether ``at`` is the first instant of ``day`` or, where it was skipped, of what followed."""
    return (at - SECOND).astimezone(zone).date() < day <= at.astimezone(zone).date()


@given(territories, days)
@example(Territory("BR"), date(2018, 11, 4))
@example(Territory("BR"), date(2018, 2, 18))
@example(Territory("LB"), date(2026, 3, 29))
@example(Territory("EG"), date(2026, 4, 24))
@example(Territory("CU"), date(2026, 3, 8))
@example(Territory("CU"), date(2026, 11, 1))
@example(Territory("CL"), date(2026, 9, 6))
@example(Territory("PY"), date(2023, 10, 1))
@example(Territory("SY"), date(2022, 3, 25))
@example(Territory("WS"), date(2011, 12, 30))
@example(Territory("WS"), date(2011, 12, 31))
@example(Territory("KP"), date(2018, 5, 5))
def test_a_day_starts_at_its_first_local_instant(territory, day):
    assert begins(day, territory.zone, Boundary(day=day).opens(territory))
    assert begins(day + DAY, territory.zone, Boundary(day=day).closes(territory))


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("BR", date(2018, 11, 4)),
        ("LB", date(2026, 3, 29)),
        ("EG", date(2026, 4, 24)),
        ("CU", date(2026, 3, 8)),
        ("CL", date(2026, 9, 6)),
    ],
)
def test_a_skipped_midnight_opens_when_the_clocks_jump(code, day):
    territory = Territory.parse(code)
    local = Boundary(day=day).opens(territory).astimezone(territory.zone)
    assert (local.date(), local.hour, local.minute) == (day, 1, 0)
    window = Window.between(Boundary(day=day), Boundary(day=day), territory)
    assert window.end - window.start == timedelta(hours=23)


def test_a_skipped_day_is_empty_and_says_so():
    samoa, skipped = Territory.parse("WS"), Boundary.parse("2011-12-30")
    assert skipped.opens(samoa) == skipped.closes(samoa)
    with pytest.raises(BadValue):
        Window.between(skipped, skipped, samoa)


@pytest.mark.parametrize("year", [2026, 2028])
def test_days_tile_a_year_in_every_territory(year):
    calendar = [date(year, 1, 1) + timedelta(days=number) for number in range(365 + (year % 4 == 0))]
    for territory in all_territories():
        tiles = [Window.between(Boundary(day=day), Boundary(day=day), territory) for day in calendar]
        assert all(before.end == after.start for before, after in pairwise(tiles))
        whole = Window.between(Boundary(day=calendar[0]), Boundary(day=calendar[-1]), territory)
        assert Window.union(tiles) == (whole,)
        for day, tile in zip(calendar, tiles, strict=True):
            middle = tile.start + (tile.end - tile.start) / 2
            assert middle.astimezone(territory.zone).date() == day


@given(territories, days, st.integers(1, 400))
def test_the_end_day_is_included(territory, start, length):
    end = start + timedelta(days=length)
    window = Window.between(Boundary(day=start), Boundary(day=end), territory)
    assert (window.end - SECOND).astimezone(territory.zone).date() in {end, end - DAY}
    noon = datetime(end.year, end.month, end.day, 12, tzinfo=territory.zone)
    if noon.astimezone(UTC).astimezone(territory.zone).date() == end:  # the day was not skipped
        assert noon in window
        assert noon + DAY not in window


def test_one_date_opens_at_different_instants():
    opened = {
        code: Boundary.parse("2026-07-01").opens(Territory.parse(code)).isoformat()
        for code in ("NZ", "JP", "IN", "DE", "GB", "BR")
    }
    assert opened == {
        "NZ": "2026-06-30T12:00:00+00:00",
        "JP": "2026-06-30T15:00:00+00:00",
        "IN": "2026-06-30T18:30:00+00:00",
        "DE": "2026-06-30T22:00:00+00:00",
        "GB": "2026-06-30T23:00:00+00:00",
        "BR": "2026-07-01T03:00:00+00:00",
    }


def test_days_of_the_clock_change_are_shorter_and_longer():
    germany = Territory.parse("DE")
    lengths = [
        Window.between(Boundary.parse(day), Boundary.parse(day), germany)
        for day in ("2026-03-29", "2026-10-25", "2026-06-01")
    ]
    assert [window.end - window.start for window in lengths] == [timedelta(hours=n) for n in (23, 25, 24)]


@given(territories, days)
def test_reversed_dates_are_refused(territory, day):
    with pytest.raises(BadValue):
        Window.between(Boundary(day=day + DAY), Boundary(day=day), territory)


def test_fixed_offsets_are_understood():
    offset = datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    assert str(Boundary(instant=offset)) == "2026-01-01T00:00:00Z"
