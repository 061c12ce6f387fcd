"""Metrics of ranked lists against held-out titles, viewer by viewer.

Relevance is binary: a title is held out or not. Everywhere ``ranked`` is (viewers, k) title numbers,
best first, -1 where a list is shorter, and ``test`` is a (viewers, titles) CSR matrix of held-out
titles. Each function returns (viewers,) float64, NaN for viewers without held-out titles, so that
means, intervals and paired comparisons are taken over the same viewers (``mean_over_tested``).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

__all__ = [
    "RANKED",
    "auc",
    "average_precision_at",
    "coverage",
    "hit_rate_at",
    "hits",
    "mean_over_tested",
    "ndcg_at",
    "precision_at",
    "recall_at",
    "reciprocal_rank_at",
]

Values = npt.NDArray[np.float64]
Ranked = npt.NDArray[np.int32]


def hits(ranked: Ranked, test: sp.csr_array) -> npt.NDArray[np.bool_]:
    """(viewers, k) whether the title at each place is among the viewer's test titles.

    Args:
        ranked: (viewers, k) title numbers, best first; -1 where the list is shorter.
        test: (viewers, titles) CSR of held-out titles.
    """
    width = max(test.shape[1], 1)
    rows = np.arange(len(ranked), dtype=np.int64)[:, None]
    held = np.repeat(rows[:, 0], np.diff(test.indptr)) * width + test.indices
    return np.asarray(np.isin(rows * width + ranked, held) & (ranked >= 0))


def _wanted(test: sp.csr_array) -> Values:
    wanted: Values = np.diff(test.indptr).astype(np.float64)
    wanted[wanted == 0] = np.nan
    return wanted


def ndcg_at(k: int, ranked: Ranked, test: sp.csr_array) -> Values:
    """(viewers,) NDCG@k with binary relevance; NaN for viewers without test titles.

    DCG sums 1 / log2(place + 1) over the hits (places from 1); the ideal list has
    min(k, test titles) hits (K. Jarvelin, J. Kekalainen, ACM TOIS 20, 2002).
    """
    discount = 1 / np.log2(np.arange(2, k + 2))
    wanted = np.minimum(np.diff(test.indptr), k)
    ideal = np.concatenate([[np.nan], np.cumsum(discount)])[wanted]
    found = hits(ranked[:, :k], test)
    return np.asarray((found * discount[: found.shape[1]]).sum(axis=1) / ideal)


def recall_at(k: int, ranked: Ranked, test: sp.csr_array) -> Values:
    """(viewers,) share of a viewer's test titles among the first ``k``; NaN without test titles."""
    return np.asarray(hits(ranked[:, :k], test).sum(axis=1) / _wanted(test))


def precision_at(k: int, ranked: Ranked, test: sp.csr_array) -> Values:
    """(viewers,) hits among the first ``k`` divided by k, also where the list is shorter."""
    return np.asarray(np.where(np.isnan(_wanted(test)), np.nan, hits(ranked[:, :k], test).sum(axis=1) / k))


def average_precision_at(k: int, ranked: Ranked, test: sp.csr_array) -> Values:
    """(viewers,) AP@k; its mean is MAP@k.

    The precision at each hit, summed, divided by min(k, test titles), so that 1 can be reached
    (C. Manning et al., Introduction to Information Retrieval, 2008, section 8.4, cut at k).
    """
    found = hits(ranked[:, :k], test)
    precision = np.cumsum(found, axis=1) / np.arange(1, found.shape[1] + 1)
    return np.asarray((precision * found).sum(axis=1) / np.minimum(_wanted(test), k))


def reciprocal_rank_at(k: int, ranked: Ranked, test: sp.csr_array) -> Values:
    """(viewers,) 1 / place of the first hit among the first ``k``, 0 without one; its mean is MRR@k."""
    found = hits(ranked[:, :k], test)
    first = 1 / (1 + found.argmax(axis=1)) if found.shape[1] else np.zeros(len(found))
    return np.where(np.isnan(_wanted(test)), np.nan, np.where(found.any(axis=1), first, 0.0))


def hit_rate_at(k: int, ranked: Ranked, test: sp.csr_array) -> Values:
    """(viewers,) 1 where at least one test title is among the first ``k``, else 0."""
    found = hits(ranked[:, :k], test).any(axis=1)
    return np.where(np.isnan(_wanted(test)), np.nan, found.astype(np.float64))


RANKED: dict[str, Callable[[int, Ranked, sp.csr_array], Values]] = {
    "ndcg": ndcg_at,
    "recall": recall_at,
    "precision": precision_at,
    "map": average_precision_at,
    "mrr": reciprocal_rank_at,
    "hit-rate": hit_rate_at,
}
"""The metrics of a list of k titles by the names that results give them (``name@k``)."""


_SORTING = 1000
"""From one of so many titles that is asked about on, sorting all scores is quicker than counting for each."""


def auc(scores: npt.NDArray[np.float32], known: sp.csr_array, test: sp.csr_array) -> Values:
    """(viewers,) chance that a held-out title scores above one that is neither held out nor known.

    Equal scores count half (the Mann-Whitney statistic, J. Hanley, B. McNeil, Radiology 143, 1982).
    NaN too where nothing is left to compare with.

    Args:
        scores: (viewers, titles) of the full catalog.
        known: (viewers, titles) CSR; stored entries take no part.
        test: (viewers, titles) CSR of held-out titles, disjoint from ``known``.
    """
    result = np.full(len(scores), np.nan)
    for row in np.flatnonzero(np.diff(test.indptr)):
        held = test.indices[test.indptr[row] : test.indptr[row + 1]]
        out = np.concatenate([held, known.indices[known.indptr[row] : known.indptr[row + 1]]])
        others = scores.shape[1] - len(out)
        if others:
            mine = scores[row, held]
            below = _not_above(mine, scores[row]) - _not_above(mine, scores[row, out])
            result[row] = below.mean() / (2 * others)
    return result


def _not_above(mine: npt.NDArray[np.float32], of: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Twice how many of some scores are below each of mine; those equal count once."""
    if _SORTING * len(mine) > len(of):
        ordered = np.sort(of)
        return np.searchsorted(ordered, mine, side="left") + np.searchsorted(ordered, mine, side="right")
    return np.array([np.count_nonzero(of < one) + np.count_nonzero(of <= one) for one in mine])


def coverage(ranked: Ranked, titles: int) -> float:
    """Share of the catalog that stands in at least one list."""
    return len(np.unique(ranked[ranked >= 0])) / max(titles, 1)


def mean_over_tested(values: Values) -> float:
    """Mean over the viewers who have test titles; NaN when nobody has."""
    tested = values[~np.isnan(values)]
    return float(tested.mean()) if len(tested) else float("nan")
