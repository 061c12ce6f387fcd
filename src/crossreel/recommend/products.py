"""Products of sparse matrices, by whichever way is quicker: sparse, dense, or some of both.

Audiences are skewed: a third of the titles gathers nine tenths of the likes. A dense product
spends the same on every cell but is some hundred times quicker an update, so that popular titles
are multiplied densely and the others sparsely (``gram``): ML-1M's title-title matrix takes a third
of the time of either way alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.ranking import blocks
from crossreel.recommend.roles import Floats

__all__ = ["Columns", "csr_arrays", "dense", "gram", "gram_blocks", "restored_csr"]

_BLOCK_BYTES = 64_000_000
_DENSE_CELLS = 250_000_000
"""Beyond this a weight matrix is not made dense, whatever the speed (1 GB)."""
_DENSE_GAIN = 200
"""How many multiply-adds a dense product does while a sparse one does one."""
_HALF_DENSE_GAIN = 30
"""The same of a sparse matrix times a dense one."""
_WIDTH = 1024
"""Columns multiplied at a time: what is gathered then stays in a processor's cache."""
_CROWDED = 0.03
"""Share of stored cells from which a dense right-hand side is quicker."""


def dense(matrix: Any) -> Floats:
    """A sparse or dense matrix as a dense float32 array."""
    return np.asarray(matrix.toarray() if sp.issparse(matrix) else matrix, dtype=np.float32)


def csr_arrays(matrix: sp.csr_array) -> dict[str, npt.NDArray[Any]]:
    """A CSR matrix as plain arrays, for saving."""
    return {
        "data": matrix.data,
        "indices": matrix.indices,
        "indptr": matrix.indptr,
        "shape": np.array(matrix.shape),
    }


def restored_csr(arrays: Any) -> sp.csr_array:
    """The matrix whose ``csr_arrays`` these are."""
    shape = tuple(int(length) for length in arrays["shape"])
    return sp.csr_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape)


def gram(weights: sp.csr_array) -> Floats:
    """W W', (things, things) float32, dense.

    Args:
        weights: W, (things, aspects) CSR.
    """
    things = weights.shape[0]
    order = np.argsort(-np.diff(weights.indptr), kind="stable")
    many = _dense_things(weights, order)
    if many == things:
        full = dense(weights)
        return np.asarray(full @ full.T)
    hot, cold = order[:many], order[many:]
    rare = weights[cold]
    result = np.empty((things, things), dtype=np.float32)
    _between_rare(rare, cold, result)
    if many:
        full = dense(sp.csr_array(weights.T)[:, hot])
        result[np.ix_(hot, hot)] = full.T @ full
        for part in blocks(len(cold), max(1, _BLOCK_BYTES // (4 * many))):
            across = rare[part] @ full
            result[np.ix_(cold[part], hot)] = across
            result[np.ix_(hot, cold[part])] = across.T
    return result


def _between_rare(rare: sp.csr_array, cold: npt.NDArray[np.int64], result: Floats) -> None:
    turned = sp.csr_array(rare.T)
    for part in blocks(len(cold), max(1, _BLOCK_BYTES // (4 * max(len(cold), 1)))):
        result[np.ix_(cold[part], cold)] = dense(rare[part] @ turned)


def _dense_things(weights: sp.csr_array, order: npt.NDArray[np.int64]) -> int:
    """How many of the longest rows to multiply densely, by counting the work."""
    things, aspects = weights.shape
    place = np.empty(things, dtype=np.int64)
    place[order] = np.arange(things)
    rank = np.repeat(place, np.diff(weights.indptr))
    best, least = 0, float("inf")
    for many in np.unique(np.linspace(0, things, 9).astype(int)):
        if many * aspects > _DENSE_CELLS:
            break
        left = weights.indices[rank >= many]
        rare = np.bincount(left, minlength=aspects).astype(np.float64)
        work = float(many) * many * aspects / _DENSE_GAIN
        work += float(len(left)) * many / _HALF_DENSE_GAIN + float(rare @ rare)
        if work < least:
            best, least = int(many), work
    return best


def gram_blocks(weights: sp.csr_array) -> Iterator[tuple[slice, Floats | sp.csr_array]]:
    """W W' by blocks of rows, about 64 MB each: dense where much is stored, else sparse.

    Args:
        weights: W, (things, aspects) CSR.
    """
    things = weights.shape[0]
    size = max(1, _BLOCK_BYTES // (4 * max(things, 1)))
    if things * things <= _DENSE_CELLS // 2 and _fills(weights):
        whole = gram(weights)
        for rows in blocks(things, size):
            yield rows, whole[rows]
        return
    across = sp.csr_array(weights.T)
    for rows in blocks(things, size):
        yield rows, sp.csr_array(weights[rows] @ across)


def _fills(weights: sp.csr_array) -> bool:
    """Whether the product may have so many entries that a dense one is no waste."""
    things, aspects = weights.shape
    each = np.bincount(weights.indices, minlength=aspects).astype(np.float64)
    return bool(4 * float(each @ each) > float(things) * things)


class Columns:
    """A (titles, titles) matrix that histories are multiplied with, kept as that is quickest.

    Dense where at least 3 % is stored (or all of it was given dense), and then in blocks of
    columns, each in one piece of memory: half the time of one wide matrix.

    Args:
        matrix: dense float32 or CSR.
    """

    def __init__(self, matrix: Floats | sp.csr_array) -> None:
        rows, columns = self.shape = matrix.shape
        self._sparse = None
        self._blocks: list[Floats] = []
        crowded = isinstance(matrix, np.ndarray) or (
            _CROWDED * rows * columns < matrix.nnz and rows * columns <= _DENSE_CELLS
        )
        if crowded:
            full = dense(matrix)
            self._blocks = [np.ascontiguousarray(full[:, part]) for part in blocks(columns, _WIDTH)]
        else:
            self._sparse = sp.csr_array(matrix)

    def after(self, histories: sp.csr_array) -> Floats:
        """(viewers, columns) histories times the matrix, dense."""
        if self._sparse is not None:
            return dense(histories @ self._sparse)
        result = np.empty((histories.shape[0], self.shape[1]), dtype=np.float32)
        for number, block in enumerate(self._blocks):
            result[:, number * _WIDTH : number * _WIDTH + block.shape[1]] = histories @ block
        return result

    def rows(self, numbers: npt.NDArray[np.integer] | slice) -> Floats:
        """Some rows, dense."""
        if self._sparse is not None:
            return dense(self._sparse[numbers])
        found = [block[numbers] for block in self._blocks]
        return np.concatenate(found, axis=1) if found else np.zeros((0, 0), dtype=np.float32)
