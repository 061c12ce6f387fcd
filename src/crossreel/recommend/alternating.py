"""The inner loop of ALS: conjugate gradients for one row after the other, compiled by Numba."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["improve"]

Array = npt.NDArray[Any]
_APART = 128
"""Numbers between what is written and anything else: a compiled loop asks whether two arrays lie so near that
it must go one number at a time, which rounds in another order, and chance would decide."""


def improve(  # noqa: C901 - one compiled loop
    indptr: Array,
    indices: Array,
    strength: Array,
    others: Array,
    whole: Array,
    ridge: Array,
    pull: Array,
    mine: Array,
    steps: int,
    first: int,
    last: int,
) -> None:
    """Some steps of conjugate gradients toward each row's best factors, from where they are.

    Row u solves (whole + sum_i s_ui q_i q_i' + ridge_u I) p_u = sum_i s_ui q_i + pull_u over its
    entries i (G. Takacs, I. Pilaszy, D. Tikk, Applications of the Conjugate Gradient Method for
    Implicit Feedback Collaborative Filtering, RecSys 2011). The system is never formed: a step costs
    O(entries x factors).

    Args:
        indptr: of the CSR matrix of likes.
        indices: of it.
        strength: of it, float32.
        others: (columns, factors) float32, q.
        whole: (factors, factors) float32, what all pairs contribute.
        ridge: (rows,) float32.
        pull: (rows, factors) float32, toward what is known of a row beside its entries; or (0, factors).
        mine: (rows, factors) float32, improved in place; rows without entries and pull become 0.
        steps: of conjugate gradients.
        first: row to work on.
        last: row to stop before.
    """
    factors = others.shape[1]
    scratch = np.zeros((5, factors + _APART), np.float32)
    rest, along, product = scratch[1], scratch[2], scratch[3]
    for u in range(first, last):
        start, stop = indptr[u], indptr[u + 1]
        pulled = pull.shape[0] > 0
        if start == stop and not pulled:
            for f in range(factors):
                mine[u, f] = 0
            continue
        x = mine[u]
        for f in range(factors):
            total = ridge[u] * x[f]
            row = whole[f]
            for g in range(factors):
                total += row[g] * x[g]
            rest[f] = -total
        if pulled:
            for f in range(factors):
                rest[f] += pull[u, f]
        for e in range(start, stop):
            q = others[indices[e]]
            dot = np.float32(0)
            for f in range(factors):
                dot += q[f] * x[f]
            weight = strength[e] * (np.float32(1) - dot)
            for f in range(factors):
                rest[f] += weight * q[f]
        size = np.float32(0)
        for f in range(factors):
            along[f] = rest[f]
            size += rest[f] * rest[f]
        for _ in range(steps):
            if size < 1e-12:
                break
            for f in range(factors):
                total = ridge[u] * along[f]
                row = whole[f]
                for g in range(factors):
                    total += row[g] * along[g]
                product[f] = total
            for e in range(start, stop):
                q = others[indices[e]]
                dot = np.float32(0)
                for f in range(factors):
                    dot += q[f] * along[f]
                weight = strength[e] * dot
                for f in range(factors):
                    product[f] += weight * q[f]
            curve = np.float32(0)
            for f in range(factors):
                curve += along[f] * product[f]
            length = size / curve
            before = size
            size = np.float32(0)
            for f in range(factors):
                x[f] += length * along[f]
                rest[f] -= length * product[f]
                size += rest[f] * rest[f]
            ratio = size / before
            for f in range(factors):
                along[f] = rest[f] + ratio * along[f]
