"""Whole files into the log: read, checked, written as one segment, listed in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from crossreel.audience.bulk import EventFile, FileForm, Progress
from crossreel.errors import RowProblem
from crossreel.storage.events.checks import check_rows
from crossreel.storage.events.engine import Engine
from crossreel.storage.events.parquet_file import load_parquet
from crossreel.storage.events.reading import REVISION, Reader, Snapshot, show_events
from crossreel.storage.events.repeats import may_repeat
from crossreel.storage.events.segments import Segments, write_parquet
from crossreel.storage.events.spool import MAX_PROBLEMS, Loaded, load_text, refuse_excess
from crossreel.storage.records.bulk import bump_revision
from crossreel.storage.records.database import Database
from crossreel.values.ids import TitleId

__all__ = ["stage"]

_SHOWN = 200


@contextmanager
def stage(
    database: Database,
    segments: Segments,
    engine: Engine,
    reader: Reader,
    file: EventFile,
    progress: Progress,
) -> Iterator[Staged]:
    """Reads, checks and writes a file's events aside; see ``StagesEvents.stage``."""
    load = load_parquet if file.form is FileForm.PARQUET else load_text
    with segments.incoming() as folder, engine.session() as session:
        loaded = load(session, file, folder, progress)
        progress(0, 0, "checking events")
        check_rows(session, file, loaded)
        staged = Staged(database, segments, reader, session, folder, file)
        staged.count(loaded)
        progress(0, staged.rows, "writing events")
        staged.write()
        progress(staged.rows, staged.rows, "writing events")
        yield staged


class Staged:
    """``StagedEvents`` over one session."""

    def __init__(
        self,
        database: Database,
        segments: Segments,
        reader: Reader,
        session: duckdb.DuckDBPyConnection,
        folder: Path,
        file: EventFile,
    ) -> None:
        self.rows = self.new = self.viewers = 0
        self.problems: list[RowProblem] = []
        self.titles: tuple[TitleId, ...] = ()
        self._database, self._segments, self._reader = database, segments, reader
        self._session, self._file = session, file
        self._path = folder / "segment.parquet"
        self._has_repeats = False
        self._columns: frozenset[str] = frozenset()
        self._known: Snapshot | None = None

    def count(self, loaded: Loaded) -> None:
        """Counts rows, viewers and titles; lists the bad rows."""
        self._columns = frozenset(loaded.columns)
        row = self._session.execute(
            "SELECT count(*), count(problem), count(DISTINCT viewer) FILTER (problem IS NULL) FROM checked"
        ).fetchone()
        assert row is not None
        rows, bad, self.viewers = row
        self.rows = rows + len(loaded.problems)
        self.problems = loaded.problems + (self._bad_rows(loaded) if bad else [])
        refuse_excess(self._file, self.problems)
        self.problems.sort(key=lambda problem: problem.row)
        self._session.execute("DROP TABLE raw")
        titles = self._session.execute("SELECT DISTINCT title FROM checked WHERE problem IS NULL").fetchall()
        self.titles = tuple(sorted(TitleId.parse(title) for (title,) in titles))
        self._has_repeats = may_repeat(self._session, self.viewers, len(self.titles), rows)

    def _bad_rows(self, loaded: Loaded) -> list[RowProblem]:
        cells = ", ".join(f'raw."{field}"' for field in loaded.columns)
        found = self._session.execute(
            f"SELECT c.line, c.problem, concat_ws(',', {cells}) FROM checked c "
            f"JOIN (SELECT *, {loaded.line} AS place FROM raw) raw ON raw.place = c.line "
            f"WHERE c.problem IS NOT NULL ORDER BY c.line LIMIT {MAX_PROBLEMS + 1}"
        ).fetchall()
        problems = []
        for line, problem, text in found:
            field, _, what = problem.partition("\n")
            column = loaded.columns.get(field, field)
            problems.append(RowProblem(self._file.path.name, line, column, what, text[:_SHOWN]))
        return problems

    def write(self) -> None:
        """Writes the rows that are new as a segment, aside."""
        snapshot = self._reader.snapshot()
        query = "SELECT * EXCLUDE (problem, line) FROM checked WHERE problem IS NULL"
        keys = [name for name in ("time", "value") if name in self._columns]
        if self._has_repeats:
            query = f"SELECT DISTINCT ON ({', '.join(('viewer', 'title', 'kind', *keys))}) * FROM ({query})"
        if self._show_stored(snapshot):
            query = (
                f"SELECT * FROM ({query}) fresh WHERE NOT EXISTS (SELECT 1 FROM stored WHERE "
                "stored.viewer = fresh.viewer AND stored.title = fresh.title AND stored.kind = fresh.kind AND "
                + " AND ".join(
                    f"stored.{name} IS NOT DISTINCT FROM {f'fresh.{name}' if name in keys else 'NULL'}"
                    for name in ("time", "value")
                )
                + ")"
            )
        self._path.unlink(missing_ok=True)
        self.new = write_parquet(self._session, query, self._path)
        self._known = snapshot

    def _show_stored(self, snapshot: Snapshot) -> bool:
        """Makes the view ``stored`` of what the log may hold of this source; False where it holds nothing."""
        source = self._file.source
        near = tuple(segment for segment in snapshot.segments if segment.source in ("", source))
        mine = snapshot.live["source"] == source
        if not near and not mine.any():
            return False
        live = {name: cells[mine] for name, cells in snapshot.live.items()}
        self._session.execute("DROP VIEW IF EXISTS stored")
        show_events(self._session, self._segments, Snapshot(snapshot.revision, near, live), "stored")
        return True

    def commit(self) -> int:
        """Adds the good rows that the log does not hold yet; returns how many."""
        with self._database.write() as connection:
            now = self._segments.listed(connection)
            if self._known is None or now != self._known.segments:
                self.write()  # others have changed the log since; what is new is decided again
            if self.new:
                self._segments.publish(connection, self._session, self._path)
                bump_revision(connection, REVISION)
        return self.new
