"""One recommendation a case: warm viewers, viewers and titles nobody knows yet, a new market."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crossreel.errors import BadInput, CrossreelError
from crossreel.recommend.choosing.candidates import Candidate
from crossreel.recommend.choosing.halving import Backtest, Clock
from crossreel.recommend.choosing.profile import Profile
from crossreel.recommend.choosing.trials import Trial, Visible, cold_titles, few_likes, new_market
from crossreel.recommend.choosing.worker import Overtime, Runs
from crossreel.recommend.evaluate.protocol import Protocol
from crossreel.recommend.evaluate.significance import Interval, bootstrap

__all__ = ["CASES", "Advice", "Row", "cold_title", "cold_viewer", "market", "warm_viewer"]

CASES = ("warm", "cold-viewer", "cold-title", "new-market")
SHOWN = (0, 1, 2, 3, 5, 10)
_FINALISTS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate in one case."""

    label: str
    figure: Interval
    shown: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON values."""
        told: dict[str, Any] = {"label": self.label, **_shown(self.figure)}
        return told if self.shown is None else {**told, "likes_shown": self.shown}


def _shown(figure: Interval) -> dict[str, Any]:
    if not figure.viewers:
        return {"ndcg@10": None, "ci95": None, "viewers": 0}
    return {"ndcg@10": figure.value, "ci95": [figure.low, figure.high], "viewers": figure.viewers}


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do in a case, and what that rests on.

    Attributes:
        case: one of ``CASES``.
        choice: the candidate; None where nothing could be measured.
        figure: its NDCG@10; None where nothing could be measured.
        why: in a sentence or two.
        rows: everything that was compared.
        measured: False where the advice rests on the profile alone.
    """

    case: str
    choice: Candidate | None
    figure: Interval | None
    why: str
    rows: tuple[Row, ...] = ()
    measured: bool = True
    from_likes: int | None = field(default=None)

    def to_dict(self) -> dict[str, Any]:
        """The advice as JSON values."""
        told: dict[str, Any] = {
            "case": self.case,
            "choice": None if self.choice is None else self.choice.to_dict(),
            **(_shown(self.figure) if self.figure else {"ndcg@10": None, "ci95": None, "viewers": 0}),
            "measured": self.measured,
            "why": self.why,
            "rows": [row.to_dict() for row in self.rows],
        }
        if self.case == "cold-viewer":
            told["personal_from_likes"] = self.from_likes
        return told


def warm_viewer(found: Backtest, seed: int) -> Advice:
    """The best of the backtest; which others cannot be told from it is said."""
    best = found.best
    figure = best.interval(1.0, seed)
    rows = tuple(Row(one.candidate.label, one.interval(1.0, seed)) for one in found.finalists)
    equal = [one.second for one in found.against_best if one.corrected_p > 0.05]
    why = f"Highest NDCG@10 of {len(found.finalists)} finalists on the validation part."
    if equal:
        why += f" It cannot be told from {', '.join(equal[:3])} with certainty."
    elif len(rows) > 1:
        why += " Better than every other with 95 % certainty (Holm-corrected)."
    return Advice("warm", best.candidate, figure, why, rows)


def _failed(error: CrossreelError | Overtime) -> str:
    return "the time left of the budget was too short" if isinstance(error, Overtime) else error.message


def _in_time(found: Backtest, candidate: Candidate, left: float, times: int = 1) -> float:
    """The seconds that are left. Raises ``Overtime`` at once where it would take longer."""
    if times * found.cost(candidate) > left:
        raise Overtime(left)
    return left


def cold_viewer(
    worker: Runs, visible: Visible, found: Backtest, profile: Profile, clock: Clock, reserve: float
) -> Advice:
    """Which popularity for a viewer of whom nothing is known, and from how many likes on a model."""
    populars = [Candidate("popular")]
    if profile.days is not None:
        populars += [Candidate("popular", (("half_life_days", days),)) for days in (30.0, 36500.0)]
    personal = [one.candidate for one in found.finalists if one.candidate.algorithm != "popular"]
    curves: dict[Candidate, list[Trial]] = {}
    reason = ""
    for candidate in [*populars, *personal[:_FINALISTS]]:
        try:
            left = _in_time(found, candidate, clock.left - reserve)
            curves[candidate] = worker.run(few_likes, candidate, SHOWN, timeout=left)
        except (CrossreelError, Overtime) as error:
            reason = _failed(error)
    tested = [one for one in populars if one in curves and _viewers(curves[one][0])]
    if not tested:
        why = (
            f"Not measured ({reason or 'too few viewers with six likes'}); what is popular needs no history."
        )
        return Advice("cold-viewer", populars[0], None, why, measured=False)
    best = max(tested, key=lambda one: _mean(curves[one][0]))
    rows = tuple(
        Row(one.label, _interval(trial, visible.seed), count)
        for one, trials in curves.items()
        for count, trial in zip(SHOWN, trials, strict=True)
        if one.algorithm != "popular" or one in (best, populars[0]) or count == 0
        if one.algorithm == "popular" or count > 0
    )
    crossing, model = _crossing(curves, best, visible.seed)
    why = f"Of a viewer without a history only what is popular is known; {best.label} finds most."
    if model is None:
        why += f" No model is surely better than it within {SHOWN[-1]} likes."
    else:
        why += f" From {crossing} like{'s' if crossing != 1 else ''} on, {model.label} is surely better."
    return Advice(
        "cold-viewer", best, _interval(curves[best][0], visible.seed), why, rows, from_likes=crossing
    )


