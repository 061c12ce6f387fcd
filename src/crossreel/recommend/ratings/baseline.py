"""Baselines: the mean, who rates high, and what is rated high."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.roles import PredictedRatings, TrainingContext, TrainingData

__all__ = ["BaselineRating", "BaselineRatingModel", "baselines", "rated_pairs"]

Values = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SCALE = 4.0
"""Regularization counts are stated for scales of five steps, as in the literature."""


def rated_pairs(data: TrainingData, name: str) -> sp.csr_array:
    """(viewers, titles) float64 ratings as shares of the scale, zeros stored.

    Raises:
        BadInput: nobody rated anything.
    """
    rated = data.interactions.rated
    if not rated.nnz:
        raise BadInput(f"{name} cannot learn: no viewer rated any title.", advice="Import ratings.")
    return sp.csr_array((rated.data.astype(np.float64), rated.indices, rated.indptr), shape=rated.shape)


def baselines(
    rated: sp.csr_array, viewer_ridge: float, title_ridge: float, rounds: int
) -> tuple[float, Values, Values]:
    """The mean, and what is added for each viewer and each title; 0 for those without ratings.

    b_i = sum (r_ui - m - b_u) / (title_ridge + n_i), then b_u the same over the viewer's titles,
    ``rounds`` times (Y. Koren, Factor in the Neighbors, ACM TKDD 4, 2010, section 2.1, alternating).
    """
    rows = np.repeat(np.arange(rated.shape[0]), np.diff(rated.indptr))
    mean = float(rated.data.mean())
    off = rated.data - mean
    of_viewer, of_title = np.zeros(rated.shape[0]), np.zeros(rated.shape[1])
    ratings_of_title = np.bincount(rated.indices, minlength=rated.shape[1])
    for _ in range(rounds):
        rest = np.bincount(rated.indices, weights=off - of_viewer[rows], minlength=rated.shape[1])
        of_title = rest / (title_ridge + ratings_of_title)
        rest = np.bincount(rows, weights=off - of_title[rated.indices], minlength=rated.shape[0])
        of_viewer = rest / (viewer_ridge + np.diff(rated.indptr))
    return mean, of_viewer, of_title


@dataclass(frozen=True, slots=True)
class BaselineRating(Configured):
    """r_ui = m + b_u + b_i, the deviations shrunk toward 0 (``baselines``).

    Attributes:
        viewer_ridge, title_ridge: ratings that count as "none of a deviation"; 0 to 1e6.
        rounds: of the alternation; 1 to 1000.
    """

    viewer_ridge: float = 15.0
    title_ridge: float = 10.0
    rounds: int = 10

    name: ClassVar[str] = "baseline-rating"

    def __post_init__(self) -> None:
        check_range(self.name, "viewer_ridge", self.viewer_ridge, 0, 1e6)
        check_range(self.name, "title_ridge", self.title_ridge, 0, 1e6)
        check_range(self.name, "rounds", self.rounds, 1, 1000)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> BaselineRatingModel:  # noqa: B008 - frozen
        """Alternates. Raises ``BadInput`` when nobody rated anything."""
        rated = rated_pairs(data, self.name)
        return BaselineRatingModel(*baselines(rated, self.viewer_ridge, self.title_ridge, self.rounds))

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> BaselineRatingModel:
        """The model whose ``arrays()`` these are."""
        return BaselineRatingModel(float(arrays["mean"]), arrays["viewers"], arrays["titles"])


class BaselineRatingModel:
    """The mean and the deviations."""

    name: ClassVar[str] = BaselineRating.name

    def __init__(self, mean: float, viewers: Values, titles: Values) -> None:
        self._mean, self._viewers, self._titles = mean, viewers, titles

    def predict(self, viewers: Ints, titles: Ints) -> PredictedRatings:
        """Ratings of pairs, within the scale."""
        return PredictedRatings(np.clip(self._mean + self._viewers[viewers] + self._titles[titles], 0, 1))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``mean``, ``viewers``, ``titles``."""
        return {"mean": np.array(self._mean), "viewers": self._viewers, "titles": self._titles}
