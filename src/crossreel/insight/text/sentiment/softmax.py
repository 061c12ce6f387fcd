"""Softmax regression: P(y | x) = softmax(W x + b), fitted by L-BFGS with an L2 penalty on W."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

__all__ = ["Softmax", "fit_softmax", "softmax"]

Matrix = NDArray[np.float64]


def softmax(scores: Matrix) -> Matrix:
    """Rows of scores as rows of probabilities."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Softmax:
    """Fitted weights.

    Attributes:
        weights: shape (features, classes).
        bias: shape (classes,).
    """

    weights: Matrix
    bias: Matrix

    def scores(self, features: Any) -> Matrix:
        """W x + b for rows of features (dense or scipy.sparse), shape (rows, classes)."""
        return np.asarray(features @ self.weights + self.bias, dtype=np.float64)

    def probabilities(self, features: Any) -> Matrix:
        """Shape (rows, classes); each row adds up to 1."""
        return softmax(self.scores(features))


def fit_softmax(
    features: Any,
    labels: NDArray[np.int64],
    classes: int,
    *,
    penalty: float,
    weights: NDArray[np.float64] | None = None,
    possible: NDArray[np.bool_] | None = None,
    iterations: int = 200,
) -> Softmax:
    """Minimizes the weighted mean cross-entropy + penalty / 2 * |W|^2; the bias is not penalized.

    Args:
        features: shape (rows, features), dense or scipy.sparse.
        labels: class of each row, from 0.
        classes: how many there are.
        penalty: of the squared weights.
        weights: of each row; all equal otherwise.
        possible: shape (rows, classes); False where a row's annotators could not have chosen the class, so
            that the row says nothing of it (a source without a neutral label).
        iterations: L-BFGS steps at most.
    """
    rows, width = features.shape
    share = np.full(rows, 1.0 / rows) if weights is None else weights / weights.sum()
    wanted = np.zeros((rows, classes))
    wanted[np.arange(rows), labels] = 1.0

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        held = flat.reshape(width + 1, classes)
        scores = np.asarray(features @ held[:-1] + held[-1])
        found = softmax(scores if possible is None else np.where(possible, scores, -np.inf))
        likely = np.maximum(found[np.arange(rows), labels], 1e-300)
        value = -(share * np.log(likely)).sum() + penalty / 2 * (held[:-1] ** 2).sum()
        error = (found - wanted) * share[:, None]
        slope = np.vstack([features.T @ error + penalty * held[:-1], error.sum(axis=0)])
        return float(value), slope.ravel()

    start = np.zeros((width + 1) * classes)
    held = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations}).x
    held = held.reshape(width + 1, classes)
    return Softmax(held[:-1].copy(), held[-1].copy())