def _viewers(trial: Trial) -> int:
    return int(np.count_nonzero(~np.isnan(trial.values)))


def _mean(trial: Trial) -> float:
    return float(np.nanmean(trial.values)) if _viewers(trial) else float("nan")


def _interval(trial: Trial, seed: int) -> Interval:
    return bootstrap(trial.values, seed=seed)[0]


def _crossing(
    curves: dict[Candidate, list[Trial]], best: Candidate, seed: int
) -> tuple[int | None, Candidate | None]:
    """The fewest likes from which on a model is surely better than what is popular, and that model."""
    models = [one for one in curves if one.algorithm != "popular"]
    for place, count in enumerate(SHOWN):
        able = []
        for model in models if count else ():
            later = [
                bootstrap(curves[model][at].values - curves[best][at].values, seed=seed)[0]
                for at in range(place, len(SHOWN))
            ]
            if all(one.low > 0 for one in later):
                able.append((later[0].value, model))
        if able:
            return count, max(able, key=lambda pair: pair[0])[1]
    return None, None


def cold_title(
    worker: Runs, visible: Visible, found: Backtest, profile: Profile, clock: Clock, reserve: float
) -> Advice:
    """What reaches a title that nobody has met."""
    if not profile.has_records:
        why = (
            "Nothing is known of titles but their ids, so that no method can place a title nobody met. "
            "Give records of the titles (genres, people, synopses), or show new titles by turns."
        )
        return Advice("cold-title", None, None, why, measured=False)
    tried = [Candidate("content"), Candidate("content", (("text", 0.0),))]
    tried += [one.candidate for one in found.finalists if one.candidate.algorithm != "popular"][:_FINALISTS]
    results: dict[Candidate, Trial] = {}
    chance: Trial | None = None
    reason = ""
    for candidate in dict.fromkeys(tried):
        try:
            left = _in_time(found, candidate, clock.left - reserve)
            results[candidate], chance = worker.run(cold_titles, candidate, timeout=left)
        except (CrossreelError, Overtime) as error:
            reason = _failed(error)
    if chance is None or not _viewers(chance):
        why = f"Not measured ({reason or 'too few likes'}); content needs no viewers."
        return Advice("cold-title", Candidate("content"), None, why, measured=False)
    best = max(results, key=lambda one: _mean(results[one]))
    gain = bootstrap(results[best].values - chance.values, seed=visible.seed)[0]
    rows = [Row(one.label, _interval(trial, visible.seed)) for one, trial in results.items()]
    rows = sorted(rows, key=lambda row: -row.figure.value)
    rows.append(Row("at random", _interval(chance, visible.seed)))
    if gain.low <= 0:
        why = "No method is surely better than chance on titles nobody met: their records say too little."
        return Advice("cold-title", None, None, why, tuple(rows))
    times = _mean(results[best]) / max(_mean(chance), 1e-9)
    why = f"Among titles nobody met it finds {times:.1f} times what chance finds."
    return Advice("cold-title", best, _interval(results[best], visible.seed), why, tuple(rows))


def market(
    worker: Runs, visible: Visible, found: Backtest, profile: Profile, clock: Clock, reserve: float
) -> Advice:
    """What to answer in a country of which nothing is known, from what other countries' viewers did."""
    try:
        whole = Protocol("market-hold-out", visible.seed).splits(visible.data)
        nothing = Protocol("market-new", visible.seed).splits(visible.data)
    except BadInput:
        why = (
            "The data have no two markets with 20 viewers each, so that entering one cannot be tried. "
            "Start with what is popular everywhere, and with the warm choice once a viewer has a history."
        )
        return Advice("new-market", Candidate("popular"), None, why, measured=False)
    tried = [Candidate("popular")]
    tried += [one.candidate for one in found.finalists if one.candidate.algorithm != "popular"][:_FINALISTS]
    results: dict[Candidate, Trial] = {}
    reason, first = "", None
    for candidate in dict.fromkeys(tried):
        try:
            left = _in_time(found, candidate, clock.left - reserve, len(whole[:3]))
            results[candidate] = worker.run(new_market, candidate, whole[:3], timeout=left)
            if candidate.algorithm == "popular":
                first = worker.run(new_market, candidate, nothing[:3], timeout=clock.left - reserve)
        except (CrossreelError, Overtime) as error:
            reason = _failed(error)
    if not results:
        why = f"Not measured ({reason}); start with what is popular everywhere."
        return Advice("new-market", Candidate("popular"), None, why, measured=False)
    best = max(results, key=lambda one: _mean(results[one]))
    rows = [Row(one.label, _interval(trial, visible.seed)) for one, trial in results.items()]
    rows = sorted(rows, key=lambda row: -row.figure.value)
    if first is not None:
        rows.append(Row("popular, viewers without a history", _interval(first, visible.seed)))
    why = (
        f"Fitted without the market, tested on its viewers with a history ({len(whole[:3])} markets held out "
        "in turn): what viewers elsewhere did carries over. Viewers without a history get what is popular "
        "elsewhere."
    )
    return Advice("new-market", best, _interval(results[best], visible.seed), why, tuple(rows))
