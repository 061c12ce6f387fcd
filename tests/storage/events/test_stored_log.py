"""What is particular to the log over SQLite and Parquet."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import duckdb
import pytest

from crossreel.audience.event import EventKind
from crossreel.errors import BadFile, WrongUse
from crossreel.storage.events import compacting, one_viewer
from crossreel.storage.events.engine import Engine
from crossreel.storage.events.log import StoredEventLog
from crossreel.storage.events.tables import event_segments, live_events
from crossreel.storage.records import Database, open_database
from crossreel.testing.event_log_suite import FULL, NOON, events_of_all_kinds, rating
from crossreel.values.ids import TitleId, ViewerId


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every session of the engine of columns."""
    opened: list[int] = []
    session = Engine.session

    def counted(engine: Engine) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        opened.append(len(opened))
        return session(engine)

    monkeypatch.setattr(Engine, "session", counted)
    return opened


def _files(home: Path) -> list[Path]:
    return sorted((home / "events").glob("*.parquet"))


def test_compacting_empties_the_live_table(home: Path, database: Database, stored: StoredEventLog) -> None:
    stored.append(events_of_all_kinds())
    stored.compact()
    with database.read() as connection:
        assert connection.execute(live_events.select()).all() == []
        (segment,) = connection.execute(event_segments.select()).all()
    assert segment.rows == len(events_of_all_kinds())
    assert (segment.source, segment.first_viewer, segment.last_viewer) == ("src", "src:a:b/ü", "src:plain")
    assert [path.name for path in _files(home)] == [segment.file]


def test_batches(stored: StoredEventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "BATCH", 10)
    stored.append([rating(f"v{number % 7}", str(number)) for number in range(35)])
    assert stored.compact() == 35
    assert stored.summary().events == 35


def test_many_small_segments_become_one(home: Path, stored: StoredEventLog) -> None:
    for number in range(compacting.MANY + 3):
        stored.append([rating("v", str(number))])
        stored.compact()
    assert len(_files(home)) < compacting.MANY
    assert len(stored.history(ViewerId("src", "v"))) == compacting.MANY + 3


def test_an_answer_about_reviews_is_kept_while_only_other_events_come(
    stored: StoredEventLog, sessions: list[int]
) -> None:
    asked = partial(stored.query, "SELECT count(*) FROM events WHERE kind = 'review'", (), [EventKind.REVIEW])
    assert asked() == [(0,)]
    stored.append([FULL])
    assert asked() == [(1,)]
    before = len(sessions)
    stored.append([rating("v", "1")])
    assert asked() == [(1,)]
    assert len(sessions) == before
    stored.append([replace(FULL, title=TitleId("other", "8"))])
    assert asked() == [(2,)]
    stored.compact()
    assert asked() == [(2,)]
    assert stored.erase(FULL.viewer) == 2
    assert asked() == [(0,)]


def test_what_segments_hold_of_somebody_is_read_once(stored: StoredEventLog, sessions: list[int]) -> None:
    one, other = ViewerId("src", "v"), ViewerId("src", "w")
    stored.append([rating("v", "1"), rating("w", "1")])
    stored.compact()
    assert len(stored.history(one)) == len(stored.columns(viewer=one)) == 1
    before = len(sessions)
    stored.append([rating("v", "2"), rating("w", "2")])
    assert [event.title.key for event in stored.history(one)] == ["1", "2"]
    assert len(stored.columns(viewer=one)) == 2
    assert len(sessions) == before
    stored.compact()
    assert [event.title.key for event in stored.history(one)] == ["1", "2"]
    assert stored.erase(one) == 2
    assert stored.history(one) == []
    assert len(stored.history(other)) == 2


def test_few_histories_are_remembered(stored: StoredEventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_viewer, "_REMEMBERED", 3)
    stored.append([rating(f"v{number % 4}", str(number)) for number in range(8)])
    stored.compact()
    for _ in range(2):
        for number in range(4):
            assert len(stored.history(ViewerId("src", f"v{number}"))) == 2


def test_events_stay_after_closing(home: Path, database: Database, stored: StoredEventLog) -> None:
    stored.append([rating("v", "1")])
    stored.compact()
    stored.append([rating("v", "2")])
    stored.close()
    again = open_database(home)
    log = StoredEventLog(home, again)
    assert [event.title.key for event in log.history(ViewerId("src", "v"))] == ["1", "2"]
    assert log.revision() == 3
    log.close()
    again.close()


def test_two_logs_over_one_workspace_see_each_other(
    home: Path, database: Database, stored: StoredEventLog
) -> None:
    other_database = open_database(home)
    other = StoredEventLog(home, other_database, memory_mb=128, threads=1)
    stored.append([rating("v", "1"), rating("w", "1")])
    assert other.summary().events == 2
    assert other.compact() == 2
    assert stored.summary().events == 2
    assert other.erase(ViewerId("src", "v")) == 1
    assert stored.columns().viewer_ids == (ViewerId("src", "w"),)
    other.close()
    other_database.close()


def test_reading_appending_and_compacting_at_once(stored: StoredEventLog) -> None:
    problems: list[str] = []
    is_done = threading.Event()

    def read() -> None:
        seen = 0
        while not is_done.is_set():
            count = stored.summary().events
            if count < seen or count % 2:
                problems.append(f"{count} after {seen}")
            seen = count

    def compact() -> None:
        while not is_done.is_set():
            stored.compact()

    threads = [threading.Thread(target=work) for work in (read, compact)]
    for thread in threads:
        thread.start()
    for number in range(40):
        stored.append([rating("v", str(number)), rating("w", str(number))])
    is_done.set()
    for thread in threads:
        thread.join()
    assert problems == []
    stored.compact()
    assert len(stored.history(ViewerId("src", "v"))) == 40


def test_an_append_inside_a_failed_transaction_is_not_seen(
    database: Database, stored: StoredEventLog
) -> None:
    def fail() -> None:
        with stored.together():
            stored.append([rating("v", "1")])
            assert stored.summary().events == 1
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        fail()
    assert stored.summary().events == 0
    assert stored.revision() == 0
    stored.append([rating("w", "1")])
    assert stored.columns().viewer_ids == (ViewerId("src", "w"),)


def test_a_missing_segment_is_named(home: Path, stored: StoredEventLog) -> None:
    stored.append([rating("v", "1")])
    stored.compact()
    (segment,) = _files(home)
    segment.unlink()
    with pytest.raises(BadFile, match=segment.name):
        stored.summary()


def test_queries_reach_nothing_outside_the_workspace(tmp_path: Path, stored: StoredEventLog) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    for sql in (f"SELECT * FROM read_csv('{secret}')", f"SELECT * FROM '{secret}'", "SELECT getenv('HOME')"):
        with pytest.raises(WrongUse):
            stored.query(sql)


def test_times_beyond_the_second_survive_compaction(stored: StoredEventLog) -> None:
    time = NOON + timedelta(microseconds=1)
    stored.append([rating("v", "1", time=time)])
    stored.compact()
    assert stored.history(ViewerId("src", "v"))[0].time == time
