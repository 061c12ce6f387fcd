"""The catalog in SQL: records by source, the merged titles made of them, and their search index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from types import MappingProxyType

from sqlalchemy import Connection, and_, select

from crossreel.catalog.merge import name_keys
from crossreel.catalog.repository import DoubtfulPair, SearchHit, TitleRecord
from crossreel.catalog.title import Title
from crossreel.storage.records import catalog_writing, search_index
from crossreel.storage.records.bulk import AnyRow, chunks, current_revision, select_in
from crossreel.storage.records.database import Database
from crossreel.storage.records.stored_title import read_title
from crossreel.storage.records.tables import doubtful_pairs, external_ids, title_records, titles
from crossreel.storage.records.title_cache import TitleCache
from crossreel.storage.records.unchanged import Unchanged
from crossreel.values.ids import ExternalId, TitleId

__all__ = ["SqlCatalog"]


class SqlCatalog:
    """``CatalogStore`` over a ``Database``."""

    def __init__(self, database: Database, *, cache_titles: int = 50_000) -> None:
        self._database = database
        self._cache = TitleCache(cache_titles)
        self._sorted_ids: tuple[int, tuple[TitleId, ...]] = (-1, ())
        self._ids: Unchanged[tuple[TitleId, ...]] = Unchanged()
        self._aliases: Unchanged[Mapping[TitleId, TitleId]] = Unchanged()
        self._family: Unchanged[Mapping[TitleId, TitleId]] = Unchanged()

    def put(
        self,
        records: Sequence[TitleRecord],
        merged: Sequence[Title],
        members: Mapping[TitleId, TitleId],
        doubtful: Sequence[DoubtfulPair],
    ) -> None:
        """Stores all of it in one transaction and refreshes search for the merged titles.

        Raises:
            Conflict: a record belongs to no title, or a member points to a title or record that
                is not there; nothing is stored then.
        """
        with self._database.write() as connection:
            catalog_writing.put(connection, records, merged, members, doubtful)

    def records(self, ids: Iterable[TitleId]) -> dict[TitleId, TitleRecord]:
        """The stored records among ``ids``."""
        wanted = {str(id_) for id_ in ids}
        with self._database.read() as connection:
            rows = select_in(connection, select(title_records), title_records.c.id, wanted)
            return {record.title.id: record for record in map(_record, rows)}

    def record_ids(self, external: Iterable[ExternalId]) -> dict[ExternalId, tuple[TitleId, ...]]:
        """Which records carry these registry ids, oldest first."""
        values: dict[str, set[str]] = {}
        for id_ in external:
            values.setdefault(id_.scheme, set()).add(id_.value)
        query = select(external_ids, title_records.c.position).join_from(
            external_ids, title_records, title_records.c.id == external_ids.c.record_id
        )
        rows: list[AnyRow] = []
        with self._database.read() as connection:
            for scheme, wanted in values.items():
                of_scheme = query.where(external_ids.c.scheme == scheme)
                rows += select_in(connection, of_scheme, external_ids.c.value, wanted)
        found: dict[ExternalId, tuple[TitleId, ...]] = {}
        for row in sorted(rows, key=lambda row: row.position):
            id_ = ExternalId(row.scheme, row.value)
            found[id_] = (*found.get(id_, ()), TitleId.parse(row.record_id))
        return found

    def siblings(self, ids: Iterable[TitleId]) -> dict[TitleId, tuple[TitleRecord, ...]]:
        """For each merged title id: all its records, oldest first."""
        wanted = {str(id_) for id_ in ids}
        with self._database.read() as connection:
            rows = list(select_in(connection, select(title_records), title_records.c.title_id, wanted))
        found: dict[TitleId, tuple[TitleRecord, ...]] = {}
        for row in sorted(rows, key=lambda row: row.position):
            title = TitleId.parse(row.title_id)
            found[title] = (*found.get(title, ()), _record(row))
        return found

    def oldest_first(self, ids: Iterable[TitleId]) -> tuple[TitleId, ...]:
        """The stored records among ``ids`` in the order in which they first came."""
        query = select(title_records.c.position, title_records.c.id)
        wanted = {str(id_) for id_ in ids}
        with self._database.read() as connection:
            rows = sorted(tuple(row) for row in select_in(connection, query, title_records.c.id, wanted))
        return tuple(TitleId.parse(id_) for _, id_ in rows)

    def resolve(self, ids: Iterable[TitleId]) -> dict[TitleId, TitleId]:
        """Record id -> merged title id; unknown ids are absent."""
        query = select(title_records.c.id, title_records.c.title_id)
        wanted = {str(id_) for id_ in ids}
        with self._database.read() as connection:
            rows = list(select_in(connection, query, title_records.c.id, wanted))
        return {TitleId.parse(row.id): TitleId.parse(row.title_id) for row in rows}

    def aliases(self) -> Mapping[TitleId, TitleId]:
        """Every record id -> merged title id; the same object while it says the same."""
        with self._database.read() as connection:
            rows = connection.execute(select(title_records.c.id, title_records.c.title_id)).all()
        return self._linked(self._aliases, rows)

    def family(self) -> Mapping[TitleId, TitleId]:
        """Merged id of a season or episode -> merged id of what it hangs under, where that is known.

        The same object while it says the same.
        """
        query = select(titles.c.id, title_records.c.title_id).join_from(
            titles, title_records, title_records.c.id == titles.c.parent
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return self._linked(self._family, rows)

    def _linked(
        self, known: Unchanged[Mapping[TitleId, TitleId]], rows: Sequence[AnyRow]
    ) -> Mapping[TitleId, TitleId]:
        def made() -> Mapping[TitleId, TitleId]:
            return MappingProxyType({TitleId.parse(one): TitleId.parse(other) for one, other in rows})

        return known.get(chain.from_iterable(rows), made, learn=not self._database.is_writing)

    def get(self, ids: Sequence[TitleId]) -> dict[TitleId, Title]:
        """Merged titles by merged id, in the order asked for; unknown ids are absent."""
        if not self._database.is_writing:
            present = self._cache.present(self.revision(), ids)
            if present is not None:
                return present
        with self._database.read() as connection:
            revision = current_revision(connection, catalog_writing.REVISION)
            found = self._get(connection, ids)
        if not self._database.is_writing:
            self._cache.keep_present(revision, found)
        return found

    def ids(self) -> tuple[TitleId, ...]:
        """Every merged title id, sorted."""
        with self._database.read() as connection:
            revision = current_revision(connection, catalog_writing.REVISION)
            known, ids = self._sorted_ids
            if known == revision:
                return ids
            texts = connection.scalars(select(titles.c.id)).all()
        texts = sorted(texts, key=_by_id)
        learn = not self._database.is_writing
        ids = self._ids.get(texts, lambda: tuple(map(TitleId.parse, texts)), learn=learn)
        if learn:
            self._sorted_ids = (revision, ids)
        return ids

    def all(self) -> Iterator[Title]:
        """Every merged title, by id, as of one moment."""
        with self._database.read() as connection:
            rows = connection.execute(select(titles.c.id, titles.c.revision)).all()
            for chunk in chunks(sorted(rows, key=lambda row: _by_id(row.id))):
                yield from self._load(connection, chunk)

    def doubtful(self) -> tuple[DoubtfulPair, ...]:
        """The review list, sorted; pairs that have become one title since are gone from it."""
        first, second = title_records.alias("of_first"), title_records.alias("of_second")
        one_title = (
            select(first.c.id)
            .join(second, second.c.title_id == first.c.title_id)
            .where(and_(first.c.id == doubtful_pairs.c.first, second.c.id == doubtful_pairs.c.second))
        )
        with self._database.read() as connection:
            rows = connection.execute(select(doubtful_pairs).where(~one_title.exists())).all()
        return tuple(sorted(DoubtfulPair(TitleId.parse(a), TitleId.parse(b), why) for a, b, why in rows))

    def named(self, keys: Iterable[str]) -> dict[str, tuple[TitleId, ...]]:
        """Merged films and series by ``catalog.merge.name_keys``, sorted; unknown keys are absent."""
        wanted = set(keys)
        with self._database.read() as connection:
            rows = {row.id: row for row in search_index.having_names(connection, sorted(wanted))}
            found = self._load(connection, [rows[id_] for id_ in sorted(rows)])
        ids: dict[str, tuple[TitleId, ...]] = {}
        for title in sorted(found, key=lambda title: title.id):
            for key in wanted.intersection(name_keys(title)):
                ids[key] = (*ids.get(key, ()), title.id)
        return ids

    def search(self, query: str, limit: int) -> list[SearchHit]:
        """Folded full-text search (``catalog.search``), best first; no rights are applied."""
        with self._database.read() as connection:
            return search_index.find(connection, query, limit, partial(self._get, connection))

    def revision(self) -> int:
        """Grows by one with every ``put``; caches key on it."""
        return self._database.revision(catalog_writing.REVISION)

    def _get(self, connection: Connection, ids: Sequence[TitleId]) -> dict[TitleId, Title]:
        query = select(titles.c.id, titles.c.revision)
        rows = list(select_in(connection, query, titles.c.id, {str(id_) for id_ in ids}))
        found = {title.id: title for title in self._load(connection, rows)}
        return {id_: found[id_] for id_ in ids if id_ in found}

    def _load(self, connection: Connection, rows: Sequence[AnyRow]) -> list[Title]:
        """The titles of (id, revision) rows, in their order; parses only what the cache lacks."""
        found = {row.id: self._cache.get(row.id, row.revision) for row in rows}
        missing = [id_ for id_, title in found.items() if title is None]
        query = select(titles.c.id, titles.c.revision, titles.c.document)
        parsed = [
            (row.id, row.revision, read_title(row.document))
            for row in select_in(connection, query, titles.c.id, missing)
        ]
        # What an open transaction wrote may still be rolled back and its revision used again.
        if not self._database.is_writing:
            self._cache.keep(parsed)
        found.update((id_, title) for id_, _, title in parsed)
        return [title for title in found.values() if title is not None]


def _by_id(text: str) -> tuple[str, str]:
    source, _, key = text.partition(":")
    return source, key


def _record(row: AnyRow) -> TitleRecord:
    return TitleRecord(read_title(row.document), row.content_hash)
