"""Erasing a viewer: the segments that hold it are rewritten without it."""

from __future__ import annotations

import duckdb
from sqlalchemy import delete

from crossreel.storage.events.engine import Engine, quoted
from crossreel.storage.events.reading import REVISION
from crossreel.storage.events.segments import Segment, Segments, write_parquet
from crossreel.storage.events.tables import live_events
from crossreel.storage.records.bulk import bump_revision
from crossreel.storage.records.database import Database
from crossreel.values.ids import ViewerId

__all__ = ["erase"]


def erase(database: Database, segments: Segments, engine: Engine, viewer: ViewerId) -> int:
    """Removes the viewer's events, all or none; returns how many there were.

    Other writers wait meanwhile, so that no event of the viewer slips through. The old files are
    removed right after; should a crash come between, the next sweep (at the latest when the
    workspace is opened again) removes them.
    """
    erased = 0
    with segments.incoming() as folder, engine.session() as session, database.write() as connection:
        for segment in segments.listed(connection, viewer=str(viewer)):
            found = _count(session, segments, segment, viewer)
            if not found:
                continue
            erased += found
            path = folder / f"{segment.number}.parquet"
            (old,) = segments.paths([segment])
            without = f"SELECT * FROM read_parquet({quoted(old)}) WHERE viewer <> {quoted(viewer)}"
            if write_parquet(session, without, path):
                segments.publish(connection, session, path)
            segments.retire(connection, [segment])
        live = connection.execute(delete(live_events).where(live_events.c.viewer == str(viewer)))
        erased += live.rowcount
        if erased:
            bump_revision(connection, REVISION)
    segments.sweep()
    return erased


def _count(session: duckdb.DuckDBPyConnection, segments: Segments, segment: Segment, viewer: ViewerId) -> int:
    (path,) = segments.paths([segment])
    found = session.execute(
        f"SELECT count(*) FROM read_parquet({quoted(path)}) WHERE viewer = ?", [str(viewer)]
    ).fetchone()
    return int(found[0]) if found else 0
