"""What the catalog needs of a store. SQLite implements it; an in-memory twin serves tests."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from crossreel.catalog.title import Title
from crossreel.errors import Conflict
from crossreel.values.ids import ExternalId, TitleId

__all__ = ["CatalogStore", "DoubtfulPair", "SearchHit", "TitleRecord", "check_put"]


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
        """Which records carry these registry ids, oldest first; unknown ones are absent."""
        ...

    def siblings(self, ids: Iterable[TitleId]) -> dict[TitleId, tuple[TitleRecord, ...]]:
        """For each merged title id: all its records, oldest first; unknown ids are absent."""
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

        Raises:
            Conflict: it does not add up (``check_put``); nothing is stored then.
        """
        ...

    def oldest_first(self, ids: Iterable[TitleId]) -> tuple[TitleId, ...]:
        """The stored records among ``ids`` in the order in which they first came."""
        ...

    def resolve(self, ids: Iterable[TitleId]) -> dict[TitleId, TitleId]:
        """Record id -> merged title id; unknown ids are absent."""
        ...

    def get(self, ids: Sequence[TitleId]) -> dict[TitleId, Title]:
        """Merged titles by merged id, in the order asked for; unknown ids are absent."""
        ...

    def ids(self) -> tuple[TitleId, ...]:
        """Every merged title id, sorted."""
        ...

    def all(self) -> Iterator[Title]:
        """Every merged title, by id, as of one moment."""
        ...

    def aliases(self) -> Mapping[TitleId, TitleId]:
        """Every record id -> merged title id."""
        ...

    def family(self) -> Mapping[TitleId, TitleId]:
        """Merged id of a season or episode -> merged id of what it hangs under, where that is known."""
        ...

    def doubtful(self) -> tuple[DoubtfulPair, ...]:
        """The review list, sorted; pairs that have become one title since are gone from it."""
        ...

    def named(self, keys: Iterable[str]) -> dict[str, tuple[TitleId, ...]]:
        """Merged films and series by ``catalog.merge.name_keys``, sorted; unknown keys are absent.

        A title is found under each of its own keys, so that an import finds namesakes without
        reading the whole catalog.
        """
        ...

    def search(self, query: str, limit: int) -> list[SearchHit]:
        """Folded full-text search (``catalog.search``), best first; no rights are applied."""
        ...

    def revision(self) -> int:
        """Grows by one with every ``put``; caches key on it."""
        ...


def check_put(
    records: Iterable[TitleId],
    members: Mapping[TitleId, TitleId],
    *,
    stored_records: Container[TitleId],
    titles: Container[TitleId],
) -> None:
    """Checks that what a ``put`` brings adds up with what is stored.

    Args:
        records: ids of the records it brings.
        members: as in ``CatalogStore.put``.
        stored_records: ids of the records stored before.
        titles: ids of the merged titles stored before or brought.

    Raises:
        Conflict: a record belongs to no title, or a member points to a record or title that
            is neither stored nor brought.
    """
    brought = set(records)
    homeless = [id_ for id_ in brought if id_ not in members and id_ not in stored_records]
    if homeless:
        raise Conflict(f"The record {min(homeless)} belongs to no title.", record=str(min(homeless)))
    strangers = [id_ for id_ in members if id_ not in brought and id_ not in stored_records]
    if strangers:
        raise Conflict(f"There is no record {min(strangers)} to merge.", record=str(min(strangers)))
    missing = [id_ for id_ in members.values() if id_ not in titles]
    if missing:
        raise Conflict(f"There is no title {min(missing)} to merge into.", title=str(min(missing)))
