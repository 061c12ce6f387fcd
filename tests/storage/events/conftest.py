"""A fresh workspace with an event log for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crossreel.storage.events.log import StoredEventLog
from crossreel.storage.records import Database, open_database


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "it's home"


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    database = open_database(home, create=True)
    yield database
    database.close()


@pytest.fixture
def stored(home: Path, database: Database) -> Iterator[StoredEventLog]:
    log = StoredEventLog(home, database, memory_mb=128, threads=1)
    yield log
    log.close()
