"""The figure by which an epoch is judged: NDCG@10 on validation likes, the same for every network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.interactions import Interactions
from crossreel.recommend.evaluate.metrics import mean_over_tested, ndcg_at
from crossreel.recommend.ranking import top_k

__all__ = ["validation_ndcg"]

_VIEWERS = 1500
"""Judged at most so many: the standard error is then about .007, and an epoch stays short."""

Scorer = Callable[[npt.NDArray[np.int64]], npt.NDArray[np.float32]]


def validation_ndcg(histories: sp.csr_array, validation: Interactions | None, scores: Scorer) -> float | None:
    """Mean NDCG@10 over viewers with a history and validation likes; None where there are none.

    Args:
        histories: (viewers, titles) what was trained on; never ranked.
        validation: held-out likes of the same viewers and titles.
        scores: (rows,) viewer numbers, of like history lengths -> (rows, titles) scores.
    """
    if validation is None:
        return None
    able = np.flatnonzero((np.diff(validation.liked.indptr) > 0) & (np.diff(histories.indptr) > 0))
    if not len(able):
        return None
    if len(able) > _VIEWERS:
        able = np.random.default_rng(0).choice(able, _VIEWERS, replace=False)
    able = able[np.argsort(np.diff(histories.indptr)[able], kind="stable")]
    found = []
    for start in range(0, len(able), 256):
        rows = able[start : start + 256]
        table = scores(rows)
        for place, row in enumerate(rows):
            known = slice(histories.indptr[row], histories.indptr[row + 1])
            table[place, histories.indices[known]] = -np.inf
        found.append(top_k(table, 10))
    return mean_over_tested(ndcg_at(10, np.concatenate(found), validation.liked[able]))
