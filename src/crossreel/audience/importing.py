"""Imports of events: a whole file is read and checked, then all of it is added at once.

An import is atomic (events, titles and viewers become visible in one transaction) and idempotent
(an event that is there already is not added again). Every bad row is reported at once; with
``skip_bad`` they are written to a CSV file and the rest is imported.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crossreel.audience.bulk import (
    EventFile,
    FileForm,
    Progress,
    StagedEvents,
    StagesEvents,
    check_mapping,
    read_kind,
)
from crossreel.audience.event import EventKind, Scale, Viewer
from crossreel.audience.event_log import EventLog, ViewerStore
from crossreel.audience.feeds.movielens import find_movielens, read_viewers
from crossreel.catalog.documents import content_hash
from crossreel.catalog.importing import ReadCatalog, read_catalog, write_refused
from crossreel.catalog.repository import CatalogStore, TitleRecord
from crossreel.catalog.title import Title
from crossreel.errors import BadFile, BadRows, BadValue, RowProblem, WrongUse
from crossreel.values.ids import TitleId, check_source

__all__ = ["FORMATS", "AudienceReport", "import_audience", "parse_scale"]

FORMATS = ("movielens", "csv", "parquet")
_AHEAD = timedelta(days=1)
"""Clocks of other machines may be ahead by this much."""


def _no_progress(done: int, of: int, what: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class AudienceReport:
    """What an import did; the file's rows are ``events`` + ``skipped``.

    Attributes:
        events: how many were added.
        viewers: viewers that the file's good rows name.
        titles: titles of the same folder (MovieLens), else titles that the good rows name.
        skipped: rows that added nothing: ``known`` + ``refused``.
        known: rows equal to an event that was there already, or to an earlier row.
        refused: bad rows; they are in ``skip_bad``.
        unknown_titles: titles that the catalog did not know; each got a record that is only an id.
        profiles: viewers' profiles added or replaced.
        seconds: how long it took.
    """

    format: str
    source: str
    events: int
    viewers: int
    titles: int
    skipped: int
    known: int
    refused: int
    unknown_titles: int
    profiles: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {**asdict(self), "seconds": round(self.seconds, 3)}


def import_audience(
    path: Path,
    *,
    log: EventLog,
    viewers: ViewerStore,
    catalog: CatalogStore,
    format: str = "movielens",
    source: str | None = None,
    mapping: Mapping[str, str] | None = None,
    kind: str | None = None,
    scale: str | None = None,
    skip_bad: Path | None = None,
    progress: Progress = _no_progress,
    now: datetime | None = None,
) -> AudienceReport:
    """Reads events, and the titles and viewers beside them.

    Args:
        path: a MovieLens folder, a CSV file (plain or gzip) or a Parquet file.
        log: where the events go.
        viewers: where profiles go.
        catalog: where titles go.
        format: ``movielens``, ``csv`` or ``parquet``.
        source: put before the ids; by default the format's name.
        mapping: field -> column (``audience.bulk.FIELDS``); by default columns named as the fields.
        kind: what every row is; by default the column ``kind`` says it.
        scale: range of the values, ``low..high``; by default the kind's own.
        skip_bad: write refused rows to this CSV (file, row, column, problem, text), import the rest.
        progress: told how far it is.
        now: events more than a day later are refused; by default the machine's time.

    Raises:
        BadFile: nothing can be read there; nothing is changed.
        BadRows: rows were refused and there is no ``skip_bad``; nothing is changed.
        BadValue: ``source``, ``kind`` or ``scale`` cannot be read.
        WrongUse: no such format, or the mapping makes no sense.
    """
    started = time.perf_counter()
    if format not in FORMATS:
        raise WrongUse(f"There is no audience format {format!r}.", advice=f"Formats: {', '.join(FORMATS)}.")
    if not isinstance(log, StagesEvents):
        raise WrongUse("This event log takes no files.")
    name = check_source(source or format)
    latest = (now or datetime.now(UTC)) + _AHEAD
    feed = _feed(path, format, name, mapping, kind, scale, latest)
    profiles, problems = _profiles(feed.viewers, name)
    with log.stage(feed.file, progress) as staged:
        if not staged.rows:
            raise BadFile(feed.file.path, "holds no events")
        described = None
        if feed.folder:
            described = read_catalog(
                feed.folder, store=catalog, format="movielens", source=name, progress=progress
            )
        _settle([*problems, *staged.problems], described.problems if described else [], skip_bad)
        with log.together():
            titles = len(staged.titles)
            if described:
                titles = _import_titles(described, catalog, skip_bad, progress)
            unknown = _add_bare_titles(staged, catalog)
            viewers.put(profiles)
            events = staged.commit()
    refused = len(staged.problems)
    return AudienceReport(
        format=format,
        source=name,
        events=events,
        viewers=staged.viewers,
        titles=titles,
        skipped=staged.rows - events,
        known=staged.rows - events - refused,
        refused=refused,
        unknown_titles=unknown,
        profiles=len(profiles),
        seconds=time.perf_counter() - started,
    )


@dataclass(frozen=True, slots=True)
class _Feed:
    """What is read: the events, and with MovieLens its folder and file of viewers."""

    file: EventFile
    folder: Path | None = None
    viewers: Path | None = None


def _feed(
    path: Path,
    format: str,
    source: str,
    mapping: Mapping[str, str] | None,
    kind: str | None,
    scale: str | None,
    latest: datetime,
) -> _Feed:
    parsed_kind = read_kind(kind) if kind else None
    parsed_scale = parse_scale(scale) if scale else None
    if format == "movielens":
        if mapping is not None or parsed_kind not in (None, EventKind.RATING):
            raise WrongUse(
                "MovieLens needs no --map and no --kind.", advice="Use --format csv for other files."
            )
        found = find_movielens(path, source=source, latest=latest, scale=parsed_scale)
        return _Feed(found.events, found.folder, found.viewers)
    if mapping is not None:
        check_mapping(mapping, parsed_kind)
    form = FileForm.PARQUET if format == "parquet" else FileForm.DELIMITED
    return _Feed(EventFile(path, source, latest, form, mapping, parsed_kind, parsed_scale))


def parse_scale(text: str) -> Scale:
    """Reads ``low..high``. Raises ``BadValue``."""
    low, dots, high = text.partition("..")
    try:
        if not dots:
            raise ValueError
        return Scale(float(low), float(high))
    except ValueError as error:
        raise BadValue("scale", text, "low..high, such as 1..5") from error


def _profiles(path: Path | None, source: str) -> tuple[list[Viewer], list[RowProblem]]:
    if path is None:
        return [], []
    profiles: list[Viewer] = []
    problems: list[RowProblem] = []
    for outcome in read_viewers(path, source):
        if isinstance(outcome, RowProblem):
            problems.append(outcome)
        else:
            profiles.append(outcome)
    return profiles, problems


def _settle(problems: list[RowProblem], of_titles: list[RowProblem], skip_bad: Path | None) -> None:
    """Raises for refused rows of any file, or writes down those of the audience."""
    if (of_titles or problems) and skip_bad is None:
        raise BadRows([*of_titles, *problems])
    if skip_bad is not None:
        write_refused(skip_bad, problems)


def _import_titles(
    described: ReadCatalog, catalog: CatalogStore, skip_bad: Path | None, progress: Progress
) -> int:
    """Stores the folder's titles (refused ones go to a file beside ``skip_bad``); returns how many."""
    beside = skip_bad.with_name(f"titles-{skip_bad.name}") if skip_bad else None
    report = described.put(catalog, beside, progress)
    return report.read - report.repeated - report.skipped


def _add_bare_titles(staged: StagedEvents, catalog: CatalogStore) -> int:
    """Gives titles that only events know a record, so that rights and recommenders can name them.

    They are not compared with other titles: an id is no name.
    """
    known = catalog.resolve(staged.titles)
    bare = [_bare(id_) for id_ in staged.titles if id_ not in known]
    if bare:
        records = [TitleRecord(title, content_hash(title)) for title in bare]
        catalog.put(records, bare, {title.id: title.id for title in bare}, [])
    return len(bare)


def _bare(id_: TitleId) -> Title:
    return Title(id_, name=id_.key)
