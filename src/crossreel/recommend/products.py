"""Products of sparse matrices, by whichever way is quicker: sparse or dense.

A dense product spends the same on every cell but is some eighty times quicker an update. ML-1M's
title-title matrix (5 % of the cells) takes a tenth of the time by sparse sums.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.compiled import compiled
from crossreel.recommend.pairs import multiply
from crossreel.recommend.ranking import blocks
from crossreel.recommend.roles import Floats

__all__ = ["Columns", "csr_arrays", "dense", "gram", "restored_csr", "unsigned_parts"]

_DENSE_CELLS = 250_000_000
"""Beyond this a weight matrix is not made dense, whatever the speed (1 GB)."""
_DENSE_GAIN = 60
"""How many multiply-adds a dense product does while a sparse one does one."""
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


def unsigned_parts(matrix: sp.csr_array) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """indptr, indices and data of a CSR matrix as compiled loops want them: uint32, uint32, float32."""
    numbers = matrix.indptr.astype(np.uint32), matrix.indices.astype(np.uint32)
    return *numbers, matrix.data.astype(np.float32, copy=False)


def gram(weights: sp.csr_array) -> Floats:
    """W W', (things, things) float32, dense.

    Args:
        weights: W, (things, aspects) CSR.
    """
    things, aspects = weights.shape
    each = np.bincount(weights.indices, minlength=aspects).astype(np.float64)
    if float(each @ each) * _DENSE_GAIN > float(things) * things * aspects <= _DENSE_CELLS * float(things):
        full = dense(weights)
        return np.asarray(full @ full.T)
    result = np.zeros((things, things), dtype=np.float32)
    compiled(multiply, exact=True)(*unsigned_parts(weights), *unsigned_parts(sp.csr_array(weights.T)), result)
    return result


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
