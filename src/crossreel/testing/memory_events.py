"""The event log's in-memory twin: the same behavior in a list, for tests that need no file."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from crossreel.audience.event import SCALES, Event, EventKind
from crossreel.audience.event_file import export_events
from crossreel.audience.event_log import EventColumns, LogSummary
from crossreel.errors import WrongUse
from crossreel.storage.events.rows import COLUMNS, LIVE_AS_EVENTS, live_arrays, live_row, microseconds
from crossreel.values.ids import SourcedId, ViewerId

__all__ = ["MemoryEventLog"]

_KINDS = list(EventKind)


class MemoryEventLog:
    """``EventLog`` in a list; what is compacted only leaves the count of live events."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._live = 0
        self._revision = 0

    def append(self, events: Sequence[Event]) -> None:
        """Adds live events."""
        if events:
            self._events += [_spelled_out(event) for event in events]
            self._live += len(events)
            self._revision += 1

    def columns(
        self,
        *,
        kinds: Sequence[EventKind] | None = None,
        sources: Sequence[str] | None = None,
        viewer: ViewerId | None = None,
        since: datetime | None = None,
    ) -> EventColumns:
        """All matching events as columns, ordered by viewer, then time, then title."""
        found = [
            event
            for event in self._events
            if (kinds is None or event.kind in kinds)
            and (sources is None or event.viewer.source in sources)
            and (viewer is None or event.viewer == viewer)
            and (since is None or (event.time is not None and event.time >= since))
        ]
        found.sort(
            key=lambda event: (_by_id(event.viewer), _instant(event), _by_id(event.title), *_ties(event))
        )
        viewers = sorted({event.viewer for event in found})
        titles = sorted({event.title for event in found})
        codes = sorted({event.territory.code for event in found if event.territory})
        devices = sorted({event.device for event in found if event.device})
        number = {id_: place for ids in (viewers, titles) for place, id_ in enumerate(ids)}
        nan = math.nan
        return EventColumns(
            viewer_ids=tuple(viewers),
            title_ids=tuple(titles),
            territory_codes=tuple(codes),
            viewer=np.array([number[event.viewer] for event in found], dtype=np.int32),
            title=np.array([number[event.title] for event in found], dtype=np.int32),
            kind=np.array([_KINDS.index(event.kind) for event in found], dtype=np.int8),
            time=np.array([_instant(event) for event in found], dtype=np.int64),
            value=np.array(
                [nan if event.value is None else event.value for event in found], dtype=np.float32
            ),
            low=np.array([event.scale.low if event.scale else nan for event in found], dtype=np.float32),
            high=np.array([event.scale.high if event.scale else nan for event in found], dtype=np.float32),
            territory=np.array(
                [codes.index(event.territory.code) if event.territory else -1 for event in found],
                dtype=np.int16,
            ),
            device_names=tuple(devices),
            device=np.array(
                [devices.index(event.device) if event.device else -1 for event in found], dtype=np.int16
            ),
        )

    def history(self, viewer: ViewerId, kinds: Sequence[EventKind] | None = None) -> list[Event]:
        """One viewer's events of these kinds, oldest first (those without time before all others)."""
        wanted = EventKind if kinds is None else kinds
        mine = [event for event in self._events if event.viewer == viewer and event.kind in wanted]
        return sorted(mine, key=lambda event: (_instant(event), str(event.title), *_ties(event)))

    def query(
        self, sql: str, parameters: Sequence[Any] = (), kinds: Sequence[EventKind] | None = None
    ) -> list[tuple[Any, ...]]:
        """Runs one read-only DuckDB query over the view ``events``."""
        rows = [[live_row(event)[name] for name in COLUMNS] for event in self._events]
        with duckdb.connect() as connection:
            connection.register("live_rows", live_arrays(rows))
            connection.execute(f"CREATE TEMP VIEW events AS SELECT {LIVE_AS_EVENTS} FROM live_rows")
            try:
                statements = connection.extract_statements(sql)
                if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                    raise WrongUse("A query of the event log is exactly one SELECT.")
                return connection.execute(statements[0], list(parameters)).fetchall()
            except duckdb.Error as error:
                raise WrongUse(f"The query of the event log fails: {error}") from error

    def summary(self) -> LogSummary:
        """Counts and extent of the whole log."""
        times = [event.time for event in self._events if event.time is not None]
        territories = (event.territory.code for event in self._events if event.territory)
        return LogSummary(
            events=len(self._events),
            viewers=len({event.viewer for event in self._events}),
            titles=len({event.title for event in self._events}),
            first=min(times, default=None),
            last=max(times, default=None),
            by_kind=_counts(event.kind.value for event in self._events),
            by_territory=_counts(territories),
            by_source=_counts(event.viewer.source for event in self._events),
        )

    def compact(self) -> int:
        """Forgets which events are live; returns how many were."""
        moved, self._live = self._live, 0
        self._revision += moved > 0
        return moved

    def erase(self, viewer: ViewerId) -> int:
        """Removes one viewer's events; returns how many."""
        live = self._events[len(self._events) - self._live :]
        kept = [event for event in self._events if event.viewer != viewer]
        erased = len(self._events) - len(kept)
        self._live -= sum(event.viewer == viewer for event in live)
        self._events = kept
        self._revision += erased > 0
        return erased

    def export(self, viewer: ViewerId, path: Path) -> int:
        """Writes one viewer's events as JSON Lines; returns how many."""
        return export_events(path, self.history(viewer))

    def revision(self) -> int:
        """Grows with every change."""
        return self._revision


def _spelled_out(event: Event) -> Event:
    """The event as a store gives it back: its scale written out, but only where there is a value."""
    scale = None if event.value is None else event.scale or SCALES[event.kind]
    return replace(event, scale=scale)


def _by_id(id_: SourcedId) -> tuple[str, str]:
    return id_.source, id_.key


def _instant(event: Event) -> int:
    return EventColumns.NO_TIME if event.time is None else microseconds(event.time)


def _ties(event: Event) -> tuple[Any, ...]:
    """Orders what is equal in viewer, time and title: by kind, then value, absent ones last."""
    return event.kind.value, event.value is None, event.value or 0.0


def _counts(texts: Any) -> dict[str, int]:
    return dict(sorted(Counter(texts).items(), key=lambda pair: (-pair[1], pair[0])))
