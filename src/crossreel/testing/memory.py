"""In-memory twins of the stores: the same behavior as SQL, for tests that need no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from crossreel.audience.event import Viewer
from crossreel.catalog.documents import title_to_dict
from crossreel.catalog.merge import name_keys
from crossreel.catalog.repository import DoubtfulPair, SearchHit, TitleRecord, check_put
from crossreel.catalog.search import Candidate, index_document, names_of, parse_query, rank, text_score
from crossreel.catalog.title import Title
from crossreel.errors import Conflict, UnknownId
from crossreel.rights.license import License
from crossreel.values.ids import ExternalId, TitleId, ViewerId

__all__ = ["MemoryCatalog", "MemoryDocuments", "MemoryFollowers", "MemoryLicenses", "MemoryViewers"]


class MemoryCatalog:
    """``CatalogStore`` in dictionaries."""

    def __init__(self) -> None:
        self._records: dict[TitleId, TitleRecord] = {}  # in order of arrival
        self._belongs: dict[TitleId, TitleId] = {}
        self._titles: dict[TitleId, Title] = {}
        self._doubtful: dict[tuple[TitleId, TitleId], str] = {}
        self._revision = 0

    def put(
        self,
        records: Sequence[TitleRecord],
        merged: Sequence[Title],
        members: Mapping[TitleId, TitleId],
        doubtful: Sequence[DoubtfulPair],
    ) -> None:
        """Stores all of it, or raises ``Conflict`` and stores nothing."""
        latest = {record.title.id: record for record in records}
        titles = {**self._titles, **{title.id: title for title in merged}}
        check_put(latest, members, stored_records=self._belongs, titles=titles)
        for title in (*merged, *(record.title for record in latest.values())):
            title_to_dict(title)  # what cannot be written as a document is refused before anything changes
        self._records.update(latest)
        self._belongs.update(members)
        alive = set(self._belongs.values())
        self._titles = {id_: title for id_, title in titles.items() if id_ in alive}
        self._doubtful.update(((pair.first, pair.second), pair.why) for pair in doubtful)
        self._revision += 1

    def records(self, ids: Iterable[TitleId]) -> dict[TitleId, TitleRecord]:
        """The stored records among ``ids``."""
        return {id_: self._records[id_] for id_ in ids if id_ in self._records}

    def record_ids(self, external: Iterable[ExternalId]) -> dict[ExternalId, tuple[TitleId, ...]]:
        """Which records carry these registry ids, oldest first."""
        found: dict[ExternalId, tuple[TitleId, ...]] = {}
        wanted = set(external)
        for id_, record in self._records.items():
            for carried in wanted & set(record.title.external_ids):
                found[carried] = (*found.get(carried, ()), id_)
        return found

    def siblings(self, ids: Iterable[TitleId]) -> dict[TitleId, tuple[TitleRecord, ...]]:
        """For each merged title id: all its records, oldest first."""
        found: dict[TitleId, tuple[TitleRecord, ...]] = {}
        wanted = set(ids)
        for id_, record in self._records.items():
            if (title := self._belongs[id_]) in wanted:
                found[title] = (*found.get(title, ()), record)
        return found

    def oldest_first(self, ids: Iterable[TitleId]) -> tuple[TitleId, ...]:
        """The stored records among ``ids`` in the order in which they first came."""
        wanted = set(ids)
        return tuple(id_ for id_ in self._records if id_ in wanted)

    def resolve(self, ids: Iterable[TitleId]) -> dict[TitleId, TitleId]:
        """Record id -> merged title id; unknown ids are absent."""
        return {id_: self._belongs[id_] for id_ in ids if id_ in self._belongs}

    def aliases(self) -> dict[TitleId, TitleId]:
        """Every record id -> merged title id."""
        return dict(self._belongs)

    def family(self) -> dict[TitleId, TitleId]:
        """Merged id of a season or episode -> merged id of what it hangs under, where that is known."""
        return {
            id_: self._belongs[title.parent]
            for id_, title in self._titles.items()
            if title.parent in self._belongs
        }

    def get(self, ids: Sequence[TitleId]) -> dict[TitleId, Title]:
        """Merged titles by merged id; unknown ids are absent."""
        return {id_: self._titles[id_] for id_ in ids if id_ in self._titles}

    def ids(self) -> tuple[TitleId, ...]:
        """Every merged title id, sorted."""
        return tuple(sorted(self._titles))

    def all(self) -> Iterator[Title]:
        """Every merged title, by id, as of one moment."""
        return iter([self._titles[id_] for id_ in self.ids()])

    def doubtful(self) -> tuple[DoubtfulPair, ...]:
        """The review list, sorted; pairs that have become one title since are gone from it."""
        return tuple(
            DoubtfulPair(first, second, why)
            for (first, second), why in sorted(self._doubtful.items())
            if self._belongs.get(first, first) != self._belongs.get(second, second)
        )

    def named(self, keys: Iterable[str]) -> dict[str, tuple[TitleId, ...]]:
        """Merged films and series by ``catalog.merge.name_keys``, sorted; unknown keys are absent."""
        wanted = set(keys)
        found: dict[str, tuple[TitleId, ...]] = {}
        for id_, title in sorted(self._titles.items()):
            for key in wanted.intersection(name_keys(title)):
                found[key] = (*found.get(key, ()), id_)
        return found

    def search(self, query: str, limit: int) -> list[SearchHit]:
        """Folded full-text search (``catalog.search``), best first; no rights are applied."""
        asked = parse_query(query)
        scores = {id_: text_score(asked, index_document(title)) for id_, title in self._titles.items()}
        found = [
            Candidate(id_, names_of(self._titles[id_]), score) for id_, score in scores.items() if score > 0
        ]
        return rank(asked, found, limit)

    def revision(self) -> int:
        """Grows by one with every ``put``."""
        return self._revision


class MemoryLicenses:
    """``LicenseStore`` in a dictionary."""

    def __init__(self) -> None:
        self._licenses: dict[str, License] = {}
        self._revision = 0

    def add(self, licenses: Iterable[License]) -> int:
        """Adds licenses; equal ones are left alone. Raises ``Conflict`` and then adds none."""
        after = dict(self._licenses)
        for license_ in licenses:
            if after.setdefault(license_.id, license_) != license_:
                raise Conflict(f"The license id {license_.id!r} is already taken.", license=license_.id)
        return self._become(after)

    def remove(self, ids: Iterable[str]) -> int:
        """Removes licenses by id; returns how many were there."""
        gone = set(ids)
        return self._become({id_: one for id_, one in self._licenses.items() if id_ not in gone})

    def put(self, licenses: Iterable[License]) -> int:
        """Adds or replaces licenses; returns how many are new or differ."""
        wanted = {license_.id: license_ for license_ in licenses}
        fresh = {id_: one for id_, one in wanted.items() if self._licenses.get(id_) != one}
        self._become({**self._licenses, **fresh})
        return len(fresh)

    def replace(self, license_: License) -> None:
        """Stores ``license_`` in place of the one with its id. Raises ``UnknownId``."""
        if license_.id not in self._licenses:
            raise UnknownId("license", license_.id)
        self._become({**self._licenses, license_.id: license_})

    def get(self, id_: str) -> License | None:
        """The license of that id, or None."""
        return self._licenses.get(id_)

    def all(self) -> Iterator[License]:
        """Every license, by id."""
        return iter([self._licenses[id_] for id_ in sorted(self._licenses)])

    def of(self, titles: Iterable[TitleId]) -> list[License]:
        """The licenses written for these titles (not those of their parents), by id."""
        wanted = set(titles)
        return [license_ for license_ in self.all() if license_.title in wanted]

    def count(self) -> int:
        """How many licenses there are."""
        return len(self._licenses)

    def revision(self) -> int:
        """Grows by one with every change."""
        return self._revision

    def _become(self, after: dict[str, License]) -> int:
        difference = abs(len(after) - len(self._licenses))
        self._revision += after != self._licenses
        self._licenses = after
        return difference


class MemoryDocuments:
    """``Documents`` in dictionaries."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, dict[str, Any]]] = {}
        self._revision = 0

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Every document of a kind, by id."""
        return dict(sorted(self._kinds.get(kind, {}).items()))

    def get(self, kind: str, id_: str) -> dict[str, Any] | None:
        """One document."""
        return self._kinds.get(kind, {}).get(id_)

    def put(self, kind: str, id_: str, document: Mapping[str, Any]) -> None:
        """Adds or replaces a document."""
        self._kinds.setdefault(kind, {})[id_] = dict(document)
        self._revision += 1

    def remove(self, kind: str, id_: str) -> bool:
        """Removes a document; whether it was there."""
        there = self._kinds.get(kind, {}).pop(id_, None) is not None
        self._revision += there
        return there

    def revision(self) -> int:
        """Grows with every change."""
        return self._revision


class MemoryFollowers:
    """``recommend.lists.Followers`` in a dictionary."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, ViewerId], datetime] = {}

    def follow(self, list_: str, viewer: ViewerId, at: datetime) -> None:
        """Begins to follow; again is no change."""
        self._since.setdefault((list_, viewer), at)

    def unfollow(self, list_: str, viewer: ViewerId | None = None) -> None:
        """Ends it for one viewer, or for all."""
        gone = [key for key in self._since if key[0] == list_ and viewer in (None, key[1])]
        for key in gone:
            del self._since[key]

    def followed(self, viewer: ViewerId) -> tuple[str, ...]:
        """The lists a viewer follows, the latest first."""
        mine = {name: at for (name, who), at in self._since.items() if who == viewer}
        return tuple(sorted(mine, key=lambda name: (-mine[name].timestamp(), name)))

    def counts(self) -> dict[str, int]:
        """How many follow each list that anybody follows."""
        found: dict[str, int] = {}
        for name, _ in self._since:
            found[name] = found.get(name, 0) + 1
        return found

    def erase(self, viewer: ViewerId) -> int:
        """Forgets whom a viewer follows; returns how many lists that were."""
        mine = [key for key in self._since if key[1] == viewer]
        for key in mine:
            del self._since[key]
        return len(mine)


