"""Bayesian factors: ratings with honest uncertainty, and no settings to overfit with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.linalg import cho_factor, cho_solve
from scipy.special import ndtri

from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.ratings.baseline import rated_pairs
from crossreel.recommend.roles import PredictedRatings, TrainingContext, TrainingData

__all__ = ["BayesianFactors", "BayesianFactorsModel"]

Values = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BayesianFactors(Configured):
    """r_ui = m + b_u + c_i + p_u'q_i + noise, averaged over the posterior instead of fitted once.

    R. Salakhutdinov, A. Mnih, Bayesian Probabilistic Matrix Factorization using MCMC, ICML 2008, by
    Gibbs sampling. What a viewer chose to rate tells of taste even without the stars, and who
    rated a title tells of the title: the prior means of (b_u, p_u) and (c_i, q_i) are linear in
    the rated titles and in the raters, each row divided by the root of its length, with sampled
    coefficients (J. Simm et al., Macau, MLSP 2017). That is SVD++ (Y. Koren, KDD 2008) for both
    sides, with every regularization learned.

    Attributes:
        factors: length of p and q; 1 to 200.
        samples: kept draws of the posterior; 1 to 2000.
        burn_in: draws thrown away first.
        implicit: ridge of the coefficients of what was rated; larger values use it less.
        level: of the prediction intervals, above 0, below 1.
    """

    factors: int = 32
    samples: int = 40
    burn_in: int = 10
    implicit: float = 2.0
    level: float = 0.9

    name: ClassVar[str] = "bayesian-factors"

    def __post_init__(self) -> None:
        check_range(self.name, "factors", self.factors, 1, 200)
        check_range(self.name, "samples", self.samples, 1, 2000)
        check_range(self.name, "burn_in", self.burn_in, 0, 10_000)
        check_range(self.name, "implicit", self.implicit, 1e-3, 1e9)
        check_range(self.name, "level", self.level, 0.01, 0.9999)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> BayesianFactorsModel:  # noqa: B008 - frozen
        """Samples. Raises ``BadInput`` when nobody rated anything."""
        rated = rated_pairs(data, self.name)
        mean = float(rated.data.mean())
        spread = float(rated.data.std()) or 1.0
        off = sp.csr_array(((rated.data - mean) / spread, rated.indices, rated.indptr), shape=rated.shape)
        rng = np.random.default_rng(context.seed)
        viewers = _Side(off, self.factors, self.implicit, rng)
        titles = _Side(sp.csr_array(off.T), self.factors, self.implicit, rng)
        rows = np.repeat(np.arange(off.shape[0]), np.diff(off.indptr))
        precision, kept = 2.0, []
        for done in range(self.burn_in + self.samples):
            context.progress(done, self.burn_in + self.samples, "Bayesian factors")
            viewers.draw(titles.now, precision, rng)
            titles.draw(viewers.now, precision, rng)
            error = off.data - _dot(viewers.now, titles.now, rows, off.indices)
            precision = rng.gamma(0.5 * (len(error) + 2), 2 / (error @ error + 2.0))
            if done >= self.burn_in:
                kept.append((viewers.now.astype(np.float32), titles.now.astype(np.float32), precision))
        context.progress(1, 1, "Bayesian factors")
        return BayesianFactorsModel(
            np.stack([one[0] for one in kept]),
            np.stack([one[1] for one in kept]),
            np.array([one[2] for one in kept]),
            np.array([mean, spread, self.level]),
        )

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> BayesianFactorsModel:
        """The model whose ``arrays()`` these are."""
        return BayesianFactorsModel(*(arrays[name] for name in ("viewers", "titles", "precision", "scale")))


class _Side:
    """The draws of viewers (or of titles): column 0 is the deviation, the rest the factors."""

    def __init__(self, rated: sp.csr_array, factors: int, implicit: float, rng: np.random.Generator) -> None:
        self._rated = rated
        self._mask = sp.csr_array((np.ones(rated.nnz), rated.indices, rated.indptr), shape=rated.shape)
        length = np.maximum(np.diff(rated.indptr), 1)
        self._met = sp.csr_array(self._mask.multiply((length**-0.5)[:, None]))
        self._ridge = implicit
        inner = (self._met.T @ self._met).toarray()
        inner[np.diag_indices_from(inner)] += implicit
        self._solver = cho_factor(inner, lower=True, overwrite_a=True)
        width = factors + 1
        self.now = rng.normal(0, 0.1, (rated.shape[0], width))
        self._beta = np.zeros((rated.shape[1], width))

    def draw(self, other: Values, precision: float, rng: np.random.Generator) -> None:
        """One Gibbs step given the other side."""
        prior, spread = self._prior(rng)
        width = other.shape[1]
        regressors = np.concatenate([np.ones((len(other), 1)), other[:, 1:]], axis=1)
        outer = (regressors[:, :, None] * regressors[:, None, :]).reshape(len(other), -1)
        system = precision * (self._mask @ outer).reshape(-1, width, width) + spread
        # the other side's deviations are taken off the ratings first
        left = self._rated @ regressors - self._mask @ (regressors * other[:, :1])
        right = precision * left + prior @ spread
        lower = np.linalg.cholesky(system)
        noise = rng.normal(size=right.shape)
        half = np.linalg.solve(lower, right[:, :, None])
        self.now = np.linalg.solve(lower.transpose(0, 2, 1), half + noise[:, :, None])[:, :, 0]

    def _prior(self, rng: np.random.Generator) -> tuple[Values, Values]:
        """(rows, width) prior means and the (width, width) prior precision, both drawn."""
        rows, width = self.now.shape
        expected = self._met @ self._beta
        rest = self.now - expected
        center = rest.mean(axis=0)
        scatter = (rest - center).T @ (rest - center)
        scatter += self._ridge * self._beta.T @ self._beta + np.eye(width)
        spread = _wishart(rows + len(self._beta) + width, np.linalg.inv(scatter), rng)
        root = np.linalg.cholesky(np.linalg.inv(spread))
        mean = center + root @ rng.normal(size=width) / np.sqrt(rows)
        noisy = self.now - mean + rng.normal(size=self.now.shape) @ root.T
        target = self._met.T @ noisy + np.sqrt(self._ridge) * rng.normal(size=self._beta.shape) @ root.T
        self._beta = cho_solve(self._solver, target)
        return mean + self._met @ self._beta, spread


def _wishart(freedom: int, scale: Values, rng: np.random.Generator) -> Values:
    """A draw from Wishart(freedom, scale), by Bartlett's decomposition."""
    width = len(scale)
    a = np.tril(rng.normal(size=(width, width)), -1)
    a[np.diag_indices(width)] = np.sqrt(rng.chisquare(freedom - np.arange(width)))
    root = np.linalg.cholesky(scale) @ a
    drawn: Values = root @ root.T
    return drawn


