"""Builds the sample workspace: films, licenses, simulated audience, trained models."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from crossreel.audience.event_log import EventLog, ViewerStore
from crossreel.audience.importing import import_audience
from crossreel.catalog.importing import import_catalog
from crossreel.catalog.repository import CatalogStore
from crossreel.recommend.top import Shelf
from crossreel.rights.availability import Availability
from crossreel.rights.feed import import_licenses
from crossreel.rights.license import LicenseStore, Mode
from crossreel.sample.audience import COLUMNS, SOURCE, simulate_audience
from crossreel.values.territory import Territory
from crossreel.values.vocabulary import Vocabulary

__all__ = ["build_sample"]

ALGORITHMS = ("popular", "content", "title-neighbors", "user-neighbors", "fan-neighbors", "ease")
"""Trained in this order; the last one answers."""

Progress = Callable[[int, int, str], None]


def build_sample(
    *,
    catalog: CatalogStore,
    licenses: LicenseStore,
    viewers: ViewerStore,
    events: EventLog,
    rights: Availability,
    shelf: Shelf,
    now: datetime,
    progress: Progress,
) -> dict[str, Any]:
    """Fills a workspace with the sample; what is already there is left alone.

    Returns:
        Counts of titles, licenses, viewers and events, and the active model's id.
    """
    with as_file(files("crossreel.sample")) as folder:
        import_catalog(
            folder / "titles.jsonl", format="jsonl", source=SOURCE, store=catalog, progress=progress
        )
        import_licenses(
            folder / "licenses.jsonl",
            source=SOURCE,
            store=licenses,
            resolve=catalog.resolve,
            progress=progress,
        )
    if not events.summary().by_source.get(SOURCE):
        _fill_audience(catalog, viewers, events, rights, now, progress)
    active = ""
    for done, algorithm in enumerate(ALGORITHMS):
        progress(done, len(ALGORITHMS), "training models")
        active = shelf.train(algorithm, {}, measure=True).id
    progress(len(ALGORITHMS), len(ALGORITHMS), "training models")
    summary = events.summary()
    return {
        "titles": len(catalog.ids()),
        "licenses": licenses.count(),
        "viewers": summary.viewers,
        "events": summary.events,
        "model": active,
    }


def _fill_audience(
    catalog: CatalogStore,
    viewers: ViewerStore,
    events: EventLog,
    rights: Availability,
    now: datetime,
    progress: Progress,
) -> None:
    titles = [title for title in catalog.all() if title.id.source == SOURCE]
    vocabulary = Vocabulary(title.id for title in titles)

    def open_titles(territory: Territory, at: datetime) -> npt.NDArray[np.bool_]:
        return rights.mask(vocabulary, territory, tuple(Mode), at)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        people = simulate_audience(path, titles, open_titles, now, progress=progress)
        viewers.put(people)
        import_audience(
            path,
            format="csv",
            source=SOURCE,
            log=events,
            viewers=viewers,
            catalog=catalog,
            mapping={column: column for column in COLUMNS},
            progress=progress,
        )
