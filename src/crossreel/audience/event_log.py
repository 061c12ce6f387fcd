"""What the audience needs of a store: the event log and the viewers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from crossreel.audience.event import Event, EventKind, Viewer
from crossreel.values.ids import TitleId, ViewerId

__all__ = ["EventColumns", "EventLog", "LogSummary", "ViewerStore"]


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Events as parallel columns of length n, dictionary-encoded; the shape models train on.

    Attributes:
        viewer_ids, title_ids: the distinct ids, sorted; titles are record ids as logged.
        viewer, title: int32 indices into those.
        kind: int8 index into ``list(EventKind)``.
        time: int64 microseconds since 1970 UTC, or ``NO_TIME`` where unknown.
        value, low, high: float32 value and its scale; NaN where there is no value.
        territory: int16 index into ``territory_codes``; -1 where unknown.
        device: int16 index into ``device_names``; -1 where unknown; None where it was not read.
    """

    viewer_ids: tuple[ViewerId, ...]
    title_ids: tuple[TitleId, ...]
    territory_codes: tuple[str, ...]
    viewer: npt.NDArray[np.int32]
    title: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]
    time: npt.NDArray[np.int64]
    value: npt.NDArray[np.float32]
    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]
    territory: npt.NDArray[np.int16]
    device_names: tuple[str, ...] = ()
    device: npt.NDArray[np.int16] | None = None

    NO_TIME = np.iinfo(np.int64).min

    def __len__(self) -> int:
        return len(self.viewer)


@dataclass(frozen=True, slots=True)
class LogSummary:
    """What the log holds."""

    events: int
    viewers: int
    titles: int
    first: datetime | None
    last: datetime | None
    by_kind: dict[str, int]
    by_territory: dict[str, int]
    by_source: dict[str, int]


class EventLog(Protocol):
    """Events, appended one by one (SQLite) or by whole files (Parquet segments), read as one."""

    def append(self, events: Sequence[Event]) -> None:
        """Adds live events in one transaction."""
        ...

    def columns(
        self,
        *,
        kinds: Sequence[EventKind] | None = None,
        sources: Sequence[str] | None = None,
        viewer: ViewerId | None = None,
        since: datetime | None = None,
    ) -> EventColumns:
        """All matching events as columns, ordered by viewer, then time, then title."""
        ...

    def history(self, viewer: ViewerId, kinds: Sequence[EventKind] | None = None) -> list[Event]:
        """One viewer's events of these kinds, oldest first (those without time before all others)."""
        ...

    def query(
        self, sql: str, parameters: Sequence[Any] = (), kinds: Sequence[EventKind] | None = None
    ) -> list[tuple[Any, ...]]:
        """Runs one read-only DuckDB query over the view ``events``; for reports.

        With ``kinds``, which says what the query reads, its answer may be a kept one.
        """
        ...

    def summary(self) -> LogSummary:
        """Counts and extent of the whole log."""
        ...

    def compact(self) -> int:
        """Moves live events into a Parquet segment; returns how many moved."""
        ...

    def erase(self, viewer: ViewerId) -> int:
        """Removes one viewer's events everywhere, rewriting segments; returns how many."""
        ...

    def export(self, viewer: ViewerId, path: Path) -> int:
        """Writes one viewer's events as JSON Lines; returns how many."""
        ...

    def revision(self) -> int:
        """Grows with every change."""
        ...


class ViewerStore(Protocol):
    """Profiles of viewers; a viewer that only occurs in events has no profile."""

    def put(self, viewers: Iterable[Viewer]) -> None:
        """Adds or replaces profiles in one transaction."""
        ...

    def get(self, viewer: ViewerId) -> Viewer | None:
        """One profile."""
        ...

    def find(self, key: str) -> tuple[ViewerId, ...]:
        """Viewers of any source whose key is ``key``."""
        ...

    def page(self, *, after: str = "", limit: int = 100, search: str = "") -> list[Viewer]:
        """Profiles by id, after the id ``after``."""
        ...

    def count(self) -> int:
        """How many profiles there are."""
        ...

    def erase(self, viewer: ViewerId) -> bool:
        """Removes a profile; whether it was there."""
        ...
