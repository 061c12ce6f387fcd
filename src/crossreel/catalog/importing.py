"""Imports of titles: read everything, check everything, then change the store once.

An import is atomic (one ``store.put``) and idempotent (unchanged records are recognized by their
content). Every bad row is reported at once; with ``skip_bad`` they are written to a CSV file and
the rest is imported.
"""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from crossreel.catalog.documents import content_hash, title_to_dict
from crossreel.catalog.feeds import FeedNotes, choose_reader
from crossreel.catalog.feeds.movielens import find_titles_file
from crossreel.catalog.merge import plan_merge
from crossreel.catalog.repository import CatalogStore, TitleRecord
from crossreel.catalog.title import Title, TitleKind
from crossreel.errors import BadFile, BadRows, RowProblem
from crossreel.values.ids import TitleId, check_source

__all__ = ["ImportReport", "Progress", "ReadCatalog", "export_catalog", "import_catalog", "read_catalog"]

Progress = Callable[[int, int, str], None]
"""``progress(done, of, what)``; ``of`` is 0 where the end is not known."""

_STEP = 500


def _no_progress(done: int, of: int, what: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; ``read`` = ``added`` + ``changed`` + ``unchanged`` + ``repeated`` + ``skipped``.

    Attributes:
        source: the name before the imported ids.
        read: rows with a title, good or bad.
        unchanged: records that were stored just so before.
        repeated: rows that say again, word for word, what an earlier row said.
        merged: new or changed records that make one title with a record of another source.
        repaired: texts that were mangled by a wrong encoding and were put right.
        doubtful: pairs listed for review (``CatalogStore.doubtful``).
        skipped: refused rows; they are in ``skip_bad``.
        seconds: how long it took.
        repaired_examples: the first 20 repairs, (before, after).
        remarks: the first 1,000 values that were left out while their row was kept.
    """

    format: str
    source: str
    read: int
    added: int
    changed: int
    unchanged: int
    repeated: int
    merged: int
    repaired: int
    doubtful: int
    skipped: int
    seconds: float
    repaired_examples: tuple[tuple[str, str], ...] = ()
    remarks: tuple[RowProblem, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            **asdict(self),
            "seconds": round(self.seconds, 3),
            "repaired_examples": [list(pair) for pair in self.repaired_examples],
            "remarks": [str(remark) for remark in self.remarks],
        }


def import_catalog(
    path: Path,
    *,
    store: CatalogStore,
    format: str = "auto",
    source: str | None = None,
    skip_bad: Path | None = None,
    progress: Progress = _no_progress,
) -> ImportReport:
    """Reads a file or folder of titles into the store.

    Args:
        path: what to read.
        store: where to.
        format: ``movielens``, ``tmdb``, ``jsonl``, or ``auto`` to recognize it.
        source: put before the ids; by default the format's name.
        skip_bad: write refused rows to this CSV (file, row, column, problem, text), import the rest.
        progress: told every 500 rows.

    Raises:
        BadFile: nothing can be read there; the store is unchanged.
        BadRows: rows were refused and there is no ``skip_bad``; the store is unchanged.
        BadValue: ``source`` cannot name a source.
        WrongUse: no such format.
    """
    read = read_catalog(path, store=store, format=format, source=source, progress=progress)
    if read.problems and skip_bad is None:
        raise BadRows(read.problems)
    return read.put(store, skip_bad, progress)


def read_catalog(
    path: Path,
    *,
    store: CatalogStore,
    format: str = "auto",
    source: str | None = None,
    progress: Progress = _no_progress,
) -> ReadCatalog:
    """Reads and checks as ``import_catalog`` does and changes nothing; ``ReadCatalog.put`` stores it.

    Raises:
        BadFile: nothing can be read there.
        BadValue: ``source`` cannot name a source.
        WrongUse: no such format.
    """
    started = time.perf_counter()
    format_name, reader = choose_reader(path, format)
    name = check_source(source or format_name)
    batch = _Batch(path if path.is_file() else find_titles_file(path) or path)
    notes = FeedNotes()
    for row, outcome in reader(path, name, notes):
        batch.take(row, outcome)
        if batch.read % _STEP == 0:
            progress(batch.read, 0, "reading titles")
    progress(batch.read, batch.read, "reading titles")
    batch.check_parents(store)
    batch.finish(path)
    return ReadCatalog(batch, notes, format_name, name, started)


@dataclass(frozen=True, slots=True)
class ReadCatalog:
    """Titles that are read and checked and not yet stored."""

    _batch: _Batch
    _notes: FeedNotes
    _format: str
    _source: str
    _started: float

    @property
    def problems(self) -> list[RowProblem]:
        """Every refused row, in file order."""
        return self._batch.problems

    def put(self, store: CatalogStore, skip_bad: Path | None, progress: Progress) -> ImportReport:
        """Writes refused rows to ``skip_bad`` if there is one, and stores the good ones."""
        if skip_bad is not None:
            write_refused(skip_bad, self._batch.problems)
        return _store(self._batch, self._notes, store, self._format, self._source, self._started, progress)


@dataclass(slots=True)
class _Batch:
    """The rows of one import: good ones by id, bad ones as problems."""

    path: Path
    read: int = 0
    repeated: int = 0
    records: dict[TitleId, TitleRecord] = field(default_factory=dict)
    rows: dict[TitleId, int] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    def take(self, row: int, outcome: Title | RowProblem) -> None:
        self.read += 1
        if isinstance(outcome, RowProblem):
            self.problems.append(outcome)
            return
        record = TitleRecord(outcome, content_hash(outcome))
        before = self.records.setdefault(outcome.id, record)
        if before is record:
            self.rows[outcome.id] = row
        elif before.content_hash == record.content_hash:
            self.repeated += 1
        else:
            problem = f"repeats the id {outcome.id} of row {self.rows[outcome.id]} with other content"
            self.problems.append(self._problem(row, "id", problem, outcome))

    def _problem(self, row: int, column: str, problem: str, title: Title) -> RowProblem:
        return RowProblem(self.path.name, row, column, problem, f"{title.id} {title.name}"[:200])

    def check_parents(self, store: CatalogStore) -> None:
        """Refuses seasons and episodes whose parent is nowhere or cannot be one.

        A season hangs under a series, an episode under a season or series.
        """
        wanted = {r.title.parent for r in self.records.values() if r.title.parent} - self.records.keys()
        stored = {id_: record.title.kind for id_, record in store.records(wanted).items()}
        while refused := self._refused(stored):
            for id_, problem in refused.items():
                title = self.records.pop(id_).title
                self.problems.append(self._problem(self.rows[id_], "parent", problem, title))

    def _refused(self, stored: Mapping[TitleId, TitleKind]) -> dict[TitleId, str]:
        found: dict[TitleId, str] = {}
        for id_, record in self.records.items():
            parent = record.title.parent
            if parent is None:
                continue
            kind = self.records[parent].title.kind if parent in self.records else stored.get(parent)
            if kind is None:
                found[id_] = f"its parent {parent} is neither in this import nor in the catalog"
            elif kind not in _PARENTS[record.title.kind]:
                found[id_] = f"a {record.title.kind} cannot hang under a {kind} ({parent})"
        return found

    def finish(self, given: Path) -> None:
        """Sorts the problems; refuses what holds no titles."""
        if not self.read:
            raise BadFile(given, "holds no titles")
        self.problems.sort(key=lambda problem: (problem.file, problem.row))


_PARENTS: Mapping[TitleKind, tuple[TitleKind, ...]] = {
    TitleKind.SEASON: (TitleKind.SERIES,),
    TitleKind.EPISODE: (TitleKind.SEASON, TitleKind.SERIES),
}


def _store(
    batch: _Batch,
    notes: FeedNotes,
    store: CatalogStore,
    format_name: str,
    source: str,
    started: float,
    progress: Progress,
) -> ImportReport:
    stored = store.records(batch.records)
    fresh = [
        record
        for id_, record in batch.records.items()
        if id_ not in stored or stored[id_].content_hash != record.content_hash
    ]
    added = sum(record.title.id not in stored for record in fresh)
    joined = doubtful = 0
    if fresh:
        progress(0, len(fresh), "merging titles")
        plan = plan_merge(fresh, store)
        store.put(fresh, plan.merged, plan.members, plan.doubtful)
        joined, doubtful = plan.joined, len(plan.doubtful)
        progress(len(fresh), len(fresh), "merging titles")
    return ImportReport(
        format=format_name,
        source=source,
        read=batch.read,
        added=added,
        changed=len(fresh) - added,
        unchanged=len(batch.records) - len(fresh),
        repeated=batch.repeated,
        merged=joined,
        repaired=notes.repairs.count,
        doubtful=doubtful,
        skipped=len(batch.problems),
        seconds=time.perf_counter() - started,
        repaired_examples=tuple(notes.repairs.examples),
        remarks=tuple(notes.remarks),
    )


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` that takes its place when the block ends well."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_refused(path: Path, problems: list[RowProblem]) -> None:
    """Writes refused rows as CSV (file, row, column, problem, text); whole or not at all.

    Raises:
        BadFile: the place cannot be written to.
    """
    try:
        with _replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "row", "column", "problem", "text"))
            writer.writerows((p.file, p.row, p.column, p.problem, p.text) for p in problems)
    except OSError as error:
        raise BadFile(path, f"cannot be written ({error.strerror or error})") from error


def export_catalog(path: Path, store: CatalogStore) -> int:
    """Writes every merged title as Crossreel JSON Lines, ids whole; returns how many.

    Parents come before what hangs under them, so that the file imports again. The file is
    replaced only when all of it is written.

    Raises:
        BadFile: the place cannot be written to.
    """
    depth = {kind: place for place, kind in enumerate(TitleKind)}
    titles = sorted(store.all(), key=lambda title: (depth[title.kind], title.id))
    try:
        with _replacing(path) as temporary, temporary.open("wb") as file:
            for title in titles:
                file.write(orjson.dumps(title_to_dict(title), option=orjson.OPT_APPEND_NEWLINE))
    except OSError as error:
        raise BadFile(path, f"cannot be written ({error.strerror or error})") from error
    return len(titles)
