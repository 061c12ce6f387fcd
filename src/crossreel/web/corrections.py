"""Spelling help: what a query that found nothing was probably meant to be, among what is open."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from threading import Lock

from crossreel.catalog.repository import CatalogStore
from crossreel.catalog.search import names_of
from crossreel.catalog.spelling import Speller
from crossreel.rights.availability import Availability
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory
from crossreel.values.vocabulary import Vocabulary

__all__ = ["Corrections"]

_CONSIDERED = 40
"""Names looked at, as some are of closed titles only."""


class Corrections:
    """Names of titles and people near a mistyped query; made anew when the catalog has changed.

    Args:
        catalog: whose names are known.
        rights: decides which names may be told.
    """

    def __init__(self, catalog: CatalogStore, rights: Availability) -> None:
        self._catalog, self._rights = catalog, rights
        self._lock = Lock()
        self._made: tuple[int, Speller, dict[str, tuple[TitleId, ...]]] | None = None

    def near(self, query: str, territory: Territory, at: datetime, limit: int = 3) -> tuple[str, ...]:
        """Up to ``limit`` names, the nearest first, each of a title that is open there and then."""
        speller, bearers = self._known()
        names = speller.suggest(query, _CONSIDERED)
        titles = Vocabulary(dict.fromkeys(id_ for name in names for id_ in bearers[name]))
        mask = self._rights.mask(titles, territory, tuple(Mode), at)
        open_ = {id_ for id_, is_open in zip(titles.ids, mask, strict=True) if is_open}
        return tuple(name for name in names if open_.intersection(bearers[name]))[:limit]

    def _known(self) -> tuple[Speller, dict[str, tuple[TitleId, ...]]]:
        with self._lock:
            revision = self._catalog.revision()
            if self._made is None or self._made[0] != revision:
                bearers: defaultdict[str, list[TitleId]] = defaultdict(list)
                for title in self._catalog.all():
                    people = (credit.name for credit in title.credits)
                    for name in dict.fromkeys((*names_of(title), *people)):
                        bearers[name].append(title.id)
                known = {name: tuple(ids) for name, ids in bearers.items()}
                self._made = revision, Speller(known), known
            return self._made[1:]
