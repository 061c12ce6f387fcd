"""The steps around a model, the same for every model: candidates, order, fallbacks, reasons.

Numbers are the offer's (``recommend.placement``). Every list starts from ``Audition.allowed``, so
nothing that is closed there and then, or already seen, can be picked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.placement import Placed
from crossreel.recommend.ranking import best
from crossreel.recommend.reasons import BECAUSE_YOU_LIKED, POPULAR_IN, SIMILAR_TO, Reason
from crossreel.recommend.roles import AnswerPath, Floats
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory

__all__ = ["Audition", "Recommendation"]

Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

_NEW_EVERY = 5
"""One place in five may go to a title that nobody had met when the model was trained."""
_ANCHORS = 2
"""Titles named as the reason for a recommendation."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One title of a list.

    Attributes:
        score: of the path that answered; scores of different paths do not compare, the order of
            the list does.
        path: personal (what similar viewers did), content (what titles are made of), market
            (what the territory likes) or popular (what everybody likes).
    """

    title: TitleId
    score: float
    path: AnswerPath
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Audition:
    """One viewer's question, before anything is picked: who, where, and what is allowed.

    Attributes:
        placed: the model over today's offer.
        territory: where.
        open: (offer,) bool, what may be shown there and then.
        liked: (1, ``len(placed.titles)``) float32, the viewer's preferences now.
        seen: (offer,) bool, what the viewer has met.
        recent: what of the offer the viewer liked, the latest first.
    """

    placed: Placed
    territory: Territory
    open: Bools
    liked: sp.csr_array
    seen: Bools
    recent: Numbers

    @cached_property
    def allowed(self) -> Bools:
        """(offer,) bool: open and not seen."""
        return self.open & ~self.seen

    @property
    def is_personal(self) -> bool:
        """Whether anything is known that a personal answer can be made of."""
        return self.placed.trained.model.personal and self.liked.nnz > 0

    @cached_property
    def scores(self) -> Floats:
        """(offer,) the model's scores; all 0 for a viewer it can say nothing about."""
        if not self.is_personal:
            return np.zeros(self.placed.size, dtype=np.float32)
        return self.placed.scores(self.liked)

    @cached_property
    def content_scores(self) -> Floats:
        """(offer,) likeness by content to what the viewer liked."""
        return self.placed.content_scores(self.liked)

    @cached_property
    def market(self) -> tuple[Floats, bool]:
        """(offer,) popularity, and whether it is the territory's own."""
        return self.placed.market(self.territory)

    def within(self, allowed: Bools) -> Audition:
        """The same question with fewer titles allowed; what was worked out is kept."""
        narrowed = replace(self, open=self.open & allowed)
        for name in ("scores", "content_scores", "market"):
            if name in self.__dict__:
                narrowed.__dict__[name] = self.__dict__[name]
        return narrowed

    def for_viewer(self, n: int) -> list[Recommendation]:
        """The best ``n`` for the viewer.

        The model answers first; one place in five goes to the titles nobody had met in training,
        by content. Where the model has nothing more to say, content fills up, and then, as for a
        viewer nothing is known of, what is popular.
        """
        if not self.is_personal:
            return self.popular_here(n)
        own = best(self.scores, n, self.allowed & (self.scores > 0))
        left = self.allowed.copy()
        left[own] = False
        new: Numbers = np.zeros(0, dtype=np.int64)
        if len(own) < n:
            likely = left & (self.content_scores > 0)
            new = best(self.content_scores, n - len(own), likely)
        elif (unmet := left & self.placed.unmet).any():
            new = best(self.content_scores, n // _NEW_EVERY, unmet & (self.content_scores > 0))
        picked = self._woven(own, new, n)
        taken = np.ones(self.placed.size, dtype=bool)
        taken[[*own, *new]] = False
        return [*picked, *self.within(taken).popular_here(n - len(picked))]

    def _woven(self, own: Numbers, new: Numbers, n: int) -> list[Recommendation]:
        """Every fifth place is the content's while both last."""
        own_items = iter(self._explained(own, self.scores, self.placed.trained.model.path))
        new_items = iter(self._explained(new, self.content_scores, "content"))
        picked: list[Recommendation] = []
        while len(picked) < n:
            first, second = own_items, new_items
            if len(picked) % _NEW_EVERY == _NEW_EVERY - 1:
                first, second = new_items, own_items
            item = next(first, None) or next(second, None)
            if item is None:
                break
            picked.append(item)
        return picked

    def _explained(self, numbers: Numbers, scores: Floats, path: AnswerPath) -> Iterator[Recommendation]:
        chosen = [int(number) for number in numbers]
        from_model = path == self.placed.trained.model.path and scores is self.scores
        explain = self.placed.because if from_model else self.placed.content_because
        anchors = explain(self.liked, chosen, _ANCHORS) if chosen else []
        for number, titles in zip(chosen, anchors, strict=True):
            reasons = (Reason(BECAUSE_YOU_LIKED, titles),) if titles else ()
            yield Recommendation(self.placed.titles.ids[number], float(scores[number]), path, reasons)

    def popular_here(self, n: int) -> list[Recommendation]:
        """The best ``n`` by popularity, in the territory if it has data enough of its own.

        Titles nobody liked come last, in the order of their ids. The reason names the territory
        unless all territories are counted together.
        """
        scores, own = self.market
        path: AnswerPath = "market" if own else "popular"
        reasons = (Reason(POPULAR_IN, territory=self.territory if own else None),)
        return [
            Recommendation(self.placed.titles.ids[number], float(scores[number]), path, reasons)
            for number in best(scores, n, self.allowed)
        ]

    def similar_to(self, title: int, n: int) -> list[Recommendation]:
        """The ``n`` titles nearest to ``title`` by the model, then by content."""
        allowed = self.allowed.copy()
        if title < self.placed.size:
            allowed[title] = False
        reasons = (Reason(SIMILAR_TO, (self.placed.titles.ids[title],)),)
        found: list[Recommendation] = []
        for path, scores in self._likenesses(title):
            numbers = best(scores, n - len(found), allowed & (scores > 0))
            allowed[numbers] = False
            ids = self.placed.titles.ids
            found += [Recommendation(ids[k], float(scores[k]), path, reasons) for k in numbers]
            if len(found) >= n:
                break
        return found

    def _likenesses(self, title: int) -> Iterator[tuple[AnswerPath, Floats]]:
        yield self.placed.trained.model.path, self.placed.similar(title)
        if title < self.placed.size:
            yield "content", self.placed.content.similar(title)

    def relevance(self) -> tuple[AnswerPath, Floats]:
        """(offer,) how well any title suits: the model where it can say, else popularity."""
        if self.is_personal and bool((self.scores > 0).any()):
            return self.placed.trained.model.path, self.scores
        scores, own = self.market
        return ("market" if own else "popular"), scores
