"""The inner loops of ``products.gram`` and ``similarity.nearest``: each pair is multiplied once.

Compiled by Numba. S_ij = sum over the shared aspects, in their order, of w_ik w_jk as float32. The sums
of one i stand in one array, which stays in the cache; a sum costs 1.3 ns, where SciPy's product takes
7 for each of both orders. Numbers that index are unsigned, as a check for negative ones takes longer than
the addition.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["gather", "multiply"]

Array = npt.NDArray[Any]


def gather(  # noqa: C901 - one compiled loop
    indptr: Array,
    aspects: Array,
    data: Array,
    turned_indptr: Array,
    things: Array,
    turned_data: Array,
    shrinkage: Any,
    lean: Array,
    columns: Array,
    values: Array,
    filled: Array,
) -> None:
    """Offers S_ij to the rows of both i and j, for every i and every j above it.

    Nothing the size of things times things is held: beside the weights there are the ``k`` best of
    each row so far, as heaps of which the worst stands first.

    Args:
        indptr: of W, (things, aspects) CSR, uint32.
        aspects: its columns, uint32.
        data: its entries, float32.
        turned_indptr: of W' as CSR, uint32.
        things: its columns, uint32, ascending in each row.
        turned_data: its entries, float32.
        shrinkage: h in S_ij c_ij / (c_ij + h), c_ij the number of shared aspects; 0 for none.
        lean: (things,) l in S_ij l_j / l_i; or (0,) for none.
        columns: (things, k) uint32, the neighbors kept; written in place, in the order of a heap.
        values: (things, k) float32, how near they are.
        filled: (things,) int64, how many of them there are.
    """
    count, k = columns.shape
    total, shared = np.zeros(count, np.float32), np.zeros(count, np.float32)
    bar = np.zeros(count, np.float32)
    after = turned_indptr[:-1].copy()
    counts, leans = shrinkage > 0, lean.shape[0] > 0
    for i in range(count):
        for e in range(indptr[i], indptr[i + 1]):
            after[aspects[e]] += np.uint32(1)
        work = np.int64(0)
        for e in range(indptr[i], indptr[i + 1]):
            aspect, weight = aspects[e], data[e]
            begin, end = np.uint64(after[aspect]), np.uint64(turned_indptr[aspect + 1])
            work += np.int64(end) - np.int64(begin)
            for q in range(begin, end):
                total[things[q]] += weight * turned_data[q]
            if counts:
                for q in range(begin, end):
                    shared[things[q]] += np.float32(1)
        # much was met: look through all above i; little: walk the same lists again
        whole = 2 * work > count - i
        lists = 1 if whole else indptr[i + 1] - indptr[i]
        for at in range(lists):
            begin, end = np.uint64(i + 1), np.uint64(count)
            if not whole:
                aspect = aspects[indptr[i] + at]
                begin, end = np.uint64(after[aspect]), np.uint64(turned_indptr[aspect + 1])
            for q in range(begin, end):
                j = np.uint32(q) if whole else things[q]
                near = total[j]
                total[j] = 0
                if counts:
                    near *= shared[j] / (shared[j] + shrinkage)
                    shared[j] = 0
                if not near > 0 or (not leans and near < bar[i] and near < bar[j]):
                    continue
                for turn in range(2):
                    row, column, value = (np.uint32(i), j, near) if turn else (j, np.uint32(i), near)
                    if leans:
                        value *= lean[column] / lean[row]
                    held, kept = values[row], columns[row]
                    leaf = filled[row]
                    if leaf < k:  # up from a new last leaf
                        filled[row] = leaf + 1
                        while leaf > 0:
                            above = (leaf - 1) >> 1
                            if held[above] < value or (held[above] == value and kept[above] > column):
                                break
                            held[leaf], kept[leaf] = held[above], kept[above]
                            leaf = above
                        held[leaf], kept[leaf] = value, column
                    elif held[0] < value or (held[0] == value and kept[0] > column):  # down from the root
                        root = 0
                        while True:
                            below = 2 * root + 1
                            if below >= k:
                                break
                            other = below + 1
                            if other < k and (
                                held[other] < held[below]
                                or (held[other] == held[below] and kept[other] > kept[below])
                            ):
                                below = other
                            if value < held[below] or (value == held[below] and column > kept[below]):
                                break
                            held[root], kept[root] = held[below], kept[below]
                            root = below
                        held[root], kept[root] = value, column
                    if filled[row] == k:
                        bar[row] = held[0]


def multiply(
    indptr: Array,
    aspects: Array,
    data: Array,
    turned_indptr: Array,
    things: Array,
    turned_data: Array,
    result: Array,
) -> None:
    """W W', of which one half is multiplied and the other copied.

    Args:
        indptr: of W, (things, aspects) CSR, uint32.
        aspects: its columns, uint32.
        data: its entries, float32.
        turned_indptr: of W' as CSR, uint32.
        things: its columns, uint32, ascending in each row.
        turned_data: its entries, float32.
        result: (things, things) float32, all 0; written in place.
    """
    after = turned_indptr[:-1].copy()
    for i in range(result.shape[0]):
        total = result[i]
        for e in range(indptr[i], indptr[i + 1]):
            aspect, weight = aspects[e], data[e]
            for q in range(np.uint64(after[aspect]), np.uint64(turned_indptr[aspect + 1])):
                total[things[q]] += weight * turned_data[q]
            after[aspect] += np.uint32(1)
    side = 64  # a tile of both halves is in the cache
    for top in range(0, result.shape[0], side):
        for left in range(0, top + 1, side):
            for i in range(top, min(top + side, result.shape[0])):
                for j in range(left, min(left + side, i)):
                    result[i, j] = result[j, i]
