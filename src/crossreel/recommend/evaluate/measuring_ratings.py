"""One predictor of ratings under one protocol: fitted on train, asked for the test part's ratings."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.event_log import EventColumns
from crossreel.audience.interactions import Interactions
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.measurement import Measurement, peak_memory_mb
from crossreel.recommend.evaluate.protocol import Protocol
from crossreel.recommend.evaluate.splits import Split
from crossreel.recommend.ratings.registry import RatingAlgorithm
from crossreel.recommend.roles import RatesInTime, TrainingContext, TrainingData

__all__ = ["measure_ratings"]

Values = npt.NDArray[np.float64]


def measure_ratings(data: Dataset, algorithm: RatingAlgorithm, protocol: Protocol) -> Measurement:
    """Errors over all ratings of all folds, in the units of the ratings.

    ``rmse`` and ``mae`` are over ratings, not the mean over viewers; their intervals resample
    viewers. ``viewer-mae`` is each viewer's own mean absolute error, for paired comparisons.

    Raises:
        BadInput: nobody rated, or the split does not suit.
    """
    viewers = len(data.ratings.viewers)
    squared, absolute, inside = (np.zeros((viewers, 2)) for _ in range(3))
    has_intervals = False
    fit_seconds = predict_seconds = 0.0
    for split in protocol.rating_splits(data):
        started = time.perf_counter()
        model = algorithm.fit(_part(data, split), TrainingContext(seed=protocol.seed))
        fitted = time.perf_counter()
        row = np.repeat(np.arange(viewers, dtype=np.int64), np.diff(split.test.indptr))
        column = split.test.indices.astype(np.int64)
        if isinstance(model, RatesInTime):
            guess = model.predict_at(row, column, _times(data.ratings, split.test))
        else:
            guess = model.predict(row, column)
        fit_seconds += fitted - started
        predict_seconds += time.perf_counter() - fitted
        error = (guess.mean - split.test.data) * (data.scale[1] - data.scale[0])
        _add(squared, row, error * error)
        _add(absolute, row, np.abs(error))
        if guess.low is not None and guess.high is not None:
            has_intervals = True
            held = (guess.low - 1e-9 <= split.test.data) & (split.test.data <= guess.high + 1e-9)
            _add(inside, row, held.astype(np.float64))
    ratios = {"rmse": squared, "mae": absolute}
    if has_intervals:
        ratios["interval-coverage"] = inside
    count = absolute[:, 1]
    own = np.where(count > 0, absolute[:, 0] / np.maximum(count, 1), np.nan)
    return Measurement({"viewer-mae": own}, {}, fit_seconds, predict_seconds, peak_memory_mb(), ratios)


def _part(data: Dataset, split: Split) -> TrainingData:
    """The train part's ratings; nothing else of the audience is told to a predictor."""
    empty = sp.csr_array(split.train.shape, dtype=np.float32)
    known = replace(
        data.ratings,
        rated=split.train,
        rated_time=_times(data.ratings, split.train),
        liked=empty,
        liked_time=np.zeros(0, dtype=np.int64),
        seen=split.train.astype(bool),
    )
    return TrainingData(known, (None,) * len(known.titles))


def _times(known: Interactions, part: sp.csr_array) -> npt.NDArray[np.int64] | None:
    """When the ratings of a part were given; None where that is not known of all."""
    if known.rated_time is None or (known.rated_time == EventColumns.NO_TIME).any():
        return None
    width = max(known.rated.shape[1], 1)
    whole, some = (
        np.repeat(np.arange(one.shape[0], dtype=np.int64), np.diff(one.indptr)) * width + one.indices
        for one in (known.rated, part)
    )
    order = np.argsort(whole, kind="stable")
    times: npt.NDArray[np.int64] = known.rated_time[order[np.searchsorted(whole, some, sorter=order)]]
    return times


def _add(table: Values, row: npt.NDArray[np.int64], values: Values) -> None:
    """Adds to each viewer's sum and count."""
    table[:, 0] += np.bincount(row, weights=values, minlength=len(table))
    table[:, 1] += np.bincount(row, minlength=len(table))
