"""Errors of predicted ratings, and whether prediction intervals keep their promise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["interval_coverage", "interval_width", "mean_absolute_error", "root_mean_squared_error"]

Values = npt.NDArray[np.float64]


def root_mean_squared_error(predicted: Values, true: Values) -> float:
    """RMSE, in the units of the ratings; NaN for none."""
    error = np.asarray(predicted, dtype=np.float64) - true
    return float(np.sqrt(np.mean(error * error))) if len(error) else float("nan")


def mean_absolute_error(predicted: Values, true: Values) -> float:
    """MAE, in the units of the ratings; NaN for none."""
    error = np.abs(np.asarray(predicted, dtype=np.float64) - true)
    return float(np.mean(error)) if len(error) else float("nan")


def interval_coverage(low: Values, high: Values, true: Values) -> float:
    """Share of the ratings that lie within their intervals, ends included; NaN for none."""
    inside = (low <= true) & (true <= high)
    return float(np.mean(inside)) if len(inside) else float("nan")


def interval_width(low: Values, high: Values) -> float:
    """Mean width of the intervals; NaN for none."""
    return float(np.mean(high - low)) if len(low) else float("nan")
