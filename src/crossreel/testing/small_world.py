"""For tests of recommending: stores in memory and a shelf over them, quickly filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from crossreel.audience.event import Event, EventKind
from crossreel.catalog.documents import content_hash
from crossreel.catalog.repository import TitleRecord
from crossreel.catalog.title import Title
from crossreel.recommend.rules import Rule
from crossreel.recommend.top import Shelf
from crossreel.rights.availability import Availability
from crossreel.rights.license import License, Mode
from crossreel.testing.memory import MemoryCatalog, MemoryDocuments, MemoryFollowers, MemoryLicenses
from crossreel.testing.memory_events import MemoryEventLog
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory
from crossreel.values.window import Boundary

__all__ = ["BR", "DE", "JP", "NOW", "World", "comedy", "film", "viewer", "western"]

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DE, BR, JP = Territory("DE"), Territory("BR"), Territory("JP")


def film(key: str) -> TitleId:
    """The id of a title."""
    return TitleId("made", key)


def viewer(key: str | int) -> ViewerId:
    """The id of a viewer."""
    return ViewerId("made", str(key))


@dataclass
class World:
    """The stores, and the shelf over them, whose clock stands at ``NOW``."""

    catalog: MemoryCatalog
    licenses: MemoryLicenses
    events: MemoryEventLog
    rights: Availability
    shelf: Shelf
    folder: Path
    documents: MemoryDocuments
    followers: MemoryFollowers

    @classmethod
    def empty(cls, folder: Path) -> Self:
        """Nothing in the stores; models go into ``folder``."""
        catalog, licenses, events = MemoryCatalog(), MemoryLicenses(), MemoryEventLog()
        rights = Availability(
            licenses,
            family=catalog.family,
            aliases=catalog.aliases,
            revision=lambda: (licenses.revision(), catalog.revision()),
        )
        documents, followers = MemoryDocuments(), MemoryFollowers()
        shelf = Shelf(
            folder,
            catalog=catalog,
            events=events,
            rights=rights,
            documents=documents,
            followers=followers,
            clock=lambda: NOW,
        )
        return cls(catalog, licenses, events, rights, shelf, folder, documents, followers)

    def rule(self, **fields: Any) -> None:
        """Writes a rule; its id is its kind unless given."""
        document = {"id": fields["kind"], **fields}
        self.documents.put("rule", document["id"], Rule.read(document).to_dict())

    def add(self, *titles: Title, where: str | None = "WORLD", mode: Mode = Mode.SVOD, **dates: str) -> None:
        """Puts titles, and a license for each unless ``where`` is None; dates are ``start`` and ``end``."""
        records = [TitleRecord(title, content_hash(title)) for title in titles]
        self.catalog.put(records, titles, {title.id: title.id for title in titles}, ())
        if where:
            bounds = {name: Boundary.parse(day) for name, day in dates.items()}
            start, end = bounds.get("start", Boundary()), bounds.get("end", Boundary())
            self.licenses.add(
                License(f"{title.id.key}-{where}-{mode}", title.id, (where,), (mode,), start=start, end=end)
                for title in titles
            )

    def rate(
        self, who: str | int, key: str, stars: float, *, days_ago: float = 10, where: Territory = DE
    ) -> None:
        """Logs a rating of 0.5 to 5 stars."""
        time = NOW - timedelta(days=days_ago)
        self.events.append([Event(EventKind.RATING, viewer(who), film(key), time, stars, territory=where)])

    def shelf_again(self) -> Shelf:
        """Another process's shelf over the same folder and stores."""
        return Shelf(
            self.folder, catalog=self.catalog, events=self.events, rights=self.rights, clock=lambda: NOW
        )


def western(key: str, **facts: Any) -> Title:
    """A western; all westerns are alike in content."""
    return Title(film(key), f"Film {key}", genres=("western",), keywords=("desert", "duel"), **facts)


def comedy(key: str, **facts: Any) -> Title:
    """A comedy; all comedies are alike in content."""
    return Title(film(key), f"Film {key}", genres=("comedy",), keywords=("city", "love"), **facts)
