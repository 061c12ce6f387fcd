"""Reads a file of events for ``recommend evaluate`` and ``choose``, as any workspace would take it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from crossreel.cli.terminal import announce
from crossreel.errors import BadFile, BadRows, BadValue, RowProblem

if TYPE_CHECKING:
    from crossreel.audience.event_log import EventColumns
    from crossreel.catalog.repository import CatalogStore
    from crossreel.recommend.evaluate.dataset import Dataset

__all__ = ["EventsFile", "read_dataset"]

Progress = Callable[[int, int, str], None]
_FIELDS = ("viewer", "title", "value", "time", "territory")


@dataclass(frozen=True, slots=True)
class EventsFile:
    """A file of events as the command line names it.

    Attributes:
        path: a MovieLens folder, a CSV or a Parquet file.
        format: of ``crossreel audience import``.
        kind: what the rows are; None finds it out.
        scale: of the values, ``low..high``; None takes the kind's own.
        liked_from: least rating that is a like; None takes the middle of the scale.
        titles, titles_format: catalog records of the titles, if any.
        meanings: read what synopses mean, where the embedding model is pulled.
        skip_bad: write refused rows here, those of titles beside it, and go on with the rest.
    """

    path: Path
    format: str = "csv"
    kind: str | None = None
    scale: str | None = None
    liked_from: float | None = None
    titles: Path | None = None
    titles_format: str = "movielens"
    meanings: bool = False
    skip_bad: Path | None = None


def read_dataset(file: EventsFile, progress: Progress) -> Dataset:
    """Takes the files in as any workspace would, in one that is thrown away.

    Raises:
        BadFile, BadRows: they cannot be read; every refused row is told, unless it may be skipped.
        BadValue: no such kind, or a scale or threshold that makes no sense.
        BadInput: nobody liked anything.
    """
    from dataclasses import replace

    from crossreel.app import open_app
    from crossreel.audience.importing import import_audience
    from crossreel.audience.interactions import interactions_from
    from crossreel.recommend.choosing.profile import repeat_share
    from crossreel.recommend.evaluate.dataset import Dataset

    mapping, kind = _csv_columns(file.path, file.kind) if file.format == "csv" else (None, file.kind)
    with TemporaryDirectory(prefix="crossreel-evaluate-") as folder:
        app = open_app(Path(folder) / "workspace", create=True)
        try:
            if file.titles is not None:
                _import_titles(file, app.catalog, progress)
            try:
                report = import_audience(
                    file.path,
                    log=app.events,
                    viewers=app.viewers,
                    catalog=app.catalog,
                    format=file.format,
                    source="evaluated",
                    mapping=mapping,
                    kind=kind,
                    scale=file.scale,
                    skip_bad=file.skip_bad,
                    progress=progress,
                )
            except BadRows as error:
                raise _with_scale_advice(error, file.scale) from error
            except BadFile as error:
                raise _with_csv_advice(error, file) from error
            if report.refused:
                announce(f"{report.refused} rows are left out; they are in {file.skip_bad}.")
            columns, aliases = app.events.columns(), app.catalog.aliases()
            known = interactions_from(columns, aliases=aliases)
            if file.liked_from is not None and len(columns):
                judged = interactions_from(_liked_from(columns, file.liked_from), aliases=aliases)
                known = replace(judged, rated=known.rated, rated_time=known.rated_time)
            records = app.catalog.get(known.titles.ids)
            titles = [records.get(id_) for id_ in known.titles.ids]
            data = Dataset.of(known, titles, _scale_of(columns), repeat_share(columns))
            return data.with_meanings(app.shelf.meanings, progress) if file.meanings else data
        finally:
            app.close()


def _import_titles(file: EventsFile, store: CatalogStore, progress: Progress) -> None:
    """Reads the records of the titles; refused ones go to ``NAME.titles.csv`` beside those of the events."""
    from crossreel.catalog.importing import import_catalog

    assert file.titles is not None
    refused = None if file.skip_bad is None else file.skip_bad.with_suffix(".titles.csv")
    report = import_catalog(
        file.titles,
        store=store,
        format=file.titles_format,
        source="evaluated",
        skip_bad=refused,
        progress=progress,
    )
    if report.skipped:
        announce(f"{report.skipped} records of titles are left out; they are in {refused}.")


def _with_scale_advice(error: BadRows, scale: str | None) -> BadRows:
    """The same refusal; where values lie outside the scale, the way out is to say the scale."""
    if scale is None and any(_is_off_scale(problem) for problem in error.problems):
        error.advice = "If the values are on another scale, say it: --scale low..high, such as --scale 1..10."
    else:
        error.advice = "Correct them, or leave them out with --skip-bad rows.csv."
    return error


def _with_csv_advice(error: BadFile, file: EventsFile) -> BadFile:
    """The same refusal; where a MovieLens folder holds events as CSV instead, the way out is to name them."""
    if file.format == "movielens" and file.path.is_dir() and error.data.get("path") == str(file.path):
        for path in sorted(file.path.iterdir()):
            if path.name.endswith((".csv", ".csv.gz")) and {"viewer", "title"} <= set(_header(path)):
                error.advice = f"Evaluate the events that are there as CSV: {path}, with the format csv."
                break
    return error


def _is_off_scale(problem: RowProblem) -> bool:
    """Whether the value is a number at all."""
    if problem.column != "value":
        return False
    try:
        return isfinite(float(problem.problem.rpartition("got ")[2].strip("'")))
    except ValueError:
        return False


def _header(path: Path) -> list[str]:
    from crossreel.catalog.decoding import first_bytes

    header = first_bytes(path).split(b"\n", 1)[0].decode("utf-8", "replace").strip("\ufeff\r ")
    return [name.strip() for name in next(csv.reader([header]), [])]


def _csv_columns(path: Path, kind: str | None) -> tuple[dict[str, str] | None, str | None]:
    """The mapping of a file that has the columns viewer, title and maybe value, time and territory.

    Values that are all 0 or 1 are flags (of a like, or of none), any others are ratings.
    """
    names = _header(path)
    if "kind" in names and kind is None:
        return None, None
    mapping = {name: name for name in _FIELDS if name in names}
    for wanted in ("viewer", "title"):
        if any(names) and wanted not in mapping:
            raise BadFile(
                path,
                f"has no column {wanted!r}; its columns are: {', '.join(names)}",
                advice="Name the columns of its first line viewer,title[,value][,time], or say its --format.",
            )
    if kind is None:
        kind = "rating" if "value" in mapping and not _all_flags(path, names.index("value")) else "positive"
    return mapping, kind


def _all_flags(path: Path, column: int) -> bool:
    """Whether every value of the column is 0 or 1; reads on only while they are."""
    from crossreel.catalog.decoding import open_bounded

    with open_bounded(path) as file:
        rows = csv.reader(line.decode("utf-8", "replace") for line in file)
        next(rows, None)
        return all(cells[column].strip() in ("0", "1", "0.0", "1.0") for cells in rows if len(cells) > column)


def _scale_of(columns: EventColumns) -> tuple[float, float]:
    """The one scale of all ratings; shares, 0 to 1, where they have several or none."""
    import numpy as np

    from crossreel.audience.event import EventKind

    starred = [
        number for number, kind in enumerate(EventKind) if kind in (EventKind.RATING, EventKind.REVIEW)
    ]
    rows = np.isin(columns.kind, starred) & ~np.isnan(columns.value)
    lows, highs = np.unique(columns.low[rows]), np.unique(columns.high[rows])
    return (float(lows[0]), float(highs[0])) if len(lows) == len(highs) == 1 else (0.0, 1.0)


def _liked_from(columns: EventColumns, least: float) -> EventColumns:
    """The events with every rating of ``least`` or more at the top of its scale, others at its end."""
    from dataclasses import replace

    import numpy as np

    low, high = float(columns.low.min()), float(columns.high.max())
    if not low <= least <= high:
        raise BadValue("least rating that is a like", least, f"within the scale, {low:g}..{high:g}")
    value = np.where(columns.value >= least - 1e-6, columns.high, columns.low)
    return replace(columns, value=np.where(np.isnan(columns.value), np.nan, value).astype(np.float32))