class MemoryViewers:
    """``ViewerStore`` in a dictionary."""

    def __init__(self) -> None:
        self._viewers: dict[ViewerId, Viewer] = {}

    def put(self, viewers: Iterable[Viewer]) -> None:
        """Adds or replaces profiles; the last one of an id counts."""
        self._viewers.update({viewer.id: viewer for viewer in viewers})

    def get(self, viewer: ViewerId) -> Viewer | None:
        """One profile."""
        return self._viewers.get(viewer)

    def find(self, key: str) -> tuple[ViewerId, ...]:
        """Viewers of any source whose key is ``key``, sorted."""
        return tuple(sorted(id_ for id_ in self._viewers if id_.key == key))

    def page(self, *, after: str = "", limit: int = 100, search: str = "") -> list[Viewer]:
        """Profiles by the text of their id, after the id ``after``; ``search`` is part of id or name."""
        wanted = search.strip().casefold()
        found = [
            viewer
            for viewer in sorted(self._viewers.values(), key=lambda viewer: str(viewer.id))
            if str(viewer.id) > after and wanted in f"{viewer.id}\n{viewer.name}".casefold()
        ]
        return found[:limit]

    def count(self) -> int:
        """How many profiles there are."""
        return len(self._viewers)

    def erase(self, viewer: ViewerId) -> bool:
        """Removes a profile; whether it was there."""
        return self._viewers.pop(viewer, None) is not None
