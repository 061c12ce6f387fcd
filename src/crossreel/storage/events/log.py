"""The event log over SQLite and Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from crossreel.audience.bulk import EventFile, Progress
from crossreel.audience.event import Event, EventKind
from crossreel.audience.event_file import export_events
from crossreel.audience.event_log import EventColumns, LogSummary
from crossreel.errors import WrongUse
from crossreel.storage.events import bulk, compacting, erasing
from crossreel.storage.events.bulk import Staged
from crossreel.storage.events.columns import read_columns
from crossreel.storage.events.engine import Engine
from crossreel.storage.events.kept_answers import KeptAnswers
from crossreel.storage.events.one_viewer import OneViewer, columns_of
from crossreel.storage.events.reading import REVISION, Reader
from crossreel.storage.events.rows import event_of, live_row
from crossreel.storage.events.segments import Segments
from crossreel.storage.events.tables import live_events
from crossreel.storage.records.bulk import bump_revision
from crossreel.storage.records.database import Database
from crossreel.values.ids import ViewerId

__all__ = ["StoredEventLog"]


class StoredEventLog:
    """``EventLog`` and ``StagesEvents`` over one workspace.

    Args:
        home: the workspace folder; segments live in ``events`` under it.
        database: the workspace's record store.
        memory_mb: what queries and imports may take, in MiB.
        threads: for one query; 0 means all cores.
    """

    def __init__(self, home: Path, database: Database, *, memory_mb: int = 512, threads: int = 0) -> None:
        folder = (home / "events").absolute()
        self._database = database
        self._segments = Segments(folder, database)
        self._engine = Engine(folder, memory_mb=memory_mb, threads=threads)
        self._reader = Reader(self._engine, self._segments, database)
        self._viewers = OneViewer(self._reader)
        self._answers = KeptAnswers(self._reader, self._segments, database)
        self._segments.sweep()

    def append(self, events: Sequence[Event]) -> None:
        """Adds live events in one transaction."""
        if not events:
            return
        rows = [live_row(event) for event in events]
        with self._database.write() as connection:
            connection.execute(live_events.insert(), rows)
            bump_revision(connection, REVISION)

    def columns(
        self,
        *,
        kinds: Sequence[EventKind] | None = None,
        sources: Sequence[str] | None = None,
        viewer: ViewerId | None = None,
        since: datetime | None = None,
    ) -> EventColumns:
        """All matching events as columns, ordered by viewer, then time, then title."""
        if viewer is not None:
            return columns_of(viewer, self._viewers.rows(viewer, kinds), sources=sources, since=since)

        def work(session: duckdb.DuckDBPyConnection) -> EventColumns:
            return read_columns(session, kinds=kinds, sources=sources, since=since)

        return self._reader.read(work)

    def history(self, viewer: ViewerId, kinds: Sequence[EventKind] | None = None) -> list[Event]:
        """One viewer's events of these kinds, oldest first (those without time before all others)."""
        return [event_of(row) for row in self._viewers.rows(viewer, kinds)]

    def query(
        self, sql: str, parameters: Sequence[Any] = (), kinds: Sequence[EventKind] | None = None
    ) -> list[tuple[Any, ...]]:
        """Runs one read-only DuckDB query over the view ``events``; for reports.

        The columns are those of ``rows.COLUMNS``; times are UTC without a zone. With ``kinds``, which
        says what the query reads, its answer is kept until an event of these kinds comes or goes.

        Raises:
            WrongUse: it is not one SELECT, or DuckDB refuses it.
        """

        def work(session: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
            statements = session.extract_statements(sql)
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                raise WrongUse("A query of the event log is exactly one SELECT.")
            return session.execute(statements[0], list(parameters)).fetchall()

        try:
            if kinds is None:
                return self._reader.read(work)
            return self._answers.ask((sql, repr(parameters)), [str(kind) for kind in kinds], work)
        except duckdb.Error as error:
            raise WrongUse(f"The query of the event log fails: {error}") from error

    def summary(self) -> LogSummary:
        """Counts and extent of the whole log."""
        return self._reader.read(_summarize)

    def compact(self) -> int:
        """Moves live events into a Parquet segment; returns how many moved.

        Appends go on meanwhile. Small segments are put together when there are many.
        """
        return compacting.compact(self._database, self._segments, self._engine)

    def files(self) -> list[Path]:
        """The Parquet segments as of now, for engines that read them themselves; ``compact`` first."""
        with self._database.read() as connection:
            return self._segments.paths(self._segments.listed(connection))

    def erase(self, viewer: ViewerId) -> int:
        """Removes one viewer's events everywhere, rewriting segments; returns how many."""
        erased = erasing.erase(self._database, self._segments, self._engine, viewer)
        self._viewers.forget(viewer)
        self._answers.forget()
        return erased

    def export(self, viewer: ViewerId, path: Path) -> int:
        """Writes one viewer's events as JSON Lines (see the audience formats); returns how many."""
        return export_events(path, self.history(viewer))

    def stage(self, file: EventFile, progress: Progress) -> AbstractContextManager[Staged]:
        """Reads and checks a whole file (see ``StagesEvents``)."""
        return bulk.stage(self._database, self._segments, self._engine, self._reader, file, progress)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Changes inside the block, also of other stores of the workspace, happen all or not at all."""
        with self._database.write():
            yield

    def revision(self) -> int:
        """Grows with every change."""
        return self._database.revision(REVISION)

    def close(self) -> None:
        """Frees DuckDB's memory."""
        self._engine.close()


def _summarize(session: duckdb.DuckDBPyConnection) -> LogSummary:
    row = session.execute(
        "SELECT count(*), count(DISTINCT viewer), count(DISTINCT title), min(time), max(time) FROM events"
    ).fetchone()
    assert row is not None
    events, viewers, titles, first, last = row

    def by(column: str) -> dict[str, int]:
        rows = session.execute(
            f"SELECT {column}, count(*) FROM events WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        return {name: count for name, count in rows}

    return LogSummary(
        events=events,
        viewers=viewers,
        titles=titles,
        first=first and first.replace(tzinfo=UTC),
        last=last and last.replace(tzinfo=UTC),
        by_kind=by("kind"),
        by_territory=by("territory"),
        by_source=by("source"),
    )
