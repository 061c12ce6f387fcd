"""A workspace's stores, for imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crossreel.audience.importing import AudienceReport, import_audience
from crossreel.storage.events.log import StoredEventLog
from crossreel.storage.records import Database, SqlCatalog, SqlViewers, open_database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Workspace:
    home: Path
    database: Database
    log: StoredEventLog
    catalog: SqlCatalog
    viewers: SqlViewers

    def take(self, path: Path, **options: Any) -> AudienceReport:
        stores = {"log": self.log, "catalog": self.catalog, "viewers": self.viewers}
        return import_audience(path, **stores, **{"now": NOW, **options})

    def is_untouched(self) -> bool:
        return (
            self.log.revision() == self.catalog.revision() == self.viewers.count() == 0
            and self.log.summary().events == 0
            and [path for path in (self.home / "events").iterdir() if path.name != "spill"] == []
        )


@pytest.fixture
def new_workspace(tmp_path: Path) -> Iterator[Callable[[], Workspace]]:
    made: list[Workspace] = []

    def new() -> Workspace:
        home = tmp_path / f"home{len(made)}"
        database = open_database(home, create=True)
        log = StoredEventLog(home, database, memory_mb=128, threads=1)
        made.append(Workspace(home, database, log, SqlCatalog(database), SqlViewers(database)))
        return made[-1]

    yield new
    for workspace in made:
        workspace.log.close()
        workspace.database.close()


@pytest.fixture
def workspace(new_workspace: Callable[[], Workspace]) -> Workspace:
    return new_workspace()
