"""EASE for catalogs whose square does not fit in memory: each title from its own neighborhood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.linear import EaseModel, TitleWeights
from crossreel.recommend.products import gram
from crossreel.recommend.roles import AnswerPath, TrainingContext, TrainingData
from crossreel.recommend.similarity import cosine, nearest, telling

__all__ = ["LocalEase", "LocalEaseModel"]

_SOLVED = 64
"""Titles of one solve; their systems are stacked."""
_FRESH = 100_000
"""Cells of a Gram matrix that take as long as beginning another, beside the pairs of likes it adds up."""
_POPULAR = 10
"""How many times more pairs of likes neighborhoods hold than as many titles drawn at random."""


@dataclass(frozen=True, slots=True)
class LocalEase(Configured):
    """EASE in which only the ``k`` titles most like a title may speak for it.

    Column j of the weights solves the ridge regression of title j's likes on those of its neighbors
    N_j, the k others of the largest cosine:

        (X_N' X_N + lam I) w_j = X_N' x_j,   B_ij = w_ij for i in N_j, 0 else

    (X. Ning, G. Karypis, SLIM: Sparse Linear Methods for Top-N Recommender Systems, ICDM 2011, section
    4.2, fsSLIM, with EASE's ridge in place of the elastic net). With all others as neighbors it is
    EASE (``linear.Ease``) exactly, as a column of EASE is this regression; titles that share no viewer
    with a title are never its neighbors.

    The square of all titles is never made. Titles are taken in blocks that share neighbors; a block's
    Gram matrix over its titles and their neighbors is dense and kept within ``block`` titles, fewer where
    neighborhoods have so little in common that another matrix costs less than a larger one, so that
    memory is about 8 block^2 bytes for it and 12 n k bytes for the weights: 200,000 titles with k 100
    take under 1 GB where EASE would take 480. EASE itself takes 12 n^2 bytes, 25,000 titles in 8 GB.

    Attributes:
        lam: ridge; as EASE's.
        k: neighbors of each title; 1 to 2,000. Time grows with n k^3.
        block: titles of one Gram matrix at most, 100 to 20,000; more than ``k`` are taken where one
            title's neighborhood needs them.
    """

    lam: float = 500.0
    k: int = 200
    block: int = 6000

    name: ClassVar[str] = "local-ease"

    def __post_init__(self) -> None:
        check_range(self.name, "lam", self.lam, 1e-3, 1e7)
        check_range(self.name, "k", self.k, 1, 2000)
        check_range(self.name, "block", self.block, 100, 20_000)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> LocalEaseModel:  # noqa: B008 - frozen
        """The fitted model. Raises ``BadInput`` when nobody liked anything."""
        liked = data.interactions.liked
        active = np.unique(liked.indices).astype(np.int32)
        if not len(active):
            raise BadInput("EASE cannot learn: no viewer liked any title.", advice="Import ratings or views.")
        x = sp.csc_array(liked[:, active], dtype=np.float32)
        fans = sp.csr_array(x.T)
        near = nearest(cosine(telling(fans)), self.k)
        none = np.zeros(0, dtype=np.int32)  # where no two titles share a viewer
        rows, columns, weights = [none], [none], [none.astype(np.float32)]
        for done, some in self._blocks(near, self._again(x)):
            context.progress(done, len(active), "Local EASE")
            for row, column, weight in self._solved(fans, near, some):
                rows.append(row)
                columns.append(column)
                weights.append(weight)
        context.progress(len(active), len(active), "Local EASE")
        where = (np.concatenate(rows), np.concatenate(columns))
        size = (len(active), len(active))
        b = sp.csr_array((np.concatenate(weights), where), shape=size)
        b.data = b.data.astype(np.float16).astype(np.float32)  # as they are saved
        return LocalEaseModel(active, liked.shape[1], TitleWeights(b))

    def _again(self, x: sp.csc_array) -> float:
        """What beginning another Gram matrix costs, in cells of one."""
        likes = np.bincount(x.indices).astype(np.float64)
        share = min(self.k / x.shape[1], 1.0)
        return float(_FRESH + _POPULAR * float(likes @ likes) * share * share)

    def _blocks(self, near: sp.csr_array, again: float) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
        """How many titles are done, and the next ones: those that lean on the same titles together."""
        leader = np.full(near.shape[0], -1, dtype=np.int64)
        has = np.diff(near.indptr) > 0
        first = np.maximum.reduceat(near.data, near.indptr[:-1][has]) if has.any() else near.data[:0]
        row = np.repeat(np.arange(near.shape[0]), np.diff(near.indptr))
        best = near.data == np.repeat(first, np.diff(near.indptr)[has])
        leader[row[best][::-1]] = near.indices[best][::-1]
        order, start = np.argsort(leader, kind="stable"), 0
        while start < len(order):
            known: set[int] = set()
            stop = start
            while stop < len(order):
                title = int(order[stop])
                whole = {title, *near.indices[near.indptr[title] : near.indptr[title + 1]].tolist()}
                more, have = whole - known, len(known)
                grown = len(more) * (2 * have + len(more))
                if known and (have + len(more) > self.block or grown > len(whole) ** 2 + again):
                    break
                known |= more
                stop += 1
            yield start, order[start:stop]
            start = stop

    def _solved(
        self, fans: sp.csr_array, near: sp.csr_array, some: npt.NDArray[np.int64]
    ) -> Iterator[tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]]:
        """Rows, columns and values of the weights of some titles, equally long systems at once."""
        counts = np.diff(near.indptr)[some]
        halo = np.unique(np.concatenate([some, near[some].indices]))
        g = gram(sp.csr_array(fans[halo]))
        place = np.full(near.shape[0], -1, dtype=np.int64)
        place[halo] = np.arange(len(halo))
        for count in np.unique(counts[counts > 0]):
            alike = some[counts == count]
            for begin in range(0, len(alike), _SOLVED):
                titles = alike[begin : begin + _SOLVED]
                inside = near.indptr[titles][:, None] + np.arange(count)
                neighbors = near.indices[inside]
                at = place[neighbors]
                a = g[at[:, :, None], at[:, None, :]].astype(np.float64)
                a[:, np.arange(count), np.arange(count)] += self.lam
                right = g[at, place[titles][:, None]].astype(np.float64)
                found = np.linalg.solve(a, right[:, :, None])[:, :, 0]
                yield (
                    neighbors.ravel(),
                    np.repeat(titles.astype(np.int32), count),
                    found.ravel().astype(np.float32),
                )

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> LocalEaseModel:
        """The model whose ``arrays()`` these are."""
        return LocalEaseModel(arrays["active"], int(arrays["titles"]), TitleWeights.restored(arrays))


class LocalEaseModel(EaseModel):
    """Sparse weights, answered as EASE's."""

    name: ClassVar[str] = LocalEase.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"
