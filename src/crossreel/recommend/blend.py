"""Blend: several models' scores, standardized viewer by viewer and added with learned weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.balanced import BalancedEase, ViewerEase
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.evaluate.splits import per_user_random
from crossreel.recommend.factors import ImplicitAls
from crossreel.recommend.linear import Ease
from crossreel.recommend.local_ease import LocalEase
from crossreel.recommend.neighbors import FanNeighbors, TitleNeighbors, UserNeighbors
from crossreel.recommend.ranking import blocks, top_k
from crossreel.recommend.roles import (
    Algorithm,
    AnswerPath,
    Floats,
    Recommender,
    TrainingContext,
    TrainingData,
)
from crossreel.recommend.slim import Slim

__all__ = ["MEMBERS", "Blend", "BlendModel", "cut_to", "learn_weights", "standardized"]

MEMBERS: dict[str, type[Algorithm]] = {
    one.name: one
    for one in (
        BalancedEase,
        ViewerEase,
        Ease,
        LocalEase,
        ImplicitAls,
        Slim,
        TitleNeighbors,
        UserNeighbors,
        FanNeighbors,
    )
}
"""The algorithms that can be members, by name."""

_GRID = (-0.2, -0.1, 0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
_CANDIDATES = 100
_VIEWERS = 6000


@dataclass(frozen=True, slots=True)
class Blend(Configured):
    """score(u, i) = sum_m w_m z_m(u, i), z_m the member's scores of u with mean 0 and deviation 1.

    The weights are chosen for NDCG@10 on held-out likes by coordinate ascent over a grid, the
    first member's staying 1 (D. Metzler, W. Croft, Linear Feature-Based Models for Information
    Retrieval, 2007, section 4.1). Where training has a validation part that is used; else a tenth of
    every viewer's likes is held out, the members are fitted on the rest to choose the weights, and
    fitted again on everything. The members have their default settings.

    Attributes:
        members: names, comma-separated, the strongest first.
        rounds: of the ascent; 1 to 20.
    """

    members: str = "balanced-ease,viewer-ease,als"
    rounds: int = 3

    name: ClassVar[str] = "blend"

    def __post_init__(self) -> None:
        check_range(self.name, "rounds", self.rounds, 1, 20)
        names = self.names
        if len(names) < 2 or len(set(names)) < len(names) or any(name not in MEMBERS for name in names):
            raise BadValue("setting members of blend", self.members, "two or more of " + ", ".join(MEMBERS))

    @property
    def names(self) -> list[str]:
        """The members' names."""
        return [name.strip() for name in self.members.split(",") if name.strip()]

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> BlendModel:  # noqa: B008 - frozen
        """Fits the members and learns their weights. Raises ``BadInput`` as the members do."""
        liked = data.interactions.liked
        if not liked.nnz:
            raise BadInput(
                "Blend cannot learn: no viewer liked any title.", advice="Import ratings or views."
            )
        if context.validation is not None:
            models = self._members(data, context)
            held = context.validation.liked
            return BlendModel(models, learn_weights(models, liked, held, self.rounds))
        split = per_user_random(liked, seed=context.seed)
        train, held = sp.csr_array(split.train + split.test), split.valid
        weights = np.eye(1, len(self.names), dtype=np.float32)[0]
        if held.nnz:
            part = replace(data, interactions=replace(data.interactions, **cut_to(data, train)))
            weights = learn_weights(self._members(part, context), train, held, self.rounds)
        return BlendModel(self._members(data, context), weights)

    def _members(self, data: TrainingData, context: TrainingContext) -> list[Recommender]:
        models = []
        for done, name in enumerate(self.names):
            context.progress(done, len(self.names), "Blend")
            models.append(MEMBERS[name]().fit(data, context))
        return models

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> BlendModel:
        """The model whose ``arrays()`` these are."""
        models = []
        for name in self.names:
            start = f"{name}."
            own = {key.removeprefix(start): array for key, array in arrays.items() if key.startswith(start)}
            models.append(MEMBERS[name]().restore(own))
        return BlendModel(models, arrays["weights"])


def cut_to(data: TrainingData, train: sp.csr_array) -> dict[str, Any]:
    """What of the interactions changes when only the pairs of ``train`` are known."""
    known, width = data.interactions, max(len(data.titles), 1)

    def pairs(matrix: sp.csr_array) -> npt.NDArray[np.int64]:
        rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
        return np.asarray(rows * width + matrix.indices)

    kept = np.isin(pairs(known.liked), pairs(train))
    return {"liked": train, "liked_time": known.liked_time[kept], "seen": train.astype(bool)}


