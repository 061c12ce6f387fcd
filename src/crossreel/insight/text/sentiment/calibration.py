"""Fitting probabilities to what is seen, and measuring how far they are off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from crossreel.insight.text.sentiment.softmax import softmax

__all__ = ["calibration_error", "fit_temperature", "macro_f1", "macro_f1_interval"]

Numbers = NDArray[np.float64]


def fit_temperature(
    scores: Numbers, labels: NDArray[np.int64], possible: NDArray[np.bool_] | None = None
) -> float:
    """The temperature that makes held-out labels likeliest (Guo et al. 2017, arXiv 1706.04599).

    Args:
        scores: shape (rows, classes), before softmax.
        labels: of each row.
        possible: classes that a row's annotators could choose; all where absent.
    """
    masked = scores if possible is None else np.where(possible, scores, -1e9)

    def loss(log_temperature: float) -> float:
        found = softmax(masked / np.exp(log_temperature))
        return float(-np.log(np.maximum(found[np.arange(len(labels)), labels], 1e-12)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def calibration_error(probabilities: Numbers, is_positive: NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error of the predicted class over bins of equal width (Guo et al. 2017).

    Args:
        probabilities: of "positive", shape (rows,); the rest is "negative".
        is_positive: what they are.
        bins: how many.
    """
    said = probabilities >= 0.5
    confidence = np.where(said, probabilities, 1 - probabilities)
    right = said == is_positive
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(right[places == place].mean() - confidence[places == place].mean()) * (places == place).mean()
        for place in range(bins)
        if (places == place).any()
    ]
    return float(sum(gaps))


def macro_f1(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """The mean of the two classes' F1."""
    scores = []
    for value in (True, False):
        hit = ((said == value) & (truth == value)).sum()
        scores.append(2 * hit / max((said == value).sum() + (truth == value).sum(), 1))
    return float(np.mean(scores))


def macro_f1_interval(
    said: NDArray[np.bool_], truth: NDArray[np.bool_], seed: int = 42, draws: int = 1000
) -> tuple[float, float]:
    """95 % percentile interval of macro-F1 by resampling reviews."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, len(truth), (draws, len(truth)))
    found = [macro_f1(said[pick], truth[pick]) for pick in rows]
    return float(np.percentile(found, 2.5)), float(np.percentile(found, 97.5))
