"""Ratings by neighbors: the mean of what similar viewers (or of what a viewer's similar titles) got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadValue
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.products import csr_arrays, restored_csr
from crossreel.recommend.ratings.baseline import baselines, rated_pairs
from crossreel.recommend.roles import PredictedRatings, TrainingContext, TrainingData

__all__ = ["KnnRating", "KnnRatingModel", "rating_similarity"]

Values = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SIMILARITIES = ("msd", "cosine", "pearson", "pearson-baseline")
CENTERS = ("none", "mean", "z-score", "baseline")
_STEPS = 4.0
"""Mean squared differences are taken on a scale of this length (1 to 5 stars)."""
_BASELINE = (15.0, 10.0, 10)
"""Ridges and rounds of the baselines."""


def rating_similarity(
    ratings: sp.csr_array,
    kind: str,
    *,
    low: float = 1.0,
    expected: Values | None = None,
    shrinkage: float = 100.0,
) -> Values:
    """(rows, rows) similarity of rows by the columns both have rated; 0 where there are none.

    ==================  ============================================================================
    msd                 1 / (1 + mean of (r_ai - r_bi)^2)
    cosine              sum r_ai r_bi / sqrt(sum r_ai^2 sum r_bi^2)
    pearson             the same of deviations from each row's mean over the common columns
    pearson-baseline    the same of r - expected, times (n - 1) / (n - 1 + shrinkage), n common
                        columns (Y. Koren, ACM TKDD 4, 2010, section 2.2)
    ==================  ============================================================================

    Args:
        ratings: (rows, columns) shares of the scale, zeros stored.
        kind: as above.
        low: what a share of 0 stands for, on a scale of five steps.
        expected: (stored entries,) baselines of the entries, for pearson-baseline.
        shrinkage: of pearson-baseline.
    """
    stars = ratings.data * _STEPS + low
    if kind == "pearson-baseline" and expected is not None:
        stars = (ratings.data - expected) * _STEPS
    mask = sp.csr_array(
        (np.ones(ratings.nnz), ratings.indices, ratings.indptr), shape=ratings.shape
    ).toarray()
    r = sp.csr_array((stars, ratings.indices, ratings.indptr), shape=ratings.shape).toarray()
    common = mask @ mask.T
    product, square = r @ r.T, (r * r) @ mask.T
    there = np.maximum(common, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "msd":
            found = 1 / ((square + square.T - 2 * product) / there + 1)
        elif kind == "pearson":
            total = r @ mask.T
            spread = np.maximum(common * square - total * total, 0)
            found = (common * product - total * total.T) / np.sqrt(spread * spread.T)
        else:
            found = product / np.sqrt(square * square.T)
            if kind == "pearson-baseline":
                found *= np.maximum(common - 1, 0) / (np.maximum(common - 1, 0) + shrinkage)
    return np.where((common > 0) & np.isfinite(found), found, 0.0)


@dataclass(frozen=True, slots=True)
class KnnRating(Configured):
    """r_ui = c_ui + sum_v s_uv (r_vi - c_vi) / sum_v s_uv over the ``k`` nearest viewers who rated i.

    Only neighbors with s > 0 count (at most ``k`` of the nearest are looked at). c is 0 (KNNBasic),
    the viewer's mean (with means), the same with deviations in units of each viewer's spread
    (z-score), or the baseline m + b_u + b_i (J. Herlocker et al., SIGIR 1999; Y. Koren, ACM TKDD 4,
    2010, equation 3). By titles, the two exchange their parts. Formulas, shrinkage and fallbacks
    are those of Surprise (N. Hug, JOSS 5, 2020), which the tests compare with; of equally similar
    neighbors those with lower numbers are taken.

    Attributes:
        k: neighbors; 1 to 10000.
        least: with fewer neighbors the center alone is predicted (without one, the mean of all).
        similarity: msd, cosine, pearson or pearson-baseline.
        center: none, mean, z-score or baseline.
        by: viewers or titles.
        shrinkage: of pearson-baseline; 0 or more.
        low: what the low end of the scale counts in cosine, on a scale of five steps.
    """

    k: int = 40
    least: int = 1
    similarity: str = "pearson-baseline"
    center: str = "baseline"
    by: str = "titles"
    shrinkage: float = 100.0
    low: float = 1.0

    name: ClassVar[str] = "knn-rating"

    def __post_init__(self) -> None:
        check_range(self.name, "k", self.k, 1, 10_000)
        check_range(self.name, "least", self.least, 1, 10_000)
        check_range(self.name, "shrinkage", self.shrinkage, 0, 1e6)
        check_range(self.name, "low", self.low, -100, 100)
        for key, allowed in (
            ("similarity", SIMILARITIES),
            ("center", CENTERS),
            ("by", ("viewers", "titles")),
        ):
            if getattr(self, key) not in allowed:
                raise BadValue(
                    f"setting {key} of {self.name}", getattr(self, key), "one of " + ", ".join(allowed)
                )

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> KnnRatingModel:  # noqa: B008 - frozen
        """Compares all viewers (or titles). Raises ``BadInput`` when nobody rated anything."""
        rated = rated_pairs(data, self.name)
        mean, of_viewer, of_title = baselines(rated, *_BASELINE)
        if self.by == "titles":
            rated, of_viewer, of_title = sp.csr_array(rated.T), of_title, of_viewer
        rows = np.repeat(np.arange(rated.shape[0]), np.diff(rated.indptr))
        expected = mean + of_viewer[rows] + of_title[rated.indices]
        near = rating_similarity(
            rated, self.similarity, low=self.low, expected=expected, shrinkage=self.shrinkage
        )
        return KnnRatingModel(self, rated, near, np.array([mean]), of_viewer, of_title)

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> KnnRatingModel:
        """The model whose ``arrays()`` these are."""
        return KnnRatingModel(
            self, restored_csr(arrays), arrays["near"], arrays["mean"], arrays["rows"], arrays["columns"]
        )


class KnnRatingModel:
    """Similarities and the ratings of the neighbors.

    Args:
        settings: how.
        rated: (rows, columns) ratings; rows are compared.
        near: (rows, rows) similarities.
        mean: (1,) of all ratings.
        rows, columns: deviations of the baselines.
    """

    name: ClassVar[str] = KnnRating.name

    def __init__(
        self,
        settings: KnnRating,
        rated: sp.csr_array,
        near: Values,
        mean: Values,
        rows: Values,
        columns: Values,
    ) -> None:
        self._settings, self._rated, self._near = settings, rated, near
        self._mean, self._rows, self._columns = mean, rows, columns
        self._by_column = sp.csc_array(rated)
        count = np.diff(rated.indptr)
        total = np.add.reduceat(np.append(rated.data, 0), rated.indptr[:-1]) * (count > 0)
        self._row_mean = np.where(count > 0, total / np.maximum(count, 1), mean[0])
        row = np.repeat(np.arange(rated.shape[0]), count)
        spread = np.sqrt(
            np.bincount(row, weights=(rated.data - self._row_mean[row]) ** 2, minlength=len(count))
            / np.maximum(count, 1)
        )
        self._spread = np.where(spread > 0, spread, float(rated.data.std()) or 1.0)

    def predict(self, viewers: Ints, titles: Ints) -> PredictedRatings:
        """Ratings of pairs, within the scale."""
        by_titles = self._settings.by == "titles"
        row, column = (titles, viewers) if by_titles else (viewers, titles)
        result = np.empty(len(row))
        order = np.argsort(column, kind="stable")
        ends = np.flatnonzero(np.diff(column[order], append=-1))
        start = 0
        for end in (ends + 1).tolist():
            some = order[start:end]
            result[some] = self._of_column(int(column[some[0]]), row[some])
            start = end
        return PredictedRatings(np.clip(result, 0, 1))

    def _of_column(self, column: int, row: Ints) -> Values:
        part = slice(self._by_column.indptr[column], self._by_column.indptr[column + 1])
        raters, given = self._by_column.indices[part], self._by_column.data[part]
        center, scale = self._center(row, column)
        if not len(raters):
            return center
        near = self._near[np.ix_(row, raters)]
        kept = np.argsort(-near, axis=1, kind="stable")[:, : self._settings.k]
        weight = np.maximum(np.take_along_axis(near, kept, axis=1), 0)
        their_center, their_scale = self._center(raters, column)
        deviation = given if self._settings.center == "none" else (given - their_center) / their_scale
        total = weight.sum(axis=1)
        enough = ((weight > 0).sum(axis=1) >= self._settings.least) & (total > 0)
        mean = (weight * deviation[kept]).sum(axis=1) / np.where(total > 0, total, 1)
        known = np.diff(self._rated.indptr)[row] > 0
        if self._settings.center == "none":
            return np.where(enough & known, mean, center)
        return np.where(enough & known, center + scale * mean, center)

    def _center(self, row: Ints, column: int) -> tuple[Values, Values]:
        """What is predicted without neighbors, and the unit of deviations from it."""
        one = np.ones(len(row))
        center = self._settings.center
        if center == "baseline":
            return self._mean[0] + self._rows[row] + self._columns[column], one
        if center == "none":
            return np.full(len(row), self._mean[0]), one
        if self._by_column.indptr[column] == self._by_column.indptr[column + 1]:
            return np.full(len(row), self._mean[0]), one
        return self._row_mean[row], self._spread[row] if center == "z-score" else one

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The ratings as CSR parts, ``near``, ``mean``, ``rows`` and ``columns``."""
        return {
            **csr_arrays(self._rated),
            "near": self._near,
            "mean": self._mean,
            "rows": self._rows,
            "columns": self._columns,
        }
