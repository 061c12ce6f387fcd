"""Metrics of ranked lists against held-out titles, viewer by viewer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

__all__ = ["coverage", "hits", "mean_over_tested", "ndcg_at", "recall_at"]

Values = npt.NDArray[np.float64]


def hits(ranked: npt.NDArray[np.int32], test: sp.csr_array) -> npt.NDArray[np.bool_]:
    """(viewers, k) whether the title at each place is among the viewer's test titles.

    Args:
        ranked: (viewers, k) title numbers, best first; -1 where the list is shorter.
        test: (viewers, titles) CSR of held-out titles.
    """
    width = max(test.shape[1], 1)
    rows = np.arange(len(ranked), dtype=np.int64)[:, None]
    held = np.repeat(rows[:, 0], np.diff(test.indptr)) * width + test.indices
    return np.asarray(np.isin(rows * width + ranked, held) & (ranked >= 0))


def ndcg_at(k: int, ranked: npt.NDArray[np.int32], test: sp.csr_array) -> Values:
    """(viewers,) NDCG@k with binary relevance; NaN for viewers without test titles.

    DCG sums 1 / log2(place + 1) over the hits (places from 1); the ideal list has
    min(k, test titles) hits (K. Jarvelin, J. Kekalainen, ACM TOIS 20, 2002).
    """
    discount = 1 / np.log2(np.arange(2, k + 2))
    wanted = np.minimum(np.diff(test.indptr), k)
    ideal = np.concatenate([[np.nan], np.cumsum(discount)])[wanted]
    found = hits(ranked[:, :k], test)
    return np.asarray((found * discount[: found.shape[1]]).sum(axis=1) / ideal)


def recall_at(k: int, ranked: npt.NDArray[np.int32], test: sp.csr_array) -> Values:
    """(viewers,) share of a viewer's test titles among the first ``k``; NaN without test titles."""
    wanted = np.diff(test.indptr).astype(np.float64)
    wanted[wanted == 0] = np.nan
    return np.asarray(hits(ranked[:, :k], test).sum(axis=1) / wanted)


def coverage(ranked: npt.NDArray[np.int32], titles: int) -> float:
    """Share of the catalog that stands in at least one list."""
    return len(np.unique(ranked[ranked >= 0])) / max(titles, 1)


def mean_over_tested(values: Values) -> float:
    """Mean over the viewers who have test titles; NaN when nobody has."""
    tested = values[~np.isnan(values)]
    return float(tested.mean()) if len(tested) else float("nan")
