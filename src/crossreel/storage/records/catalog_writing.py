"""How one ``put`` changes the catalog's tables, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from crossreel.catalog.repository import DoubtfulPair, TitleRecord, check_put
from crossreel.catalog.title import Title
from crossreel.storage.records import search_index
from crossreel.storage.records.bulk import bump_revision, chunks, select_in, upsert
from crossreel.storage.records.stored_title import write_title
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
    """Does ``CatalogStore.put``. Raises ``Conflict`` where it does not add up."""
    revision = bump_revision(connection, REVISION)
    latest = {record.title.id: record for record in records}
    before = _memberships(connection, {*members, *latest})
    # A title of one record is the record's own object mostly; it is written out once.
    documents = {id(title): write_title(title) for title in merged}
    upsert(
        connection, titles, [_title_row(title, documents[id(title)], revision) for title in merged], ["id"]
    )
    brought = {title.id for title in merged}
    elsewhere = _stored_titles(connection, set(members.values()) - brought)
    check_put(latest, members, stored_records=before, titles=brought | elsewhere)
    after = {**before, **members}
    _write_records(connection, latest, after, documents, known=before)
    moved = [id_ for id_ in members if id_ not in latest and before[id_] != members[id_]]
    _move_records(connection, {id_: members[id_] for id_ in moved})
    # Whatever a member points to has a record.
    gone = _remove_empty(connection, (brought | set(before.values())) - set(members.values()))
    search_index.refresh(connection, [title for title in merged if title.id not in gone])
    _add_doubtful(connection, doubtful)


def _memberships(connection: Connection, ids: Iterable[TitleId]) -> dict[TitleId, TitleId]:
    query = select(title_records.c.id, title_records.c.title_id)
    rows = select_in(connection, query, title_records.c.id, map(str, ids))
    return {TitleId.parse(row.id): TitleId.parse(row.title_id) for row in rows}


def _stored_titles(connection: Connection, ids: Iterable[TitleId]) -> set[TitleId]:
    rows = select_in(connection, select(titles.c.id), titles.c.id, {str(id_) for id_ in ids})
    return {TitleId.parse(row.id) for row in rows}


def _title_row(title: Title, document: str, revision: int) -> dict[str, Any]:
    return {
        "id": str(title.id),
        "parent": str(title.parent) if title.parent else None,
        "document": document,
        "revision": revision,
    }


def _write_records(
    connection: Connection,
    records: Mapping[TitleId, TitleRecord],
    belongs: Mapping[TitleId, TitleId],
    documents: Mapping[int, str],
    *,
    known: Mapping[TitleId, TitleId],
) -> None:
    rows = [
        {
            "id": str(id_),
            "title_id": str(belongs[id_]),
            "document": documents.get(id(record.title)) or write_title(record.title),
            "content_hash": record.content_hash,
        }
        for id_, record in records.items()
    ]
    upsert(connection, title_records, rows, ["id"])
    for chunk in chunks(str(id_) for id_ in records if id_ in known):
        connection.execute(delete(external_ids).where(external_ids.c.record_id.in_(chunk)))
    links = {
        (external.scheme, external.value, str(id_))
        for id_, record in records.items()
        for external in record.title.external_ids
    }
    if links:
        names = ("scheme", "value", "record_id")
        connection.execute(
            external_ids.insert(), [dict(zip(names, link, strict=True)) for link in sorted(links)]
        )


def _move_records(connection: Connection, moved: Mapping[TitleId, TitleId]) -> None:
    if moved:
        connection.execute(
            update(title_records)
            .where(title_records.c.id == bindparam("record"))
            .values(title_id=bindparam("to")),
            [{"record": str(record), "to": str(title)} for record, title in moved.items()],
        )


def _remove_empty(connection: Connection, candidates: Iterable[TitleId]) -> set[TitleId]:
    """Removes those titles that no record points to (with their search rows); returns them."""
    no_record = ~select(title_records.c.id).where(title_records.c.title_id == titles.c.id).exists()
    query = select(titles.c.number, titles.c.id).where(no_record)
    empty = list(select_in(connection, query, titles.c.id, map(str, candidates)))
    search_index.remove(connection, [row.number for row in empty])
    for chunk in chunks(row.number for row in empty):
        connection.execute(delete(titles).where(titles.c.number.in_(chunk)))
    return {TitleId.parse(row.id) for row in empty}


def _add_doubtful(connection: Connection, pairs: Sequence[DoubtfulPair]) -> None:
    rows = {
        (pair.first, pair.second): {"first": str(pair.first), "second": str(pair.second), "why": pair.why}
        for pair in pairs
    }
    upsert(connection, doubtful_pairs, list(rows.values()), ["first", "second"])
