"""How one ``put`` changes the catalog's tables, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, select

from crossreel.catalog.documents import title_to_dict
from crossreel.catalog.repository import DoubtfulPair, TitleRecord
from crossreel.catalog.title import Title
from crossreel.errors import Conflict
from crossreel.storage.records import search_index
from crossreel.storage.records.bulk import bump_revision, chunks, select_in, upsert
from crossreel.storage.records.tables import doubtful_pairs, external_ids, title_records, titles
from crossreel.values.ids import TitleId

__all__ = ["REVISION", "put"]

REVISION = "catalog"


def put(
    connection: Connection,
    records: Sequence[TitleRecord],
    merged: Sequence[Title],
    members: Mapping[TitleId, TitleId],
    doubtful: Sequence[DoubtfulPair],
) -> None:
    """Does ``CatalogStore.put``. Raises ``Conflict`` when it does not add up."""
    revision = bump_revision(connection, REVISION)
    belongs = {str(record): str(title) for record, title in members.items()}
    before = _memberships(connection, {*belongs, *(str(record.title.id) for record in records)})
    upsert(connection, titles, [_title_row(title, revision) for title in merged], ["id"])
    _check(connection, records, belongs, before)
    _write_records(connection, records, belongs, before)
    _move_members(connection, belongs, before)
    touched = {*belongs.values(), *before.values(), *(str(title.id) for title in merged)}
    _remove_empty(connection, touched)
    search_index.refresh(connection, merged)
    upsert(
        connection,
        doubtful_pairs,
        [{"first": str(pair.first), "second": str(pair.second), "why": pair.why} for pair in doubtful],
        ["first", "second"],
    )


def _memberships(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    query = select(title_records.c.id, title_records.c.title_id)
    return {row.id: row.title_id for row in select_in(connection, query, title_records.c.id, ids)}


def _check(
    connection: Connection,
    records: Sequence[TitleRecord],
    belongs: Mapping[str, str],
    before: Mapping[str, str],
) -> None:
    known = {*before, *(str(record.title.id) for record in records)}
    homeless = known - {*before, *belongs}
    strangers = set(belongs) - known
    wanted = set(belongs.values())
    stored = set(select_in_ids(connection, wanted))
    for what, ids in (("belongs to no title", homeless), ("is not stored", strangers)):
        if ids:
            raise Conflict(f"The record {min(ids)} {what}.", advice="Import its source again.", record=min(ids))
    if missing := wanted - stored:
        raise Conflict(f"The merged title {min(missing)} is not stored.", advice="Import its source again.")


def select_in_ids(connection: Connection, ids: Iterable[str]) -> list[str]:
    """Those of ``ids`` that are merged titles."""
    return [row.id for row in select_in(connection, select(titles.c.id), titles.c.id, ids)]


def _title_row(title: Title, revision: int) -> dict[str, Any]:
    return {
        "id": str(title.id),
        "parent": str(title.parent) if title.parent else None,
        "document": _document(title),
        "revision": revision,
    }


def _document(title: Title) -> str:
    return orjson.dumps(title_to_dict(title)).decode()


def _write_records(
    connection: Connection,
    records: Sequence[TitleRecord],
    belongs: Mapping[str, str],
    before: Mapping[str, str],
) -> None:
    rows = {}
    for record in records:
        id_ = str(record.title.id)
        rows[id_] = {
            "id": id_,
            "title_id": belongs.get(id_) or before[id_],
            "document": _document(record.title),
            "content_hash": record.content_hash,
        }
    upsert(connection, title_records, list(rows.values()), ["id"])
    for chunk in chunks(id_ for id_ in rows if id_ in before):
        connection.execute(delete(external_ids).where(external_ids.c.record_id.in_(chunk)))
    links = {
        (external.scheme, external.value, str(record.title.id))
        for record in records
        for external in record.title.external_ids
    }
    ...
