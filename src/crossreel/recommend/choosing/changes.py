"""What would change the answer: equals that cost less, the order of time, more data, limits."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import scipy.sparse as sp

from crossreel.errors import BadInput, CrossreelError
from crossreel.recommend.choosing.cases import Advice
from crossreel.recommend.choosing.halving import Backtest, Clock, Tried
from crossreel.recommend.choosing.profile import Profile
from crossreel.recommend.choosing.trials import Trial, Visible, warm
from crossreel.recommend.choosing.worker import Overtime, Runs
from crossreel.recommend.context import FACTORS
from crossreel.recommend.contextual import Contextual
from crossreel.recommend.evaluate.context_worth import Worth, context_worth
from crossreel.recommend.evaluate.protocol import Protocol
from crossreel.recommend.evaluate.significance import bootstrap
from crossreel.recommend.evaluate.splits import Split

__all__ = ["what_would_change"]

_FINALISTS = 3
_CHEAPER = 0.5
"""Half the time to fit or half the memory is worth a word."""
_FILLED = 0.6
"""From this share of a method's limit of titles on, its end is near."""


_FEW = 10


def what_would_change(
    worker: Runs,
    visible: Visible,
    found: Backtest,
    profile: Profile,
    advice: Sequence[Advice],
    clock: Clock,
    reserve: float,
) -> tuple[str, ...]:
    """Sentences, the weightiest first.

    Args:
        worker: runs trials over ``visible``.
        visible: the data.
        clock: of the whole choice.
        found: the backtest.
        profile: of the data.
        advice: on the cases.
        reserve: seconds of the budget that must be left.
    """
    told = [
        *_few_viewers(visible.split.valid),
        *_in_order_of_time(worker, visible, found, profile, clock, reserve),
        *_cheaper(found),
        *_outside(worker, visible, profile, clock, reserve),
        *_more_data(worker, visible, found, clock, reserve),
        *_near_a_limit(found, profile),
        *_records(profile),
        *_untried(found),
    ]
    return tuple(told)


def _few_viewers(valid: sp.csr_array) -> list[str]:
    """That the order may be chance, where next to nobody's likes are held out."""
    viewers = int(np.count_nonzero(np.diff(valid.indptr)))
    if viewers >= _FEW:
        return []
    noun = "viewer has" if viewers == 1 else "viewers have"
    return [f"Only {viewers} {noun} likes held out: the order of the methods may be chance."]


def _in_order_of_time(
    worker: Runs, visible: Visible, found: Backtest, profile: Profile, clock: Clock, reserve: float
) -> list[str]:
    """Whether another finalist, or popularity, is ahead when the past predicts the future."""
    if profile.days is None:
        return ["The likes have no times: whether the order holds for the future could not be tried."]
    try:
        (parts,) = Protocol("global-time", visible.seed).splits(visible.data)
    except BadInput:
        return []
    nothing = sp.csr_array(parts.test.shape, dtype=np.float32)
    later = sp.csr_array(parts.valid + parts.test)
    ahead = Visible(visible.data, Split(parts.train, later, nothing), visible.seed)
    results: dict[str, Trial] = {}
    wanted = [one for one in found.finalists if one.candidate.algorithm != "popular"][:_FINALISTS]
    popular = [one for one in (*found.finalists, *found.others) if one.candidate.algorithm == "popular"][:1]
    for tried in (*wanted, *popular):
        if found.cost(tried.candidate) > clock.left - reserve:
            continue
        try:
            results[tried.candidate.label] = worker.run(_in_time, tried, ahead, timeout=clock.left - reserve)
        except (CrossreelError, Overtime):
            continue
    best = found.best.candidate.label
    if best not in results or len(results) < 2:
        return ["There was no time to try whether the order holds when the past predicts the future."]
    viewers = int(np.count_nonzero(~np.isnan(results[best].values)))
    if viewers < 30:
        return [
            f"Only {viewers} viewers have a history before the last fifth of the time: most are new. "
            "Mind the choice for viewers without a history more than the one for viewers with one."
        ]
    order = f"In order of time (the first four fifths predict the last, {viewers} viewers)"
    means = {label: float(np.nanmean(trial.values)) for label, trial in results.items()}
    first = max(means, key=lambda label: means[label])
    if first == best:
        return [f"{order} {best} stays first: NDCG@10 {means[best]:.3f}."]
    lead = bootstrap(results[first].values - results[best].values, seed=visible.seed)[0]
    sure = "surely" if lead.low > 0 else "perhaps, within the error,"
    return [
        f"{order} {first} is {sure} ahead: NDCG@10 {means[first]:.3f} against {means[best]:.3f}. "
        "If lists are for what comes next, "
        "choose by --split global-time."
    ]


def _in_time(visible: Visible, tried: Tried, ahead: Visible) -> Trial:
    """One candidate by another split than the state's own."""
    return warm(ahead, tried.candidate)


