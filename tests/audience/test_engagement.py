"""Engagement against counting by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crossreel.audience.engagement import engagement, wilson
from crossreel.audience.event import Event, EventKind
from crossreel.errors import BadValue
from crossreel.testing.memory_events import MemoryEventLog
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory

LONG, SHORT, DARK = (TitleId("made", key) for key in ("long", "short", "dark"))
RUNTIMES = {LONG: 120, SHORT: 60}
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def view(viewer: str, title: TitleId, day: float, progress: float | None, where: str = "JP") -> Event:
    return Event(
        EventKind.VIEW,
        ViewerId("made", viewer),
        title,
        time=START + timedelta(days=day),
        value=progress,
        territory=Territory(where),
    )


def measured(events: list[Event], **options: float):
    log = MemoryEventLog()
    log.append(events)
    return engagement(log.columns(), RUNTIMES, **options)


def test_minutes_completion_and_return_are_counted():
    found = measured(
        [
            view("a", LONG, 0, 1.0), view("a", SHORT, 7, 0.5),
            view("b", LONG, 0, 0.25), view("b", DARK, 3, 0.95),
            view("c", SHORT, 20, 1.0), view("c", SHORT, 60, None),
            view("d", SHORT, 1, 0.9, "BR"), view("d", SHORT, 29, 0.1, "BR"),
        ]
    )  # fmt: skip
    japan, brazil = found.markets
    assert (japan.territory, japan.viewers, japan.views) == ("JP", 3, 6)
    minutes = [120 + 30, 30, 60 + 30]  # an unknown progress is half
    assert japan.minutes_per_viewer.value == pytest.approx(sum(minutes) / 3)
    assert japan.timed == pytest.approx(5 / 6)
    assert japan.completion.value == pytest.approx(3 / 6)
    assert japan.returned["7"].value == pytest.approx(1 / 3)
    assert japan.returned_within["7"].value == pytest.approx(2 / 3)
    assert japan.returned["28"].value == 0
    assert japan.returned["28"].of == 3
    assert brazil.returned["28"].value == 1
    assert found.all.viewers == 4
    assert found.all.completion.value == pytest.approx(4 / 8)
    assert found.all.minutes_per_viewer.low < found.all.minutes_per_viewer.value


def test_days_are_those_of_the_territory():
    late = datetime(2026, 3, 1, 16, tzinfo=UTC)  # 1 March in Brazil, already 2 March in Japan
    events = []
    for where in ("JP", "BR"):
        for time in (late - timedelta(hours=8), late + timedelta(days=6)):
            events.append(
                Event(
                    EventKind.VIEW,
                    ViewerId("made", where),
                    SHORT,
                    time=time,
                    value=1.0,
                    territory=Territory(where),
                )
            )
        events.append(view("late", SHORT, 90, 1.0))
    found = {one.territory: one for one in measured(events).markets}
    assert found["JP"].returned["7"].value == pytest.approx(1 / 1), "7 days later by its own calendar"
    assert found["BR"].returned["7"].value == 0, "6 days later by its own calendar"


def test_nobody_is_asked_about_a_day_that_is_not_over():
    found = measured([view("a", SHORT, 0, 1.0), view("b", SHORT, 5, 1.0), view("b", SHORT, 7, 1.0)])
    assert found.all.returned["7"].of == 0
    assert found.all.returned["7"].value is None


def test_being_shown_something_is_no_activity():
    shown = Event(
        EventKind.IMPRESSION, ViewerId("made", "x"), LONG, time=START, value=0.2, territory=Territory("JP")
    )
    found = measured([shown, view("a", LONG, 0, 1.0)])
    assert found.all.viewers == 1
    again = Event(
        EventKind.IMPRESSION, ViewerId("made", "a"), LONG, time=START + timedelta(days=7), value=0.2
    )
    assert measured([view("a", LONG, 0, 1.0), again, view("b", LONG, 60, 1.0)]).all.returned["7"].value == 0


def test_an_empty_log_and_a_log_without_times_are_no_accident():
    assert measured([]).all.viewers == 0
    undated = Event(EventKind.VIEW, ViewerId("made", "a"), LONG, value=1.0)
    found = measured([undated])
    assert found.all.returned["7"].of == 0
    assert found.markets[0].territory == "unknown"
    with pytest.raises(BadValue, match="completion"):
        measured([undated], completed_from=0)


def test_wilson_is_its_formula():
    one = wilson(8, 10)
    assert (one.low, one.high) == (pytest.approx(0.4901625, abs=1e-6), pytest.approx(0.9433178, abs=1e-6))
    assert wilson(0, 5).low == 0
