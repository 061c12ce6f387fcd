"""The predictors of ratings by the names the command line knows them by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, Self

from crossreel.recommend.ratings.baseline import BaselineRating
from crossreel.recommend.ratings.bayes import BayesianFactors
from crossreel.recommend.ratings.neighbors import KnnRating
from crossreel.recommend.ratings.nonnegative import NonNegative
from crossreel.recommend.ratings.svd import Svd, SvdPlusPlus
from crossreel.recommend.roles import RatingPredictor, TrainingContext, TrainingData

__all__ = ["RATING_ALGORITHMS", "RatingAlgorithm"]


class RatingAlgorithm(Protocol):
    """A frozen configuration that fits a predictor of ratings."""

    name: ClassVar[str]

    def fit(self, data: TrainingData, context: TrainingContext = ...) -> RatingPredictor:
        """A fitted predictor. Raises ``BadInput`` when nobody rated anything."""
        ...

    @classmethod
    def from_dict(cls, config: Mapping[str, Any]) -> Self:
        """The configuration from its JSON form; unknown keys raise ``BadValue``."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """The configuration as JSON."""
        ...


RATING_ALGORITHMS: dict[str, type[RatingAlgorithm]] = {
    algorithm.name: algorithm
    for algorithm in (BaselineRating, KnnRating, Svd, SvdPlusPlus, NonNegative, BayesianFactors)
}
"""Name -> configuration class."""
