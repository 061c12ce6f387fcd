"""Prediction intervals that hold what they promise, around any predictor of ratings.

Split conformal prediction with scaled residuals (J. Lei et al., Distribution-Free Predictive
Inference for Regression, JASA 113, 2018, section 5.2): a tenth of the ratings is kept out, the model
is fitted on the rest, and the interval's reach is the quantile of their errors, each divided by how
far that viewer's ratings usually lie from their predictions. New ratings of the same audience then
fall inside at least at the stated rate, whatever the errors' distribution.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

__all__ = ["held_out", "quantile_of", "spreads"]

Values = npt.NDArray[np.float64]
_PRIOR = 5.0
"""Ratings that the audience's common spread counts as, beside a viewer's own."""


def held_out(ratings: int, share: float, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """(ratings,) which are kept out for calibration; none when there are fewer than 20 of them."""
    kept = np.zeros(ratings, dtype=bool)
    count = int(share * ratings)
    if count >= 20:
        kept[rng.choice(ratings, count, replace=False)] = True
    return kept


def spreads(rated: sp.csr_array, errors: Values) -> Values:
    """(viewers,) root mean square of each viewer's errors, shrunk toward the audience's.

    Args:
        rated: whose rows are the viewers.
        errors: aligned with its data.
    """
    rows = np.repeat(np.arange(rated.shape[0]), np.diff(rated.indptr))
    own = np.bincount(rows, weights=errors * errors, minlength=rated.shape[0])
    common = float(np.mean(errors * errors)) if len(errors) else 1.0
    found: Values = np.sqrt((own + _PRIOR * common) / (np.diff(rated.indptr) + _PRIOR))
    return np.maximum(found, 1e-6)


def quantile_of(scaled: Values, level: float) -> float:
    """The reach: the ceil((n + 1) level)-th smallest of n scaled absolute errors; inf when n is too small."""
    place = int(np.ceil((len(scaled) + 1) * level))
    return float(np.sort(scaled)[place - 1]) if 0 < place <= len(scaled) else float("inf")
