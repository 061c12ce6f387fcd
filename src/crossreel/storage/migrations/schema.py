"""What the migrations must add up to: every table of the storage package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import MetaData

from crossreel.storage.events import tables as event_tables
from crossreel.storage.records import document_tables, proof_tables, work_tables
from crossreel.storage.records import tables as record_tables

__all__ = ["belongs_to_metadata", "whole_metadata"]


def whole_metadata() -> MetaData:
    """The metadata with all tables on it: records, live events, accounts, audit trail, jobs and proofs."""
    others = (event_tables.live_events, work_tables.jobs, document_tables.documents, proof_tables.proofs)
    if any(table.metadata is not record_tables.metadata for table in others):
        raise AssertionError("every table must be declared on the record store's metadata")
    return record_tables.metadata


def belongs_to_metadata(name: str | None, type_: str, _parents: Mapping[str, Any]) -> bool:
    """Leaves the full-text index (and the tables SQLite keeps for it) out of comparisons."""
    return type_ != "table" or not (name or "").startswith("title_search")
