"""Rating prediction on MovieLens 100K, five random folds.

    python benchmarks/accuracy/ml100k_ratings.py PATH/ml-100k [--json] [--algorithms knn-rating,...]

All 100,000 ratings of u.data are shuffled by one numpy.random.RandomState(0) and cut into five
consecutive parts, as Surprise's KFold(5, random_state=0) does; each part is the test of the other
four. RMSE and MAE are in stars, the mean of the five folds' figures as Surprise gives them; seconds
are of fit and prediction of all five, CPU over all threads. Coverage is the share of test ratings
inside the stated intervals.

Leaves with 1 if the best single model stays above RMSE 0.900.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import scipy.sparse as sp

from crossreel import __version__
from crossreel.audience.interactions import Interactions
from crossreel.recommend.evaluate.rating_error import (
    interval_coverage,
    mean_absolute_error,
    root_mean_squared_error,
)
from crossreel.recommend.ratings.baseline import BaselineRating
from crossreel.recommend.ratings.bayes import BayesianFactors
from crossreel.recommend.ratings.neighbors import KnnRating
from crossreel.recommend.ratings.nonnegative import NonNegative
from crossreel.recommend.ratings.svd import Svd, SvdPlusPlus
from crossreel.recommend.roles import RatesInTime, TrainingData
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

BINS = 4
ALGORITHMS: dict[str, Any] = {
    "BaselineOnly": BaselineRating(),
    "KNNBasic": KnnRating(similarity="msd", center="none", by="viewers"),
    "KNNBaseline": KnnRating(similarity="msd", center="baseline", by="viewers"),
    "SVD": Svd(factors=100, epochs=20, rate=0.005, ridge=0.02, spread=0.1, calibration=0.0),
    "SVDpp": SvdPlusPlus(factors=20, epochs=20, rate=0.007, ridge=0.02, spread=0.1, calibration=0.0),
    "knn-rating": KnnRating(),
    "svd": Svd(),
    "svdpp": SvdPlusPlus(),
    "non-negative": NonNegative(),
    "non-negative in time": NonNegative(bins=BINS),
    "bayesian-factors": BayesianFactors(),
}
BAR = 0.900


def data_of(viewers: int, titles: int, rated: sp.csr_array, times: np.ndarray) -> TrainingData:
    nothing = Interactions.from_liked(
        Vocabulary(ViewerId("ml-100k", str(number)) for number in range(viewers)),
        Vocabulary(TitleId("ml-100k", str(number)) for number in range(titles)),
        sp.csr_array((viewers, titles), dtype=np.float32),
    )
    return TrainingData(replace(nothing, rated=rated, rated_time=times), (None,) * titles)


def measure(
    name: str, rows: np.ndarray, columns: np.ndarray, stars: np.ndarray, times: np.ndarray
) -> dict[str, Any]:
    order = np.arange(len(stars))
    np.random.RandomState(0).shuffle(order)
    viewers, titles = rows.max() + 1, columns.max() + 1
    found: dict[str, list[float]] = {"rmse": [], "mae": [], "coverage": []}
    wall, cpu = time.perf_counter(), time.process_time()
    for test in np.array_split(order, 5):
        train = np.setdiff1d(order, test)
        train = train[np.lexsort((columns[train], rows[train]))]  # as the entries of the matrix stand
        values = ((stars[train] - 1) / 4).astype(np.float32)
        rated = sp.csr_array((values, (rows[train], columns[train])), shape=(viewers, titles))
        model = ALGORITHMS[name].fit(data_of(viewers, titles, rated, times[train]))
        if isinstance(model, RatesInTime):
            guess = model.predict_at(rows[test], columns[test], times[test])
        else:
            guess = model.predict(rows[test], columns[test])
        found["rmse"].append(root_mean_squared_error(guess.mean * 4 + 1, stars[test]))
        found["mae"].append(mean_absolute_error(guess.mean * 4 + 1, stars[test]))
        if guess.low is not None and guess.high is not None:
            share = (stars[test] - 1) / 4
            found["coverage"].append(interval_coverage(guess.low - 1e-9, guess.high + 1e-9, share))
        print(f"{name}: RMSE {found['rmse'][-1]:.4f}", file=sys.stderr)
    return {
        "algorithm": name,
        "config": ALGORITHMS[name].to_dict(),
        **{key: round(float(np.mean(value)), 4) if value else None for key, value in found.items()},
        "wall_seconds": round(time.perf_counter() - wall, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--algorithms", default=",".join(ALGORITHMS), help="comma-separated")
    asked = parser.parse_args()
    table = np.loadtxt(asked.folder / "u.data", dtype=np.int64)
    rows, columns = (np.unique(column, return_inverse=True)[1] for column in table[:, :2].T)
    report = {
        "data": "ml-100k",
        "protocol": "KFold(5, random_state=0), all ratings",
        "versions": {
            "crossreel": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        },
        "cores": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "results": [
            measure(name, rows, columns, table[:, 2], table[:, 3] * 1_000_000)
            for name in asked.algorithms.split(",")
        ],
    }
    print(json.dumps(report, indent=None if asked.json else 2))
    best = min(one["rmse"] for one in report["results"])
    return 1 if best > BAR else 0


if __name__ == "__main__":
    sys.exit(main())
