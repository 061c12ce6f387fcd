"""One consistent view of the log: the listed segments and the live rows of one moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy.typing as npt
from sqlalchemy import Connection, select

from crossreel.errors import BadFile
from crossreel.storage.events.engine import Engine, quoted
from crossreel.storage.events.rows import COLUMNS, LIVE_AS_EVENTS, live_arrays
from crossreel.storage.events.segments import Segment, Segments
from crossreel.storage.events.tables import live_events
from crossreel.storage.records.bulk import current_revision
from crossreel.storage.records.database import Database

__all__ = ["REVISION", "Reader", "Snapshot", "read_live", "show_events"]

REVISION = "events"
_ATTEMPTS = 5

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the log held at ``revision``."""

    revision: int
    segments: tuple[Segment, ...]
    live: dict[str, npt.NDArray[Any]]


class Reader:
    """Runs work over snapshots."""

    def __init__(self, engine: Engine, segments: Segments, database: Database) -> None:
        self._engine = engine
        self._segments = segments
        self._database = database
        self._latest: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """All that is committed now."""
        with self._database.read() as connection:
            revision = current_revision(connection, REVISION)
            latest = self._latest
            if latest is not None and latest.revision == revision:
                return latest
            segments = self._segments.listed(connection)
            snapshot = Snapshot(revision, segments, live_arrays(read_live(connection)))
        # What an open transaction wrote may still be rolled back and its revision used again.
        if not self._database.is_writing:
            self._latest = snapshot
        return snapshot

    def of_viewer(
        self, viewer: str, kinds: Sequence[str] | None
    ) -> tuple[tuple[Segment, ...], Sequence[Any]]:
        """The segments that may hold a viewer, and the viewer's live rows of these kinds, of one moment."""
        with self._database.read() as connection:
            live = read_live(connection, viewer=viewer, kinds=kinds)
            return self._segments.listed(connection, viewer=viewer), live

    def read(self, work: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        """Runs ``work`` in a session that has the view ``events``.

        Raises:
            BadFile: a listed segment is missing or damaged.
        """
        return self.until_there(lambda: self.over(self.snapshot(), work))

    def over(self, snapshot: Snapshot, work: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        """The same over one snapshot; to be called inside ``until_there``."""
        try:
            with self._engine.session() as session:
                show_events(session, self._segments, snapshot)
                return work(session)
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            missing = [path for path in self._segments.paths(snapshot.segments) if not path.is_file()]
            if not missing:
                raise
            raise _Gone(missing[0]) from error

    def until_there(self, attempt: Callable[[], Result]) -> Result:
        """What ``attempt`` gives; it takes a snapshot and reads it.

        A segment may be replaced and removed between the two; then it is called again.

        Raises:
            BadFile: a listed segment is missing or damaged.
        """
        for _ in range(_ATTEMPTS):
            try:
                return attempt()
            except _Gone as gone:
                self._latest, last = None, gone
        raise BadFile(
            last.path, "is listed but missing", advice="Restore the workspace from a backup."
        ) from last.__cause__


class _Gone(Exception):
    """A segment of a snapshot is not there any more."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def read_live(
    connection: Connection,
    *,
    viewer: str = "",
    kinds: Sequence[str] | None = None,
    up_to: int | None = None,
) -> Sequence[Any]:
    """Live rows in order of arrival, their cells in the order of ``COLUMNS``."""
    query = select(*(live_events.c[name] for name in COLUMNS)).order_by(live_events.c.number)
    if viewer:
        query = query.where(live_events.c.viewer == viewer)
    if kinds is not None:
        query = query.where(live_events.c.kind.in_(kinds))
    if up_to is not None:
        query = query.where(live_events.c.number <= up_to)
    return connection.execute(query).all()


def show_events(
    session: duckdb.DuckDBPyConnection, segments: Segments, snapshot: Snapshot, name: str = "events"
) -> None:
    """Makes the view ``events`` over a snapshot in a session."""
    session.register("live_rows", snapshot.live)
    parts = [f"SELECT {LIVE_AS_EVENTS} FROM live_rows"]
    if snapshot.segments:
        files = ", ".join(quoted(path) for path in segments.paths(snapshot.segments))
        # A segment leaves out the columns that none of its events fills.
        parts.append(f"SELECT * FROM read_parquet([{files}], union_by_name = true)")
    session.execute(f"CREATE TEMP VIEW {name} AS {' UNION ALL BY NAME '.join(parts)}")
