"""Non-negative factors with side features: ratings as sums of parts that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.ratings.baseline import SCALE, rated_pairs
from crossreel.recommend.ratings.intervals import held_out, quantile_of, spreads
from crossreel.recommend.roles import PredictedRatings, TrainingContext, TrainingData

__all__ = ["NonNegative", "NonNegativeModel"]

Values = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class NonNegative(Configured):
    """r_ui = a_u + c_i + p_u'q_i, q_i = w_i + sum_f x_if v_f, everything 0 or more.

    Ratings are counted from the lowest of the scale, so that a prediction is a sum of parts: the
    viewer's level, the title's, and what they share in each factor. Features of the titles
    (genres, people, country, decade, keywords; x_i has length 1) have factors of their own, so that
    a title that nobody rated has those of what it is made of; c_i is made in the same way. Fitted by
    multiplicative updates on the rated pairs (D. Lee, H. Seung, Algorithms for Non-negative Matrix
    Factorization, NIPS 2000, weighted by S. Zhang et al., Learning from Incomplete Ratings Using
    Non-negative Matrix Factorization, SDM 2006), with a ridge that pulls factors to 0
    and the levels to half of the mean rating each.

    Attributes:
        factors: length of p and q; 1 to 200.
        rounds: of updates; 1 to 2,000.
        ridge: of p, w and v, in ratings of a five-step scale; 0 to 1,000.
        content: how much the features count beside a title's own factors; 0 (not at all) to 10.
        level: of the prediction intervals; 0.01 to 0.9999.
        calibration: share of the ratings kept out to find the intervals' reach; 0 to 0.5.
    """

    factors: int = 6
    rounds: int = 300
    ridge: float = 12.0
    content: float = 0.5
    level: float = 0.9
    calibration: float = 0.1

    name: ClassVar[str] = "non-negative"

    def __post_init__(self) -> None:
        check_range(self.name, "factors", self.factors, 1, 200)
        check_range(self.name, "rounds", self.rounds, 1, 2000)
        check_range(self.name, "ridge", self.ridge, 0, 1000)
        check_range(self.name, "content", self.content, 0, 10)
        check_range(self.name, "level", self.level, 0.01, 0.9999)
        check_range(self.name, "calibration", self.calibration, 0, 0.5)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> NonNegativeModel:  # noqa: B008 - frozen
        """Updates, twice when intervals are wanted. Raises ``BadInput`` when nobody rated anything."""
        rated = rated_pairs(data, self.name)
        made_of = self._made_of(data)
        kept = held_out(rated.nnz, self.calibration, np.random.default_rng(context.seed))
        reach = float("nan")
        if kept.any():
            rows = np.repeat(np.arange(rated.shape[0]), np.diff(rated.indptr))
            indptr = np.concatenate([[0], np.cumsum(~kept)])[rated.indptr].astype(rated.indptr.dtype)
            rest = sp.csr_array((rated.data[~kept], rated.indices[~kept], indptr), shape=rated.shape)
            part = self._updated(rest, made_of, context, "calibrate", reach)
            errors = np.abs(part.predict(rows[kept], rated.indices[kept]).mean - rated.data[kept])
            reach = quantile_of(errors / part.spreads[rows[kept]], self.level)
        return self._updated(rated, made_of, context, "fit", reach)

    def _made_of(self, data: TrainingData) -> sp.csr_array:
        """(titles, titles + features): each title itself, and its features times ``content``."""
        own = sp.eye_array(len(data.titles), format="csr")
        if not self.content or not any(title is not None for title in data.titles):
            return sp.csr_array(own)
        found = ContentToContent(text=0.0, decade=0.0).of_titles(data.titles).arrays()
        shape = tuple(int(length) for length in found["shape"])
        features = sp.csr_array((found["data"], found["indices"], found["indptr"]), shape=shape)
        return sp.csr_array(sp.hstack([own, features * self.content], format="csr"))

    def _updated(
        self, rated: sp.csr_array, made_of: sp.csr_array, context: TrainingContext, what: str, reach: float
    ) -> NonNegativeModel:
        viewers, titles = rated.shape
        rng = np.random.default_rng(context.seed)
        row = np.repeat(np.arange(viewers), np.diff(rated.indptr))
        column, stars = rated.indices, rated.data * SCALE
        mean = max(float(stars.mean()), 1e-3)
        # factor 0 is 1 for every viewer, factor 1 is 1 for every title: their partners are the levels
        p = rng.uniform(0.5, 1.5, (viewers, self.factors + 2)) * np.sqrt(0.2 * mean / self.factors)
        w = rng.uniform(0.5, 1.5, (made_of.shape[1], self.factors + 2)) * np.sqrt(0.2 * mean / self.factors)
        own, features = slice(0, titles), slice(titles, None)
        p[:, 0], p[:, 1], w[own, 0], w[features, 0] = 1, 0.5 * mean, 0.5 * mean, 0.05 * mean
        before_p, before_w = np.zeros_like(p), np.zeros_like(w)  # what the ridge pulls to
        before_p[:, 1], before_w[own, 0] = 0.5 * mean, 0.5 * mean
        turned = sp.csr_array(made_of.T)
        for done in range(self.rounds):
            context.progress(done, self.rounds, f"{self.name}: {what}")
            q = self._titles(made_of, w)
            wanted, guessed = self._pulls(rated, row, column, stars, p, q)
            up, down = wanted @ q, guessed @ q
            self._step(p, up, down, slice(1, None), 0.25 * self.ridge, before_p)
            wanted, guessed = self._pulls(rated, row, column, stars, p, q)
            up, down = turned @ (wanted.T @ p), turned @ (guessed.T @ p)
            keep = np.r_[0, 2 : self.factors + 2]
            self._step(w, up, down, keep, self.ridge, before_w)
        context.progress(self.rounds, self.rounds, f"{self.name}: {what}")
        q = self._titles(made_of, w)
        unknown = np.diff(rated.indptr) == 0
        if (~unknown).any():
            p[unknown] = p[~unknown].mean(axis=0)
        bare = (np.bincount(column, minlength=titles) == 0) & (np.diff(made_of.indptr) < 2)
        if bare.any() and not bare.all():
            q[bare] = q[~bare].mean(axis=0)
        model = NonNegativeModel(p, q, np.ones(viewers), float("nan"))
        errors = model.predict(row, column).mean - rated.data
        return NonNegativeModel(p, q, spreads(rated, errors), reach)

    @staticmethod
    def _titles(made_of: sp.csr_array, w: Values) -> Values:
        q: Values = made_of @ w
        q[:, 1] = 1
        return q

    @staticmethod
    def _pulls(
        rated: sp.csr_array, row: Ints, column: Ints, stars: Values, p: Values, q: Values
    ) -> tuple[sp.csr_array, sp.csr_array]:
        """(viewers, titles) what was rated, and what is predicted for the same pairs."""
        guess = np.einsum("ij,ij->i", p[row], q[column])
        shape = rated.shape
        return (
            sp.csr_array((stars, rated.indices, rated.indptr), shape=shape),
            sp.csr_array((guess, rated.indices, rated.indptr), shape=shape),
        )

    @staticmethod
    def _step(x: Values, up: Values, down: Values, columns: Any, ridge: float, before: Values) -> None:
        above = up[:, columns] + ridge * before[:, columns]
        x[:, columns] *= above / (down[:, columns] + ridge * x[:, columns] + _TINY)

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> NonNegativeModel:
        """The model whose ``arrays()`` these are."""
        return NonNegativeModel(
            arrays["viewers"], arrays["titles"], arrays["spreads"], float(arrays["reach"][0])
        )


class NonNegativeModel:
    """Parts of viewers and titles.

    Args:
        viewers, titles: (viewers, factors + 2), (titles, factors + 2), 0 or more; column 0 of the first and
            column 1 of the second are 1.
        spreads: (viewers,) usual error, as a share of the scale.
        reach: of the intervals in such errors; NaN without them.
    """

    name: ClassVar[str] = NonNegative.name

    def __init__(self, viewers: Values, titles: Values, spreads: Values, reach: float) -> None:
        self._viewers, self._titles, self.spreads, self._reach = viewers, titles, spreads, reach

    def predict(self, viewers: Ints, titles: Ints) -> PredictedRatings:
        """Ratings of pairs within the scale, with intervals when they were calibrated."""
        stars = np.einsum("ij,ij->i", self._viewers[viewers], self._titles[titles])
        mean = np.clip(stars / SCALE, 0, 1)
        if np.isnan(self._reach):
            return PredictedRatings(mean)
        half = self._reach * self.spreads[viewers]
        return PredictedRatings(mean, np.clip(mean - half, 0, 1), np.clip(mean + half, 0, 1))

    def parts(self, viewer: int, title: int) -> Values:
        """(factors + 2,) what the title's level, the viewer's level and each factor add, in steps of five."""
        found: Values = self._viewers[viewer] * self._titles[title]
        return found

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The parts, ``spreads`` and ``reach``."""
        return {
            "viewers": self._viewers,
            "titles": self._titles,
            "spreads": self.spreads,
            "reach": np.array([self._reach]),
        }
