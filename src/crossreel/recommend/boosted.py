"""Boosted blend: trees that order the best candidates from many models' scores and facts beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.blend import MEMBERS, cut_to, learn_weights, standardized
from crossreel.recommend.blend_features import BlendFeatures, candidates_of
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.evaluate.splits import per_user_random
from crossreel.recommend.lambda_mart import LambdaMart, LambdaMartModel
from crossreel.recommend.ranking import blocks
from crossreel.recommend.roles import AnswerPath, Floats, Recommender, TrainingContext, TrainingData

__all__ = ["BoostedBlend", "BoostedBlendModel"]

_TRUST = (0.0, 0.25, 0.5, 0.75, 1.0)
_ROWS = 256


@dataclass(frozen=True, slots=True)
class BoostedBlend(Configured):
    """LambdaMART over the members' scores, ranks and facts of title and viewer (extra ``boost``).

    The members are fitted without the held-out likes, so that no score has read a label; a linear
    blend of them (``blend``) draws every viewer's candidates; trees are grown on the LambdaRank
    gradient (C. Burges, From RankNet to LambdaRank to LambdaMART, 2010). Viewers are dealt into
    folds; rankers of the other folds order each fold's lists, and by those out-of-fold orders are
    chosen the number of trees and the trust t:

        score = t * z(trees) + (1 - t) * z(linear blend),

    z with mean 0 and deviation 1 over the list; t = 0 says that the trees add nothing. Titles beyond
    the candidates stand below them in the linear blend's order. Held-out likes are the validation
    part where training has one, else a tenth of every viewer's; in the latter case the members are
    fitted again on everything.

    Attributes:
        members: names, comma-separated, the strongest first.
        candidates: titles a viewer that the trees order; 20 to 1,000.
        trees: at most; 10 to 2,000.
        leaves: of a tree; 3 to 255.
        rate: learning rate; 0.001 to 1.
        folds: 2 to 20.
    """

    members: str = "balanced-ease,viewer-ease,als,title-neighbors,user-neighbors,fan-neighbors"
    candidates: int = 100
    trees: int = 240
    leaves: int = 15
    rate: float = 0.04
    folds: int = 3

    name: ClassVar[str] = "boosted-blend"

    def __post_init__(self) -> None:
        check_range(self.name, "candidates", self.candidates, 20, 1000)
        check_range(self.name, "trees", self.trees, 10, 2000)
        check_range(self.name, "leaves", self.leaves, 3, 255)
        check_range(self.name, "rate", self.rate, 0.001, 1)
        check_range(self.name, "folds", self.folds, 2, 20)
        names = self.names
        if len(names) < 2 or len(set(names)) < len(names) or any(name not in MEMBERS for name in names):
            allowed = "two or more of " + ", ".join(MEMBERS)
            raise BadValue(f"setting members of {self.name}", self.members, allowed)

    @property
    def names(self) -> list[str]:
        """The members' names."""
        return [name.strip() for name in self.members.split(",") if name.strip()]

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> BoostedBlendModel:  # noqa: B008 - frozen
        """Fits members, linear weights and trees.

        Raises:
            BadInput: nobody liked anything, or as the members do.
            MissingExtra: LightGBM is not installed.
        """
        liked = data.interactions.liked
        if not liked.nnz:
            raise BadInput(
                "The boosted blend cannot learn: no viewer liked any title.",
                advice="Import ratings or views.",
            )
        if context.validation is not None:
            models = self._members(data, context)
            return self._learned(models, data, liked, context.validation.liked, context)
        split = per_user_random(liked, seed=context.seed)
        train, held = sp.csr_array(split.train + split.test), split.valid
        if not held.nnz:
            return self._learned(self._members(data, context), data, liked, held, context)
        part = replace(data, interactions=replace(data.interactions, **cut_to(data, train)))
        learned = self._learned(self._members(part, context), part, train, held, context)
        return learned.with_members(self._members(data, context), BlendFeatures.of(data))

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> BoostedBlendModel:
        """The model whose ``arrays()`` these are. Raises ``MissingExtra``."""

        def under(start: str) -> dict[str, npt.NDArray[Any]]:
            return {key.removeprefix(start): one for key, one in arrays.items() if key.startswith(start)}

        facts = BlendFeatures.restore(under("facts."))
        trees = LambdaMartModel.restore(under("trees."), facts.names(self.names))
        models = [MEMBERS[name]().restore(under(f"{name}.")) for name in self.names]
        learned = arrays["learned"]
        return BoostedBlendModel(
            models, arrays["weights"], facts, trees, self.candidates, float(learned[0]), tuple(learned[1:])
        )

    def _members(self, data: TrainingData, context: TrainingContext) -> list[Recommender]:
        models = []
        for done, name in enumerate(self.names):
            context.progress(done, len(self.names) + self.folds + 1, "Boosted blend")
            models.append(MEMBERS[name]().fit(data, context))
        return models

    def _learned(
        self,
        models: Sequence[Recommender],
        data: TrainingData,
        train: sp.csr_array,
        held: sp.csr_array,
        context: TrainingContext,
    ) -> BoostedBlendModel:
        facts = BlendFeatures.of(data)
        names = facts.names(self.names)
        weights: Floats = np.eye(1, len(models), dtype=np.float32)[0]
        able = np.flatnonzero((np.diff(held.indptr) > 0) & (np.diff(train.indptr) > 0))
        if len(able) < 2 * self.folds or train.shape[1] < 2:
            return BoostedBlendModel(models, weights, facts, None, self.candidates, 0.0, ())
        weights = learn_weights(models, train, held, 3)
        plain = BoostedBlendModel(models, weights, facts, None, self.candidates, 0.0, ())
        lists = _Lists.drawn(plain, train[able], held[able], self.candidates)
        of = np.random.default_rng(context.seed).permutation(len(able)) % self.folds
        staged = self._out_of_fold(lists, names, of, context)
        trees, trust, found, linear = lists.chosen(staged)
        ranker = None
        if trust:
            ranker = self._trees(trees).fit(names, lists.values, lists.truth, seed=context.seed)
        return BoostedBlendModel(models, weights, facts, ranker, self.candidates, trust, (found, linear))

    def _trees(self, trees: int) -> LambdaMart:
        return LambdaMart(trees=trees, leaves=self.leaves, rate=self.rate)

    def _out_of_fold(
        self, lists: _Lists, names: Sequence[str], of: npt.NDArray[np.int64], context: TrainingContext
    ) -> dict[int, Floats]:
        """Number of trees -> (lists, candidates) scores by rankers that have not read those lists."""
        stages = sorted({max(1, self.trees * share // 6) for share in (1, 2, 3, 4, 5, 6)})
        found = {stage: np.zeros(lists.truth.shape, dtype=np.float32) for stage in stages}
        for fold in range(self.folds):
            done = len(self.names) + fold
            context.progress(done, len(self.names) + self.folds + 1, "Boosted blend")
            mine, others = np.flatnonzero(of == fold), np.flatnonzero(of != fold)
            ranker = self._trees(self.trees).fit(
                names, lists.values[others], lists.truth[others], seed=context.seed
            )
            for stage in stages:
                found[stage][mine] = ranker.scores(lists.values[mine], trees=stage)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Lists:
    """Candidates of the viewers with held-out likes.

    Attributes:
        values: (lists, candidates, features).
        linear: (lists, candidates) the linear blend.
        truth: (lists, candidates) 1 where held out.
        ideal: (lists,) the best gain that any order of the whole catalog has.
    """

    values: Floats
    linear: Floats
    truth: npt.NDArray[np.int8]
    ideal: npt.NDArray[np.float64]

    @classmethod
    def drawn(
        cls, plain: BoostedBlendModel, train: sp.csr_array, held: sp.csr_array, candidates: int
    ) -> _Lists:
        values, linear, truth = [], [], []
        for rows in blocks(train.shape[0], _ROWS):
            scores = plain.member_scores(train[rows])
            total = plain.linear(scores)
            drawn = candidates_of(total, train[rows], candidates)
            values.append(plain.facts.values(scores, total, train[rows], drawn))
            linear.append(np.take_along_axis(total, drawn, axis=1))
            truth.append(np.take_along_axis(held[rows].toarray(), drawn, axis=1) > 0)
        discount = np.cumsum(1 / np.log2(np.arange(2, 12)))
        ideal = discount[np.minimum(np.diff(held.indptr), 10) - 1]
        return cls(
            np.concatenate(values), np.concatenate(linear), np.concatenate(truth).astype(np.int8), ideal
        )

    def ndcg(self, scores: Floats) -> float:
        """Mean NDCG@10 of the lists in the order of these scores."""
        top = np.argsort(-scores, axis=1, kind="stable")[:, :10]
        gain = np.take_along_axis(self.truth, top, axis=1)
        discount = 1 / np.log2(np.arange(2, 2 + top.shape[1]))
        return float(((gain * discount).sum(axis=1) / self.ideal).mean())

    def chosen(self, staged: Mapping[int, Floats]) -> tuple[int, float, float, float]:
        """Number of trees, trust, and the NDCG@10 out of fold with them and of the linear blend alone."""
        plain = standardized(self.linear)
        linear = self.ndcg(plain)
        best = (0, 0.0, linear)
        for trees, scores in staged.items():
            own = standardized(scores)
            for trust in _TRUST[1:]:
                found = self.ndcg(np.float32(trust) * own + np.float32(1 - trust) * plain)
                if found > best[2]:
                    best = (trees, trust, found)
        return *best, linear


class BoostedBlendModel:
    """Members, their linear weights, and the trees over them.

    Args:
        models: the fitted members.
        weights: (models,) of the linear blend.
        facts: what the trees know beside the scores.
        trees: the ranker; None where it is not trusted.
        candidates: titles a viewer that it orders.
        trust: its share of the score.
        figures: NDCG@10 out of fold with the trees, and of the linear blend on the same lists; empty
            where nothing was held out.
    """

    name: ClassVar[str] = BoostedBlend.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(
        self,
        models: Sequence[Recommender],
        weights: Floats,
        facts: BlendFeatures,
        trees: LambdaMartModel | None,
        candidates: int,
        trust: float,
        figures: tuple[float, ...],
    ) -> None:
        self._models, self._weights, self.facts = tuple(models), weights, facts
        self._trees, self._candidates, self.trust, self.figures = trees, candidates, trust, figures

    def with_members(self, models: Sequence[Recommender], facts: BlendFeatures) -> BoostedBlendModel:
        """The same weights and trees over members fitted anew."""
        return BoostedBlendModel(
            models, self._weights, facts, self._trees, self._candidates, self.trust, self.figures
        )

    def member_scores(self, histories: sp.csr_array) -> list[Floats]:
        """Standardized (viewers, titles) scores of each member."""
        return [standardized(model.scores(histories)) for model in self._models]

    def linear(self, scores: Sequence[Floats]) -> Floats:
        """(viewers, titles) the weighted sum of the members' standardized scores."""
        total = np.zeros_like(scores[0])
        for weight, one in zip(self._weights, scores, strict=True):
            total += np.float32(weight) * one
        return total

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles): candidates above all other unknown titles; no history has zeros."""
        result = np.zeros(histories.shape, dtype=np.float32)
        for rows in blocks(histories.shape[0], _ROWS):
            known = histories[rows]
            scores = self.member_scores(known)
            total = self.linear(scores)
            if self._trees is not None:
                self._reorder(self._trees, total, scores, known)
            total[np.diff(known.indptr) == 0] = 0
            result[rows] = total
        return result

    def _reorder(
        self, trees: LambdaMartModel, total: Floats, scores: Sequence[Floats], known: sp.csr_array
    ) -> None:
        drawn = candidates_of(total, known, self._candidates)
        own = standardized(trees.scores(self.facts.values(scores, total, known, drawn)))
        own *= np.float32(self.trust)
        own += np.float32(1 - self.trust) * standardized(np.take_along_axis(total, drawn, axis=1))
        rest = total.copy()
        np.put_along_axis(rest, drawn, -np.inf, axis=1)
        rest[np.repeat(np.arange(len(total)), np.diff(known.indptr)), known.indices] = -np.inf
        floor = np.maximum(rest.max(axis=1, keepdims=True), 0)
        own += floor + np.float32(1e-3) - own.min(axis=1, keepdims=True)
        np.put_along_axis(total, drawn, own, axis=1)

    def weights(self) -> dict[str, float]:
        """Feature -> its share of the gain of all splits; the linear weights where trees add nothing."""
        if self._trees is not None:
            return self._trees.importance()
        return {model.name: float(w) for model, w in zip(self._models, self._weights, strict=True)}

    def parts(self, history: sp.csr_array, titles: Sequence[int]) -> list[dict[str, float]]:
        """For each of ``titles``: what each feature adds to its score by the trees, largest first.

        TreeSHAP values (S. Lundberg, S. Lee, A Unified Approach to Interpreting Model Predictions,
        2017), summed over rankers; for members without trees their weighted scores.
        """
        numbers = np.asarray([list(titles)], dtype=np.int64)
        scores = self.member_scores(history)
        if self._trees is None:
            table = np.array([[float(one[0, n]) for one in scores] for n in titles]) * self._weights
            return [_largest([model.name for model in self._models], row) for row in table]
        values = self.facts.values(scores, self.linear(scores), history, numbers)
        return [_largest(self._trees.names, row) for row in self._trees.contributions(values)[0]]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Weights, trees as text, facts, and each member's arrays under its name."""
        found: dict[str, npt.NDArray[Any]] = {
            "weights": self._weights,
            "learned": np.array([self.trust, *self.figures], dtype=np.float64),
        }
        found |= {f"facts.{key}": one for key, one in self.facts.arrays().items()}
        if self._trees is not None:
            found |= {f"trees.{key}": one for key, one in self._trees.arrays().items()}
        for model in self._models:
            found |= {f"{model.name}.{key}": one for key, one in model.arrays().items()}
        return found


def _largest(names: Sequence[str], values: npt.NDArray[np.float64]) -> dict[str, float]:
    order = np.argsort(-np.abs(values), kind="stable")
    return {names[place]: float(values[place]) for place in order if values[place]}