def _dot(viewers: Values, titles: Values, rows: Ints, columns: Ints) -> Values:
    left, right = viewers[rows], titles[columns]
    return np.asarray(left[:, 0] + right[:, 0] + np.einsum("ij,ij->i", left[:, 1:], right[:, 1:]))


class BayesianFactorsModel:
    """Draws of the posterior.

    Args:
        viewers, titles: (samples, rows, 1 + factors) float32.
        precision: (samples,) of the noise.
        scale: mean and spread of the ratings, and the level of the intervals.
    """

    name: ClassVar[str] = BayesianFactors.name

    def __init__(
        self,
        viewers: npt.NDArray[np.float32],
        titles: npt.NDArray[np.float32],
        precision: Values,
        scale: Values,
    ) -> None:
        self._viewers, self._titles, self._precision, self._scale = viewers, titles, precision, scale

    def predict(self, viewers: Ints, titles: Ints) -> PredictedRatings:
        """Posterior means within the scale, and central intervals of what would be given."""
        mean, spread, level = self._scale
        total, square = np.zeros(len(viewers)), np.zeros(len(viewers))
        for of_viewer, of_title in zip(self._viewers, self._titles, strict=True):
            one = np.clip(mean + spread * _dot(of_viewer, of_title, viewers, titles), 0, 1)
            total += one
            square += one * one
        draws = len(self._viewers)
        center = total / draws
        noise = spread**2 * float(np.mean(1 / self._precision))
        reach = ndtri(0.5 + level / 2) * np.sqrt(np.maximum(square / draws - center**2, 0) + noise)
        return PredictedRatings(center, np.clip(center - reach, 0, 1), np.clip(center + reach, 0, 1))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``viewers``, ``titles``, ``precision``, ``scale``."""
        return {
            "viewers": self._viewers,
            "titles": self._titles,
            "precision": self._precision,
            "scale": self._scale,
        }
