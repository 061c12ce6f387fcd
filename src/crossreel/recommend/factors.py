"""Factor models: viewers and titles as points whose inner product is preference."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.interactions import Interactions
from crossreel.catalog.title import Title
from crossreel.errors import BadInput
from crossreel.recommend.alternating import improve
from crossreel.recommend.compiled import compiled
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.popular import faded
from crossreel.recommend.ranking import blocks
from crossreel.recommend.roles import AnswerPath, Floats, TrainingContext, TrainingData

__all__ = ["ImplicitAls", "ImplicitAlsModel"]

_SMALLEST = 256
"""Rows a thread works on at a time."""
_REGRESSION_STEPS = 5
_FOLD_IN_STEPS = 12
"""Conjugate gradients for a history from nothing: the rest is then below a thousandth."""


HalfStep = Callable[[str, sp.csr_array, Floats, Floats, Floats | None], None]


@dataclass(frozen=True, slots=True)
class ImplicitAls(Configured):
    """Matrix factorization of likes by alternating least squares.

    min sum over likes of s_ui (1 - p_u'q_i)^2 + w0 sum over all pairs of (p_u'q_i)^2
    + lam sum_u (n_u + w0 N) |p_u|^2 + the same for titles, s_ui the strength of the like
    (Y. Hu et al., Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008; weights and
    regularization as in S. Rendle et al., Revisiting the Performance of iALS, RecSys 2022). Each
    half step takes every row some steps of conjugate gradients nearer to its optimum
    (``recommend.alternating``); eight rounds of three reach within half a percent the NDCG@10 of exact
    solves in a tenth of their time. Only the titles' factors are the model; a viewer's are solved
    for when it is asked, so new viewers need no fitting.

    Where the titles have records and ``content`` is not 0, a title's factors are drawn not toward 0
    but toward what its features (``recommend.content``) foretell by ridge regression, learned anew
    each round (D. Agarwal, B.-C. Chen, Regression-based Latent Factor Models, KDD 2009); a title
    nobody has liked has what is foretold, so that it can be recommended on its first day.

    Attributes:
        factors: length of the vectors; 1 to 2048.
        unobserved: w0, weight of all pairs; above 0, at most 10.
        lam: regularization; above 0, at most 1000.
        rounds: of alternation; 1 to 1000.
        steps: of conjugate gradients in each half step; 1 to 100.
        content: how strongly features foretell factors, 0 not at all; to 100.
        drift: how much what is liked lately is raised above what the factors say, 0 not at all; to 100:
            to each score comes drift b_i, b_i = log(1 + c_i) / max_j log(1 + c_j), c_i the title's likes,
            each half as much for every half-life of its age. Titles' deviations are where tastes
            change most with time (Y. Koren, Collaborative Filtering with Temporal Dynamics, KDD 2009).
        half_life_days: of that, 1 to 36500.
    """

    factors: int = 64
    unobserved: float = 0.5
    lam: float = 0.002
    rounds: int = 8
    steps: int = 3
    content: float = 0.2
    drift: float = 0.0
    half_life_days: float = 30.0

    name: ClassVar[str] = "als"

    def __post_init__(self) -> None:
        check_range(self.name, "factors", self.factors, 1, 2048)
        check_range(self.name, "unobserved", self.unobserved, 1e-6, 10)
        check_range(self.name, "lam", self.lam, 1e-9, 1000)
        check_range(self.name, "rounds", self.rounds, 1, 1000)
        check_range(self.name, "steps", self.steps, 1, 100)
        check_range(self.name, "content", self.content, 0, 100)
        check_range(self.name, "drift", self.drift, 0, 100)
        check_range(self.name, "half_life_days", self.half_life_days, 1, 36500)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> ImplicitAlsModel:  # noqa: B008 - frozen
        """Alternates from small random factors. Raises ``BadInput`` when nobody liked anything."""

        def half(_side: str, rows: sp.csr_array, others: Floats, mine: Floats, pull: Floats | None) -> None:
            self.improve(rows, others, mine, pull=pull, threads=context.threads)

        return self.alternate(data, context, half)

    def alternate(self, data: TrainingData, context: TrainingContext, half: HalfStep) -> ImplicitAlsModel:
        """``fit`` by another's half steps: ``half(side, rows, others, mine, pull)`` improves ``mine``."""
        liked = sp.csr_array(data.interactions.liked, dtype=np.float32)
        if not liked.nnz:
            raise BadInput("ALS cannot learn: no viewer liked any title.", advice="Import ratings or views.")
        fans = sp.csr_array(liked.T)
        foretold = _Foretold.of(data.titles, fans, self.content)
        rng = np.random.default_rng(context.seed)
        titles = rng.normal(0, 0.1 / np.sqrt(self.factors), (liked.shape[1], self.factors)).astype(np.float32)
        viewers = np.zeros((liked.shape[0], self.factors), dtype=np.float32)
        pull: Floats | None = None
        for done in range(self.rounds):
            context.progress(done, self.rounds, "ALS")
            half("liked", liked, titles, viewers, None)
            half("fans", fans, viewers, titles, pull)
            if foretold is not None:
                pull = foretold.of_factors(titles)
        context.progress(self.rounds, self.rounds, "ALS")
        if pull is not None:
            nobody = np.diff(fans.indptr) == 0
            titles[nobody] = pull[nobody]
        return ImplicitAlsModel(self, titles, self._lately(data.interactions))

    def _lately(self, known: Interactions) -> Floats | None:
        if not self.drift:
            return None
        weight = faded(known, self.half_life_days)
        raised = np.log1p(np.bincount(known.liked.indices, weights=weight, minlength=known.liked.shape[1]))
        return np.asarray(self.drift * raised / max(raised.max(), 1e-12), dtype=np.float32)

    def solve(self, rows: sp.csr_array, others: Floats, whole: Floats | None = None) -> Floats:
        """(rows, factors): the best factors of each row, given those of the other side; 0 for empty rows.

        ``whole`` is what ``gram_of(others)`` gives, where it is known already.
        """
        mine = np.zeros((rows.shape[0], others.shape[1]), dtype=np.float32)
        rows = sp.csr_array(rows, dtype=np.float32)
        self.improve(rows, others, mine, steps=_FOLD_IN_STEPS, whole=whole, threads=1)
        return mine

    def gram_of(self, others: Floats) -> Floats:
        """(factors, factors) what all pairs of the other side add to every row's system."""
        return np.float32(self.unobserved) * (others.T @ others)

    def improve(
        self,
        rows: sp.csr_array,
        others: Floats,
        mine: Floats,
        *,
        steps: int = 0,
        pull: Floats | None = None,
        whole: Floats | None = None,
        threads: int = 0,
    ) -> None:
        """Improves ``mine`` in place; rows are shared out among threads and do not touch each other."""
        steps = steps or self.steps
        whole = self.gram_of(others) if whole is None else whole
        ridge = (self.lam * (np.diff(rows.indptr) + self.unobserved * rows.shape[1])).astype(np.float32)
        toward = np.zeros((0, others.shape[1]), np.float32) if pull is None else pull * ridge[:, None]
        others, run = np.ascontiguousarray(others), compiled(improve)

        def one(part: slice) -> None:
            run(rows.indptr, rows.indices, rows.data, others, whole, ridge, toward, mine, steps,
                part.start, part.stop)  # fmt: skip

        parts = list(blocks(rows.shape[0], _SMALLEST))
        if len(parts) < 2 or threads == 1:
            for part in parts:
                one(part)
            return
        with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
            list(pool.map(one, parts))

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> ImplicitAlsModel:
        """The model whose ``arrays()`` these are."""
        return ImplicitAlsModel(self, arrays["titles"], arrays.get("lately"))


