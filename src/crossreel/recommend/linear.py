"""Linear models of titles on titles: EASE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.linalg import get_lapack_funcs

from crossreel.errors import BadInput
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.products import Columns, dense, gram
from crossreel.recommend.ranking import blocks
from crossreel.recommend.roles import AnswerPath, Contribution, Floats, TrainingContext, TrainingData
from crossreel.recommend.similarity import loudest

__all__ = ["Ease", "EaseModel", "TitleWeights", "compact", "inverse", "ridge_weights"]

_FEW = 16
"""Up to so many histories are answered from the rows of their titles alone."""
_GATHERED = 256
"""Rows made float32 at a time."""
_SPARSE_BELOW = 0.1
"""Share of weights left by pruning under which a sparse matrix is smaller and faster."""


@dataclass(frozen=True, slots=True)
class Ease(Configured):
    """EASE: the title-title weights B that best reproduce the audience's likes X as X B.

    With zero diagonal and ridge ``lam``, B = I - P diag(1 / P_jj), P = (X'X + lam I)^-1
    (H. Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019, equation 8). Scores
    are the rows of X B: column j of B holds what speaks for title j.

    Only titles that somebody liked take part (n of them). With at least half as many viewers
    (m) as titles, P is inverted by Cholesky in float32, which ranks ML-1M exactly as float64
    does (NDCG@10 0.2879); peak memory is about 12 n^2 bytes. Weights smaller than ``prune`` in
    magnitude are dropped and the rest is rounded to float16, as they are saved and served.
    With fewer viewers the same P follows from their m x m matrix, exactly and without pruning, in
    float64 (Woodbury): P = (I - X' K X) / lam, K = (X X' + lam I)^-1; memory is 16 m^2 bytes.

    Attributes:
        lam: ridge; 700 is best on ML-1M, 300 on ML-100K. Above 0, at most 1e7.
        prune: weights below this magnitude are dropped; 0 keeps all. 0.0003 changes NDCG@10 on
            ML-1M by less than 0.0001.
        max_titles: more liked titles than this are refused, as memory grows with their square.
    """

    lam: float = 700.0
    prune: float = 0.0003
    max_titles: int = 25_000

    name: ClassVar[str] = "ease"

    def __post_init__(self) -> None:
        check_range(self.name, "lam", self.lam, 1e-3, 1e7)
        check_range(self.name, "prune", self.prune, 0, 1)
        check_range(self.name, "max_titles", self.max_titles, 1, 1e6)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> EaseModel:  # noqa: B008 - frozen
        """The fitted model.

        Raises:
            BadInput: nobody liked anything, or more titles were liked than ``max_titles``.
        """
        liked = data.interactions.liked
        active = np.unique(liked.indices).astype(np.int32)
        if not len(active):
            raise BadInput("EASE cannot learn: no viewer liked any title.", advice="Import ratings or views.")
        rows = liked[np.diff(liked.indptr) > 0]
        if 2 * rows.shape[0] < len(active):
            return EaseModel(active, liked.shape[1], _ByViewers(*self._viewer_side(rows[:, active])))
        if len(active) > self.max_titles:
            raise BadInput(
                f"EASE over {len(active)} liked titles needs about {8e-9 * len(active) ** 2:.0f} GB.",
                advice="Train local-ease, whose memory does not grow with the square, or raise max_titles.",
                titles=len(active),
            )
        context.progress(0, 2, "EASE")
        weights = self._title_side(rows[:, active])
        context.progress(2, 2, "EASE")
        return EaseModel(active, liked.shape[1], TitleWeights(weights))

    def _title_side(self, liked: sp.csr_array) -> Floats | sp.csr_array:
        return compact(ridge_weights(gram(sp.csr_array(liked.T)), self.lam), self.prune)

    def _viewer_side(self, liked: sp.csr_array) -> tuple[sp.csr_array, Floats, Floats]:
        k = gram(liked).astype(np.float64)
        k[np.diag_indices_from(k)] += self.lam
        k = inverse(k)
        # d_j = 1 - x_j' K x_j = lam P_jj, summed column by column of the sparse X
        spread = sp.csc_array(liked, dtype=np.float64)
        own = np.zeros(liked.shape[1])
        for j in range(liked.shape[1]):
            part = slice(spread.indptr[j], spread.indptr[j + 1])
            who, x = spread.indices[part], spread.data[part]
            own[j] = x @ k[np.ix_(who, who)] @ x
        return liked, k.astype(np.float32), (1 - own).astype(np.float32)

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> EaseModel:
        """The model whose ``arrays()`` these are."""
        active, titles = arrays["active"], int(arrays["titles"])
        if "k" not in arrays:
            return EaseModel(active, titles, TitleWeights.restored(arrays))
        csr = (arrays["data"].astype(np.float32), arrays["indices"], arrays["indptr"])
        rows = sp.csr_array(csr, shape=(len(csr[2]) - 1, len(active)))
        return EaseModel(active, titles, _ByViewers(rows, arrays["k"], arrays["d"]))


def ridge_weights(gram_matrix: Floats, lam: float) -> Floats:
    """B = I - P diag(1 / P_jj), P = (G + lam I)^-1, in place of ``gram_matrix``; zero diagonal."""
    gram_matrix[np.diag_indices_from(gram_matrix)] += lam
    p: Floats = inverse(gram_matrix)
    p *= -1 / p.diagonal()
    np.fill_diagonal(p, 0)
    return p


def inverse(a: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Inverse of a symmetric positive definite matrix by Cholesky, n^3 operations, in place."""
    potrf, potri = get_lapack_funcs(("potrf", "potri"), (a,))
    # a.T is the same matrix in LAPACK's column order, so nothing is copied
    factor, problem = potrf(a.T, lower=False, overwrite_a=True, clean=False)
    if not problem:
        factor, problem = potri(factor, lower=False, overwrite_c=True)
    if problem:
        raise BadInput("The likes cannot be solved for: lam is too small.", advice="Train with a larger lam.")
    lower: npt.NDArray[Any] = factor.T  # in row order, its upper half is what is left to fill
    for start in range(0, len(lower), 256):  # mirror by blocks, without a second full matrix
        stop = min(start + 256, len(lower))
        lower[start:stop, stop:] = lower[stop:, start:stop].T
        square = np.tril(lower[start:stop, start:stop])
        lower[start:stop, start:stop] = square + np.tril(square, -1).T
    return lower


def compact(weights: Floats, prune: float) -> Floats | sp.csr_array:
    """Weights below ``prune`` in magnitude are dropped, the rest rounded to float16.

    Returns:
        Dense float32, or CSR where few are left.
    """
    for part in blocks(len(weights), 256):  # in place: a second full matrix would double the memory
        rows = weights[part]
        rows[np.abs(rows) < prune] = 0
        rows[:] = rows.astype(np.float16)
    if np.count_nonzero(weights) >= _SPARSE_BELOW * weights.size:
        return weights
    return sp.csr_array(weights)


class _Form(Protocol):
    """The weights B of the n titles that take part, however they are kept."""

    def times(self, histories: sp.csr_array) -> Floats:
        """(viewers, n) X B."""
        ...

    def part(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> Floats:
        """(rows, columns) of B."""
        ...

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The state as plain arrays."""
        ...


class EaseModel:
    """The fitted weights, and the way between all titles and those that take part.

    Args:
        active: (n,) numbers of the titles that take part, ascending.
        titles: how many titles there are.
        form: the weights.
    """

    name: ClassVar[str] = Ease.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(self, active: npt.NDArray[np.int32], titles: int, form: _Form) -> None:
        self._active, self._titles, self._form = active, titles, form
        self._place = np.full(titles, -1, dtype=np.int64)
        self._place[active] = np.arange(len(active))

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) scores X B; titles that nobody liked have 0."""
        if len(self._active) == self._titles:
            return self._form.times(histories)
        result = np.zeros((histories.shape[0], self._titles), dtype=np.float32)
        result[:, self._active] = self._form.times(histories[:, self._active])
        return result

    def similar(self, title: int) -> Floats:
        """Row ``title`` of B: how much a like of it speaks for every title."""
        one = sp.csr_array(([np.float32(1)], ([0], [title])), shape=(1, self._titles))
        row: Floats = self.scores(one)[0]
        return row

    def because(self, history: sp.csr_array, titles: Sequence[int], limit: int) -> list[list[Contribution]]:
        """For each title j: the history's titles i by x_i B_ij, positive ones only."""
        known = self._place[history.indices] >= 0
        liked, strength = history.indices[known], history.data[known]
        place = self._place[np.asarray(titles, dtype=np.int64)]
        spoken = self._form.part(self._place[liked], np.maximum(place, 0)) * strength[:, None]
        return [
            loudest(liked, spoken[:, column], limit) if place[column] >= 0 else []
            for column in range(len(place))
        ]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``active``, ``titles`` and the arrays of the form."""
        return {"active": self._active, "titles": np.array(self._titles), **self._form.arrays()}


class TitleWeights:
    """B itself, dense or (after pruning) sparse, in float32 or, as it is saved, in float16.

    A few histories are answered from the rows of their titles; only for many of them is B put into
    the float32 form that is quickest for that. So a restored model costs next to no time and memory
    until a viewer asks, also where ``dense`` is a file mapped into memory.
    """

    def __init__(self, weights: Floats | sp.csr_array) -> None:
        csr = None if isinstance(weights, np.ndarray) else weights
        if csr is None:
            self._keep({"dense": np.asarray(weights, dtype=np.float16)})
        else:
            data = csr.data.astype(np.float16)
            self._keep({"data": data, "indices": csr.indices, "indptr": csr.indptr})

    def _keep(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        names = ("dense",) if "dense" in arrays else ("data", "indices", "indptr")
        self._arrays = {name: arrays[name] for name in names}

    @classmethod
    def restored(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> TitleWeights:
        """The weights whose ``arrays()`` these are."""
        made = cls.__new__(cls)
        made._keep(arrays)
        return made

    def times(self, histories: sp.csr_array) -> Floats:
        """(viewers, n) X B."""
        if histories.shape[0] > _FEW:
            return self._quick.after(histories)
        result = np.zeros(histories.shape, dtype=np.float32)
        for row in range(histories.shape[0]):
            part = slice(histories.indptr[row], histories.indptr[row + 1])
            titles, strength = histories.indices[part], histories.data[part].astype(np.float32)
            for some in blocks(len(titles), _GATHERED):
                result[row] += strength[some] @ self._rows(titles[some])
        return result

    def part(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> Floats:
        """(rows, columns) of B."""
        found = np.empty((len(rows), len(columns)), dtype=np.float32)
        for some in blocks(len(rows), _GATHERED):
            found[some] = self._rows(rows[some])[:, columns]
        return found

    @cached_property
    def _quick(self) -> Columns:
        full = self._arrays.get("dense")
        return Columns(self._stored() if full is None else dense(full))

    def _rows(self, numbers: npt.NDArray[np.integer[Any]]) -> Floats:
        full = self._arrays.get("dense")
        if full is not None:
            return np.asarray(full[numbers], dtype=np.float32)
        indptr = self._arrays["indptr"].astype(np.int64)
        counts = indptr[numbers + 1] - indptr[numbers]
        ends = np.cumsum(counts)
        places = np.arange(counts.sum()) + np.repeat(indptr[numbers] - ends + counts, counts)
        found = np.zeros((len(numbers), len(indptr) - 1), dtype=np.float32)
        which = np.repeat(np.arange(len(numbers)), counts)
        found[which, self._arrays["indices"][places]] = self._arrays["data"][places]
        return found

    def _stored(self) -> sp.csr_array:
        n = len(self._arrays["indptr"]) - 1
        data = self._arrays["data"].astype(np.float32)  # scipy does not calculate with float16
        return sp.csr_array((data, self._arrays["indices"], self._arrays["indptr"]), shape=(n, n))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``dense``, or CSR parts; the weights in float16, which holds them exactly."""
        return dict(self._arrays)


class _ByViewers:
    """B_ij = x_i' K x_j / d_j off the diagonal, never formed.

    Args:
        liked: X, (viewers, n).
        k: (viewers, viewers) K.
        d: (n,) lam P_jj = 1 - x_j' K x_j.
    """

    def __init__(self, liked: sp.csr_array, k: Floats, d: Floats) -> None:
        self._liked, self._k, self._d = liked, k, d
        self._fans = sp.csr_array(liked.T)

    def times(self, histories: sp.csr_array) -> Floats:
        voices = dense(histories @ self._fans) @ self._k
        scores = dense(voices @ self._liked)
        own = histories.multiply(1 - self._d).tocoo()  # zero diagonal: a title does not speak for itself
        scores[own.row, own.col] -= own.data
        return scores / self._d

    def part(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> Floats:
        voices = self._fans[rows] @ self._k
        part = dense((self._fans[columns] @ voices.T).T) / self._d[columns]
        part[rows[:, None] == columns[None, :]] = 0
        return part

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The viewers' likes as CSR parts, ``k`` and ``d``."""
        return {
            "data": self._liked.data,
            "indices": self._liked.indices,
            "indptr": self._liked.indptr,
            "k": self._k,
            "d": self._d,
        }
