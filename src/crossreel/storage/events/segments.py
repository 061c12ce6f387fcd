"""The segments on disk and their manifest: only files that the manifest lists are ever read.

A segment is written into a folder of its own (``incoming-...``), moved to its final name and
becomes visible with its manifest row, in one SQLite transaction; a crash before that leaves a
stray file and nothing else. A segment that is replaced is *retired* in the same transaction and
its file removed afterwards; a crash in between leaves a retired row, and the next sweep removes
the file. Files that no row lists are swept when nothing has touched them for an hour.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from sqlalchemy import Connection, delete, select, update

from crossreel.storage.events.engine import quoted
from crossreel.storage.events.rows import microseconds
from crossreel.storage.events.tables import event_segments
from crossreel.storage.records.database import Database

__all__ = ["Segment", "Segments", "write_parquet"]

ROW_GROUP = 122_880
"""Rows of a row group; one viewer's history reads one or two of them."""
_STRAY_SECONDS = 3600
_WHOLE_STATISTICS = 64
"""Bytes of a text up to which any writer of Parquet keeps its statistics whole."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One listed Parquet file; ``source`` is empty where its viewers have several."""

    number: int
    file: str
    source: str
    rows: int
    first_viewer: str
    last_viewer: str


class Segments:
    """The folder and its manifest."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database
        folder.mkdir(parents=True, exist_ok=True)

    def listed(self, connection: Connection, *, viewer: str = "") -> tuple[Segment, ...]:
        """The readable segments, oldest first; with a viewer, those that may hold it."""
        table = event_segments.c
        query = select(
            table.number, table.file, table.source, table.rows, table.first_viewer, table.last_viewer
        ).where(table.retired.is_(False))
        if viewer:
            query = query.where(table.first_viewer <= viewer, table.last_viewer >= viewer)
        return tuple(Segment(*row) for row in connection.execute(query.order_by(table.number)))

    def paths(self, segments: Iterable[Segment]) -> list[Path]:
        """Where the segments lie."""
        return [self.folder / segment.file for segment in segments]

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A folder for work in progress, removed at the end."""
        folder = self.folder / f"incoming-{uuid.uuid4().hex}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, connection: Connection, session: duckdb.DuckDBPyConnection, written: Path) -> None:
        """Moves a finished Parquet file to its place and lists it, inside the caller's transaction."""
        rows, first_viewer, last_viewer, first_time, last_time = _facts(session, written)
        _flush(written)
        name = f"{uuid.uuid4().hex}.parquet"
        written.replace(self.folder / name)
        _flush(self.folder)
        connection.execute(
            event_segments.insert().values(
                file=name,
                source=_common_source(first_viewer, last_viewer),
                rows=rows,
                first_viewer=first_viewer,
                last_viewer=last_viewer,
                first_time=first_time,
                last_time=last_time,
                created=microseconds(datetime.now(UTC)),
                retired=False,
            )
        )

    def retire(self, connection: Connection, segments: Iterable[Segment]) -> None:
        """Takes segments out of what is read, inside the caller's transaction; ``sweep`` afterwards."""
        numbers = [segment.number for segment in segments]
        connection.execute(
            update(event_segments).where(event_segments.c.number.in_(numbers)).values(retired=True)
        )

    def sweep(self) -> None:
        """Removes retired files now, and what crashes left behind after an hour."""
        with self._database.read() as connection:
            rows = connection.execute(select(event_segments.c.file, event_segments.c.retired)).all()
        retired = [row.file for row in rows if row.retired]
        gone = [name for name in retired if _removed(self.folder / name)]
        if gone:
            with self._database.write() as connection:
                connection.execute(
                    delete(event_segments).where(
                        event_segments.c.file.in_(gone), event_segments.c.retired.is_(True)
                    )
                )
        known = {row.file for row in rows}
        for path in self.folder.iterdir():
            is_ours = path.suffix == ".parquet" or path.name.startswith("incoming-")
            if is_ours and path.name not in known and _idle_seconds(path) > _STRAY_SECONDS:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else _removed(path)


def write_parquet(session: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Writes the events of ``query`` as a segment; returns how many there are.

    Columns that no event fills may be left out. Sorted by viewer, so that row-group statistics
    find one viewer's events.

    ENUM columns are written as text: DuckDB 2.0.0 loses values of ENUM columns when several threads
    write one Parquet file (18 of 60 files of a million rows, measured 2026-11-23; text 0 of 60).
    """
    session.execute(f"DESCRIBE SELECT * FROM ({query})")
    enums = [f'"{name}"::VARCHAR AS "{name}"' for name, type_, *_ in session.fetchall() if "ENUM" in type_]
    as_text = f" REPLACE ({', '.join(enums)})" if enums else ""
    written = session.execute(
        f"COPY (SELECT *{as_text} FROM (SELECT * FROM ({query}) ORDER BY viewer)) TO {quoted(path)} "
        f"(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP})"
    ).fetchone()
    return int(written[0]) if written else 0


def _facts(session: duckdb.DuckDBPyConnection, path: Path) -> tuple[int, str, str, int | None, int | None]:
    """Rows, first and last viewer, first and last time of a segment, read from its footer alone."""
    facts = session.execute(
        "SELECT any_value(num_rows), min(stats_min_value) FILTER (path_in_schema = 'viewer'), "
        "max(stats_max_value) FILTER (path_in_schema = 'viewer'), "
        "epoch_us(min(try_cast(stats_min_value AS TIMESTAMP)) FILTER (path_in_schema = 'time')), "
        "epoch_us(max(try_cast(stats_max_value AS TIMESTAMP)) FILTER (path_in_schema = 'time')) "
        f"FROM parquet_metadata({quoted(path)}), parquet_file_metadata({quoted(path)}) "
        "WHERE path_in_schema IN ('viewer', 'time')"
    ).fetchone()
    assert facts is not None
    return facts[0], *_viewer_bounds(session, path, facts[1], facts[2]), facts[3], facts[4]


def _viewer_bounds(
    session: duckdb.DuckDBPyConnection, path: Path, first: str | None, last: str | None
) -> tuple[str, str]:
    """The statistics where they are whole; a writer may leave out or shorten those of long texts."""
    if first and last and max(len(first.encode()), len(last.encode())) < _WHOLE_STATISTICS:
        return first, last
    bounds = session.execute(f"SELECT min(viewer), max(viewer) FROM read_parquet({quoted(path)})").fetchone()
    assert bounds is not None
    return bounds[0], bounds[1]


def _common_source(first_viewer: str, last_viewer: str) -> str:
    """The source of all viewers between two; ids that begin alike stand together."""
    first, last = (viewer.partition(":")[0] for viewer in (first_viewer, last_viewer))
    return first if first == last else ""


def _removed(path: Path) -> bool:
    with contextlib.suppress(OSError):  # on Windows a reader keeps its file; the next sweep gets it
        path.unlink(missing_ok=True)
        return True
    return False


def _idle_seconds(path: Path) -> float:
    newest = 0.0
    for each in (path, *(path.iterdir() if path.is_dir() else ())):
        with contextlib.suppress(FileNotFoundError):
            newest = max(newest, each.stat().st_mtime)
    return time.time() - newest


def _flush(path: Path) -> None:
    """Makes a file, or a folder's list of names, survive a power cut; where that can be asked for."""
    with contextlib.suppress(OSError):  # Windows opens no folders
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