class _Foretold:
    """What features foretell of factors: F W, W the ridge regression of the liked titles' factors.

    Args:
        features: F, (titles, features), rows of length 1 or 0.
        liked: (titles,) whose factors are learned from.
        ridge: of the regression.
    """

    def __init__(self, features: sp.csr_array, liked: npt.NDArray[np.bool_], ridge: float) -> None:
        self._features, self._ridge = features, np.float32(ridge)
        self._known = sp.csr_array(features.multiply(liked[:, None].astype(np.float32)))
        self._across = sp.csr_array(self._known.T)
        self._weights: Floats | None = None

    @classmethod
    def of(cls, titles: Sequence[Title | None], fans: sp.csr_array, content: float) -> Self | None:
        """None where nothing foretells: no records, or no wish for it."""
        if content <= 0 or not any(titles):
            return None
        features = ContentToContent(decade=0.0).of_titles(titles).features
        return cls(features, np.diff(fans.indptr) > 0, 1 / content)

    def of_factors(self, factors: Floats) -> Floats:
        """(titles, factors) foretold; conjugate gradients from the last round's weights."""
        right = self._across @ factors
        weights = np.zeros_like(right) if self._weights is None else self._weights
        rest = right - self._times(weights)
        along, size = rest.copy(), (rest * rest).sum(axis=0)
        for _ in range(_REGRESSION_STEPS):
            product = self._times(along)
            length = size / np.maximum((along * product).sum(axis=0), 1e-20)
            weights = weights + length * along
            rest = rest - length * product
            before, size = size, (rest * rest).sum(axis=0)
            along = rest + size / np.maximum(before, 1e-20) * along
        self._weights = weights.astype(np.float32)
        return np.asarray(self._features @ self._weights, dtype=np.float32)

    def _times(self, weights: Floats) -> Floats:
        return np.asarray(self._across @ (self._known @ weights) + self._ridge * weights)


class ImplicitAlsModel:
    """The titles' factors.

    Args:
        algorithm: says how a viewer's factors are solved for.
        titles: (titles, factors).
        lately: (titles,) what is added to every viewer's scores.
    """

    name: ClassVar[str] = ImplicitAls.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(self, algorithm: ImplicitAls, titles: Floats, lately: Floats | None = None) -> None:
        self._algorithm, self._titles, self._lately = algorithm, titles, lately
        self._whole = algorithm.gram_of(titles)
        length = np.sqrt((titles * titles).sum(axis=1, keepdims=True))
        self._directions = titles / np.where(length > 0, length, 1)

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) inner products with the factors solved for each history."""
        scores = np.asarray(self._solved(histories) @ self._titles.T)
        return scores if self._lately is None else scores + self._lately

    @property
    def vectors(self) -> Floats:
        """(titles, factors), with one column more where there is a drift."""
        if self._lately is None:
            return self._titles
        return np.concatenate([self._titles, self._lately[:, None]], axis=1)

    def queries(self, histories: sp.csr_array) -> Floats:
        """(viewers, factors) solved for each history; products with ``vectors`` are the scores."""
        solved = self._solved(histories)
        if self._lately is None:
            return solved
        return np.concatenate([solved, np.ones((len(solved), 1), np.float32)], axis=1)

    def _solved(self, histories: sp.csr_array) -> Floats:
        return self._algorithm.solve(histories, self._titles, self._whole)

    def similar(self, title: int) -> Floats:
        """(titles,) cosines of the factors."""
        near: Floats = self._directions @ self._directions[title]
        near[title] = 0
        return near

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``titles``: (titles, factors) float32, and ``lately`` where there is a drift."""
        return {"titles": self._titles} | ({} if self._lately is None else {"lately": self._lately})
