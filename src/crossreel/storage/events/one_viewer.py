"""One viewer's events: what segments hold of them is remembered, as a segment never changes.

A page of somebody asks for their history at every view, and starting a query over Parquet files
costs far more than the few rows it finds. Only live rows are read each time, by an index.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

import duckdb
import numpy as np

from crossreel.audience.event import EventKind
from crossreel.audience.event_log import EventColumns
from crossreel.storage.events.reading import Reader, Snapshot
from crossreel.storage.events.rows import COLUMNS, Row, live_arrays, microseconds
from crossreel.storage.events.segments import Segment
from crossreel.values.ids import TitleId, ViewerId

__all__ = ["OneViewer", "columns_of"]

_REMEMBERED = 100_000
"""Rows of all remembered viewers together; the one asked for longest ago leaves first."""
_PLACE = {name: number for number, name in enumerate(COLUMNS)}
_SOURCE, _TITLE, _KIND, _TIME, _VALUE = map(_PLACE.__getitem__, ("source", "title", "kind", "time", "value"))
_CELLS = ", ".join('epoch_us("time")' if name == "time" else f'"{name}"' for name in COLUMNS)
_Key: TypeAlias = tuple[str, tuple[str, ...] | None]
"""A viewer, and the kinds asked for; None is all."""
_KINDS = {kind.value: number for number, kind in enumerate(EventKind)}


class OneViewer:
    """Reads one viewer at a time; may be used from any thread.

    Args:
        reader: gives the snapshots.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._stored: OrderedDict[_Key, tuple[tuple[Segment, ...], list[Row]]] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()

    def rows(self, viewer: ViewerId, kinds: Sequence[EventKind] | None) -> list[Row]:
        """Their events of these kinds as rows in the order of ``COLUMNS``, times in microseconds since 1970.

        Oldest first, those without a time before all others; then by title, kind and value.

        Raises:
            BadFile: a listed segment is missing or damaged.
        """
        key = str(viewer), None if kinds is None else tuple(map(str, kinds))
        stored, live = self._reader.until_there(lambda: self._read(key))
        return sorted((*stored, *live), key=_order) if live else list(stored)

    def forget(self, viewer: ViewerId) -> None:
        """Drops what is remembered of somebody."""
        with self._lock:
            for key in [key for key in self._stored if key[0] == str(viewer)]:
                self._rows -= len(self._stored.pop(key)[1])

    def _read(self, key: _Key) -> tuple[list[Row], Sequence[Row]]:
        segments, live = self._reader.of_viewer(*key)
        with self._lock:
            known = self._stored.get(key)
            if known is not None and known[0] == segments:
                self._stored.move_to_end(key)
                return known[1], live
        rows = self._from_segments(key, segments) if segments else []
        self._remember(key, segments, rows)
        return rows, live

    def _from_segments(self, key: _Key, segments: tuple[Segment, ...]) -> list[Row]:
        viewer, kinds = key
        query, parameters = f"SELECT {_CELLS} FROM events WHERE viewer = ?", list[Any]([viewer])
        if kinds is not None:
            query, parameters = f"{query} AND list_contains(?::VARCHAR[], kind)", [viewer, list(kinds)]

        def work(session: duckdb.DuckDBPyConnection) -> Sequence[Row]:
            return session.execute(query, parameters).fetchall()

        stored = Snapshot(0, segments, live_arrays(()))
        return sorted(self._reader.over(stored, work), key=_order)

    def _remember(self, key: _Key, segments: tuple[Segment, ...], rows: list[Row]) -> None:
        with self._lock:
            _, before = self._stored.pop(key, ((), []))
            self._stored[key] = (segments, rows)
            self._rows += len(rows) - len(before)
            while self._rows > _REMEMBERED:
                _, (_, dropped) = self._stored.popitem(last=False)
                self._rows -= len(dropped)


def columns_of(
    viewer: ViewerId,
    rows: Sequence[Row],
    *,
    sources: Sequence[str] | None,
    since: datetime | None,
) -> EventColumns:
    """The matching rows of one viewer as ``EventLog.columns`` gives them."""
    first = None if since is None else microseconds(since)
    rows = [
        row
        for row in rows
        if (sources is None or row[_SOURCE] in sources)
        and (first is None or (row[_TIME] is not None and row[_TIME] >= first))
    ]
    titles = sorted({TitleId.parse(row[_TITLE]) for row in rows})
    numbers = {str(title): number for number, title in enumerate(titles)}
    rows = sorted(rows, key=lambda row: _order((*row[:_TITLE], numbers[row[_TITLE]], *row[_TITLE + 1 :])))
    territories, territory = _encoded(rows, "territory")
    devices, device = _encoded(rows, "device")
    return EventColumns(
        viewer_ids=(viewer,) if rows else (),
        title_ids=tuple(titles),
        territory_codes=territories,
        viewer=np.zeros(len(rows), dtype=np.int32),
        title=np.array([numbers[row[_TITLE]] for row in rows], dtype=np.int32),
        kind=np.array([_KINDS[row[_KIND]] for row in rows], dtype=np.int8),
        time=np.array([EventColumns.NO_TIME if row[_TIME] is None else row[_TIME] for row in rows], np.int64),
        value=_numbers(rows, "value"),
        low=_numbers(rows, "low"),
        high=_numbers(rows, "high"),
        territory=territory,
        device_names=devices,
        device=device,
    )


def _encoded(rows: Sequence[Row], column: str) -> tuple[tuple[str, ...], Any]:
    cells = [row[_PLACE[column]] or "" for row in rows]
    names = sorted({cell for cell in cells if cell})
    numbers = {"": -1} | {name: number for number, name in enumerate(names)}
    return tuple(names), np.array([numbers[cell] for cell in cells], dtype=np.int16)


def _numbers(rows: Sequence[Row], column: str) -> Any:
    place = _PLACE[column]
    return np.array([np.nan if row[place] is None else row[place] for row in rows], dtype=np.float32)


def _order(row: Row) -> tuple[Any, ...]:
    time, value = row[_TIME], row[_VALUE]
    return (time is not None, time or 0, row[_TITLE], row[_KIND], value is None, value or 0.0)
