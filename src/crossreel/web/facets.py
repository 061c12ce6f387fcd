"""What the catalog can be browsed by: genres, countries, decades and original languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

import numpy as np
import numpy.typing as npt

from crossreel.catalog.repository import CatalogStore
from crossreel.catalog.title import Title
from crossreel.values.ids import TitleId
from crossreel.values.vocabulary import Vocabulary

__all__ = ["Facet", "FacetCache", "Facets"]

Bools = npt.NDArray[np.bool_]
_NONE = np.zeros(0, dtype=np.int64)


class Facet(StrEnum):
    """One way to browse; the value is the name in addresses."""

    GENRE = "genre"
    COUNTRY = "country"
    DECADE = "decade"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True, eq=False)
class Facets:
    """Films and series (not their parts), and which have which facets.

    Attributes:
        titles: all of them; masks below are (titles,).
        years: (titles,) int32, 0 where unknown.
        places: facet -> value -> numbers of the titles that have it.
    """

    titles: Vocabulary[TitleId]
    years: npt.NDArray[np.int32]
    places: Mapping[Facet, Mapping[str, npt.NDArray[np.int64]]]

    @classmethod
    def of(cls, titles: Iterable[Title]) -> Facets:
        """Reads the facets of every film and series among ``titles``."""
        ids: list[TitleId] = []
        years: list[int] = []
        places: dict[Facet, defaultdict[str, list[int]]] = {facet: defaultdict(list) for facet in Facet}
        for title in titles:
            if title.parent is not None:
                continue
            for facet, value in set(_facets_of(title)):
                places[facet][value].append(len(ids))
            ids.append(title.id)
            years.append(title.year or 0)
        kept = {
            facet: {value: np.array(numbers, dtype=np.int64) for value, numbers in values.items()}
            for facet, values in places.items()
        }
        return cls(Vocabulary(ids), np.array(years, dtype=np.int32), kept)

    def having(self, chosen: Mapping[Facet, str]) -> Bools:
        """Which titles have all the chosen facets; a value that no title has leaves none."""
        mask = np.ones(len(self.titles), dtype=bool)
        for facet, value in chosen.items():
            one = np.zeros(len(self.titles), dtype=bool)
            one[self.places[facet].get(value, _NONE)] = True
            mask &= one
        return mask

    def counts(self, facet: Facet, chosen: Mapping[Facet, str], open_: Bools) -> dict[str, int]:
        """Value -> how many open titles a page with this value in place of the facet's chosen one has."""
        others = {other: value for other, value in chosen.items() if other is not facet}
        mask = self.having(others) & open_
        counted = {value: int(mask[numbers].sum()) for value, numbers in self.places[facet].items()}
        return {value: count for value, count in counted.items() if count}

    def in_order(self, mask: Bools, *, oldest: bool) -> list[TitleId]:
        """The titles of ``mask`` by year, those of unknown year last, then by id."""
        numbers = np.flatnonzero(mask)
        years = self.years[numbers].astype(np.int64)
        key = np.where(years == 0, 1 << 20, years if oldest else -years)
        ids = self.titles.ids
        return [ids[number] for number in numbers[np.argsort(key, kind="stable")]]


def _facets_of(title: Title) -> Iterator[tuple[Facet, str]]:
    yield from ((Facet.GENRE, genre) for genre in title.genres)
    yield from ((Facet.COUNTRY, country.code) for country in title.countries)
    yield from ((Facet.LANGUAGE, language.tag) for language in title.original_languages)
    if title.year:
        yield Facet.DECADE, str(title.year // 10 * 10)


class FacetCache:
    """The facets of the catalog as it is; made anew after each change.

    Args:
        catalog: what is browsed.
    """

    def __init__(self, catalog: CatalogStore) -> None:
        self._catalog = catalog
        self._lock = Lock()
        self._made: tuple[int, Facets] | None = None

    def get(self) -> Facets:
        """The facets of this moment."""
        with self._lock:
            revision = self._catalog.revision()
            if self._made is None or self._made[0] != revision:
                self._made = revision, Facets.of(self._catalog.all())
            return self._made[1]
