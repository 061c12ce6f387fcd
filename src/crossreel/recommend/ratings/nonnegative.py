"""Non-negative factors with side features and time: ratings as sums of parts that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.event_log import EventColumns
from crossreel.errors import BadInput
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
    """r_ui = a_u + c_i + p_u'q_i + s_i(t), q_i = w_i + sum_f x_if v_f, everything 0 or more.

    Ratings are counted from the lowest of the scale, so that a prediction is a sum of parts: the
    viewer's level, the title's, and what they share in each factor. Features of the titles
    (genres, people, country, decade, keywords; x_i has length 1) have factors of their own, so that
    a title that nobody rated has those of what it is made of; c_i is made in the same way. Fitted by
    multiplicative updates on the rated pairs (D. Lee, H. Seung, Algorithms for Non-negative Matrix
    Factorization, NIPS 2000, weighted by S. Zhang et al., Learning from Incomplete Ratings Using
    Non-negative Matrix Factorization, SDM 2006), with a ridge that pulls factors to 0
    and the levels to half of the mean rating each.

    s_i(t) is what a title's level has more in one of ``bins`` spans of time, each with as many of all
    ratings (titles' levels drift: Y. Koren, Collaborative Filtering with Temporal Dynamics, KDD 2009, section
    3.1, whose spans are of equal length). In a span without ratings a title has the mean of its others.

    Attributes:
        factors: length of p and q; 1 to 200.
        rounds: of updates; 1 to 2,000.
        ridge: of p, w and v, in ratings of a five-step scale; 0 to 1,000.
        content: how much the features count beside a title's own factors; 0 (not at all) to 10.
        bins: spans of time; 0 (no time) to 100.
        level: of the prediction intervals; 0.01 to 0.9999.
        calibration: share of the ratings kept out to find the intervals' reach; 0 to 0.5.
    """

    factors: int = 6
    rounds: int = 300
    ridge: float = 12.0
    content: float = 0.5
    bins: int = 0
    level: float = 0.9
    calibration: float = 0.1

    name: ClassVar[str] = "non-negative"

    def __post_init__(self) -> None:
        check_range(self.name, "factors", self.factors, 1, 200)
        check_range(self.name, "rounds", self.rounds, 1, 2000)
        check_range(self.name, "ridge", self.ridge, 0, 1000)
        check_range(self.name, "content", self.content, 0, 10)
        check_range(self.name, "bins", self.bins, 0, 100)
        check_range(self.name, "level", self.level, 0.01, 0.9999)
        check_range(self.name, "calibration", self.calibration, 0, 0.5)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> NonNegativeModel:  # noqa: B008 - frozen
        """Updates, twice when intervals are wanted.

        Raises:
            BadInput: nobody rated anything, or there are bins and a rating has no time.
        """
        rated = rated_pairs(data, self.name)
        spans = self._spans(data)
        made_of = self._made_of(data)
        kept = held_out(rated.nnz, self.calibration, np.random.default_rng(context.seed))
        reach = float("nan")
        if kept.any():
            rows = np.repeat(np.arange(rated.shape[0]), np.diff(rated.indptr))
            indptr = np.concatenate([[0], np.cumsum(~kept)])[rated.indptr].astype(rated.indptr.dtype)
            rest = sp.csr_array((rated.data[~kept], rated.indices[~kept], indptr), shape=rated.shape)
            part = self._updated(rest, spans.only(~kept), made_of, context, "calibrate", reach)
            found = part.in_span(rows[kept], rated.indices[kept], spans.of_rating[kept])
            errors = np.abs(found.mean - rated.data[kept])
            reach = quantile_of(errors / part.spreads[rows[kept]], self.level)
        return self._updated(rated, spans, made_of, context, "fit", reach)

    def _spans(self, data: TrainingData) -> _Spans:
        times = data.interactions.rated_time
        if not self.bins:
            return _Spans(np.zeros(0, dtype=np.int64), np.zeros(data.interactions.rated.nnz, dtype=np.int64))
        if times is None or (times == EventColumns.NO_TIME).any():
            raise BadInput(
                "non-negative with bins cannot learn: ratings without a time are among these.",
                advice="Import ratings with their times, or leave bins at 0.",
            )
        return _Spans.of(times, self.bins)

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
        self,
        rated: sp.csr_array,
        spans: _Spans,
        made_of: sp.csr_array,
        context: TrainingContext,
        what: str,
        reach: float,
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
        cell, late = column * spans.count + spans.of_rating, np.full(titles * spans.count, 0.02 * mean)
        if not self.bins:
            late[:] = 0
        given = np.bincount(cell, weights=stars, minlength=len(late))
        for done in range(self.rounds):
            context.progress(done, self.rounds, f"{self.name}: {what}")
            q = self._titles(made_of, w)
            wanted, guessed = self._pulls(rated, row, stars, p, q, late[cell])
            up, down = wanted @ q, guessed @ q
            self._step(p, up, down, slice(1, None), 0.25 * self.ridge, before_p)
            wanted, guessed = self._pulls(rated, row, stars, p, q, late[cell])
            up, down = turned @ (wanted.T @ p), turned @ (guessed.T @ p)
            keep = np.r_[0, 2 : self.factors + 2]
            self._step(w, up, down, keep, self.ridge, before_w)
            if self.bins:
                _, guessed = self._pulls(rated, row, stars, p, self._titles(made_of, w), late[cell])
                taken = np.bincount(cell, weights=guessed.data, minlength=len(late))
                late *= given / (taken + self.ridge * late + _TINY)
        context.progress(self.rounds, self.rounds, f"{self.name}: {what}")
        q = self._titles(made_of, w)
        unknown = np.diff(rated.indptr) == 0
        if (~unknown).any():
            p[unknown] = p[~unknown].mean(axis=0)
        bare = (np.bincount(column, minlength=titles) == 0) & (np.diff(made_of.indptr) < 2)
        if bare.any() and not bare.all():
            q[bare] = q[~bare].mean(axis=0)
        levels = _filled(late.reshape(titles, -1), np.bincount(cell, minlength=len(late)).reshape(titles, -1))
        model = NonNegativeModel(p, q, np.ones(viewers), float("nan"), levels, spans.edges)
        errors = model.in_span(row, column, spans.of_rating).mean - rated.data
        return NonNegativeModel(p, q, spreads(rated, errors), reach, levels, spans.edges)

    @staticmethod
    def _titles(made_of: sp.csr_array, w: Values) -> Values:
        q: Values = made_of @ w
        q[:, 1] = 1
        return q

    @staticmethod
    def _pulls(
        rated: sp.csr_array, row: Ints, stars: Values, p: Values, q: Values, late: Values
    ) -> tuple[sp.csr_array, sp.csr_array]:
        """(viewers, titles) what was rated, and what is predicted for the same pairs."""
        guess = np.einsum("ij,ij->i", p[row], q[rated.indices]) + late
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
            arrays["viewers"],
            arrays["titles"],
            arrays["spreads"],
            float(arrays["reach"][0]),
            arrays.get("late"),
            arrays.get("edges"),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Spans:
    """Spans of time.

    Attributes:
        edges: (spans - 1,) int64 microseconds, the first instant of each span but the first.
        of_rating: (ratings,) the span of each.
    """

    edges: Ints
    of_rating: Ints

    @classmethod
    def of(cls, times: Ints, count: int) -> _Spans:
        edges = np.sort(times)[(np.arange(1, count) * len(times)) // count]
        return cls(edges, np.searchsorted(edges, times, side="right"))

    @property
    def count(self) -> int:
        return len(self.edges) + 1

    def only(self, keep: npt.NDArray[np.bool_]) -> _Spans:
        return _Spans(self.edges, self.of_rating[keep])


def _filled(late: Values, count: Ints) -> Values:
    """(titles, spans) with the mean of a title's other spans where it has no rating."""
    total = count.sum(axis=1, keepdims=True)
    mean = (late * count).sum(axis=1, keepdims=True) / np.maximum(total, 1)
    return np.asarray(np.where(count > 0, late, mean))


