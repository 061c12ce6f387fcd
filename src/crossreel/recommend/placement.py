"""A model placed in the catalog as it is now.

A model knows the titles of its training day by its own numbers. Since then titles may have come,
gone, or been merged. Here the model's numbers meet the present: ``Offer`` lists what can be
recommended today, ``Placed`` answers in its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.catalog.repository import CatalogStore
from crossreel.catalog.title import Title
from crossreel.errors import Conflict
from crossreel.recommend import index as title_index
from crossreel.recommend.content import ContentModel
from crossreel.recommend.context import Circumstances
from crossreel.recommend.facets import Facets
from crossreel.recommend.index import TitleIndex
from crossreel.recommend.kept_content import KeptContent
from crossreel.recommend.roles import (
    Contribution,
    Dissects,
    Embeds,
    Explains,
    Floats,
    MindsContext,
    SimilarTitles,
)
from crossreel.recommend.saved import Trained
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory
from crossreel.values.vocabulary import Vocabulary

__all__ = ["Offer", "Placed", "offer_of"]

_CANDIDATES = 2000


@dataclass(frozen=True, eq=False)
class Offer:
    """What can be recommended: every merged title that hangs under no other (films and series).

    Attributes:
        revision: of the catalog.
        titles: in the order of their ids.
        tops: id of any record, season or episode -> the film or series it counts for.
        links: the catalog's read-only tables that it was made of, if they are such.
    """

    revision: int
    titles: Vocabulary[TitleId]
    tops: Mapping[TitleId, TitleId]
    links: tuple[object, ...] = ()


def offer_of(catalog: CatalogStore, before: Offer | None = None) -> Offer:
    """Reads what the catalog offers now.

    Args:
        catalog: whose titles.
        before: an earlier offer; what has not changed since is taken from it, as the same objects.
    """
    revision = catalog.revision()
    family, aliases = catalog.family(), catalog.aliases()
    links = (catalog.ids(), family, aliases)
    lasting = isinstance(family, MappingProxyType) and isinstance(aliases, MappingProxyType)
    if before and before.links and all(a is b for a, b in zip(before.links, links, strict=True)):
        return replace(before, revision=revision)

    def top(id_: TitleId) -> TitleId:
        passed = {id_}
        while (parent := family.get(id_)) is not None and parent not in passed:
            passed.add(parent)
            id_ = parent
        return id_

    tops = {id_: top(merged) for id_, merged in aliases.items()}
    titles = Vocabulary(id_ for id_ in links[0] if id_ not in family)
    return Offer(revision, titles, tops, links if lasting else ())


class Placed:
    """A trained model over today's offer.

    Numbers below ``len(offer.titles)`` are the offer's; further ones are titles that only the
    model knows, which count in histories but are never shown.

    Args:
        trained: the model.
        offer: the offer.
        catalog: read once, when likeness by content is first needed.
        kept: likeness by content of earlier states of the catalog; one of its own where None.

    Raises:
        Conflict: the model was trained on another catalog: it knows none of these titles.
    """

    def __init__(
        self, trained: Trained, offer: Offer, catalog: CatalogStore, kept: KeptContent | None = None
    ) -> None:
        self.trained = trained
        self.offer = offer
        self._kept = kept or KeptContent(None)
        self._catalog = catalog
        self._lock = Lock()
        resolved = [offer.tops.get(id_, id_) for id_ in trained.titles.ids]
        extra = sorted({id_ for id_ in resolved if id_ not in offer.titles})
        self.titles: Vocabulary[TitleId] = Vocabulary((*offer.titles.ids, *extra)) if extra else offer.titles
        self._here = self.titles.encode(resolved)
        self._there = np.full(len(self.titles), -1, dtype=np.int64)
        # where two of the model's titles are one today, the first stands for it in histories
        self._there[self._here[::-1]] = np.arange(len(resolved))[::-1]
        if len(resolved) and self.size and len(extra) == len(set(resolved)):
            raise Conflict(
                f"The model {trained.card.id} was trained on another catalog: "
                "it knows none of this catalog's titles.",
                advice=f"Train again: crossreel recommend train --algorithm {trained.card.algorithm}.",
                model=trained.card.id,
            )

    @property
    def key(self) -> tuple[int, str]:
        """What tells it from others: the catalog's revision and the model's id."""
        return self.offer.revision, self.trained.card.id

    @property
    def size(self) -> int:
        """How many titles the offer has."""
        return len(self.offer.titles)

    @cached_property
    def unmet(self) -> npt.NDArray[np.bool_]:
        """(size,) which offered titles nobody had met when the model was trained."""
        return ~self._to_here(self.trained.met.astype(np.float32)).astype(bool)

    @property
    def content(self) -> ContentModel:
        """Likeness by content over the offer; made of the catalog when first asked for."""
        with self._lock:
            return self._content

    @cached_property
    def _content(self) -> ContentModel:
        ids = self.offer.titles.ids

        def read() -> list[Title | None]:
            known = self._catalog.get(ids)
            return [known.get(id_) for id_ in ids]

        return self._kept.model(self.offer.revision, ids, read)

    @property
    def facets(self) -> Facets:
        """The facts of the offered titles; read from the catalog when first asked for."""
        with self._lock:
            return self._facets

    @cached_property
    def _facets(self) -> Facets:
        known = self._catalog.get(self.offer.titles.ids)
        return Facets([known.get(id_) for id_ in self.offer.titles.ids])

    def scores(self, liked: sp.csr_array, circumstances: Circumstances | None = None) -> Floats:
        """(size,) the model's scores for a (1, len(titles)) history, under circumstances it minds.

        Beyond ``index.EXACT_UP_TO`` titles, where scores are inner products, only the best 2,000 are
        found, by an approximate index; the others score 0.
        """
        history, found = self._abroad(liked), self.index
        if found is None:
            scores, model = np.asarray(self.trained.model.scores(history)), self.trained.model
            if circumstances is not None and isinstance(model, MindsContext):
                scores = model.in_context(scores, circumstances)
            return self._to_here(scores[0])
        assert isinstance(self.trained.model, Embeds)
        numbers, products = found.search(self.trained.model.queries(history), _CANDIDATES)
        row = np.zeros(len(self.trained.titles), dtype=np.float32)
        row[numbers[0]] = products[0]
        return self._to_here(row)

    @property
    def index(self) -> TitleIndex | None:
        """Of a catalog too large to score whole; built when first asked for, which takes minutes."""
        model = self.trained.model
        if len(self.trained.titles) <= title_index.EXACT_UP_TO or not isinstance(model, Embeds):
            return None
        with self._lock:
            return self._index

    @cached_property
    def _index(self) -> TitleIndex:
        model = self.trained.model
        assert isinstance(model, Embeds)
        fans = np.random.default_rng(0).choice(len(model.vectors), 200)  # viewers who like one title each
        ones = np.ones(len(fans), dtype=np.float32)
        shape = (len(fans), len(model.vectors))
        likes = sp.csr_array((ones, fans, np.arange(len(fans) + 1)), shape=shape)
        return title_index.index_of(model.vectors, model.queries(likes))

    def content_scores(self, liked: sp.csr_array) -> Floats:
        """(size,) likeness by content to a (1, len(titles)) history."""
        row: Floats = self.content.scores(self._at_home(liked))[0]
        return row

    def market(self, territory: Territory) -> tuple[Floats, bool]:
        """(size,) popularity there, and whether it is the territory's own."""
        shares, own = self.trained.popular.market(territory)
        return self._to_here(shares), own

    def similar(self, title: int) -> Floats:
        """(size,) what the model finds near a title; all 0 when it cannot say."""
        model, number = self.trained.model, int(self._there[title])
        if number < 0 or not isinstance(model, SimilarTitles):
            return np.zeros(self.size, dtype=np.float32)
        return self._to_here(model.similar(number))

    def because(self, liked: sp.csr_array, titles: Sequence[int], limit: int) -> list[tuple[TitleId, ...]]:
        """For each of ``titles``: what of the history speaks for it in the model."""
        model = self.trained.model
        numbers = self._there[np.asarray(titles, dtype=np.int64)]
        if not isinstance(model, Explains) or not len(numbers):
            return [()] * len(titles)
        found = model.because(self._abroad(liked), [int(number) for number in numbers], limit + 1)
        ids = self.trained.titles.ids
        tops = self.offer.tops
        return [
            _distinct([tops.get(ids[one.title], ids[one.title]) for one in contributions], limit)
            for contributions in found
        ]

    def parts(self, liked: sp.csr_array, title: int) -> dict[str, float]:
        """What each part of the model adds to a title's score; empty where it cannot say."""
        model, number = self.trained.model, int(self._there[title])
        if number < 0 or not isinstance(model, Dissects):
            return {}
        return model.parts(self._abroad(liked), [number])[0]

    def moment_of(self, circumstances: Circumstances, title: int) -> dict[str, tuple[str, float]]:
        """Each factor's category, and what it multiplies a title's score with; empty without context."""
        model, number = self.trained.model, int(self._there[title])
        if number < 0 or not isinstance(model, MindsContext):
            return {}
        return model.moment_of(circumstances, number)

    def content_because(
        self, liked: sp.csr_array, titles: Sequence[int], limit: int
    ) -> list[tuple[TitleId, ...]]:
        """For each of ``titles``: what of the history it is most like by content."""
        found: list[list[Contribution]] = self.content.because(self._at_home(liked), titles, limit)
        return [tuple(self.titles.ids[one.title] for one in contributions) for contributions in found]

    def _to_here(self, values: npt.NDArray[Any]) -> Floats:
        result = np.zeros(len(self.titles), dtype=np.float32)
        if len(set_ := self._here):
            first = self._there[set_] == np.arange(len(set_))
            result[set_[first]] = values[first]
            np.maximum.at(result, set_[~first], values[~first])
        return result[: self.size]

    def _abroad(self, liked: sp.csr_array) -> sp.csr_array:
        """The (1, len(titles)) history in the model's numbers."""
        numbers = self._there[liked.indices]
        known = numbers >= 0
        return _row(numbers[known], liked.data[known], len(self.trained.titles))

    def _at_home(self, liked: sp.csr_array) -> sp.csr_array:
        """The (1, len(titles)) history in the offer's numbers."""
        known = liked.indices < self.size
        return _row(liked.indices[known], liked.data[known], self.size)


def _row(numbers: npt.NDArray[Any], data: npt.NDArray[np.float32], width: int) -> sp.csr_array:
    """One row; its entries stay in the order in which the viewer met the titles."""
    indptr = np.array([0, len(numbers)], dtype=np.int32)
    return sp.csr_array((data, numbers.astype(np.int32), indptr), shape=(1, width))


def _distinct(ids: list[TitleId], limit: int) -> tuple[TitleId, ...]:
    return tuple(dict.fromkeys(ids))[:limit]
