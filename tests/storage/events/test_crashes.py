"""Killed at any step, the log holds each event exactly once, and an erased viewer nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from crossreel.storage.events.log import StoredEventLog
from crossreel.storage.records import Database, open_database
from crossreel.testing.event_log_suite import rating
from crossreel.values.ids import ViewerId

GONE = ViewerId("src", "gone")

CHILD = """
import os, sys
from pathlib import Path
from crossreel.storage.events import compacting, erasing, segments
from crossreel.storage.events.log import StoredEventLog
from crossreel.storage.records import open_database
from crossreel.values.ids import ViewerId

home, work, module, name, when = sys.argv[1:]
target = getattr(segments.Segments if module == "Segments" else globals()[module], name)

def dying(*args, **kwargs):
    if when == "before":
        os._exit(9)
    target(*args, **kwargs)
    os._exit(9)

database = open_database(Path(home))
log = StoredEventLog(Path(home), database, memory_mb=128, threads=1)
setattr(segments.Segments if module == "Segments" else globals()[module], name, dying)
log.compact() if work == "compact" else log.erase(ViewerId("src", "gone"))
"""


def _killed(home: Path, *arguments: str) -> None:
    done = subprocess.run([sys.executable, "-c", CHILD, str(home), *arguments], check=False, timeout=120)
    assert done.returncode == 9


def _fill(home: Path) -> int:
    """Two segments and live events; returns how many events there are."""
    database = open_database(home, create=True)
    log = StoredEventLog(home, database, memory_mb=128, threads=1)
    for round_ in range(3):
        log.append(
            [rating(viewer, f"{title}-{round_}") for viewer in ("gone", "a", "z") for title in range(5)]
        )
        if round_ < 2:
            log.compact()
    count = log.summary().events
    log.close()
    database.close()
    return count


def _events(log: StoredEventLog) -> list[tuple[str, str]]:
    return sorted(log.query("SELECT viewer, title FROM events"))  # type: ignore[arg-type]


def _on_disk(home: Path) -> set[str]:
    files = list((home / "events").rglob("*.parquet"))
    if not files:
        return set()
    rows = duckdb.execute(
        "SELECT DISTINCT viewer FROM read_parquet(?)", [[str(path) for path in files]]
    ).fetchall()
    return {viewer for (viewer,) in rows}


@pytest.mark.parametrize(
    "step",
    [
        ("compacting", "write_parquet", "after"),
        ("Segments", "publish", "before"),
        ("segments", "_flush", "after"),
        ("Segments", "publish", "after"),
        ("compacting", "bump_revision", "after"),
        ("Segments", "sweep", "before"),
    ],
)
def test_killed_while_compacting(tmp_path: Path, step: tuple[str, str, str]) -> None:
    count = _fill(tmp_path)
    _killed(tmp_path, "compact", *step)
    database = open_database(tmp_path)
    log = StoredEventLog(tmp_path, database, memory_mb=128, threads=1)
    found = _events(log)
    assert len(found) == len(set(found)) == count
    moved = log.compact()
    assert moved == (0 if step[1] == "sweep" else 15)
    assert _events(log) == found
    log.close()
    database.close()


@pytest.mark.parametrize(
    "step",
    [
        ("erasing", "write_parquet", "after"),
        ("Segments", "publish", "after"),
        ("Segments", "retire", "after"),
        ("erasing", "bump_revision", "after"),
        ("Segments", "sweep", "before"),
        ("segments", "_removed", "after"),
    ],
)
def test_killed_while_erasing(tmp_path: Path, step: tuple[str, str, str]) -> None:
    count = _fill(tmp_path)
    _killed(tmp_path, "erase", *step)
    database = open_database(tmp_path)
    log = StoredEventLog(tmp_path, database, memory_mb=128, threads=1)
    left = len(log.history(GONE))
    is_committed = step[1] in ("sweep", "_removed")
    assert left == (0 if is_committed else 15)
    assert log.summary().events == count - (15 - left)
    assert log.erase(GONE) == left
    assert log.summary().events == count - 15
    assert str(GONE) not in _on_disk(tmp_path)
    log.close()
    database.close()


def test_what_crashes_left_behind_is_swept_after_an_hour(home: Path, database: Database) -> None:
    log = StoredEventLog(home, database)
    log.append([rating("a", "1")])
    log.compact()
    log.close()
    folder = home / "events"
    (listed,) = folder.iterdir()
    stray, incoming, fresh = folder / "stray.parquet", folder / "incoming-1", folder / "incoming-2"
    stray.write_bytes(b"PAR1")
    incoming.mkdir()
    (incoming / "rows.txt").write_text("viewer", encoding="utf-8")
    fresh.mkdir()
    long_ago = time.time() - 4000
    for path in (stray, incoming / "rows.txt", incoming, listed):
        os.utime(path, (long_ago, long_ago))
    StoredEventLog(home, database)
    assert sorted(folder.iterdir()) == sorted([listed, fresh])


def test_files_that_are_not_listed_are_not_read(
    home: Path, database: Database, stored: StoredEventLog
) -> None:
    stored.append([rating("a", "1")])
    stored.compact()
    (segment,) = (home / "events").glob("*.parquet")
    (home / "events" / "copy.parquet").write_bytes(segment.read_bytes())
    assert stored.summary().events == 1
