"""Compaction: live rows become a segment, and many small segments become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
from sqlalchemy import Connection, delete, func, select

from crossreel.storage.events.engine import Engine, quoted
from crossreel.storage.events.reading import REVISION, Snapshot, read_live, show_events
from crossreel.storage.events.rows import live_arrays
from crossreel.storage.events.segments import Segment, Segments, write_parquet
from crossreel.storage.events.tables import live_events
from crossreel.storage.records.bulk import bump_revision
from crossreel.storage.records.database import Database

__all__ = ["compact"]

BATCH = 200_000
"""Live rows that move at a time."""
MANY = 8
_PATIENCE = 10
SMALL_ROWS = 100_000
"""So many segments of fewer rows than this are put together."""


def compact(database: Database, segments: Segments, engine: Engine) -> int:
    """Moves all live rows that are there when it starts; returns how many.

    The file is written without holding the database; then one transaction lists it and deletes
    the rows it holds, provided that they are still there, all of them. A crash at any moment
    leaves each event in exactly one of the two places.
    """
    with database.read() as connection:
        last = connection.scalar(select(func.max(live_events.c.number))) or 0
    moved = interfered = 0
    while (count := _move_batch(database, segments, engine, last)) is not None:
        moved += count
        interfered += not count
        if interfered > _PATIENCE:  # others are at it; what is left moves the next time
            break
    _merge_small(database, segments, engine)
    segments.sweep()
    return moved


def _move_batch(database: Database, segments: Segments, engine: Engine, last: int) -> int | None:
    """Moves up to ``BATCH`` rows; None when there are none left, 0 when the batch was interfered with."""
    with database.read() as connection:
        numbers = select(live_events.c.number).where(live_events.c.number <= last)
        batch = numbers.order_by(live_events.c.number).limit(BATCH).subquery()
        up_to = connection.scalar(select(func.max(batch.c.number)))
        if up_to is None:
            return None
        rows = read_live(connection, up_to=up_to)

    def write(session: duckdb.DuckDBPyConnection, path: Path) -> None:
        show_events(session, segments, Snapshot(0, (), live_arrays(rows)))
        write_parquet(session, "FROM events", path)

    def settle(connection: Connection) -> bool:
        deleted = connection.execute(delete(live_events).where(live_events.c.number <= up_to)).rowcount
        return deleted == len(rows)

    return len(rows) if _replace(database, segments, engine, write, settle) else 0


def _merge_small(database: Database, segments: Segments, engine: Engine) -> None:
    with database.read() as connection:
        small = [segment for segment in segments.listed(connection) if segment.rows < SMALL_ROWS]
    if len(small) < MANY:
        return

    def write(session: duckdb.DuckDBPyConnection, path: Path) -> None:
        files = ", ".join(quoted(path) for path in segments.paths(small))
        write_parquet(session, f"SELECT * FROM read_parquet([{files}], union_by_name = true)", path)

    def settle(connection: Connection) -> bool:
        if not _all_listed(segments.listed(connection), small):
            return False
        segments.retire(connection, small)
        return True

    try:
        _replace(database, segments, engine, write, settle)
    except duckdb.IOException:
        if all(path.is_file() for path in segments.paths(small)):
            raise
        # Another program has replaced one of them; the next time finds what is there then.


def _all_listed(listed: Sequence[Segment], wanted: Sequence[Segment]) -> bool:
    return {segment.number for segment in wanted} <= {segment.number for segment in listed}


class _Interfered(Exception):
    """Somebody else changed what was being moved; the transaction is rolled back."""


def _replace(
    database: Database,
    segments: Segments,
    engine: Engine,
    write: Callable[[duckdb.DuckDBPyConnection, Path], None],
    settle: Callable[[Connection], bool],
) -> bool:
    """Writes a segment, then in one transaction lists it and settles what it replaces.

    Returns:
        False when ``settle`` found that others have changed what is replaced; nothing is done.
    """
    with segments.incoming() as folder, engine.session() as session:
        path = folder / "segment.parquet"
        write(session, path)
        try:
            with database.write() as connection:
                segments.publish(connection, session, path)
                if not settle(connection):
                    raise _Interfered
                bump_revision(connection, REVISION)
        except _Interfered:
            return False
    return True
