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

from crossreel.recommend.context import NOWHERE, Circumstances
from crossreel.recommend.placement import Placed
from crossreel.recommend.policy import PLAIN, Policy
from crossreel.recommend.ranking import best
from crossreel.recommend.reasons import BECAUSE_YOU_LIKED, OPEN_HERE, POPULAR_IN, SIMILAR_TO, Reason
from crossreel.recommend.roles import AnswerPath, Floats
from crossreel.recommend.variety import varied
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory

__all__ = ["Audition", "Recommendation"]

Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

_ANCHORS = 2
"""Titles named as the reason for a recommendation."""
_POOL = 4
"""A varied list chooses among so many times its length."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One title of a list.

    Attributes:
        score: of the path that answered; scores of different paths do not compare, the order of
            the list does.
        path: personal (what similar viewers did), content (what titles are made of), market
            (what the territory likes) or popular (what everybody likes).
        rules: ids of the staff's rules that brought it up or put it here.
    """

    title: TitleId
    score: float
    path: AnswerPath
    reasons: tuple[Reason, ...] = ()
    rules: tuple[str, ...] = ()


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
        policy: the staff's rules in force there and then.
        known: (offer,) bool, titles that are explored no more; None where nothing was counted.
        circumstances: when, where and on what the list is asked for.
    """

    placed: Placed
    territory: Territory
    open: Bools
    liked: sp.csr_array
    seen: Bools
    recent: Numbers
    policy: Policy = PLAIN
    known: Bools | None = None
    circumstances: Circumstances = NOWHERE

    @cached_property
    def allowed(self) -> Bools:
        """(offer,) bool: open, not seen and not excluded by a rule."""
        allowed = self.open & ~self.seen
        return allowed if self.policy.excluded is None else allowed & ~self.policy.excluded

    @property
    def is_personal(self) -> bool:
        """Whether anything is known that a personal answer can be made of."""
        return self.placed.trained.model.personal and self.liked.nnz > 0

    @cached_property
    def scores(self) -> Floats:
        """(offer,) the model's scores; all 0 for a viewer it can say nothing about."""
        if not self.is_personal:
            return np.zeros(self.placed.size, dtype=np.float32)
        return self._boosted(self.placed.scores(self.liked, self.circumstances))

    @cached_property
    def content_scores(self) -> Floats:
        """(offer,) likeness by content to what the viewer liked."""
        return self._boosted(self.placed.content_scores(self.liked))

    @cached_property
    def market(self) -> tuple[Floats, bool]:
        """(offer,) popularity, and whether it is the territory's own."""
        scores, own = self.placed.market(self.territory)
        return self._boosted(scores), own

    def _boosted(self, scores: Floats) -> Floats:
        """Scores above 0 times the rules' factors; below 0 nothing speaks for a title."""
        if self.policy.boost is None:
            return scores
        return np.where(scores > 0, scores * self.policy.boost, scores)

    def within(self, allowed: Bools) -> Audition:
        """The same question with fewer titles allowed; what was worked out is kept."""
        narrowed = replace(self, open=self.open & allowed)
        for name in ("scores", "content_scores", "market"):
            if name in self.__dict__:
                narrowed.__dict__[name] = self.__dict__[name]
        return narrowed

    def for_viewer(self, n: int, *, mixed: bool = False) -> list[Recommendation]:
        """The best ``n`` for the viewer.

        The model answers first; one place in five (or what a rule says) goes to the titles nobody
        had met in training, by content. Where the model has nothing more to say, content fills up,
        and then, as for a viewer nothing is known of, what is popular.

        Args:
            n: how many.
            mixed: order the model's own by relevance, variety and calibration (``recommend.variety``)
                instead of by relevance alone.
        """
        if not self.is_personal:
            return self.popular_here(n)
        own = best(self.scores, n * (_POOL if mixed else 1), self.allowed & (self.scores > 0))
        own = self._mixed(own, n) if mixed else own
        left = self.allowed.copy()
        left[own] = False
        new: Numbers = np.zeros(0, dtype=np.int64)
        if len(own) < n:
            likely = left & (self.content_scores > 0)
            new = best(self.content_scores, n - len(own), likely)
        elif (unmet := left & self._unexplored).any() and (every := self.policy.explore_every):
            new = best(self.content_scores, n // every, unmet & (self.content_scores > 0))
        picked = self._woven(own, new, n)
        taken = np.ones(self.placed.size, dtype=bool)
        taken[[*own, *new]] = False
        return [*picked, *self.within(taken).popular_here(n - len(picked))]

    @property
    def _unexplored(self) -> Bools:
        """(offer,) titles nobody had met in training and that were not shown often enough since."""
        return self.placed.unmet if self.known is None else self.placed.unmet & ~self.known

    def _mixed(self, pool: Numbers, n: int) -> Numbers:
        """``n`` of the pool, the best first, then by relevance, variety and calibration."""
        if not len(pool):
            return pool
        genres = self.placed.facets.genres
        mine = self.liked.indices[self.liked.indices < self.placed.size]
        taste = genres[mine].sum(axis=0)
        chosen = varied(
            self.scores[pool],
            self.placed.content.between(pool),
            taste / taste.sum() if taste.any() else taste,
            genres[pool],
            n,
            mmr=self.policy.mmr,
            calibration=self.policy.calibration,
        )
        return pool[chosen]

    def _woven(self, own: Numbers, new: Numbers, n: int) -> list[Recommendation]:
        """Every fifth place (or what a rule says) is the content's while both last."""
        every = self.policy.explore_every or n + 1
        own_items = iter(self._explained(own, self.scores, self.placed.trained.model.path))
        new_items = iter(self._explained(new, self.content_scores, "content"))
        picked: list[Recommendation] = []
        while len(picked) < n:
            first, second = own_items, new_items
            if len(picked) % every == every - 1:
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
            yield self.item(number, scores, path, reasons)

    def item(
        self, number: int, scores: Floats, path: AnswerPath, reasons: tuple[Reason, ...], *rules: str
    ) -> Recommendation:
        """One title of a list, with the rules that bear on it."""
        all_rules = tuple(dict.fromkeys((*rules, *self.policy.boosted_by.get(number, ()))))
        id_ = self.placed.titles.ids[number]
        return Recommendation(id_, float(scores[number]), path, reasons, all_rules)

    def popular_here(self, n: int) -> list[Recommendation]:
        """The best ``n`` by popularity, in the territory if it has data enough of its own.

        Titles nobody liked come last, in the order of their ids, and say only that they are open.
        The reason of the others names the territory unless all territories are counted together.
        """
        scores, own = self.market
        path: AnswerPath = "market" if own else "popular"
        liked = (Reason(POPULAR_IN, territory=self.territory if own else None),)
        merely_open = (Reason(OPEN_HERE, territory=self.territory),)
        return [
            self.item(int(number), scores, path, liked if scores[number] > 0 else merely_open)
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
            found += [self.item(int(k), scores, path, reasons) for k in numbers]
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
