"""Successive halving: many candidates on few viewers, the better half on more, within a time budget.

Every rung has more of the viewers than the one before; of those tried on a rung the better half
goes on (K. Jamieson, A. Talwalkar, Non-stochastic Best Arm Identification, AISTATS 2016). Whatever
cannot be told from the best of its rung (its paired 95 % interval reaches it) goes on too, up to
two thirds, so that small rungs throw nothing away by chance.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from crossreel.errors import CrossreelError, Missing
from crossreel.recommend.choosing.candidates import Candidate
from crossreel.recommend.choosing.trials import Trial, Visible, again, warm
from crossreel.recommend.choosing.worker import Overtime, Runs
from crossreel.recommend.evaluate.metrics import Values
from crossreel.recommend.evaluate.significance import Comparison, Interval, against, bootstrap

__all__ = ["Backtest", "Clock", "Tried", "backtest", "shares"]

_FIRST_RUNG = 60_000
"""Likes of the first rung; data up to twice as large are tried whole at once."""
_STEP = 3
_LEAST_KEPT = 4


class Clock:
    """How much of a time budget is left.

    Args:
        seconds: the budget.
        now: what it is counted by.
    """

    def __init__(self, seconds: float, now: Callable[[], float] = time.perf_counter) -> None:
        self.seconds, self._now = seconds, now
        self._started = now()

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return self._now() - self._started

    @property
    def left(self) -> float:
        """Seconds that are left, 0 at least."""
        return max(0.0, self.seconds - self.spent)


@dataclass
class Tried:
    """A candidate and what it achieved on each rung.

    Attributes:
        trials: share of the viewers -> what it achieved.
        costs: share of the viewers -> seconds that the whole trial took.
        left_out: why it was not tried on, "" while it is in.
        looks: values on several validation parts, the first one's first; their mean is then in
            ``trials[1.0]``.
    """

    candidate: Candidate
    trials: dict[float, Trial] = field(default_factory=dict)
    costs: dict[float, float] = field(default_factory=dict)
    left_out: str = ""
    looks: list[Values] = field(default_factory=list)

    def interval(self, share: float, seed: int) -> Interval:
        """NDCG@10 of a rung with its 95 % interval."""
        return bootstrap(self.trials[share].values, seed=seed)[0]

    def mean(self, share: float) -> float:
        """NDCG@10 of a rung; NaN where nobody was tested."""
        values = self.trials[share].values
        there = ~np.isnan(values)
        return float(values[there].mean()) if there.any() else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """All that was tried.

    Attributes:
        shares: of the viewers, one a rung.
        finalists: tried on all viewers, the best first.
        others: left out, each with its reason.
        against_best: each further finalist against the best, corrected together.
    """

    shares: tuple[float, ...]
    finalists: tuple[Tried, ...]
    others: tuple[Tried, ...]
    against_best: tuple[Comparison, ...]

    @property
    def best(self) -> Tried:
        """The finalist with the highest NDCG@10 on the validation part."""
        return self.finalists[0]

    def cost(self, candidate: Candidate) -> float:
        """Seconds that a trial of it on all viewers takes, by what it took; 0 where it was not tried."""
        for tried in (*self.finalists, *self.others):
            if tried.candidate == candidate and tried.trials:
                return _on_all(tried)
        return 0.0


def shares(likes: int) -> tuple[float, ...]:
    """Shares of the viewers, one a rung, the last of them 1."""
    found = [1.0]
    while found[0] / _STEP * likes >= _FIRST_RUNG * 0.9:
        found.insert(0, found[0] / _STEP)
    return tuple(found)


def backtest(
    worker: Runs,
    visible: Visible,
    wanted: Sequence[Candidate],
    clock: Clock,
    *,
    share_of_budget: float = 0.7,
    looks: int = 0,
    progress: Callable[[int, int, str], None] = lambda done, of, what: None,
) -> Backtest:
    """Tries candidates on more and more viewers.

    Args:
        worker: runs trials over ``visible``.
        visible: the data.
        wanted: the quick ones first; the first is always tried.
        clock: of the whole choice.
        share_of_budget: that the backtest may use of it.
        looks: further random validation parts for finalists that cannot be told apart.
        progress: told after every trial.
    """
    end = clock.seconds * share_of_budget
    rungs = shares(visible.split.train.nnz)
    running = [Tried(one) for one in wanted]
    everyone = list(running)
    for share in rungs:
        for number, tried in enumerate(running):
            progress(number, len(running), f"trying on {share:.0%} of the viewers")
            must = tried is everyone[0] and share == rungs[0]
            _try(worker, tried, share, _expected(tried, running, share), end, clock, must)
        progress(len(running), len(running), f"trying on {share:.0%} of the viewers")
        running = [tried for tried in running if share in tried.trials]
        if share < 1:
            running = _better_half(running, share, visible.seed)
    if not any(1.0 in one.trials for one in everyone):
        running = _last_resort(worker, everyone, clock)
    finalists = sorted(
        (one for one in running if 1.0 in one.trials and not np.isnan(one.mean(1.0))),
        key=lambda tried: -tried.mean(1.0),
    )
    if looks:
        finalists = _looked_again(worker, visible, finalists, looks, end, clock, progress)
    others = [tried for tried in everyone if tried not in finalists]
    return Backtest(rungs, tuple(finalists), tuple(others), _against_best(finalists, visible.seed))


def _looked_again(
    worker: Runs,
    visible: Visible,
    finalists: list[Tried],
    looks: int,
    end: float,
    clock: Clock,
    progress: Callable[[int, int, str], None],
) -> list[Tried]:
    """The finalists in order, those near the best by the mean of several validation parts.

    One validation part of a small audience cannot tell candidates apart whose figures differ by a
    few hundredths; every further part makes the error of the difference smaller.
    """
    equal = {one.second for one in _against_best(finalists, visible.seed) if one.corrected_p > 0.05}
    near = [finalists[0], *(one for one in finalists[1:] if one.candidate.label in equal)]
    if len(near) < 2:
        return finalists
    for number in range(1, looks + 1):
        if sum(one.costs[1.0] for one in near) > end - clock.spent:
            break
        found: list[Trial] = []
        for place, tried in enumerate(near):
            progress(place, len(near), f"looking again, {number} of {looks}")
            try:
                found.append(worker.run(again, tried.candidate, number, timeout=end - clock.spent))
            except (CrossreelError, Overtime):
                break
        if len(found) < len(near):  # only whole looks compare
            break
        for tried, trial in zip(near, found, strict=True):
            tried.looks = [*(tried.looks or [tried.trials[1.0].values]), trial.values]
    for tried in near:
        if tried.looks:
            whole = tried.trials[1.0]
            tried.trials[1.0] = replace(whole, values=_mean_of(tried.looks))
    rest = [one for one in finalists if one not in near]
    return sorted(near, key=lambda tried: -tried.mean(1.0)) + rest


def _mean_of(values: Sequence[Values]) -> Values:
    """(viewers,) mean of the looks in which each viewer took part; NaN for who took part in none."""
    table = np.array(values)
    there = ~np.isnan(table)
    total = np.where(there, table, 0.0).sum(axis=0)
    return np.where(there.any(axis=0), total / np.maximum(there.sum(axis=0), 1), np.nan)


def _on_all(tried: Tried) -> float:
    """Seconds on all viewers, by the largest share that it was tried on."""
    share = max(tried.trials)
    return tried.costs[share] / share


def _expected(tried: Tried, running: Sequence[Tried], share: float) -> float:
    """Seconds a trial on this share will take: as on fewer viewers, or with other settings; 0 unknown."""
    if tried.trials:
        return _on_all(tried) * share
    alike = [
        one.costs[share]
        for one in running
        if one.candidate.algorithm == tried.candidate.algorithm and share in one.costs
    ]
    return max(alike, default=0.0)


def _last_resort(worker: Runs, everyone: Sequence[Tried], clock: Clock) -> list[Tried]:
    """Something on all viewers, where time ended before: the best that still fits, else what comes first."""
    able = [one for one in everyone if one.trials and not np.isnan(one.mean(max(one.trials)))]
    able.sort(key=lambda one: (-max(one.trials), -one.mean(max(one.trials))))
    for tried in [*(one for one in able if _on_all(one) <= clock.left), everyone[0]]:
        tried.left_out = ""
        _try(worker, tried, 1.0, 0.0, clock.seconds, clock, must=tried is everyone[0])
        if 1.0 in tried.trials:
            return [tried]
    return []


def _try(
    worker: Runs, tried: Tried, share: float, expected: float, end: float, clock: Clock, must: bool
) -> None:
    before = clock.spent
    left = end - before
    if left <= 0 and not must:
        tried.left_out = "The time budget was used up before its turn."
        return
    if expected > left and not must:
        tried.left_out = f"Would take about {expected:.0f} s of the {left:.0f} s left."
        return
    try:
        tried.trials[share] = worker.run(warm, tried.candidate, share, timeout=left if not must else 1e6)
    except Overtime as error:
        tried.left_out = f"Stopped after {error.seconds:.0f} s: the time budget was used up."
    except Missing as error:
        tried.left_out = f"{error.message} {error.advice}".strip()
    except CrossreelError as error:
        tried.left_out = error.message
    tried.costs[share] = clock.spent - before


def _better_half(running: list[Tried], share: float, seed: int) -> list[Tried]:
    """Those that go on, in their order; the others are told why not."""
    ranked = sorted(running, key=lambda tried: -tried.mean(share))
    keep = set(map(id, ranked[: max(_LEAST_KEPT, -(-len(ranked) // 2))]))
    if ranked:
        best = ranked[0].trials[share].values
        for tried in ranked[: -(-2 * len(ranked) // 3)]:
            behind = bootstrap(best - tried.trials[share].values, seed=seed)[0]
            if behind.low <= 0:
                keep.add(id(tried))
    for place, tried in enumerate(ranked, 1):
        if id(tried) not in keep:
            tried.left_out = f"Place {place} of {len(ranked)} on {share:.0%} of the viewers."
    return [tried for tried in running if id(tried) in keep]


def _against_best(finalists: Sequence[Tried], seed: int) -> tuple[Comparison, ...]:
    """The best against every other finalist, by Holm's method."""
    if len(finalists) < 2:
        return ()
    best, *rest = finalists
    pairs: dict[str, Any] = {one.candidate.label: one.trials[1.0].values for one in rest}

    return tuple(against(best.candidate.label, best.trials[1.0].values, pairs, seed=seed))
