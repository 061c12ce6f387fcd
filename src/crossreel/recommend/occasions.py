"""Held-out likes, each under its own circumstances: what factors of context are weighed on.

A like is one question: the titles a model ranks highest for the viewer, re-weighted by the moment
in which the like happened; the gain is 1 / log2(1 + rank) of the liked title within the first ten, and
0 where the model alone does not have it among its candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.interactions import Interactions
from crossreel.recommend.context import category, moments_of
from crossreel.recommend.lifts import Lift
from crossreel.recommend.ranking import blocks, top_k
from crossreel.recommend.roles import Floats, Recommender

__all__ = ["Occasions", "learn_strengths"]

_CANDIDATES = 200
_LIKES = 20_000
_GRID = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Occasions:
    """Likes to be found again, n of them.

    Attributes:
        viewer: (n,) whose.
        scores: (n, candidates) logarithms of the model's scores; -inf where it has none.
        lifts: (n, candidates, factors) logarithms of the lifts.
        place: (n,) where among the candidates the liked title stands; -1 where it does not.
    """

    viewer: npt.NDArray[np.int64]
    scores: Floats
    lifts: Floats
    place: npt.NDArray[np.int64]

    @classmethod
    def of(
        cls,
        model: Recommender,
        lifts: Sequence[Lift],
        train: sp.csr_array,
        known: sp.csr_array,
        held: Interactions,
        seed: int = 42,
    ) -> Occasions:
        """The likes of ``held``; 20,000 at random where there are more.

        Args:
            model: fitted on ``train``.
            lifts: one for each factor, of the same data.
            train: (viewers, titles) histories.
            known: left out of the candidates.
            held: the likes, with their times and devices.
            seed: of the choice.
        """
        liked = held.liked
        row = np.repeat(np.arange(liked.shape[0], dtype=np.int64), np.diff(liked.indptr))
        able = np.flatnonzero(np.diff(train.indptr)[row] > 0)
        if len(able) > _LIKES:
            able = np.sort(np.random.default_rng(seed).choice(able, _LIKES, replace=False))
        moments = moments_of(held)
        kinds = [one.numbers(*category(one.factor, moments))[able] for one in lifts]
        viewer, title = row[able], liked.indices[able].astype(np.int64)
        names, of = np.unique(viewer, return_inverse=True)
        size = min(_CANDIDATES, liked.shape[1])
        found = np.empty((len(names), size), dtype=np.int64)
        logs = np.empty((len(names), size), dtype=np.float32)
        for part in blocks(len(names), 256):
            scores = np.array(model.scores(train[names[part]]), dtype=np.float32)
            out = known[names[part]]
            scores[np.repeat(np.arange(out.shape[0]), np.diff(out.indptr)), out.indices] = -np.inf
            found[part] = top_k(scores, size)
            best = np.take_along_axis(scores, found[part], axis=1)
            logs[part] = np.where(best > 0, np.log(np.maximum(best, 1e-30)), -np.inf)
        candidates = found[of]
        table = np.zeros((*candidates.shape, len(lifts)), dtype=np.float32)
        for number, (lift, kind) in enumerate(zip(lifts, kinds, strict=True)):
            table[:, :, number] = lift.at(candidates, kind[:, None])
        there = (candidates == title[:, None]) & np.isfinite(logs[of])
        place = np.where(there.any(axis=1), there.argmax(axis=1), -1)
        return cls(viewer, logs[of], table, place)

    def gains(self, strengths: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """(n,) the gain of each like under these strengths of the factors; ties count half."""
        total = self.scores + self.lifts @ strengths
        own = np.take_along_axis(total, np.maximum(self.place, 0)[:, None], axis=1)
        better = (total > own).sum(axis=1)
        equal = (total == own).sum(axis=1) - 1
        rank = 1 + better + equal / 2
        return np.where((self.place >= 0) & (rank <= 10), 1 / np.log2(1 + rank), 0)

    def by_viewer(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """(viewers with likes,) means of each viewer's values."""
        _, of = np.unique(self.viewer, return_inverse=True)
        return np.asarray(np.bincount(of, weights=values) / np.bincount(of))


def learn_strengths(occasions: Occasions, factors: Sequence[int], rounds: int) -> npt.NDArray[np.float32]:
    """(factors,) how strongly each factor counts, 0 to 1; those not among ``factors`` stay 0.

    Coordinate ascent over a grid. A step is taken only where the mean gain grows by more than one
    standard error of the paired differences between viewers (the one-standard-error rule,
    L. Breiman et al., Classification and Regression Trees, 1984, section 3.4.3), so that chance alone
    seldom gives a factor any weight.
    """
    strengths = np.zeros(occasions.lifts.shape[2], dtype=np.float32)
    if not len(occasions.viewer):
        return strengths
    best = occasions.by_viewer(occasions.gains(strengths))
    for _ in range(rounds):
        changed = False
        for place in factors:
            base, chosen = best, strengths[place]
            for value in _GRID:
                tried = strengths.copy()
                tried[place] = value
                found = occasions.by_viewer(occasions.gains(tried))
                gain = found - base
                error = gain.std() / np.sqrt(len(gain))
                if gain.mean() > error + 1e-9 and found.mean() > best.mean():
                    best, chosen, changed = found, value, True
            strengths[place] = chosen
        if not changed:
            break
    return strengths
