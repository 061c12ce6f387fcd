"""The isochrony planner: a dub that fits the picture, by dynamic programming over the whole film.

Every line has candidates: a wording x a start near the original's x a rate x a factor for the pauses
inside. A plan takes one candidate of each line so that no two sound at the same time and nothing passes
the film's end; of all such plans it is the one of least cost. The cost of a line:

===================  ==================================================================================
rate                 ((rate - 1) / 0.1)²; above ``fastest`` also 50 + 400 (rate - fastest)
start                0.2 (shift / 40 ms)², 5 more beyond ``early``, ``late``; doubled where the mouth is seen
borrowed silence     0.3 (overrun / 100 ms)², 5 more beyond ``borrow``; doubled where the mouth is seen
silence left         2 x the share of the slot without speech; doubled where the mouth is seen
pauses               1.5 |factor - 1|
wording              its own cost
tempo                ((change of rate) / jump)², to the speaker's previous line, where that is the line before
===================  ==================================================================================

Lines that need clearly more time than their slot has, and those close beside them, may begin up to ``shift``
away from their original and borrow up to ``far`` of a long silence, unless their mouth is seen.
A line that cannot be placed in any limit costs 10,000 and is left out, and said so: nothing ever overlaps
and the film is never shifted. Time is whole milliseconds, so "no overlap" is exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadValue
from crossreel.localize.dub.line import Limits, Line, Placed, Plan

__all__ = ["plan_dub", "spoken_milliseconds"]

_LEFT_OUT = 10_000.0
_STEP = 40
"""Milliseconds between two starts that are tried: a frame at 25."""
_RATE_STEP, _HARD_STEP = 0.05, 0.1
_PAUSE_FACTORS = (1.0, 0.7, 0.4, 1.4)
_LEAST_PAUSE = 60
"""Milliseconds of pauses inside a line from which on shortening them is tried."""
_NEED = 1.1
"""Least natural time over slot from which on a line needs more time."""
_CLOSE = 500
"""Milliseconds of silence within which lines are close, and which a long loan leaves."""
_BEYOND = 5.0
_VISIBLE = 200
"""Milliseconds at which the end of speech is seen to differ from the mouth's."""


@dataclass(frozen=True, slots=True)
class _Candidates:
    """All ways of placing one line, as columns."""

    wording: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    rate: NDArray[np.float64]
    pause: NDArray[np.float64]
    cost: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _States:
    """The least cost of every way in which the lines so far may end."""

    end: NDArray[np.int64]
    rate: NDArray[np.float64]
    cost: NDArray[np.float64]
    before: NDArray[np.int64]
    candidate: NDArray[np.int64]
    speaker: tuple[str, ...]


def spoken_milliseconds(speech: int, pauses: int, rate: float, pause: float) -> int:
    """How long a wording sounds at a rate and a factor of its pauses, rounded up."""
    return math.ceil(speech / rate + pauses * pause)


def plan_dub(lines: Sequence[Line], length: int, limits: Limits | None = None) -> Plan:
    """The plan of least cost for lines in a film of ``length`` milliseconds.

    Args:
        lines: in any order; of lines that start together the shorter slot is placed first.
        length: above 0; lines are placed inside it.
        limits: defaults to ``Limits()``.

    Raises:
        BadValue: two lines have one id, a line begins after the film's end, or no length.
    """
    kept = limits or Limits()
    _check(lines, length)
    ordered = sorted(lines, key=lambda line: (line.start, line.end, line.id))
    states = _States(
        end=np.array([0]),
        rate=np.array([1.0]),
        cost=np.array([0.0]),
        before=np.array([-1]),
        candidate=np.array([-1]),
        speaker=("",),
    )
    past: list[tuple[_States, _Candidates]] = []
    for number, line in enumerate(ordered):
        gap = _gap(ordered[number - 1], line, kept) if number else 0
        found = _candidates(line, length, kept, _eased(ordered, number, length, kept))
        states = _step(states, found, line, gap, kept)
        past.append((states, found))
    return _traced(ordered, past, length, kept)


def _check(lines: Sequence[Line], length: int) -> None:
    if length <= 0:
        raise BadValue("film's length", length, "more than 0 milliseconds")
    ids = [line.id for line in lines]
    if len(set(ids)) < len(ids):
        twice = next(id for id in ids if ids.count(id) > 1)
        raise BadValue("line's id", twice, "of one line only")
    for line in lines:
        if line.start >= length:
            raise BadValue("line's start", f"{line.id}: {line.start}", f"before the film's end at {length}")


def _gap(before: Line, after: Line, limits: Limits) -> int:
    return max(0, min(limits.gap, after.start - before.end))


