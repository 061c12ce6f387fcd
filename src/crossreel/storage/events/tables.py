"""The event log's tables: live events, and the manifest of Parquet segments."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, Table, Text, UniqueConstraint

from crossreel.storage.records.tables import ID, ROW_NUMBER, metadata

__all__ = ["event_segments", "live_events", "metadata"]

live_events = Table(
    "live_events",
    metadata,
    Column("number", ROW_NUMBER, primary_key=True),  # order of arrival, never used twice
    Column("source", ID, nullable=False),  # of the viewer
    Column("viewer", ID, nullable=False),
    Column("title", ID, nullable=False),
    Column("kind", ID, nullable=False),
    Column("time", BigInteger),  # microseconds since 1970 UTC
    Column("value", Float(53)),
    Column("low", Float(53)),
    Column("high", Float(53)),
    *(
        Column(name, Text, nullable=False)  # empty where there is none
        for name in ("territory", "device", "row", "algorithm", "text", "language")
    ),
    Column("position", Integer),
    Index("ix_live_events_viewer", "viewer"),
    Index("ix_live_events_kind", "kind"),
    sqlite_autoincrement=True,
)

event_segments = Table(
    "event_segments",
    metadata,
    Column("number", ROW_NUMBER, primary_key=True),
    Column("file", ID, nullable=False),  # name in the folder of segments
    Column("source", ID, nullable=False),  # the one source of its viewers; empty where there are several
    Column("rows", BigInteger, nullable=False),
    Column("first_viewer", ID, nullable=False),  # smallest and largest viewer id in it
    Column("last_viewer", ID, nullable=False),
    Column("first_time", BigInteger),  # microseconds since 1970 UTC; none where no event has a time
    Column("last_time", BigInteger),
    Column("created", BigInteger, nullable=False),
    Column("retired", Boolean, nullable=False),  # no longer read; its file is to be removed
    UniqueConstraint("file"),
    sqlite_autoincrement=True,
)
