"""What lists are worth beyond hits: variety, surprise, fairness to rare titles, calibration.

Conventions are those of ``recommend.evaluate.metrics``: ``ranked`` is (viewers, k) title numbers,
best first, -1 where a list is shorter. Per-viewer functions return (viewers,) float64, NaN for
viewers whose list (or, where it is needed, history) is empty.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.evaluate.metrics import Ranked, Values, hits

__all__ = [
    "calibration",
    "exposure",
    "gini",
    "intra_list_diversity",
    "novelty",
    "popularity_lift",
    "serendipity",
]

_CALIBRATION_ALPHA = 0.01


def exposure(ranked: Ranked, titles: int) -> npt.NDArray[np.int64]:
    """(titles,) in how many lists each title stands."""
    return np.asarray(np.bincount(ranked[ranked >= 0], minlength=titles), dtype=np.int64)


def gini(ranked: Ranked, titles: int) -> float:
    """How unequal exposure is over the catalog: 0 all titles alike, near 1 one title only.

    G = sum_i (2 i - n - 1) e_i / (n sum_i e_i), e ascending, i from 1; NaN without any list.
    """
    counts = np.sort(exposure(ranked, titles)).astype(np.float64)
    if not counts.any():
        return float("nan")
    place = np.arange(1, titles + 1)
    return float(((2 * place - titles - 1) * counts).sum() / (titles * counts.sum()))


def _mean_over_list(ranked: Ranked, value: Values) -> Values:
    """Mean of a value per title over each list."""
    shown = ranked >= 0
    total = np.where(shown, value[np.maximum(ranked, 0)], 0.0).sum(axis=1)
    length = shown.sum(axis=1)
    return np.where(length > 0, total / np.maximum(length, 1), np.nan)


def novelty(ranked: Ranked, train: sp.csr_array) -> Values:
    """(viewers,) mean self-information of the listed titles in bits: -log2(fans of i / viewers).

    Titles without fans count as if they had one (T. Zhou et al., PNAS 107, 2010).
    """
    fans = np.bincount(train.indices, minlength=train.shape[1])
    viewers = max(np.count_nonzero(np.diff(train.indptr)), 1)
    return _mean_over_list(ranked, -np.log2(np.maximum(fans, 1) / viewers))


def popularity_lift(ranked: Ranked, train: sp.csr_array, histories: sp.csr_array) -> Values:
    """(viewers,) how much more popular a list is than its viewer's history: mean fans / mean fans - 1.

    0 gives back the viewer's own appetite for popular titles; 1 lists titles twice as popular
    (H. Abdollahpouri et al., The Unfairness of Popularity Bias in Recommendation, RMSE 2019).
    """
    fans = np.bincount(train.indices, minlength=train.shape[1]).astype(np.float64)
    length = np.diff(histories.indptr)
    row = np.repeat(np.arange(histories.shape[0]), length)
    own = np.bincount(row, weights=fans[histories.indices], minlength=histories.shape[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(own > 0, own / length, np.nan)
    return np.asarray(_mean_over_list(ranked, fans) / own - 1)


def serendipity(ranked: Ranked, test: sp.csr_array, train: sp.csr_array) -> Values:
    """(viewers,) hits weighted by how much earlier they stand than in the list of popular titles.

    Mean over the listed titles of max(P_u(i) - P(i), 0) hit(i), with P_u(i) = (n + 1 - place) / n and
    P(i) the same of i's place by popularity, n the size of the catalog; equally popular titles
    stand by number (the definition of RecTools). NaN without test titles.
    """
    n = test.shape[1]
    fans = np.bincount(train.indices, minlength=n)
    place = np.empty(n)
    place[np.argsort(-fans, kind="stable")] = np.arange(1, n + 1)
    by_model = (n + 1 - np.arange(1, ranked.shape[1] + 1)) / n
    by_fame = (n + 1 - place[np.maximum(ranked, 0)]) / n
    surprise = np.maximum(by_model[None, :] - by_fame, 0) * hits(ranked, test)
    listed = np.maximum((ranked >= 0).sum(axis=1), 1)
    return np.where(np.diff(test.indptr) > 0, surprise.sum(axis=1) / listed, np.nan)


def _listed(ranked: Ranked, titles: int) -> sp.csr_array:
    shown = ranked >= 0
    indptr = np.concatenate([[0], np.cumsum(shown.sum(axis=1))])
    return sp.csr_array((np.ones(int(shown.sum())), ranked[shown], indptr), shape=(len(ranked), titles))


def intra_list_diversity(ranked: Ranked, features: sp.csr_array) -> Values:
    """(viewers,) mean of 1 - cosine over all pairs of a list; NaN for lists of fewer than two.

    Titles without features are unlike everything (C.-N. Ziegler et al., WWW 2005, section 3.3).

    Args:
        ranked: (viewers, k).
        features: (titles, features) CSR, rows of any length.
    """
    squared = np.asarray(features.multiply(features).sum(axis=1), dtype=np.float64).ravel()
    scale = 1 / np.sqrt(np.where(squared > 0, squared, 1))
    unit = sp.csr_array(features.astype(np.float64).multiply(scale[:, None]))
    listed = _listed(ranked, features.shape[0])
    together = sp.csr_array(listed @ unit)
    whole = np.asarray(together.multiply(together).sum(axis=1)).ravel()
    own = np.asarray(listed @ (squared > 0).astype(np.float64)).ravel()
    length = np.diff(listed.indptr)
    pairs = length * (length - 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(pairs > 0, 1 - (whole - own) / pairs, np.nan)


def calibration(ranked: Ranked, histories: sp.csr_array, genres: sp.csr_array) -> Values:
    """(viewers,) how far a list's mix of genres is from its viewer's: 0 is the same mix.

    KL(p | (1 - a) q + a p) in nats, a = 0.01, p and q the mean genre distributions of history and
    list, each title spread evenly over its genres (H. Steck, Calibrated Recommendations, RecSys
    2018). NaN where either has no genres.

    Args:
        ranked: (viewers, k).
        histories: (viewers, titles) CSR; only which entries are stored counts.
        genres: (titles, genres) CSR of zeros and ones.
    """
    count = np.maximum(np.asarray(genres.sum(axis=1), dtype=np.float64).ravel(), 1)
    spread = sp.csr_array(genres.astype(np.float64).multiply((1 / count)[:, None]))
    history = sp.csr_array(
        (np.ones(histories.nnz), histories.indices, histories.indptr), shape=histories.shape
    )
    p = _shares((history @ spread).toarray())
    q = _shares((_listed(ranked, genres.shape[0]) @ spread).toarray())
    mixed = (1 - _CALIBRATION_ALPHA) * q + _CALIBRATION_ALPHA * p
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(p > 0, p * np.log(p / mixed), 0.0)
    empty = np.isnan(p).any(axis=1) | np.isnan(q).any(axis=1)
    return np.where(empty, np.nan, part.sum(axis=1))


def _shares(counts: Values) -> Values:
    total = counts.sum(axis=1, keepdims=True)
    return np.where(total > 0, counts / np.where(total > 0, total, 1), np.nan)