def _eased(lines: Sequence[Line], at: int, length: int, limits: Limits) -> Limits:
    """The limits of a line: wider where it, or a line close beside it, needs time and no mouth is seen."""
    line = lines[at]
    before, after = lines[max(0, at - 1)], lines[min(at + 1, len(lines) - 1)]
    beside = [one for one in (before, after) if _silence(one, line) <= _CLOSE]
    if line.on_screen or not any(map(_in_need, (line, *beside))):
        return limits
    follows = min((one.start for one in lines[at + 1 :]), default=length)
    return replace(
        limits,
        early=max(limits.early, limits.shift),
        late=max(limits.late, limits.shift),
        borrow=max(limits.borrow, min(limits.far, follows - line.end - _CLOSE)),
    )


def _silence(one: Line, other: Line) -> int:
    return max(other.start - one.end, one.start - other.end)


def _in_need(line: Line) -> bool:
    least = min(wording.natural for wording in line.wordings)
    return least > _NEED * (line.end - line.start)


def _candidates(line: Line, length: int, limits: Limits, eased: Limits | None = None) -> _Candidates:
    """All that the eased limits of the line allow, priced by the limits of all lines."""
    widest = eased or limits
    shifts = np.arange(-(widest.early // _STEP) * _STEP, widest.late + 1, _STEP)
    starts = (line.start + shifts)[line.start + shifts >= 0]
    tables = []
    for number, wording in enumerate(line.wordings):
        for pause in _PAUSE_FACTORS if wording.pauses >= _LEAST_PAUSE else (1.0,):
            rates = _rates(line, wording.speech, wording.pauses * pause, widest)
            spoken = np.ceil(wording.speech / rates + wording.pauses * pause - 1e-9)
            start = np.repeat(starts, len(rates))
            rate = np.tile(rates, len(starts))
            end = start + np.tile(spoken, len(starts))
            # A flagged rate may run on to the film's end; the next line's start bounds it anyway.
            room = np.where(rate <= limits.fastest, min(length, line.end + widest.borrow), length)
            rows = np.column_stack([np.full(len(end), number), start, end, rate, np.full(len(end), pause)])
            tables.append(rows[end <= room])
    table: NDArray[np.float64] = np.concatenate(tables).astype(np.float64)
    whole: NDArray[np.int64] = table[:, :3].astype(np.int64)
    prices = np.array([wording.cost for wording in line.wordings])
    cost = _cost(line, whole[:, 1], whole[:, 2], table[:, 3], limits)
    cost = cost + 1.5 * np.abs(table[:, 4] - 1) + prices[whole[:, 0]]
    return _Candidates(whole[:, 0], whole[:, 1], whole[:, 2], table[:, 3], table[:, 4], cost)


def _rates(line: Line, speech: int, pauses: float, limits: Limits) -> NDArray[np.float64]:
    """A grid of rates, those that end with the slot and with what may be borrowed, and the hard ones."""
    steps = round((limits.fastest - limits.slowest) / _RATE_STEP)
    natural = [limits.slowest + _RATE_STEP * step for step in range(steps + 1)] + [1.0, limits.fastest]
    for end in (line.end, line.end + limits.borrow):
        room = end - line.start - pauses
        if room > 0:
            natural.append(math.ceil(speech / room * 10_000) / 10_000)
    kept = [rate for rate in natural if limits.slowest <= rate <= limits.fastest]
    hard = np.arange(limits.fastest + _HARD_STEP, limits.hardest + 1e-9, _HARD_STEP)
    return np.unique(np.round([*kept, *hard], 4))


def _cost(
    line: Line,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    rate: NDArray[np.float64],
    limits: Limits,
) -> NDArray[np.float64]:
    """The table of the module, but for pauses, wording and tempo."""
    seen = 2.0 if line.on_screen else 1.0
    slot = line.end - line.start
    spoken = np.minimum(end, line.end) - np.maximum(start, line.start)
    hard = rate > limits.fastest
    shift, over = start - line.start, np.maximum(0, end - line.end)
    beyond = ((shift < -limits.early) | (shift > limits.late)) * 1.0 + (over > limits.borrow)
    cost: NDArray[np.float64] = (
        ((rate - 1) / 0.1) ** 2
        + hard * (50 + 400 * (rate - limits.fastest))
        + seen * 0.2 * (shift / 40) ** 2
        + seen * 0.3 * (over / 100) ** 2
        + seen * _BEYOND * beyond
        + seen * 2.0 * (1 - np.clip(spoken / slot, 0, 1))
    )
    return cost


def _step(before: _States, found: _Candidates, line: Line, gap: int, limits: Limits) -> _States:
    """Every state after this line: one a candidate, and those in which the line is left out."""
    reached, best = _reached(before, found, line, gap, limits)
    cost = reached + found.cost
    possible = np.flatnonzero(np.isfinite(cost))
    skipped = _undominated(before.end, before.cost)
    states = _States(
        end=np.concatenate([found.end[possible], before.end[skipped]]),
        rate=np.concatenate([found.rate[possible], before.rate[skipped]]),
        cost=np.concatenate([cost[possible], before.cost[skipped] + _LEFT_OUT]),
        before=np.concatenate([best[possible], skipped]),
        candidate=np.concatenate([possible, np.full(len(skipped), -1)]),
        speaker=(line.speaker,) * len(possible) + tuple(before.speaker[at] for at in skipped),
    )
    return _pruned(states, len(possible))


def _reached(
    before: _States, found: _Candidates, line: Line, gap: int, limits: Limits
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The least cost of coming to each candidate, and from which state; infinite where none ends in time.

    Only a state's end and the rate of its speaker matter, so states are first reduced to the cheapest of each
    rate for each start.
    """
    same = np.array([bool(line.speaker) and speaker == line.speaker for speaker in before.speaker])
    rates, group = np.unique(np.where(same, before.rate, -1.0), return_inverse=True)
    starts, place = np.unique(found.start, return_inverse=True)
    least = np.full((len(starts), len(rates)), np.inf)
    source = np.zeros((len(starts), len(rates)), dtype=np.int64)
    ends = before.end + np.where(before.end > 0, gap, 0)
    by_cost = np.argsort(before.cost, kind="stable")
    for row, start in enumerate(starts):
        in_time = by_cost[ends[by_cost] <= start]
        present, first = np.unique(group[in_time], return_index=True)
        source[row, present] = in_time[first]
        least[row, present] = before.cost[in_time[first]]
    change = np.where(rates[None, :] < 0, 0.0, (found.rate[:, None] - rates[None, :]) / limits.jump)
    total = least[place] + change**2
    best = total.argmin(axis=1)
    every = np.arange(len(place))
    return total[every, best], source[place, best]


def _pruned(states: _States, spoken: int) -> _States:
    """Without the spoken states that another of equal rate beats; what follows sees only end and rate."""
    kept = [np.arange(spoken, len(states.end))]
    for rate in np.unique(states.rate[:spoken]):
        own = np.flatnonzero(states.rate[:spoken] == rate)
        kept.append(own[_undominated(states.end[own], states.cost[own])])
    chosen = np.concatenate(kept)
    return _States(
        states.end[chosen],
        states.rate[chosen],
        states.cost[chosen],
        states.before[chosen],
        states.candidate[chosen],
        tuple(states.speaker[at] for at in chosen),
    )


def _undominated(end: NDArray[np.int64], cost: NDArray[np.float64]) -> NDArray[np.int64]:
    """Those that no other beats both in cost and in ending early."""
    order = np.lexsort((cost, end))
    least = np.minimum.accumulate(cost[order])
    first = np.concatenate([[True], cost[order][1:] < least[:-1]])
    kept: NDArray[np.int64] = order[first]
    return kept


def _traced(
    lines: Sequence[Line], past: Sequence[tuple[_States, _Candidates]], length: int, limits: Limits
) -> Plan:
    placed: list[Placed] = []
    left_out: list[Line] = []
    at = int(past[-1][0].cost.argmin()) if past else -1
    cost = float(past[-1][0].cost[at]) if past else 0.0
    for line, (states, found) in zip(reversed(lines), reversed(past), strict=True):
        chosen = int(states.candidate[at])
        if chosen < 0:
            left_out.append(line)
        else:
            placed.append(_placed(line, found, chosen, limits))
        at = int(states.before[at])
    return Plan(tuple(reversed(placed)), tuple(reversed(left_out)), length, limits, cost)


def _placed(line: Line, found: _Candidates, at: int, limits: Limits) -> Placed:
    start, end, rate = int(found.start[at]), int(found.end[at]), float(found.rate[at])
    flags = []
    if rate > limits.fastest + 1e-9:
        flags.append("fast")
    if end > line.end + limits.borrow:
        flags.append("overrun")
    if not -limits.early <= start - line.start <= limits.late:
        flags.append("shifted")
    off = max(abs(start - line.start) - _STEP, abs(end - line.end) - _VISIBLE)
    if line.on_screen and off > 0:
        flags.append("lip-sync")
    if found.wording[at]:
        flags.append("shorter")
    wording = line.wordings[int(found.wording[at])]
    return Placed(line, wording, start, end, rate, float(found.pause[at]), tuple(flags))