class NonNegativeModel:
    """Parts of viewers and titles.

    Args:
        viewers, titles: (viewers, factors + 2), (titles, factors + 2), 0 or more; column 0 of the first and
            column 1 of the second are 1.
        spreads: (viewers,) usual error, as a share of the scale.
        reach: of the intervals in such errors; NaN without them.
        late: (titles, spans) what is added in each span of time; None is nothing.
        edges: (spans - 1,) int64 microseconds at which spans begin.
    """

    name: ClassVar[str] = NonNegative.name

    def __init__(
        self,
        viewers: Values,
        titles: Values,
        spreads: Values,
        reach: float,
        late: Values | None = None,
        edges: Ints | None = None,
    ) -> None:
        self._viewers, self._titles, self.spreads, self._reach = viewers, titles, spreads, reach
        self._late = np.zeros((len(titles), 1)) if late is None else late
        self._edges = np.zeros(0, dtype=np.int64) if edges is None else edges

    def predict(self, viewers: Ints, titles: Ints) -> PredictedRatings:
        """Ratings of pairs within the scale in the last span, with intervals when they were calibrated."""
        return self.predict_at(viewers, titles, None)

    def predict_at(self, viewers: Ints, titles: Ints, times: Ints | None) -> PredictedRatings:
        """The same at these int64 microseconds since 1970 UTC; None is the last span."""
        last = np.full(len(titles), len(self._edges))
        spans = last if times is None else np.searchsorted(self._edges, times, side="right")
        return self.in_span(viewers, titles, spans)

    def in_span(self, viewers: Ints, titles: Ints, spans: Ints) -> PredictedRatings:
        """The same in spans of time by number."""
        stars = (
            np.einsum("ij,ij->i", self._viewers[viewers], self._titles[titles]) + self._late[titles, spans]
        )
        mean = np.clip(stars / SCALE, 0, 1)
        if np.isnan(self._reach):
            return PredictedRatings(mean)
        half = self._reach * self.spreads[viewers]
        return PredictedRatings(mean, np.clip(mean - half, 0, 1), np.clip(mean + half, 0, 1))

    def parts(self, viewer: int, title: int) -> Values:
        """(factors + 3,) what the two levels, each factor and the last span add, in steps of five."""
        found: Values = np.append(self._viewers[viewer] * self._titles[title], self._late[title, -1])
        return found

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The parts, ``spreads``, ``reach``, ``late`` and ``edges``."""
        return {
            "viewers": self._viewers,
            "titles": self._titles,
            "spreads": self.spreads,
            "reach": np.array([self._reach]),
            "late": self._late,
            "edges": self._edges,
        }
