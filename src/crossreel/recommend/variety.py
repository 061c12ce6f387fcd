"""Variety: a list's order by relevance, unlikeness and match with the viewer's taste, chosen greedily.

Each place goes to the candidate i with the largest

    (1 - c) (m rel(i) - (1 - m) max_{j in S} sim(i, j)) - c KL(p | q(S + i))

S what is listed already, rel the score divided by the largest, sim the cosine by content; m is the
lambda of maximal marginal relevance (J. Carbonell, J. Goldstein, SIGIR 1998), c the lambda of
calibrated recommendations (H. Steck, RecSys 2018), p the genres of the viewer's history and q those
of the list, with q mixed with 1 % of p so that the divergence is finite, as there.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossreel.recommend.roles import Floats

__all__ = ["varied"]

_ALPHA = 0.01


def varied(
    relevance: Floats,
    likeness: Floats,
    taste: npt.NDArray[np.float64],
    genres: npt.NDArray[np.float64],
    n: int,
    *,
    mmr: float,
    calibration: float,
) -> npt.NDArray[np.int64]:
    """(min(n, m),) positions of the chosen candidates, in their order; the first is the most relevant.

    Args:
        relevance: (m,) scores, the largest above 0.
        likeness: (m, m) cosines.
        taste: (genres,) shares of the history; all 0 where it has none, which turns calibration off.
        genres: (m, genres) shares of each candidate, rows that sum to 1 or 0.
        n: how many.
        mmr: m, 0 to 1; 1 is pure relevance.
        calibration: c, 0 to 1; 0 is none.
    """
    m = len(relevance)
    rel = relevance / max(float(relevance.max(initial=0)), 1e-12)
    weight = calibration if taste.any() else 0.0
    left = np.ones(m, dtype=bool)
    nearest = np.zeros(m)
    mixed = np.zeros(genres.shape[1])
    chosen: list[int] = []
    while len(chosen) < min(n, m):
        if chosen:
            gain = (1 - weight) * (mmr * rel - (1 - mmr) * nearest)
            if weight:
                gain = gain - weight * _divergence(taste, mixed + genres)
        else:
            gain = rel.astype(np.float64)
        place = int(np.argmax(np.where(left, gain, -np.inf)))
        chosen.append(place)
        left[place] = False
        nearest = np.maximum(nearest, likeness[place])
        mixed = mixed + genres[place]
    return np.array(chosen, dtype=np.int64)


def _divergence(taste: npt.NDArray[np.float64], counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(m,) KL(p | q) in nats for each row of counts; a row without genres is as far as can be."""
    total = counts.sum(axis=1, keepdims=True)
    q = (1 - _ALPHA) * counts / np.where(total > 0, total, 1) + _ALPHA * taste
    part = np.where(taste > 0, taste * np.log(np.where(taste > 0, taste, 1) / np.where(q > 0, q, 1)), 0)
    return np.asarray(part.sum(axis=1))
