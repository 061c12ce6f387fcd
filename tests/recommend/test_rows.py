"""The home page's rows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossreel.recommend.reasons import CODES
from crossreel.recommend.rows import ROW_CODES
from crossreel.rights.license import Mode
from crossreel.testing.small_world import BR, DE, JP, NOW, film, viewer, western


def by_code(rows):
    return {row.code: [item.title.key for item in row.items] for row in rows}


@pytest.fixture
def seasonal(world):
    day = lambda days: (NOW + timedelta(days=days)).date().isoformat()  # noqa: E731 - a short word for it
    world.add(western("leaving-last"), where="DE", end=day(9))
    world.add(western("leaving-first"), where="DE", end=day(3))
    world.add(western("staying"), where="DE", end=day(60))
    world.add(western("arrived"), where="DE", start=day(-5))
    world.add(western("old"), where="DE", start=day(-50))
    world.shelf.train("ease", {"lam": 10})
    return world


def test_a_stranger_gets_no_personal_rows(seasonal):
    rows = seasonal.shelf.rows(viewer("stranger"), DE, 4)
    assert [row.code for row in rows] == ["popular-in", "leaving-soon", "new-here"]
    assert by_code(rows)["leaving-soon"] == ["leaving-first", "leaving-last"]
    assert by_code(rows)["new-here"] == ["arrived"]


def test_a_known_viewer_gets_personal_rows_first(seasonal):
    rows = seasonal.shelf.rows(viewer(0), DE, 2)
    assert rows[0].code == "for-you"
    assert rows[0].items[0].title == film("w0")
    anchored = [row for row in rows if row.code == "because-you-liked"]
    assert 1 <= len(anchored) <= 2
    for row in anchored:
        assert row.anchor is not None
        assert all(item.reasons[0].titles == (row.anchor,) for item in row.items)


def test_the_latest_like_is_the_first_anchor(seasonal):
    seasonal.rate(0, "c3", 5, days_ago=0)
    anchored = [row for row in seasonal.shelf.rows(viewer(0), DE, 2) if row.anchor]
    assert anchored[0].anchor == film("c3")
    assert all(item.title.key.startswith("c") for item in anchored[0].items)


def test_popular_names_the_territory_only_where_it_has_data(world):
    world.add(*(western(f"w{n}") for n in range(6)), where="JP")
    world.shelf.train("ease")
    assert world.shelf.rows(viewer("x"), JP, 3)[0].code == "popular"
    assert world.shelf.rows(viewer("x"), BR, 3)[0].code == "popular-in"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from([0, 3, 41, "stranger"]),
    st.sampled_from([DE, BR, JP]),
    st.integers(1, 9),
    st.integers(-9, 70),
)
def test_no_row_is_empty_too_long_closed_seen_or_repeats(seasonal, who, where, n, days):
    at = NOW + timedelta(days=days)
    rows = seasonal.shelf.rows(viewer(who), where, n, at)
    shown = [item.title for row in rows for item in row.items]
    assert len(shown) == len(set(shown))
    met = {event.title for event in seasonal.events.history(viewer(who))}
    assert not met & set(shown)
    for row in rows:
        assert 1 <= len(row.items) <= n
        assert row.code in ROW_CODES
        assert (row.anchor is not None) == (row.code == "because-you-liked")
        for item in row.items:
            assert seasonal.rights.check(item.title, where, Mode.SVOD, at).available
            assert {reason.code for reason in item.reasons} <= set(CODES)


def test_the_first_years_of_the_calendar_are_no_accident(seasonal):
    first = datetime.fromisoformat("0001-01-03T00:00:00+00:00")
    assert isinstance(seasonal.shelf.rows(viewer(0), DE, 3, first), list)
