"""What every ``EventLog`` must do. A test class inherits this and gives the fixture ``log``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossreel.audience.event import ACTS, SCALES, Event, EventKind, Scale
from crossreel.audience.event_log import EventColumns, EventLog
from crossreel.errors import WrongUse
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["FULL", "NOON", "EventLogSuite", "events_of_all_kinds", "rating"]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

FULL = Event(
    EventKind.REVIEW,
    ViewerId("src", "a:b/ü"),
    TitleId("other", "7"),
    time=NOON + timedelta(microseconds=123456),
    value=4.1,
    scale=Scale(0, 10),
    territory=Territory("BR"),
    device="phone",
    row="for-you",
    position=3,
    algorithm="ease",
    text="línea\n\"uno\", 二, 'drei'",
    language=Language("pt-BR"),
)
"""A review with all that an event can have."""


def rating(viewer: str, title: str, value: float = 4.0, time: datetime | None = NOON) -> Event:
    """A rating of the source ``src``."""
    return Event(
        EventKind.RATING,
        ViewerId("src", viewer),
        TitleId("src", title),
        time,
        value,
        SCALES[EventKind.RATING],
    )


def events_of_all_kinds() -> list[Event]:
    """Events of two viewers with and without everything that may be absent."""
    bare = [
        Event(kind, ViewerId("src", "plain"), TitleId("src", str(place)))
        for place, kind in enumerate(EventKind)
    ]
    shown = Event(
        EventKind.IMPRESSION,
        ViewerId("src", "plain"),
        TitleId("src", "1"),
        NOON,
        0.25,
        Scale(0, 1),
        position=0,
    )
    return [*bare, shown, FULL]


_events = st.lists(
    st.builds(
        Event,
        kind=st.sampled_from(EventKind),
        viewer=st.builds(
            ViewerId, st.sampled_from(["a", "a-b", "b"]), st.sampled_from(["1", "10", "2", "é"])
        ),
        title=st.builds(
            TitleId, st.sampled_from(["a", "a.b", "b"]), st.sampled_from(["1", "10", "2", "x:y"])
        ),
        time=st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
        value=st.none() | st.sampled_from([0.5, 1.0]),
        territory=st.none() | st.sampled_from([Territory("DE"), Territory("JP")]),
    ),
    max_size=30,
)


class EventLogSuite:
    """Appending, reading, compacting, erasing and exporting events."""

    def test_an_empty_log_answers_with_nothing(self, log: EventLog, tmp_path: Path) -> None:
        nobody = ViewerId("src", "nobody")
        assert len(log.columns()) == 0
        assert log.columns().viewer_ids == ()
        assert log.columns().title_ids == ()
        assert log.history(nobody) == []
        assert log.summary().events == 0
        assert log.summary().first is None
        assert log.compact() == 0
        assert log.erase(nobody) == 0
        assert log.export(nobody, tmp_path / "none.jsonl") == 0
        log.append([])
        assert log.revision() == 0
        assert log.query("SELECT count(*) FROM events") == [(0,)]

    @pytest.mark.parametrize("compacted", [False, True])
    def test_events_come_back_as_they_went_in(self, log: EventLog, compacted: bool) -> None:
        log.append(events_of_all_kinds())
        if compacted:
            assert log.compact() == len(EventKind) + 2
        assert log.history(FULL.viewer) == [FULL]
        mine = log.history(ViewerId("src", "plain"))
        assert set(mine) == set(events_of_all_kinds()) - {FULL}
        assert mine[-1].time == NOON

    def test_a_scale_that_is_not_given_is_written_out(self, log: EventLog) -> None:
        log.append([replace(rating("v", "1"), scale=None)])
        assert log.history(ViewerId("src", "v")) == [rating("v", "1")]

    def test_instants_are_kept_whatever_their_zone(self, log: EventLog) -> None:
        time = datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=9)))
        log.append([rating("v", "1", time=time)])
        assert log.history(ViewerId("src", "v"))[0].time == time
        assert log.query('SELECT "time" FROM events') == [(datetime(2026, 2, 28, 16),)]  # noqa: DTZ001 - UTC without zone

    def test_history_is_oldest_first_and_unknown_times_before_all(self, log: EventLog) -> None:
        log.append([rating("v", "3", time=NOON + timedelta(days=1)), rating("v", "2", time=None)])
        log.compact()
        log.append([rating("v", "1"), rating("other", "9")])
        assert [event.title.key for event in log.history(ViewerId("src", "v"))] == ["2", "1", "3"]

    def test_equal_events_are_all_kept(self, log: EventLog) -> None:
        log.append([rating("v", "1")] * 2)
        log.compact()
        log.append([rating("v", "1")])
        assert len(log.history(ViewerId("src", "v"))) == log.summary().events == 3

    def test_columns_are_encoded_and_ordered(self, log: EventLog) -> None:
        log.append([rating("b", "10", 2), rating("a", "2", 3, None), rating("a", "10", 5), FULL])
        columns = log.columns()
        assert columns.viewer_ids == tuple(ViewerId("src", key) for key in ("a", "a:b/ü", "b"))
        assert columns.title_ids == (TitleId("other", "7"), TitleId("src", "10"), TitleId("src", "2"))
        assert columns.territory_codes == ("BR",)
        np.testing.assert_array_equal(columns.viewer, [0, 0, 1, 2])
        np.testing.assert_array_equal(columns.title, [2, 1, 0, 1])
        np.testing.assert_array_equal(columns.territory, [-1, -1, 0, -1])
        np.testing.assert_array_equal(columns.value, np.array([3, 5, 4.1, 2], dtype=np.float32))
        np.testing.assert_array_equal(columns.low, np.array([0.5, 0.5, 0, 0.5], dtype=np.float32))
        np.testing.assert_array_equal(columns.high, np.array([5, 5, 10, 5], dtype=np.float32))
        assert columns.time[0] == EventColumns.NO_TIME
        assert columns.time[1] == 1772366400000000
        assert [list(EventKind)[kind] for kind in columns.kind] == [EventKind.RATING] * 2 + [
            EventKind.REVIEW,
            EventKind.RATING,
        ]
        types = {
            name: getattr(columns, name).dtype.name for name in ("viewer", "title", "kind", "time", "value")
        }
        assert types == {
            "viewer": "int32", "title": "int32", "kind": "int8", "time": "int64", "value": "float32"
        }  # fmt: skip
        assert columns.low.dtype == columns.high.dtype == np.float32
        assert columns.territory.dtype == np.int16
        assert columns.device_names == ("phone",)
        assert columns.device is not None
        np.testing.assert_array_equal(columns.device, [-1, -1, 0, -1])
        assert columns.device.dtype == np.int16

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(before=_events, after=_events)
    def test_columns_and_history_agree(self, log: EventLog, before: list[Event], after: list[Event]) -> None:
        _empty(log)
        log.append(before)
        log.compact()
        log.append(after)
        columns = log.columns()
        assert columns.viewer_ids == tuple(sorted({event.viewer for event in before + after}))
        assert columns.title_ids == tuple(sorted({event.title for event in before + after}))
        for number, viewer in enumerate(columns.viewer_ids):
            history = log.history(viewer)
            mine = columns.viewer == number
            titles = [columns.title_ids[title] for title in columns.title[mine]]
            assert sorted(titles) == sorted(event.title for event in history)
            assert sorted(columns.kind[mine]) == sorted(list(EventKind).index(e.kind) for e in history)
            assert np.all(np.diff(columns.time[mine].astype(np.float64)) >= 0)
            assert np.count_nonzero(np.isnan(columns.value[mine])) == sum(e.value is None for e in history)
            alone = log.columns(viewer=viewer)
            assert [alone.title_ids[title] for title in alone.title] == titles
            for name in ("kind", "time", "value", "low", "high"):
                np.testing.assert_array_equal(getattr(alone, name), getattr(columns, name)[mine])
            codes = [columns.territory_codes[code] if code >= 0 else "" for code in columns.territory[mine]]
            assert [alone.territory_codes[code] if code >= 0 else "" for code in alone.territory] == codes
        assert len(columns) == len(before) + len(after) == log.summary().events

    @pytest.mark.parametrize("compacted", [False, True])
    def test_columns_can_be_chosen(self, log: EventLog, compacted: bool) -> None:
        elsewhere = replace(rating("v", "1"), viewer=ViewerId("else", "it's"))
        log.append([*events_of_all_kinds(), elsewhere])
        if compacted:
            log.compact()
        assert len(log.columns(kinds=[EventKind.IMPRESSION])) == 2
        assert len(log.columns(kinds=[])) == 0
        assert log.columns(sources=["else"]).viewer_ids == (elsewhere.viewer,)
        assert log.columns(viewer=FULL.viewer).title_ids == (FULL.title,)
        assert len(log.columns(since=NOON)) == 3
        assert len(log.columns(since=NOON, kinds=[EventKind.REVIEW], viewer=FULL.viewer)) == 1
        plain = ViewerId("src", "plain")
        assert {event.kind for event in log.history(plain, ACTS)} == set(ACTS)
        assert len(log.history(plain)) == len(log.history(plain, ACTS)) + 2
        assert log.history(plain, []) == []

    def test_the_revision_grows_with_every_change(self, log: EventLog) -> None:
        seen = [log.revision()]
        for change in (
            lambda: log.append([rating("v", "1"), rating("w", "1")]),
            log.compact,
            lambda: log.erase(ViewerId("src", "v")),
        ):
            change()
            seen.append(log.revision())
        assert seen == sorted(set(seen))
        log.compact()
        log.erase(ViewerId("src", "v"))
        assert log.revision() == seen[-1]

    @pytest.mark.parametrize("compacted", [False, True])
    def test_erasing_leaves_no_event_of_the_viewer_and_all_others(
        self, log: EventLog, compacted: bool
    ) -> None:
        log.append([rating("v", str(title)) for title in range(20)] + events_of_all_kinds())
        if compacted:
            log.compact()
        log.append([rating("v", "late"), rating("w", "late")])
        assert log.erase(ViewerId("src", "v")) == 21
        assert log.history(ViewerId("src", "v")) == []
        assert ViewerId("src", "v") not in log.columns().viewer_ids
        assert log.summary().events == len(events_of_all_kinds()) + 1
        assert log.history(FULL.viewer) == [FULL]

    def test_erasing_the_only_viewer_leaves_an_empty_log(self, log: EventLog) -> None:
        log.append([rating("v", "1")])
        log.compact()
        assert log.erase(ViewerId("src", "v")) == 1
        assert log.summary().events == 0
        log.append([rating("w", "1")])
        assert log.summary().events == 1

    def test_compacting_moves_each_event_once(self, log: EventLog) -> None:
        for number in range(12):
            log.append([rating("v", str(number)), rating(f"w{number}", "1")])
            assert log.compact() == 2
        assert log.compact() == 0
        assert log.summary().events == 24
        assert len(log.history(ViewerId("src", "v"))) == 12

    def test_summary(self, log: EventLog) -> None:
        log.append([*events_of_all_kinds(), rating("v", "1", time=NOON - timedelta(days=400))])
        summary = log.summary()
        assert (summary.events, summary.viewers, summary.titles) == (
            len(EventKind) + 3,
            3,
            len(EventKind) + 1,
        )
        assert summary.first == NOON - timedelta(days=400)
        assert summary.last == FULL.time
        assert summary.by_kind["rating"] == 2
        assert sum(summary.by_kind.values()) == summary.events
        assert summary.by_territory == {"BR": 1}
        assert summary.by_source == {"src": summary.events}

    def test_query_reads_the_view_events(self, log: EventLog) -> None:
        log.append([FULL])
        log.compact()
        log.append([rating("v", "1")])
        names = 'source, viewer, title, kind, value, low, high, territory, device, "row", position, algorithm'
        row = log.query(f"SELECT {names}, text, language FROM events WHERE kind = ?", ["review"])
        who = ("src", "src:a:b/ü", "other:7", "review", 4.1, 0.0, 10.0)
        assert row == [(*who, "BR", "phone", "for-you", 3, "ease", FULL.text, "pt-BR")]
        assert log.query("SELECT territory, position, text FROM events WHERE kind = 'rating'") == [
            (None, None, None)
        ]

    @pytest.mark.parametrize(
        "sql",
        [
            "DELETE FROM events",
            "CREATE TABLE t (a INT)",
            "COPY events TO '/tmp/crossreel-test-copy.csv'",
            "SELECT 1; SELECT 2",
            "",
            "SELECT nothing FROM events",
            "not SQL",
        ],
    )
    def test_query_is_one_sound_select(self, log: EventLog, sql: str) -> None:
        with pytest.raises(WrongUse):
            log.query(sql)

    def test_export_writes_json_lines(self, log: EventLog, tmp_path: Path) -> None:
        log.append([FULL, rating("v", "1")])
        path = tmp_path / "mine.jsonl"
        path.write_text("old", encoding="utf-8")
        assert log.export(FULL.viewer, path) == 1
        assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == [
            {
                "kind": "review",
                "viewer": "src:a:b/ü",
                "title": "other:7",
                "time": "2026-03-01T12:00:00.123456Z",
                "value": 4.1,
                "scale": "0..10",
                "territory": "BR",
                "device": "phone",
                "row": "for-you",
                "position": 3,
                "algorithm": "ease",
                "text": FULL.text,
                "language": "pt-BR",
            }
        ]
        assert list(tmp_path.glob(".export-*")) == []


def _empty(log: EventLog) -> None:
    viewers: Sequence[ViewerId] = log.columns().viewer_ids
    for viewer in viewers:
        log.erase(viewer)
