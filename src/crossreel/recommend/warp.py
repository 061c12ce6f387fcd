"""WARP: factors learned by pairs, so that what was liked stands above what was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput
from crossreel.recommend.compiled import compiled
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.roles import AnswerPath, Floats, TrainingContext, TrainingData

__all__ = ["Warp", "WarpModel", "epoch"]

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Warp(Configured):
    """score(u, i) = b_i + q_i' |H|^-1/2 sum of y_j over the history's titles j, j = i left out.

    For each liked title i, titles are drawn until one that is not liked scores above it less 1; the fewer
    draws that took, the worse i is ranked, and the larger is the step: log(titles / draws)
    (J. Weston, S. Bengio, N. Usunier, WSABIE, IJCAI 2011). The viewer is the sum of what it likes
    (S. Kabbur, X. Ning, G. Karypis, FISM, KDD 2013), so that new viewers need no fitting. Steps are
    scaled by Adagrad (J. Duchi et al., JMLR 12, 2011).

    Attributes:
        factors: length of q and y; 1 to 1000.
        epochs: passes over the likes; 1 to 1000.
        rate: of the descent; 1e-5 to 1.
        ridge: of the factors; 0 to 1.
        draws: at most so many for one like; 1 to 10000.
    """

    factors: int = 64
    epochs: int = 15
    rate: float = 0.05
    ridge: float = 0.001
    draws: int = 50

    name: ClassVar[str] = "warp"

    def __post_init__(self) -> None:
        check_range(self.name, "factors", self.factors, 1, 1000)
        check_range(self.name, "epochs", self.epochs, 1, 1000)
        check_range(self.name, "rate", self.rate, 1e-5, 1)
        check_range(self.name, "ridge", self.ridge, 0, 1)
        check_range(self.name, "draws", self.draws, 1, 10_000)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> WarpModel:  # noqa: B008 - frozen
        """Descends. Raises ``BadInput`` when nobody liked anything."""
        liked = sp.csr_array(data.interactions.liked, dtype=np.float32, copy=True)
        if not liked.nnz:
            raise BadInput("WARP cannot learn: no viewer liked any title.", advice="Import ratings or views.")
        liked.sort_indices()  # the kernel looks titles up by bisection
        viewers, titles = liked.shape
        rng = np.random.default_rng(context.seed)
        q, y = (rng.normal(0, 0.1, (titles, self.factors)).astype(np.float32) for _ in range(2))
        fans = np.bincount(liked.indices, minlength=titles) > 0
        q[~fans], y[~fans] = 0, 0
        own = np.zeros(titles, np.float32)
        sums = tuple(np.full(one.shape, 1e-2, np.float32) for one in (q, y, own))
        run = compiled(epoch)
        for done in range(self.epochs):
            context.progress(done, self.epochs, "WARP")
            run(liked.indptr, liked.indices, rng.permutation(viewers), int(rng.integers(2**31)), q, y, own,
                *sums, np.float32(self.rate), np.float32(self.ridge), self.draws)  # fmt: skip
        context.progress(self.epochs, self.epochs, "WARP")
        return WarpModel(q, y, own)

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> WarpModel:
        """The model whose ``arrays()`` these are."""
        return WarpModel(arrays["titles"], arrays["speak"], arrays["own"])


def epoch(  # noqa: C901 - one compiled loop
    indptr: Array,
    indices: Array,
    order: Array,
    seed: int,
    q: Array,
    y: Array,
    own: Array,
    sum_q: Array,
    sum_y: Array,
    sum_own: Array,
    rate: float,
    ridge: float,
    draws: int,
) -> None:
    """One pass over all likes, in place; y is updated once a viewer, as in ``ratings.descent``.

    Args:
        indptr: of the CSR matrix of likes, each row sorted.
        indices: of it.
        order: viewers in the order they are passed.
        seed: of the draws.
        q: (titles, factors).
        y: (titles, factors).
        own: (titles,) b.
        sum_q: squares of q's gradients so far.
        sum_y: of y's.
        sum_own: of b's.
        rate: of the descent.
        ridge: of the factors.
        draws: most of one like.
    """
    np.random.seed(seed)
    titles, factors = q.shape
    whole, taste = np.zeros(factors, np.float32), np.zeros(factors, np.float32)
    gathered = np.zeros(factors, np.float32)
    for u in order:
        start, stop = indptr[u], indptr[u + 1]
        n = stop - start
        if n < 2:
            continue
        norm = np.float32(1 / np.sqrt(n - 1))
        whole[:] = 0
        gathered[:] = 0
        for e in range(start, stop):
            whole += y[indices[e]]
        for e in range(start, stop):
            i = indices[e]
            mine = own[i]
            for f in range(factors):
                taste[f] = norm * (whole[f] - y[i, f])
                mine += taste[f] * q[i, f]
            tried, found = 0, -1
            while tried < draws:
                tried += 1
                j = np.random.randint(titles)
                place = start + np.searchsorted(indices[start:stop], j)
                if place < stop and indices[place] == j:
                    continue
                other = own[j]
                for f in range(factors):
                    other += taste[f] * q[j, f]
                if other > mine - 1:
                    found = j
                    break
            if found < 0:
                continue
            weight = np.float32(np.log(max(titles // tried, 1) + 1))
            for f in range(factors):
                gathered[f] += weight * (q[i, f] - q[found, f])
            for side in range(2):
                k = found if side else np.int64(i)
                slope = -weight if side else weight
                sum_own[k] += slope * slope
                own[k] += rate * (slope / np.sqrt(sum_own[k]) - ridge * own[k])
                for f in range(factors):
                    step = slope * taste[f] - ridge * q[k, f]
                    sum_q[k, f] += step * step
                    q[k, f] += rate * step / np.sqrt(sum_q[k, f])
        for e in range(start, stop):
            k = indices[e]
            for f in range(factors):
                step = norm * gathered[f] - ridge * y[k, f]
                sum_y[k, f] += step * step
                y[k, f] += rate * step / np.sqrt(sum_y[k, f])


class WarpModel:
    """The titles' two kinds of factors and their own heights.

    Args:
        titles: q, (titles, factors).
        speak: y, (titles, factors).
        own: b, (titles,).
    """

    name: ClassVar[str] = Warp.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(self, titles: Floats, speak: Floats, own: Floats) -> None:
        self._titles, self._speak, self._own = titles, speak, own

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) sigma of the scores, so that all are above 0; 0 without a history."""
        length = np.diff(histories.indptr)
        ones = np.ones(histories.nnz, dtype=np.float32)
        likes = sp.csr_array((ones, histories.indices, histories.indptr), shape=histories.shape)
        taste = (likes @ self._speak) / np.sqrt(np.maximum(length, 1))[:, None]
        raw = (taste @ self._titles.T + self._own) / 4
        scores: Floats = (1 / (1 + np.exp(-np.clip(raw, -30, 30)))).astype(np.float32)
        scores[length == 0] = 0
        return scores

    def similar(self, title: int) -> Floats:
        """(titles,) cosines of q; its own entry is 0."""
        size = np.maximum(np.sqrt((self._titles * self._titles).sum(axis=1)), 1e-12)
        near: Floats = (self._titles @ self._titles[title]) / (size * size[title])
        near[title] = 0
        return near

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``titles``, ``speak`` and ``own``, float32."""
        return {"titles": self._titles, "speak": self._speak, "own": self._own}
