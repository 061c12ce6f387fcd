"""``choose``: which algorithm, for whom, at what cost, and what would change the answer.

The data are split once. The test part is set aside and not looked at while anything is chosen:
candidates are compared on the validation part, the cases on splits of train and validation. When
everything is chosen, the choice and plain popularity are measured on the test part, once; that
figure is not biased by the choice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue, CrossreelError
from crossreel.recommend.choosing.candidates import Candidate, Fit, candidates, fits
from crossreel.recommend.choosing.cases import Advice, cold_title, cold_viewer, market, warm_viewer
from crossreel.recommend.choosing.changes import what_would_change
from crossreel.recommend.choosing.halving import Backtest, Clock, Tried, backtest
from crossreel.recommend.choosing.profile import Profile, profile_of
from crossreel.recommend.choosing.trials import Trial, Visible, confirm
from crossreel.recommend.choosing.worker import Here, Overtime, Runs, Worker
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.protocol import Protocol
from crossreel.recommend.evaluate.significance import Interval, bootstrap
from crossreel.recommend.evaluate.splits import Split

__all__ = ["SPLITS", "Choice", "choose"]

SPLITS = ("per-user-random", "leave-last-out", "global-time")
"""The splits that have a validation part of the same viewers, which choosing needs."""

_LOOKS = 2
_RESERVE = 0.1
"""Share of the budget that is kept for the figures on the test part, or more:"""
_MARGIN = 1.3
"""what the choice's trial took, so many times."""
_NOT_CONFIRMED = (
    "There was no time to measure the choice on the test part: its figure is that of the validation part, by "
    "which it was chosen. Give more with --budget."
)

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The answer.

    Attributes:
        signature: of the protocol; figures with equal signatures compare.
        advice: one a case, the warm one first.
        confirmed: label -> NDCG@10 on the test part, of the choice and of popularity.
        changes: what would change the answer, sentences.
        seconds: it took.
    """

    signature: str
    profile: Profile
    methods: tuple[Fit, ...]
    backtest: Backtest
    advice: tuple[Advice, ...]
    confirmed: dict[str, Interval]
    changes: tuple[str, ...]
    budget: float
    seconds: float
    seed: int

    @property
    def winner(self) -> Candidate:
        """The choice for viewers with a history: what to train."""
        return self.backtest.best.candidate

    def to_dict(self) -> dict[str, Any]:
        """The choice as JSON values."""
        return {
            "signature": self.signature,
            "choice": {
                **self.winner.to_dict(),
                "full_config": self.winner.configured().to_dict(),
                "train": train_command(self.winner),
            },
            "profile": self.profile.to_dict(),
            "methods": [{"algorithm": m.algorithm, "fits": m.fits, "why": m.why} for m in self.methods],
            "cases": {one.case: one.to_dict() for one in self.advice},
            "backtest": {
                "shares": list(self.backtest.shares),
                "candidates": [
                    _candidate(one, self.seed) for one in (*self.backtest.finalists, *self.backtest.others)
                ],
                "against_best": [one.to_dict() for one in self.backtest.against_best],
            },
            "confirmed": {
                label: {"ndcg@10": one.value, "ci95": [one.low, one.high], "viewers": one.viewers}
                for label, one in self.confirmed.items()
            },
            "would_change": list(self.changes),
            "budget_seconds": self.budget,
            "seconds": round(self.seconds, 2),
        }


def train_command(candidate: Candidate) -> str:
    """The command that trains a candidate and lets it serve."""
    settings = "".join(f" --set {key}={value:g}" if isinstance(value, float) else f" --set {key}={value}"
                       for key, value in candidate.config)  # fmt: skip
    return f"crossreel recommend train --algorithm {candidate.algorithm}{settings}"


def _candidate(tried: Tried, seed: int) -> dict[str, Any]:
    last = max(tried.trials, default=None)
    told: dict[str, Any] = {
        **tried.candidate.to_dict(),
        "finalist": last == 1.0,
        "left_out": tried.left_out or None,
        "rungs": [{"share": share, "ndcg@10": _number(tried.mean(share))} for share in sorted(tried.trials)],
    }
    if last is None:
        return told
    trial, figure = tried.trials[last], tried.interval(last, seed)
    return told | {
        "ndcg@10": _number(figure.value),
        "ci95": [figure.low, figure.high] if figure.viewers else None,
        "fit_seconds": round(trial.fit_seconds, 3),
        "answer_ms": round(trial.answer_ms, 3),
        "model_mb": round(trial.model_mb, 2),
        "peak_mb": round(trial.peak_mb, 1),
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value


def choose(
    data: Dataset,
    *,
    split: str = "per-user-random",
    seed: int = 42,
    budget: float = 300.0,
    isolated: bool = True,
    now: Callable[[], float] = time.perf_counter,
    progress: Progress = lambda done, of, what: None,
) -> Choice:
    """Profiles the data, backtests what fits within a time budget, and recommends for each case.

    Args:
        data: the likes.
        split: one of ``SPLITS``.
        seed: of the splits, the models and the intervals.
        budget: seconds. What is not expected to fit is not begun, and what takes longer is stopped; only
            the first candidate, popularity, is finished in any case.
        isolated: False tries candidates in this process, which cannot stop one that takes too long.
        now: what the budget is counted by: wall time, or CPU time where other work must not matter.
        progress: told after every trial.

    Raises:
        BadValue: no such split, or no time.
        BadInput: the data cannot be split so, or nothing can be tried on them.
    """
    if split not in SPLITS:
        raise BadValue("split to choose by", split, "one of " + ", ".join(SPLITS))
    if not 0 < budget < 1e7:
        raise BadValue("time budget", budget, "seconds, above 0")
    started, clock = time.perf_counter(), Clock(budget, now)
    protocol = Protocol(split, seed)
    (parts,) = protocol.splits(data)
    if not parts.valid.nnz:
        raise BadInput(
            f"Nobody is left to choose by: the split {split} holds out no title for validation.",
            advice="Take another split, or data with viewers who like three titles or more.",
        )
    nothing = sp.csr_array(parts.test.shape, dtype=np.float32)
    seen = data.only(sp.csr_array(parts.train + parts.valid))
    visible = Visible(seen, Split(parts.train, parts.valid, nothing), seed)
    profile = profile_of(seen, seed)
    worker: Runs = Worker(visible, now) if isolated else Here(visible)
    try:
        looks = _LOOKS if split == "per-user-random" else 0
        wanted = candidates(profile)
        found = backtest(worker, visible, wanted, clock, looks=looks, progress=progress)
        if not found.finalists:
            reasons = "; ".join(f"{one.candidate.label}: {one.left_out}" for one in found.others[:3])
            raise BadInput(f"Nothing could be tried. {reasons}", advice="Give more time: --budget.")
        reserve = max(budget * _RESERVE, _MARGIN * found.cost(found.best.candidate))
        advice = _advice(worker, visible, found, profile, clock, reserve, progress)
        changes = what_would_change(worker, visible, found, profile, advice, clock, reserve)
        progress(0, 1, "measuring the choice on the test part")
        confirmed = _confirmed(worker, found, parts.test, clock, seed)
        if found.best.candidate.label not in confirmed:
            changes += (_NOT_CONFIRMED,)
        progress(1, 1, "measuring the choice on the test part")
    finally:
        worker.close()
    return Choice(
        signature=protocol.signature(data),
        profile=profile,
        methods=tuple(fits(profile)),
        backtest=found,
        advice=advice,
        confirmed=confirmed,
        changes=changes,
        budget=budget,
        seconds=time.perf_counter() - started,
        seed=seed,
    )


def _advice(
    worker: Runs,
    visible: Visible,
    found: Backtest,
    profile: Profile,
    clock: Clock,
    reserve: float,
    progress: Progress,
) -> tuple[Advice, ...]:
    told = [warm_viewer(found, visible.seed)]
    cases = (cold_viewer, cold_title, market)
    for number, case in enumerate(cases):
        progress(number, len(cases), "trying the cold cases")
        told.append(case(worker, visible, found, profile, clock, reserve))
    progress(len(cases), len(cases), "trying the cold cases")
    return tuple(told)


def _confirmed(
    worker: Runs, found: Backtest, test: sp.csr_array, clock: Clock, seed: int
) -> dict[str, Interval]:
    told: dict[str, Interval] = {}
    for candidate in dict.fromkeys((found.best.candidate, Candidate("popular"))):
        if found.cost(candidate) > clock.left:
            break
        try:
            trial: Trial = worker.run(confirm, candidate, test, timeout=clock.left)
        except (CrossreelError, Overtime):
            break
        figure = bootstrap(trial.values, seed=seed)[0]
        if figure.viewers:
            told[candidate.label] = figure
    return told
