"""Factor models: viewers and titles as points whose inner product is preference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.roles import AnswerPath, Floats, TrainingContext, TrainingData

__all__ = ["ImplicitAls", "ImplicitAlsModel"]

_CELLS = 4_000_000
"""Numbers gathered at a time; memory of a step is four bytes a number."""


@dataclass(frozen=True, slots=True)
class ImplicitAls(Configured):
    """Matrix factorization of likes by alternating least squares.

    min sum over likes of s_ui (1 - p_u'q_i)^2 + w0 sum over all pairs of (p_u'q_i)^2
    + lam sum_u (n_u + w0 N) |p_u|^2 + the same for titles, s_ui the strength of the like
    (Y. Hu et al., Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008; weights and
    regularization as in S. Rendle et al., Revisiting the Performance of iALS, RecSys 2022). Each
    half step is exact: one factors x factors system a viewer, built by batched matrix products of
    viewers with about as many likes and solved together. Only the titles' factors are the model; a
    viewer's are solved for when it is asked, so new viewers need no fitting.

    Attributes:
        factors: length of the vectors; 1 to 2048.
        unobserved: w0, weight of all pairs; above 0, at most 10.
        lam: regularization; above 0, at most 1000.
        rounds: of alternation; 1 to 1000.
    """

    factors: int = 64
    unobserved: float = 0.5
    lam: float = 0.002
    rounds: int = 8

    name: ClassVar[str] = "als"

    def __post_init__(self) -> None:
        check_range(self.name, "factors", self.factors, 1, 2048)
        check_range(self.name, "unobserved", self.unobserved, 1e-6, 10)
        check_range(self.name, "lam", self.lam, 1e-9, 1000)
        check_range(self.name, "rounds", self.rounds, 1, 1000)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> ImplicitAlsModel:  # noqa: B008 - frozen
        """Alternates from small random factors. Raises ``BadInput`` when nobody liked anything."""
        liked = data.interactions.liked
        if not liked.nnz:
            raise BadInput("ALS cannot learn: no viewer liked any title.", advice="Import ratings or views.")
        fans = sp.csr_array(liked.T)
        rng = np.random.default_rng(context.seed)
        titles = rng.normal(0, 0.1 / np.sqrt(self.factors), (liked.shape[1], self.factors)).astype(np.float32)
        for done in range(self.rounds):
            context.progress(done, self.rounds, "ALS")
            viewers = self.solve(liked, titles)
            titles = self.solve(fans, viewers)
        context.progress(self.rounds, self.rounds, "ALS")
        return ImplicitAlsModel(self, titles)

    def solve(self, rows: sp.csr_array, others: Floats) -> Floats:
        """(rows, factors): the best factors of each row, given those of the other side; 0 for empty rows."""
        whole = np.float32(self.unobserved) * (others.T @ others)
        length = np.diff(rows.indptr)
        result = np.zeros((rows.shape[0], others.shape[1]), dtype=np.float32)
        order = np.argsort(length, kind="stable")
        order = order[length[order] > 0]
        start = 0
        while start < len(order):
            stop = _batch_end(length[order], start, others.shape[1])
            batch = order[start:stop]
            result[batch] = self._batch(rows, batch, others, whole)
            start = stop
        return result

    def _batch(
        self, rows: sp.csr_array, batch: npt.NDArray[np.int64], others: Floats, whole: Floats
    ) -> Floats:
        length = np.diff(rows.indptr)[batch]
        place = np.arange(length.max())
        inside = place < length[:, None]
        entry = np.minimum(rows.indptr[batch][:, None] + place, rows.nnz - 1)
        strength = np.where(inside, rows.data[entry], 0).astype(np.float32)
        gathered = others[rows.indices[entry]]
        weighted = gathered * strength[:, :, None]
        system = np.matmul(weighted.transpose(0, 2, 1), gathered) + whole
        ridge = self.lam * (length + self.unobserved * rows.shape[1])
        diagonal = np.arange(others.shape[1])
        system[:, diagonal, diagonal] += ridge[:, None].astype(np.float32)
        solved: Floats = np.linalg.solve(system, weighted.sum(axis=1)[:, :, None])[:, :, 0]
        return solved

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> ImplicitAlsModel:
        """The model whose ``arrays()`` these are."""
        return ImplicitAlsModel(self, arrays["titles"])


def _batch_end(length: npt.NDArray[np.int64], start: int, factors: int) -> int:
    """Rows of about as many entries, few enough to be gathered at once."""
    most = max(int(length[start] * 1.25), 8)
    stop = int(np.searchsorted(length, most, side="right"))
    return min(stop, start + max(1, _CELLS // (max(int(length[stop - 1]), factors) * factors)))


class ImplicitAlsModel:
    """The titles' factors.

    Args:
        algorithm: says how a viewer's factors are solved for.
        titles: (titles, factors).
    """

    name: ClassVar[str] = ImplicitAls.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(self, algorithm: ImplicitAls, titles: Floats) -> None:
        self._algorithm, self._titles = algorithm, titles
        length = np.sqrt((titles * titles).sum(axis=1, keepdims=True))
        self._directions = titles / np.where(length > 0, length, 1)

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) inner products with the factors solved for each history."""
        return np.asarray(self._algorithm.solve(histories, self._titles) @ self._titles.T)

    def similar(self, title: int) -> Floats:
        """(titles,) cosines of the factors."""
        near: Floats = self._directions @ self._directions[title]
        near[title] = 0
        return near

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``titles``: (titles, factors) float32."""
        return {"titles": self._titles}
