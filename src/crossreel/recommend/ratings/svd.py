"""SVD and SVD++: ratings from factors, fitted by gradient descent, with calibrated intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.compiled import compiled
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.ranking import blocks
from crossreel.recommend.ratings.baseline import SCALE, rated_pairs
from crossreel.recommend.ratings.descent import epoch
from crossreel.recommend.ratings.intervals import held_out, quantile_of, spreads
from crossreel.recommend.roles import PredictedRatings, TrainingContext, TrainingData

__all__ = ["Svd", "SvdModel", "SvdPlusPlus", "SvdPlusPlusModel"]

Values = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_PAIRS = 8192


@dataclass(frozen=True, slots=True)
class Svd(Configured):
    """r_ui = m + b_u + b_i + p_u'q_i.

    Stochastic gradient descent on the squared error with ridge (S. Funk, 2006; Y. Koren, R. Bell,
    C. Volinsky, Matrix Factorization Techniques for Recommender Systems, Computer 42, 2009).
    Rates and ridges are stated for scales of five steps, as in the literature.

    Attributes:
        factors: length of p and q; 1 to 1000.
        epochs: passes over the ratings; 1 to 1000.
        rate: of the descent; 1e-6 to 1.
        ridge: of everything that is learned; 0 to 10.
        spread: standard deviation of the factors at the start; 0 to 1.
        level: of the prediction intervals; 0.01 to 0.9999.
        calibration: share of the ratings kept out to find the intervals' reach, before all are
            learned from; 0 (no intervals) to 0.5.
    """

    factors: int = 50
    epochs: int = 40
    rate: float = 0.01
    ridge: float = 0.1
    spread: float = 0.05
    level: float = 0.9
    calibration: float = 0.1

    name: ClassVar[str] = "svd"
    implicit: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_range(self.name, "factors", self.factors, 1, 1000)
        check_range(self.name, "epochs", self.epochs, 1, 1000)
        check_range(self.name, "rate", self.rate, 1e-6, 1)
        check_range(self.name, "ridge", self.ridge, 0, 10)
        check_range(self.name, "spread", self.spread, 0, 1)
        check_range(self.name, "level", self.level, 0.01, 0.9999)
        check_range(self.name, "calibration", self.calibration, 0, 0.5)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> SvdModel:  # noqa: B008 - frozen
        """Descends, twice when intervals are wanted. Raises ``BadInput`` when nobody rated anything."""
        rated = rated_pairs(data, self.name)
        rng = np.random.default_rng(context.seed)
        kept = held_out(rated.nnz, self.calibration, rng)
        reach = np.nan
        if kept.any():
            rows = np.repeat(np.arange(rated.shape[0]), np.diff(rated.indptr))
            part = self._descend(_only(rated, ~kept), context, "calibrate", 0.0)
            errors = np.abs(part.predict(rows[kept], rated.indices[kept]).mean - rated.data[kept])
            reach = quantile_of(errors / part.spreads[rows[kept]], self.level)
        return self._descend(rated, context, "fit", reach)

    def _descend(self, rated: sp.csr_array, context: TrainingContext, what: str, reach: float) -> SvdModel:
        viewers, titles = rated.shape
        rng = np.random.default_rng(context.seed)
        length, fans = np.diff(rated.indptr), np.bincount(rated.indices, minlength=titles)
        p = rng.normal(0, self.spread, (viewers, self.factors)) * (length > 0)[:, None]
        q = rng.normal(0, self.spread, (titles, self.factors)) * (fans > 0)[:, None]
        y = rng.normal(0, self.spread, (titles, self.factors)) * (fans > 0)[:, None]
        of_viewer, of_title = np.zeros(viewers), np.zeros(titles)
        stars = rated.data * SCALE
        mean = float(stars.mean()) if len(stars) else 0.0
        run = compiled(epoch)
        for done in range(self.epochs):
            context.progress(done, self.epochs, f"{self.name}: {what}")
            order, within = rng.permutation(viewers), rng.integers(0, 2**31, viewers)
            run(rated.indptr, rated.indices, stars, order, within, mean, of_viewer, of_title,
                p, q, y, self.implicit, self.rate, self.ridge)  # fmt: skip
        context.progress(self.epochs, self.epochs, f"{self.name}: {what}")
        if self.implicit:
            met = sp.csr_array((np.ones(rated.nnz), rated.indices, rated.indptr), shape=rated.shape)
            p = p + (met @ y) / np.sqrt(np.maximum(length, 1))[:, None]
        model = self.kind(mean, of_viewer, of_title, p, q, np.ones(viewers), np.nan)
        rows = np.repeat(np.arange(viewers), length)
        errors = model.predict(rows, rated.indices).mean - rated.data
        return self.kind(mean, of_viewer, of_title, p, q, spreads(rated, errors), reach)

    @property
    def kind(self) -> type[SvdModel]:
        """The class of its models."""
        return SvdPlusPlusModel if self.implicit else SvdModel

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> SvdModel:
        """The model whose ``arrays()`` these are."""
        mean, reach = (float(one) for one in arrays["scale"])
        return self.kind(
            mean,
            arrays["of_viewer"],
            arrays["of_title"],
            arrays["viewers"],
            arrays["titles"],
            arrays["spreads"],
            reach,
        )


@dataclass(frozen=True, slots=True)
class SvdPlusPlus(Svd):
    """r_ui = m + b_u + b_i + q_i'(p_u + |N(u)|^-1/2 sum of y_j over the titles j that u rated).

    Y. Koren, Factorization Meets the Neighborhood, KDD 2008, equation 15: what somebody chose to
    rate tells of taste even without the stars. Settings as ``Svd``'s.
    """

    name: ClassVar[str] = "svdpp"
    implicit: ClassVar[bool] = True


def _only(rated: sp.csr_array, keep: npt.NDArray[np.bool_]) -> sp.csr_array:
    indptr = np.concatenate([[0], np.cumsum(keep)])[rated.indptr].astype(rated.indptr.dtype)
    return sp.csr_array((rated.data[keep], rated.indices[keep], indptr), shape=rated.shape)


class SvdModel:
    """Deviations and factors.

    Args:
        mean: of the ratings, in steps of a five-step scale above its lowest.
        of_viewer, of_title: (viewers,), (titles,) deviations.
        viewers, titles: (viewers, factors), (titles, factors).
        spreads: (viewers,) usual error, as a share of the scale.
        reach: of the intervals in such errors; NaN without them.
    """

    name: ClassVar[str] = Svd.name

    def __init__(
        self,
        mean: float,
        of_viewer: Values,
        of_title: Values,
        viewers: Values,
        titles: Values,
        spreads: Values,
        reach: float,
    ) -> None:
        self._mean, self.spreads, self._reach = mean, spreads, reach
        self._of_viewer, self._of_title, self._viewers, self._titles = of_viewer, of_title, viewers, titles

    def predict(self, viewers: Ints, titles: Ints) -> PredictedRatings:
        """Ratings of pairs within the scale, with intervals when they were calibrated."""
        fit = np.empty(len(viewers))
        for part in blocks(len(viewers), _PAIRS):  # gathered factors stay small
            fit[part] = np.einsum("ij,ij->i", self._viewers[viewers[part]], self._titles[titles[part]])
        stars = self._mean + self._of_viewer[viewers] + self._of_title[titles] + fit
        mean = np.clip(stars / SCALE, 0, 1)
        if np.isnan(self._reach):
            return PredictedRatings(mean)
        half = self._reach * self.spreads[viewers]
        return PredictedRatings(mean, np.clip(mean - half, 0, 1), np.clip(mean + half, 0, 1))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Deviations, factors, spreads, and ``scale``: mean and reach."""
        return {
            "of_viewer": self._of_viewer,
            "of_title": self._of_title,
            "viewers": self._viewers,
            "titles": self._titles,
            "spreads": self.spreads,
            "scale": np.array([self._mean, self._reach]),
        }


class SvdPlusPlusModel(SvdModel):
    """What was rated is already in the viewers' factors."""

    name: ClassVar[str] = SvdPlusPlus.name
