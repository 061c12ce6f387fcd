"""The tables of what the staff and viewers write for recommending: rules, lists, experiments."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from crossreel.storage.records.tables import ID, metadata

__all__ = ["documents", "exposures", "list_followers"]

documents = Table(
    "documents",
    metadata,
    Column("kind", ID, primary_key=True),  # rule, list, experiment
    Column("id", ID, primary_key=True),
    Column("document", Text, nullable=False),  # JSON, read whole
)

list_followers = Table(
    "list_followers",
    metadata,
    Column("list", ID, primary_key=True),
    Column("viewer", ID, primary_key=True),
    Column("time", ID, nullable=False),
    Index("ix_list_followers_viewer", "viewer"),
)

exposures = Table(
    "exposures",
    metadata,
    Column("experiment", ID, primary_key=True),
    Column("viewer", ID, primary_key=True),
    Column("variant", Text, nullable=False),
    Column("time", ID, nullable=False),  # of the first one
    Index("ix_exposures_viewer", "viewer"),
)