def _outside(worker: Runs, visible: Visible, profile: Profile, clock: Clock, reserve: float) -> list[str]:
    """What the hour, the season, the device and the like of asking are worth to a model that knows them."""
    if profile.days is None:
        return []
    names = tuple(name for name in FACTORS if name != "holiday" or find_spec("holidays"))
    try:
        worth = worker.run(_worth, ",".join(names), timeout=clock.left - reserve)
    except Overtime:
        return ["There was no time to try what time, device and country of asking are worth."]
    except CrossreelError as error:
        return [f"What time, device and country of asking are worth cannot be told: {error.message}"]
    best, gain = worth[1], worth[1].difference
    told = ", ".join(f"{name} {strength:.2g}" for name, strength in best.strengths.items() if strength > 0)
    if not told:
        return [f"Knowing {', '.join(names)} of asking is worth nothing here: no strength was learned."]
    figures = f"{gain.value:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}] of NDCG@10 a question ({told})"
    if gain.low > 0:
        return [
            f"Where lists are asked for with their time, device and country, contextual brings {figures} to "
            "ease: crossreel recommend train --algorithm contextual."
        ]
    return [f"Knowing {', '.join(names)} of asking is worth {figures}, which may be chance."]


def _worth(visible: Visible, factors: str) -> list[Worth]:
    """Of all factors together, on splits of what is visible."""
    return context_worth(visible.data, Contextual(factors=factors), visible.seed, alone=False)


def _cheaper(found: Backtest) -> list[str]:
    """A finalist that cannot be told from the best, or is within 1 %, and costs half or less."""
    best = found.best
    whole = best.trials[1.0]
    equal = {one.second for one in found.against_best if one.corrected_p > 0.05}
    for one in found.finalists[1:]:
        near = one.candidate.label in equal or one.mean(1.0) >= 0.99 * best.mean(1.0)
        trial = one.trials[1.0]
        less = trial.fit_seconds <= _CHEAPER * whole.fit_seconds or trial.peak_mb <= _CHEAPER * whole.peak_mb
        if near and less:
            memory = f" ({trial.peak_mb:.0f} MB instead of {whole.peak_mb:.0f} MB)"
            return [
                f"If cost matters more than {best.mean(1.0) - one.mean(1.0):.4f} of NDCG@10: "
                f"{one.candidate.label} fits in {trial.fit_seconds:.1f} s, not {whole.fit_seconds:.1f} s"
                f"{memory if trial.peak_mb < 0.95 * whole.peak_mb else ''}."
            ]
    return []


def _more_data(worker: Runs, visible: Visible, found: Backtest, clock: Clock, reserve: float) -> list[str]:
    """Whether half of the viewers are nearly as good as all."""
    half: dict[str, float] = {}
    whole: dict[str, float] = {}
    for tried in found.finalists[:2]:
        if found.cost(tried.candidate) / 2 > clock.left - reserve:
            return []
        try:
            trial = worker.run(warm, tried.candidate, 0.5, timeout=clock.left - reserve)
        except (CrossreelError, Overtime):
            return []
        whole_values = tried.looks[0] if tried.looks else tried.trials[1.0].values
        both = ~np.isnan(trial.values) & ~np.isnan(whole_values)
        if np.count_nonzero(both) < 30:
            return []
        half[tried.candidate.label] = float(trial.values[both].mean())
        whole[tried.candidate.label] = float(whole_values[both].mean())
    best = found.best.candidate.label
    gain = whole[best] / half[best] - 1 if half[best] else 0.0
    told = [
        f"Twice the viewers brought {gain:+.1%} (NDCG@10 of the same viewers, {half[best]:.3f} with half "
        f"of the audience, {whole[best]:.3f} with all)"
        + (
            ": choose again when the audience has doubled."
            if gain > 0.02
            else ": more of the same changes little."
        )
    ]
    if len(half) == 2 and max(half, key=lambda label: half[label]) != best:
        other = next(label for label in half if label != best)
        told.append(
            f"With half of the audience {other} was ahead of {best}: fewer viewers change the answer."
        )
    return told


def _near_a_limit(found: Backtest, profile: Profile) -> list[str]:
    most = found.best.candidate.configured().to_dict().get("max_titles")
    if isinstance(most, int) and profile.titles > _FILLED * most:
        return [
            f"{found.best.candidate.algorithm} ends at {most:,} titles, and there are {profile.titles:,}: "
            "beyond, choose among als and the neighbors."
        ]
    return []


def _records(profile: Profile) -> list[str]:
    if profile.has_records:
        return []
    return [
        "Records of the titles (genres, people, synopses) are missing; with them content and balanced-ease "
        "have more to go by, and titles nobody met can be placed (--titles)."
    ]


def _untried(found: Backtest) -> list[str]:
    out = [one for one in found.others if "budget" in one.left_out or "Would take" in one.left_out]
    if not out:
        return []
    names = ", ".join(one.candidate.label for one in out)
    return [f"Not tried to the end for want of time: {names}. Give more with --budget."]
