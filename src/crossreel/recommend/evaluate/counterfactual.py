"""What a policy would have earned, from what another one showed: IPS, SNIPS, doubly robust.

Every logged row is one draw: a title was shown with a known probability p(a|x), and a reward r came
of it. A target policy that shows the same title with probability pi(a|x) has the weight w = pi / p:

=======  ============================================================================================
ips      mean of w r (D. Horvitz, D. Thompson, JASA 47, 1952); unbiased, noisy
snips    sum of w r / sum of w (A. Swaminathan, T. Joachims, NIPS 2015); slightly biased, steadier
dr       mean of q(x, pi) + w (r - q(x, a)) (M. Dudik, J. Langford, L. Li, ICML 2011), q a model of the
         reward; right if either the probabilities or q are
=======  ============================================================================================

All rest on the logged probabilities being right, and on the log showing, now and then, everything
that the target would show. ``Estimate.warnings`` says where that is in doubt.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.evaluate.significance import Interval

__all__ = ["Estimate", "Logged", "counterfactual"]

Values = npt.NDArray[np.float64]
_FEW_EFFECTIVE, _SMALL_SHARE, _HEAVY = 100, 0.01, 0.05
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Logged:
    """Rows of a log, and what a target policy would have done; arrays of length n.

    Attributes:
        reward: what came of each row.
        shown_with: probability with which the log's policy showed it; above 0, at most 1.
        target: probability with which the target would have shown it.
        predicted: q(x, a), expected reward of what was shown; None without a model.
        expected: q(x, pi), expected reward under the target; None without a model.
        unit: whose row it is (viewer's number); rows of a unit are resampled together.
    """

    reward: Values
    shown_with: Values
    target: Values
    predicted: Values | None = None
    expected: Values | None = None
    unit: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """Values of the log's and the target's policy, a reward a row.

    Attributes:
        logged: mean reward of what was really shown.
        ips, snips, dr: of the target, with 95 % intervals; dr None without a model of the reward.
        rows: how many.
        effective: (sum w)^2 / sum w^2, how many rows of the target's own the log is worth.
        mean_weight: near 1 where the logged probabilities are right and nothing is missing.
        largest: share of all weight that the heaviest row has.
        clipped: rows whose weight was cut.
        warnings: sentences; empty where nothing is in doubt.
    """

    logged: Interval
    ips: Interval
    snips: Interval
    dr: Interval | None
    rows: int
    effective: float
    mean_weight: float
    largest: float
    clipped: int
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The estimate as JSON values."""
        told = asdict(self)
        for name in ("logged", "ips", "snips", "dr"):
            one: Interval | None = getattr(self, name)
            told[name] = None if one is None else {"value": one.value, "ci95": [one.low, one.high]}
        return {**told, "warnings": list(self.warnings)}


def counterfactual(logged: Logged, *, clip: float = math.inf, seed: int = 42) -> Estimate:
    """Estimates the target's mean reward.

    Args:
        logged: the rows.
        clip: weights above this are cut to it, which trades variance for bias; above 0.
        seed: of the bootstrap, which resamples units.

    Raises:
        BadInput: no rows, arrays of different lengths, or numbers that cannot be.
        BadValue: ``clip`` is not above 0.
    """
    if not clip > 0:
        raise BadValue("largest weight", clip, "above 0")
    _check(logged)
    raw = logged.target / logged.shown_with
    weight = np.minimum(raw, clip)
    unit = np.arange(len(weight)) if logged.unit is None else np.unique(logged.unit, return_inverse=True)[1]
    gain = weight * logged.reward
    rows = _sums(unit, np.ones(len(weight)))
    parts = {"logged": logged.reward, "ips": gain}
    if logged.predicted is not None and logged.expected is not None:
        parts["dr"] = logged.expected + weight * (logged.reward - logged.predicted)
    found = {name: _ratio(_sums(unit, values), rows, seed) for name, values in parts.items()}
    total, squares = float(weight.sum()), float((weight * weight).sum())
    effective = total * total / squares if squares else 0.0
    estimate = Estimate(
        logged=found["logged"],
        ips=found["ips"],
        snips=_ratio(_sums(unit, gain), _sums(unit, weight), seed),
        dr=found.get("dr"),
        rows=len(weight),
        effective=effective,
        mean_weight=total / len(weight),
        largest=float(weight.max()) / total if total else 0.0,
        clipped=int(np.count_nonzero(raw > clip)),
        warnings=(),
    )
    told = _warnings(estimate, _sums(unit, raw), rows, seed)
    return Estimate(**{name: getattr(estimate, name) for name in Estimate.__slots__} | {"warnings": told})


def _check(logged: Logged) -> None:
    size = len(logged.reward)
    arrays = {
        "reward": logged.reward,
        "logged probability": logged.shown_with,
        "target's probability": logged.target,
        "predicted reward": logged.predicted,
        "expected reward": logged.expected,
        "unit": logged.unit,
    }
    if not size:
        raise BadInput("There are no logged rows.", advice="Log impressions with their probabilities.")
    for name, values in arrays.items():
        if values is None:
            continue
        if len(values) != size:
            raise BadInput(f"There are {size} rewards but {len(values)} values of the {name}.")
        bad = np.flatnonzero(~np.isfinite(np.asarray(values, dtype=np.float64)))
        if len(bad):
            raise BadInput(f"Row {int(bad[0]) + 1}: the {name} is not a number.")
    for name, values, least in (
        ("logged probability", logged.shown_with, "above 0"),
        ("target's probability", logged.target, "from 0"),
    ):
        low = values <= 0 if least == "above 0" else values < 0
        bad = np.flatnonzero(low | (values > 1 + 1e-9))
        if len(bad):
            row = int(bad[0])
            raise BadInput(f"Row {row + 1}: the {name} must be {least} to 1, it is {values[row]:g}.")


def _sums(unit: npt.NDArray[np.int64], values: Values) -> Values:
    return np.asarray(np.bincount(unit, weights=values), dtype=np.float64)


def _ratio(sums: Values, counts: Values, seed: int) -> Interval:
    """Sum / count with a percentile interval that resamples units."""
    total = float(counts.sum())
    if not total:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    rng, size = np.random.default_rng(seed), len(sums)
    drawn = np.empty(_RESAMPLES)
    for number in range(_RESAMPLES):
        times = np.bincount(rng.integers(0, size, size), minlength=size)
        bottom = float(times @ counts)
        drawn[number] = float(times @ sums) / bottom if bottom else np.nan
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return Interval(float(sums.sum()) / total, float(low), float(high), size)


def _warnings(estimate: Estimate, weights: Values, rows: Values, seed: int) -> tuple[str, ...]:
    told = []
    if not estimate.effective:
        told.append("The log never shows what the target would show: nothing can be said of it.")
        return tuple(told)
    share = estimate.effective / estimate.rows
    if estimate.effective < _FEW_EFFECTIVE or share < _SMALL_SHARE:
        told.append(
            f"The {estimate.rows:,} rows are worth only {estimate.effective:,.0f} of the target's own "
            f"({share:.1%}): the target is too unlike what was shown; the intervals are too narrow."
        )
    if estimate.largest > _HEAVY:
        told.append(f"One row carries {estimate.largest:.0%} of all weight.")
    if estimate.clipped:
        told.append(f"{estimate.clipped:,} weights were cut: the estimate leans toward what was shown.")
    mean = _ratio(weights, rows, seed)
    if not mean.low <= 1 <= mean.high:
        told.append(
            f"Weights have the mean {mean.value:.2f} ({mean.low:.2f} to {mean.high:.2f}), not 1: logged "
            "probabilities are wrong, or the target shows what the log never does. Mind snips, not ips."
        )
    return tuple(told)
