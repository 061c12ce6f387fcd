"""How sure a figure is: bootstrap intervals over viewers, paired comparisons, Holm's correction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from crossreel.recommend.ranking import blocks

__all__ = ["Comparison", "Interval", "against", "bootstrap", "bootstrap_ratio", "compare", "holm"]

Values = npt.NDArray[np.float64]
_BLOCK = 64
"""Resamples drawn at a time; memory is this many times the viewers."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over viewers and its confidence interval.

    Attributes:
        value: the mean over the ``viewers`` with a value.
        low, high: percentiles of the resampled means; NaN where nobody has a value.
    """

    value: float
    low: float
    high: float
    viewers: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two algorithms on the same viewers.

    Attributes:
        first, second: their names.
        difference: mean of first minus second, with its paired bootstrap interval.
        p: of the two-sided sign-flip test.
        corrected_p: ``p`` by Holm's method over all comparisons made together.
        metric: what was compared.
    """

    first: str
    second: str
    difference: Interval
    p: float
    corrected_p: float
    metric: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON values."""
        one = self.difference
        known = one.viewers > 0
        return {
            "metric": self.metric,
            "first": self.first,
            "second": self.second,
            "difference": one.value if known else None,
            "ci95": [one.low, one.high] if known else None,
            "viewers": one.viewers,
            "p": self.p,
            "corrected_p": self.corrected_p,
        }


def bootstrap(
    values: Values, *, resamples: int = 2000, level: float = 0.95, seed: int = 42
) -> tuple[Interval, ...]:
    """Percentile bootstrap of the mean over viewers, one interval a column.

    All columns are resampled by the same draws, so that intervals of differences are paired
    (B. Efron, R. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).

    Args:
        values: (viewers,) or (viewers, columns); NaN where a viewer has no value, which takes no
            part in that column.
        resamples: how many.
        level: of confidence, 0 to 1.
        seed: of the draws.
    """
    table = np.asarray(values, dtype=np.float64).reshape(len(values), -1)
    there = ~np.isnan(table)
    filled = np.where(there, table, 0.0)
    rng = np.random.default_rng(seed)
    means = [
        (weights @ filled) / np.maximum(weights @ there, 1e-300)
        for weights in _draws(rng, len(table), resamples)
    ]
    counts = there.sum(axis=0)
    tails = ((1 - level) / 2, (1 + level) / 2)
    found = np.concatenate(means) if means and len(table) else np.zeros((1, table.shape[1]))
    low, high = np.quantile(found, tails, axis=0)
    return tuple(
        Interval(filled[:, c].sum() / n, float(low[c]), float(high[c]), int(n))
        if n
        else Interval(float("nan"), float("nan"), float("nan"), 0)
        for c, n in enumerate(counts)
    )


def bootstrap_ratio(
    sums: Values, *, root: bool = False, resamples: int = 2000, level: float = 0.95, seed: int = 42
) -> Interval:
    """A figure over ratings, sum / count, with an interval that resamples viewers.

    Args:
        sums: (viewers, 2) each viewer's sum and count.
        root: take the square root of the ratio (RMSE).
        resamples: how many.
        level: of confidence, 0 to 1.
        seed: of the draws.
    """
    table = np.asarray(sums, dtype=np.float64)
    table = table[table[:, 1] > 0]
    if not len(table):
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    drawn = np.concatenate(
        [weights @ table for weights in _draws(np.random.default_rng(seed), len(table), resamples)]
    )
    ratios, whole = drawn[:, 0] / drawn[:, 1], float(table[:, 0].sum() / table[:, 1].sum())
    if root:
        ratios, whole = np.sqrt(ratios), whole**0.5
    low, high = np.quantile(ratios, ((1 - level) / 2, (1 + level) / 2))
    return Interval(whole, float(low), float(high), len(table))


def _draws(rng: np.random.Generator, viewers: int, resamples: int) -> Iterator[Values]:
    """(some resamples, viewers) how often each viewer was drawn with replacement."""
    for part in blocks(resamples, _BLOCK):
        size = part.stop - part.start
        drawn = rng.integers(0, max(viewers, 1), size=(size, viewers))
        drawn += np.arange(size)[:, None] * viewers
        yield np.bincount(drawn.ravel(), minlength=size * viewers).reshape(size, viewers).astype(np.float64)


def _sign_flip(difference: Values, seed: int, flips: int) -> float:
    """Two-sided p of a mean of 0: how often random signs give a mean as far from 0 (Fisher's test)."""
    seen = difference[~np.isnan(difference)]
    if not seen.any():
        return 1.0
    rng = np.random.default_rng(seed)
    target = abs(seen.sum()) * (1 - 1e-12)
    extreme = sum(
        int(
            np.count_nonzero(
                np.abs((2.0 * rng.integers(0, 2, (part.stop - part.start, len(seen))) - 1) @ seen) >= target
            )
        )
        for part in blocks(flips, _BLOCK)
    )
    return (extreme + 1) / (flips + 1)


def holm(p: Sequence[float]) -> list[float]:
    """Corrected p values, in the order given (S. Holm, Scandinavian Journal of Statistics 6, 1979).

    The chance of one or more false discoveries among all is at most the level they are read at.
    """
    order = sorted(range(len(p)), key=lambda place: p[place])
    corrected = [0.0] * len(p)
    running = 0.0
    for rank, place in enumerate(order):
        running = max(running, min(1.0, (len(p) - rank) * p[place]))
        corrected[place] = running
    return corrected


def compare(
    values: Mapping[str, Values],
    *,
    metric: str = "",
    resamples: int = 2000,
    flips: int = 2000,
    seed: int = 42,
) -> list[Comparison]:
    """Every pair of algorithms on the viewers that both have a value for.

    Args:
        values: algorithm -> (viewers,) of one metric, the same viewers in the same order.
        metric: its name, for the record.
        resamples: of the bootstrap.
        flips: of the sign-flip test; the smallest p is 1 / (flips + 1).
        seed: of both.
    """
    pairs = list(combinations(values, 2))
    differences = [np.asarray(values[a] - values[b], dtype=np.float64) for a, b in pairs]
    return _compared(pairs, differences, metric, resamples, flips, seed)


def against(
    first: str,
    values: Values,
    others: Mapping[str, Values],
    *,
    metric: str = "",
    resamples: int = 2000,
    flips: int = 2000,
    seed: int = 42,
) -> list[Comparison]:
    """One algorithm against every other, corrected together; arguments as of ``compare``."""
    pairs = [(first, name) for name in others]
    differences = [np.asarray(values - other, dtype=np.float64) for other in others.values()]
    return _compared(pairs, differences, metric, resamples, flips, seed)


def _compared(
    pairs: Sequence[tuple[str, str]],
    differences: Sequence[Values],
    metric: str,
    resamples: int,
    flips: int,
    seed: int,
) -> list[Comparison]:
    if not pairs:
        return []
    intervals = bootstrap(np.column_stack(differences), resamples=resamples, seed=seed)
    p = [_sign_flip(difference, seed, flips) for difference in differences]
    return [
        Comparison(a, b, interval, one, corrected, metric)
        for (a, b), interval, one, corrected in zip(pairs, intervals, p, holm(p), strict=True)
    ]
