"""Whole files into the log: read, checked, written as one segment, listed in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from crossreel.audience.bulk import EventFile, FileForm, Progress
from crossreel.errors import RowProblem
from crossreel.storage.events.cells import shown_cell
from crossreel.storage.events.checks import Checks, check_rows
from crossreel.storage.events.engine import Engine
from crossreel.storage.events.parquet_file import load_parquet
from crossreel.storage.events.reading import REVISION, Reader, Snapshot, show_events
from crossreel.storage.events.repeats import may_repeat
from crossreel.storage.events.segments import Segments, write_parquet
from crossreel.storage.events.spool import MAX_PROBLEMS, Loaded, load_text, raw_rows, refuse_excess
from crossreel.storage.records.bulk import bump_revision
from crossreel.storage.records.database import Database
from crossreel.values.ids import TitleId

__all__ = ["stage"]

_SHOWN = 200
_SHOWN_CELL = 40


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
        checks = check_rows(session, file, loaded)
        staged = Staged(database, segments, reader, session, folder, file, checks)
        staged.count(loaded)
        progress(0, staged.rows, "writing events")
        with ThreadPoolExecutor(1, "segment-writer") as writer:
            staged.start_writing(writer)
            yield staged
        progress(staged.rows, staged.rows, "writing events")


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
        checks: Checks,
    ) -> None:
        self.rows = self.viewers = 0
        self.problems: list[RowProblem] = []
        self.titles: tuple[TitleId, ...] = ()
        self._database, self._segments, self._reader = database, segments, reader
        self._session, self._file = session, file
        self._path = folder / "segment.parquet"
        self._has_repeats = False
        self._read_as: dict[int, str] = {}
        self._checks = checks
        self._written: tuple[Snapshot, Future[int]]

    def count(self, loaded: Loaded) -> None:
        """Counts rows, viewers and titles; lists the bad rows."""
        columns = "".join(f'{sql} AS "{name}", ' for name, sql in self._checks.columns.items())
        self._session.execute(
            f"CREATE TEMP TABLE checked AS SELECT {columns}{self._checks.problem} AS problem "
            f"FROM {self._checks.relation}"
        )
        row = self._session.execute(
            "SELECT count(*), count(problem), count(DISTINCT viewer) FILTER (problem IS NULL) FROM checked"
        ).fetchone()
        assert row is not None
        rows, bad, self.viewers = row
        self.rows = rows + len(loaded.problems)
        self.problems = loaded.problems + (self._bad_rows(loaded) if bad else [])
        refuse_excess(self._file, self.problems)
        self.problems.sort(key=lambda problem: problem.row)
        if loaded.header:
            self._show_as_written(loaded.header)
        self._session.execute("DROP TABLE raw")
        titles = self._session.execute("SELECT DISTINCT title FROM checked WHERE problem IS NULL").fetchall()
        ids = (TitleId.parse(title) for (title,) in titles)
        self.titles = tuple(sorted(ids, key=lambda id_: (id_.source, id_.key)))
        self._has_repeats = may_repeat(self._session, self.viewers, len(self.titles), rows)

    def _bad_rows(self, loaded: Loaded) -> list[RowProblem]:
        cells = ", ".join(map(shown_cell, loaded.columns))
        found = self._session.execute(
            f"SELECT * FROM (SELECT {loaded.line} AS place, {self._checks.problem} AS wrong, "
            f"concat_ws(',', {cells}) FROM {self._checks.relation}) "
            f"WHERE wrong IS NOT NULL ORDER BY place LIMIT {MAX_PROBLEMS + 1}"
        ).fetchall()
        problems = []
        for line, problem, text in found:
            field, what, *cell = problem.split("\n", 2)
            column = loaded.columns.get(field, field)
            if cell:
                self._read_as[line] = cell[0]
                what = _got(what, cell[0])
            problems.append(RowProblem(self._file.path.name, line, column, what, text[:_SHOWN]))
        return problems

    def _show_as_written(self, header: tuple[str, ...]) -> None:
        """Puts the file's own text into the problems, in place of what was understood of it."""
        places = {problem.row: place for place, problem in enumerate(self.problems)}
        for row, text, cells in raw_rows(self._file, places):
            problem = self.problems[places[row]]
            what = problem.problem
            if row in self._read_as and len(cells) == len(header):
                ending = _got("", self._read_as[row])
                what = _got(what.removesuffix(ending), cells[header.index(problem.column)])
            self.problems[places[row]] = replace(problem, text=text[:_SHOWN], problem=what)

    def start_writing(self, writer: Executor) -> None:
        """Writes the segment aside while the caller sees to titles and viewers."""
        snapshot = self._reader.snapshot()
        self._written = snapshot, writer.submit(self._write, snapshot)

    @property
    def new(self) -> int:
        """Events that ``commit`` will add."""
        return self._written[1].result()

    def _write(self, snapshot: Snapshot) -> int:
        """Writes the rows that are new as seen from a snapshot; returns how many."""
        added = "".join(f", {sql} AS {name}" for name, sql in self._checks.constants.items())
        query = f"SELECT * EXCLUDE (problem){added} FROM checked WHERE problem IS NULL"
        keys = [name for name in ("time", "value", "text") if name in self._checks.columns]
        if self._has_repeats:
            same = ", ".join(("viewer", "title", "kind", *keys))
            query = f"SELECT DISTINCT ON ({same}) * FROM ({query})"
        if self._show_stored(snapshot):
            query = (
                f"SELECT * FROM ({query}) fresh WHERE NOT EXISTS (SELECT 1 FROM stored WHERE "
                "stored.viewer = fresh.viewer AND stored.title = fresh.title AND stored.kind = fresh.kind"
                + "".join(
                    f" AND stored.{name} IS NOT DISTINCT FROM {f'fresh.{name}' if name in keys else 'NULL'}"
                    for name in ("time", "value")
                )
                + (" AND coalesce(stored.text, '') = coalesce(fresh.text, '')" if "text" in keys else "")
                + ")"
            )
        self._path.unlink(missing_ok=True)
        return write_parquet(self._session, query, self._path)

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
            known, writing = self._written
            new = writing.result()
            if self._segments.listed(connection) != known.segments:
                new = self._write(self._reader.snapshot())  # others have changed the log since
            if new:
                self._segments.publish(connection, self._session, self._path)
                bump_revision(connection, REVISION)
        return new


def _got(what: str, cell: str) -> str:
    return f"{what}; got {cell[:_SHOWN_CELL]!r}"
