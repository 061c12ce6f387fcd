"""One consistent view of the log: the listed segments and the live rows of one moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

    def snapshot(self, viewer: str = "") -> Snapshot:
        """All that is committed now; with a viewer, at least all of that viewer's."""
        with self._database.read() as connection:
            revision = current_revision(connection, REVISION)
            latest = self._latest
            if latest is not None and latest.revision == revision:
                return latest
            segments = self._segments.listed(connection, viewer=viewer)
            snapshot = Snapshot(revision, segments, live_arrays(read_live(connection, viewer=viewer)))
        # What an open transaction wrote may still be rolled back and its revision used again.
        if not viewer and not self._database.is_writing:
            self._latest = snapshot
        return snapshot

    def read(self, work: Callable[[duckdb.DuckDBPyConnection], Result], *, viewer: str = "") -> Result:
        """Runs ``work`` in a session that has the view ``events``.

        A segment may be replaced and removed between the snapshot and its reading; then the work
        starts again on a new snapshot.

        Raises:
            BadFile: a listed segment is missing or damaged.
        """
        for attempt in range(_ATTEMPTS):
            snapshot = self.snapshot(viewer)
            if viewer:
                held = (s for s in snapshot.segments if s.first_viewer <= viewer <= s.last_viewer)
                snapshot = Snapshot(snapshot.revision, tuple(held), snapshot.live)
            try:
                with self._engine.session() as session:
                    show_events(session, self._segments, snapshot)
                    return work(session)
            except (duckdb.IOException, duckdb.InvalidInputException) as error:
                missing = [path for path in self._segments.paths(snapshot.segments) if not path.is_file()]
                if not missing:
                    raise
                self._latest = None
                if attempt == _ATTEMPTS - 1:
                    raise BadFile(
                        missing[0], "is listed but missing", advice="Restore the workspace from a backup."
                    ) from error
        raise AssertionError("unreachable")


def read_live(connection: Connection, *, viewer: str = "", up_to: int | None = None) -> Sequence[Any]:
    """Live rows in order of arrival, their cells in the order of ``COLUMNS``."""
    query = select(*(live_events.c[name] for name in COLUMNS)).order_by(live_events.c.number)
    if viewer:
        query = query.where(live_events.c.viewer == viewer)
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
