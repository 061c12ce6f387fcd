"""One event as a row: the columns that SQLite, Parquet and DuckDB share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from crossreel.audience.event import SCALES, Event, EventKind, Scale
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = [
    "COLUMNS",
    "EPOCH",
    "LIVE_AS_EVENTS",
    "Row",
    "event_of",
    "live_arrays",
    "live_row",
    "microseconds",
]

COLUMNS: Mapping[str, str] = {
    "source": "VARCHAR",
    "viewer": "VARCHAR",
    "title": "VARCHAR",
    "kind": "VARCHAR",
    "time": "TIMESTAMP",
    "value": "DOUBLE",
    "low": "DOUBLE",
    "high": "DOUBLE",
    "territory": "VARCHAR",
    "device": "VARCHAR",
    "row": "VARCHAR",
    "position": "INTEGER",
    "algorithm": "VARCHAR",
    "text": "VARCHAR",
    "language": "VARCHAR",
}
"""Columns of every segment and of the view ``events``: DuckDB types, in order. Absent is NULL."""

Row = Sequence[Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_NUMBER = np.iinfo(np.int64).min
_NUMBERS = ("time", "position")
_FLOATS = ("value", "low", "high")


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def live_row(event: Event) -> dict[str, Any]:
    """The event as a row of ``live_events``; its scale is always written out."""
    scale = event.scale or SCALES[event.kind]
    rated = event.value is not None
    return {
        "source": event.viewer.source,
        "viewer": str(event.viewer),
        "title": str(event.title),
        "kind": event.kind.value,
        "time": None if event.time is None else microseconds(event.time),
        "value": event.value,
        "low": scale.low if rated else None,
        "high": scale.high if rated else None,
        "territory": event.territory.code if event.territory else "",
        "device": event.device,
        "row": event.row,
        "position": event.position,
        "algorithm": event.algorithm,
        "text": event.text,
        "language": event.language.tag if event.language else "",
    }


def live_arrays(rows: Iterable[Row]) -> dict[str, npt.NDArray[Any]]:
    """Rows of ``live_events`` (in the order of ``COLUMNS``) as arrays that DuckDB can scan.

    Absent numbers become sentinels, because DuckDB guesses the type of an object array from a
    sample and a column of rare numbers would look empty.
    """
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, cells in zip(COLUMNS, columns, strict=True):
        if name in _NUMBERS:
            whole = [_NO_NUMBER if cell is None else cell for cell in cells]
            arrays[name] = np.array(whole, dtype=np.int64)
        elif name in _FLOATS:
            arrays[name] = np.array([math.nan if cell is None else cell for cell in cells], dtype=np.float64)
        else:
            arrays[name] = np.array([cell or "" for cell in cells], dtype=object)
    return arrays


def _from_live(name: str, kind: str) -> str:
    if name in _FLOATS:
        return f'CASE WHEN isnan("{name}") THEN NULL ELSE "{name}" END AS "{name}"'
    value = f'CAST("{name}" AS VARCHAR)' if kind == "VARCHAR" else f'"{name}"'
    absent = "''" if kind == "VARCHAR" else str(_NO_NUMBER)
    value = f"nullif({value}, {absent})"
    return f'{f"make_timestamp({value})" if name == "time" else f"CAST({value} AS {kind})"} AS "{name}"'


LIVE_AS_EVENTS = ", ".join(_from_live(name, kind) for name, kind in COLUMNS.items())
"""The select list that turns ``live_arrays`` into event columns."""


def event_of(row: Row) -> Event:
    """The event of a row in the order of ``COLUMNS``, its time in microseconds since 1970."""
    cells = dict(zip(COLUMNS, row, strict=True))
    value, language, territory = cells["value"], cells["language"], cells["territory"]
    return Event(
        kind=EventKind(cells["kind"]),
        viewer=ViewerId.parse(cells["viewer"]),
        title=TitleId.parse(cells["title"]),
        time=None if cells["time"] is None else EPOCH + timedelta(microseconds=cells["time"]),
        value=value,
        scale=None if value is None else Scale(cells["low"], cells["high"]),
        territory=Territory(territory) if territory else None,
        device=cells["device"] or "",
        row=cells["row"] or "",
        position=cells["position"],
        algorithm=cells["algorithm"] or "",
        text=cells["text"] or "",
        language=Language(language) if language else None,
    )
