"""What the catalog needs of a store. SQLite implements it; an in-memory twin serves tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from crossreel.catalog.title import Title
from crossreel.values.ids import ExternalId, TitleId

__all__ = ["CatalogStore", "DoubtfulPair", "SearchHit", "TitleRecord"]


@dataclass(frozen=True, slots=True)
class TitleRecord:
    """A title exactly as one source told it, before merging."""

    title: Title
    content_hash: str


@dataclass(frozen=True, slots=True, order=True)
class DoubtfulPair:
    """Two titles that may be the same work (or share an id but look different), for review."""

    first: TitleId
    second: TitleId
    why: str


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One found title: its id, a score (higher is better) and the name that matched."""

    title: TitleId
    score: float
    matched: str


class CatalogStore(Protocol):
    """Records by source, the merged titles made of them, and the search index over those.

    Several records (one per source) can make one merged title. The merged title's id is the id
    of its oldest record; every record's id resolves to it.
    """

    def records(self, ids: Iterable[TitleId]) -> dict[TitleId, TitleRecord]:
        """The stored records among ``ids``."""
        ...

    def record_ids(self, external: Iterable[ExternalId]) -> dict[ExternalId, tuple[TitleId, ...]]:
        """Which records carry these registry ids."""
        ...

    def siblings(self, ids: Iterable[TitleId]) -> dict[TitleId, tuple[TitleRecord, ...]]:
        """For each merged title id: all its records, oldest first."""
        ...

    def put(
        self,
        records: Sequence[TitleRecord],
        merged: Sequence[Title],
        members: Mapping[TitleId, TitleId],
        doubtful: Sequence[DoubtfulPair],
    ) -> None:
        """Stores all of it in one transaction and refreshes search for the merged titles.

        Args:
            records: new or changed records.
            merged: new or changed merged titles.
            members: record id -> merged title id, for every record of ``merged``; merged titles
                that no record points to any more disappear.
            doubtful: pairs to add to the review list.
        """
        ...

    def resolve(self, ids: Iterable[TitleId]) -> dict[TitleId, TitleId]:
        """Record id -> merged title id; unknown ids are absent."""
        ...

    def get(self, ids: Sequence[TitleId]) -> dict[TitleId, Title]:
        """Merged titles by merged id; unknown ids are absent."""
        ...

    def ids(self) -> tuple[TitleId, ...]:
        """Every merged title id, sorted."""
        ...

    def all(self) -> Iterator[Title]:
        """Every merged title, by id."""
        ...

    def aliases(self) -> dict[TitleId, TitleId]:
        """Every record id -> merged title id."""
        ...

    def doubtful(self) -> tuple[DoubtfulPair, ...]:
        """The review list."""
        ...

    def search(self, query: str, limit: int) -> list[SearchHit]:
        """Folded full-text search (``catalog.search``), best first; no rights are applied."""
        ...

    def revision(self) -> int:
        """Grows by one with every ``put``; caches key on it."""
        ...
