"""The inner loop of SVD and SVD++: one epoch of stochastic gradient descent, compiled by Numba.

A step on one rating moves the implicit factors y of all n titles that the viewer has rated, each to a y + c
with the same a = 1 - rate ridge and c = rate error q / sqrt(n). So their sum is kept up rating by rating, and
the titles' own y are moved once a viewer, by what the n steps amount to: the same numbers, but for rounding,
as by moving all of them each time, at O(factors) a rating instead of O(factors x ratings of the viewer),
which is where other implementations spend their time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["epoch"]

Array = npt.NDArray[Any]


def epoch(  # noqa: C901 - one compiled loop
    indptr: Array,
    indices: Array,
    stars: Array,
    order: Array,
    within: Array,
    mean: float,
    of_viewer: Array,
    of_title: Array,
    p: Array,
    q: Array,
    y: Array,
    implicit: bool,
    rate: float,
    ridge: float,
) -> None:
    """One pass over all ratings, in place.

    Args:
        indptr: of the CSR matrix of ratings; which titles a viewer has rated is what y is about.
        indices: of it.
        stars: of it, float64.
        order: viewers in the order they are passed.
        within: (ratings,) random numbers; a viewer's ratings are passed from one of them on.
        mean: of all ratings.
        of_viewer: (viewers,) deviations.
        of_title: (titles,) deviations.
        p: (viewers, factors).
        q: (titles, factors).
        y: (titles, factors).
        implicit: whether y takes part (SVD++).
        rate: of the descent.
        ridge: of everything.
    """
    factors = p.shape[1]
    taste, gathered = np.zeros(factors), np.zeros(factors)
    decay = 1.0 - rate * ridge
    for u in order:
        start, stop = indptr[u], indptr[u + 1]
        n = stop - start
        if n == 0:
            continue
        norm = 1.0 / np.sqrt(n)
        for f in range(factors):
            taste[f] = 0.0
            gathered[f] = 0.0
        if implicit:
            for e in range(start, stop):
                i = indices[e]
                for f in range(factors):
                    taste[f] += y[i, f]
            for f in range(factors):
                taste[f] *= norm
        shift = within[u] % n
        for place in range(n):
            e = start + (place + shift) % n
            i = indices[e]
            guess = mean + of_viewer[u] + of_title[i]
            for f in range(factors):
                guess += (p[u, f] + taste[f]) * q[i, f]
            error = stars[e] - guess
            of_viewer[u] += rate * (error - ridge * of_viewer[u])
            of_title[i] += rate * (error - ridge * of_title[i])
            for f in range(factors):
                pf, qf = p[u, f], q[i, f]
                p[u, f] = pf + rate * (error * qf - ridge * pf)
                q[i, f] = qf + rate * (error * (pf + taste[f]) - ridge * qf)
                if implicit:
                    gathered[f] = decay * gathered[f] + rate * error * qf * norm
                    taste[f] = decay * taste[f] + rate * error * qf
        if implicit:
            left = decay**n
            for e in range(start, stop):
                i = indices[e]
                for f in range(factors):
                    y[i, f] = left * y[i, f] + gathered[f]
