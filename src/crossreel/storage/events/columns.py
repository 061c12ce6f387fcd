"""The whole log as dictionary-encoded columns; DuckDB does the encoding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import duckdb
import numpy as np

from crossreel.audience.event import EventKind
from crossreel.audience.event_log import EventColumns
from crossreel.storage.events.rows import microseconds
from crossreel.values.ids import SourcedId, TitleId, ViewerId

__all__ = ["read_columns"]

Id = TypeVar("Id", bound=SourcedId)


def read_columns(
    session: duckdb.DuckDBPyConnection,
    *,
    kinds: Sequence[EventKind] | None,
    sources: Sequence[str] | None,
    since: datetime | None,
) -> EventColumns:
    """Encodes the matching rows of the view ``events`` (see ``EventLog.columns``)."""
    condition, parameters = _condition(kinds, sources, since)
    # A view keeps the rows where they are; encoding reads them again rather than copying them.
    session.execute("CREATE TEMP TABLE kind_numbers (kind VARCHAR, number TINYINT)")
    session.executemany(
        "INSERT INTO kind_numbers VALUES (?, ?)",
        [(kind.value, number) for number, kind in enumerate(EventKind)],
    )
    for table, column, order in (
        ("viewer_numbers", "viewer", "split_part(viewer, ':', 1), viewer"),
        ("title_numbers", "title", "split_part(title, ':', 1), title"),
        ("territory_numbers", "territory", "territory"),
        ("device_numbers", "device", "device"),
    ):
        session.execute(
            f"CREATE TEMP TABLE {table} AS "
            f"SELECT {column}, (row_number() OVER (ORDER BY {order}) - 1)::INTEGER AS number "
            f"FROM (SELECT DISTINCT {column} FROM events WHERE {condition} AND {column} <> '')",
            parameters,
        )
    arrays = session.execute(_ENCODE.format(condition=condition), parameters).fetchnumpy()
    return EventColumns(
        viewer_ids=_ids(session, "viewer", ViewerId),
        title_ids=_ids(session, "title", TitleId),
        territory_codes=tuple(_texts(session, "territory")),
        viewer=np.asarray(arrays["viewer"], dtype=np.int32),
        title=np.asarray(arrays["title"], dtype=np.int32),
        kind=np.asarray(arrays["kind"], dtype=np.int8),
        time=np.asarray(arrays["time"], dtype=np.int64),
        value=np.asarray(arrays["value"], dtype=np.float32),
        low=np.asarray(arrays["low"], dtype=np.float32),
        high=np.asarray(arrays["high"], dtype=np.float32),
        territory=np.asarray(arrays["territory"], dtype=np.int16),
        device_names=tuple(_texts(session, "device")),
        device=np.asarray(arrays["device"], dtype=np.int16),
    )


_ENCODE = f"""
SELECT v.number AS viewer, t.number AS title, k.number AS kind,
    coalesce(epoch_us(e.time), {EventColumns.NO_TIME}) AS time,
    coalesce(e.value::FLOAT, 'nan'::FLOAT) AS value, coalesce(e.low::FLOAT, 'nan'::FLOAT) AS low,
    coalesce(e.high::FLOAT, 'nan'::FLOAT) AS high, coalesce(c.number, -1)::SMALLINT AS territory,
    coalesce(d.number, -1)::SMALLINT AS device
FROM (SELECT * FROM events WHERE {{condition}}) e
    JOIN viewer_numbers v USING (viewer) JOIN title_numbers t USING (title)
    JOIN kind_numbers k USING (kind) LEFT JOIN territory_numbers c USING (territory)
    LEFT JOIN device_numbers d USING (device)
ORDER BY v.number, 4, t.number, e.kind, e.value NULLS LAST
"""


def _condition(
    kinds: Sequence[EventKind] | None,
    sources: Sequence[str] | None,
    since: datetime | None,
) -> tuple[str, list[Any]]:
    parts: list[str] = ["true"]
    parameters: list[Any] = []
    for column, wanted in (("kind", kinds), ("source", sources)):
        if wanted is not None:
            parts.append(f"list_contains(?::VARCHAR[], {column})")
            parameters.append([str(each) for each in wanted])
    if since is not None:
        parts.append("time >= make_timestamp(?)")
        parameters.append(microseconds(since))
    return " AND ".join(parts), parameters


def _texts(session: duckdb.DuckDBPyConnection, column: str) -> list[str]:
    rows = session.execute(f"SELECT {column} FROM {column}_numbers ORDER BY number").fetchall()
    return [row[0] for row in rows]


def _ids(session: duckdb.DuckDBPyConnection, column: str, type_: type[Id]) -> tuple[Id, ...]:
    return tuple(_stored_id(type_, text) for text in _texts(session, column))


def _stored_id(type_: type[Id], text: str) -> Id:
    """An id that was checked when it was stored; checking millions again would take seconds."""
    source, _, key = text.partition(":")
    id_ = object.__new__(type_)
    object.__setattr__(id_, "source", source)
    object.__setattr__(id_, "key", key)
    return id_