def learn_weights(
    models: Sequence[Recommender], train: sp.csr_array, held: sp.csr_array, rounds: int
) -> Floats:
    """(models,) the weights with the best NDCG@10 for the held-out likes; the first is 1.

    Every viewer's candidates are the best 100 titles of each model; at most 6,000 viewers take
    part, evenly over all.

    Args:
        models: fitted on ``train``.
        train: (viewers, titles) histories; left out of the lists.
        held: (viewers, titles) what the lists should hold.
        rounds: of the ascent; it ends early when nothing improves.
    """
    able = np.flatnonzero(np.diff(held.indptr) > 0)
    able = able[np.unique(np.linspace(0, len(able) - 1, min(len(able), _VIEWERS)).astype(int))]
    features, gain = _candidates(models, train[able], held[able])
    wanted = np.minimum(np.diff(held[able].indptr), 10)
    discount = 1 / np.log2(np.arange(2, 12))
    ideal = np.cumsum(discount)[wanted - 1]
    weights: Floats = np.eye(1, len(models), dtype=np.float32)[0]

    def ndcg(tried: Floats) -> float:
        top = top_k(np.asarray(features @ tried), 10)
        return float(
            ((np.take_along_axis(gain, top, axis=1) * discount[: top.shape[1]]).sum(axis=1) / ideal).mean()
        )

    best = ndcg(weights)
    for _ in range(rounds):
        before = best
        for place in range(1, len(models)):
            for value in _GRID:
                tried = weights.copy()
                tried[place] = value
                found = ndcg(tried)
                if found > best + 1e-6:
                    best, weights = found, tried
        if best <= before:
            break
    return weights


def _candidates(
    models: Sequence[Recommender], train: sp.csr_array, held: sp.csr_array
) -> tuple[Floats, npt.NDArray[np.float32]]:
    """(viewers, candidates, models) standardized scores, and (viewers, candidates) 1 where held out.

    Places that a viewer has no candidate for score minus a thousand deviations and gain nothing.
    """
    parts = []
    for rows in blocks(train.shape[0], 256):
        known = train[rows]
        inside = np.repeat(np.arange(known.shape[0]), np.diff(known.indptr))
        scores = [standardized(model.scores(known)) for model in models]
        chosen = np.zeros(scores[0].shape, dtype=bool)
        for one in scores:
            open_ = one.copy()
            open_[inside, known.indices] = -np.inf
            np.put_along_axis(chosen, top_k(open_, _CANDIDATES), True, axis=1)
        chosen[inside, known.indices] = False
        parts.append((chosen, scores, held[rows].toarray()))
    width = max(int(chosen.sum(axis=1).max(initial=10)) for chosen, _, _ in parts)
    features = np.full((train.shape[0], width, len(models)), -1e3, dtype=np.float32)
    features[:, :, 1:] = 0
    gain = np.zeros((train.shape[0], width), dtype=np.float32)
    start = 0
    for chosen, scores, truth in parts:
        row, column = np.nonzero(chosen)
        place = np.arange(len(row)) - np.searchsorted(row, row)
        for number, one in enumerate(scores):
            features[start + row, place, number] = one[row, column]
        gain[start + row, place] = truth[row, column] > 0
        start += len(chosen)
    return features, gain


def standardized(scores: Floats) -> Floats:
    """Each row minus its mean, divided by its deviation; rows without any become 0."""
    mean = scores.mean(axis=1, keepdims=True, dtype=np.float32)
    result: Floats = scores - mean
    deviation = np.sqrt(np.einsum("ij,ij->i", result, result) / max(scores.shape[1], 1))[:, None]
    result /= np.where(deviation > 1e-12, deviation, np.inf)
    return result


class BlendModel:
    """Members and their weights.

    Args:
        models: the fitted members.
        weights: (models,).
    """

    name: ClassVar[str] = Blend.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(self, models: Sequence[Recommender], weights: Floats) -> None:
        self._models, self.member_weights = tuple(models), weights

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) weighted sums; a viewer without a history has zeros."""
        result = np.zeros(histories.shape, dtype=np.float32)
        for model, weight in zip(self._models, self.member_weights, strict=True):
            if weight:
                result += np.float32(weight) * standardized(model.scores(histories))
        result[np.diff(histories.indptr) == 0] = 0
        return result

    def parts(self, history: sp.csr_array, titles: Sequence[int]) -> list[dict[str, float]]:
        """For each of ``titles``, each member's weighted standardized score, largest first."""
        scores = [float(w) * standardized(m.scores(history))[0] for m, w in self._weighted if w]
        names = [m.name for m, w in self._weighted if w]
        rows = (
            {name: float(one[title]) for name, one in zip(names, scores, strict=True)} for title in titles
        )
        return [dict(sorted(row.items(), key=lambda part: -abs(part[1]))) for row in rows]

    @property
    def _weighted(self) -> list[tuple[Recommender, float]]:
        return [(m, float(w)) for m, w in zip(self._models, self.member_weights, strict=True)]

    def weights(self) -> dict[str, float]:
        """Member -> its weight."""
        return {model.name: weight for model, weight in self._weighted}

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``weights`` and each member's arrays under its name."""
        found: dict[str, npt.NDArray[Any]] = {"weights": self.member_weights}
        for model in self._models:
            found |= {f"{model.name}.{key}": array for key, array in model.arrays().items()}
        return found
