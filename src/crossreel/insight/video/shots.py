"""From odds of every frame to shots: where one ends, how, and where the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from crossreel.insight.video.shot_network import KINDS, ShotOdds
from crossreel.values.media_roles import Shot

__all__ = ["Transition", "shots_of", "transitions_of", "within_film"]

CUT_ODDS = 0.9
GRADUAL_ODDS = 0.8
"""Both bars were chosen on other spliced films (seeds 11 and 12) whose clips training did not see."""
WIPE_ODDS = 0.9
"""Wipes are a tenth of the transitions trained on and far rarer in films, where what crosses the
picture looks like one."""
GRADUAL_EDGE = 0.35
"""A gradual transition reaches as far as its odds stay above this."""
SHORTEST_GRADUAL = 4
VALLEY = 0.6
"""Two gradual transitions follow each other where the odds between them fall below this share of both."""
_NEAR = 3
"""Frames within which a cut and a gradual transition are one."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of shot.

    Attributes:
        kind: ``cut``, ``dissolve``, ``fade`` or ``wipe``.
        start, end: frames that it covers, end exclusive; a cut's are both the new shot's first frame.
        frame: the frame that counts as the new shot's first: a cut's, or the middle.
        odds: how sure, 0 to 1.
    """

    kind: str
    start: int
    end: int
    frame: int
    odds: float


def transitions_of(
    odds: ShotOdds, cut: float = CUT_ODDS, gradual: float = GRADUAL_ODDS, wipe: float = WIPE_ODDS
) -> list[Transition]:
    """Transitions in order; no two overlap and none is at frame 0.

    Args:
        odds: of every frame.
        cut: the odds from which a cut counts.
        gradual: a gradual transition.
        wipe: a wipe.
    """
    graduals = _graduals(odds, gradual, wipe)
    cuts = _cuts(odds.cut, cut)
    kept: list[Transition] = []
    for frame in cuts:
        over = [g for g in graduals if g.start - _NEAR <= frame <= g.end + _NEAR]
        strength = float(odds.cut[frame])
        if any(strength <= g.odds or g.end - g.start > 12 for g in over):
            continue
        graduals = [g for g in graduals if g not in over]
        kept.append(Transition("cut", frame, frame, frame, strength))
    return sorted(kept + graduals, key=lambda one: one.frame)


def within_film(transitions: Sequence[Transition], black: NDArray[np.bool_]) -> list[Transition]:
    """Leaves out what only leads from the black before a film, or into the black after it."""
    kept = list(transitions)
    while kept and black[: max(kept[0].start, 1)].all():
        del kept[0]
    while kept and black[kept[-1].end :].all():
        del kept[-1]
    return kept


def _cuts(odds: NDArray[np.float32], bar: float) -> list[int]:
    """Frames whose odds are the highest of five and above the bar."""
    if len(odds) < 2:
        return []
    padded = np.pad(odds, 2)
    highest = np.max([padded[k : k + len(odds)] for k in range(5)], axis=0)
    places = np.flatnonzero((odds >= bar) & (odds >= highest))
    kept: list[int] = []
    for place in places:
        if place > 0 and (not kept or place - kept[-1] > 2):
            kept.append(int(place))
    return kept


def _graduals(odds: ShotOdds, gradual: float, wipe: float) -> list[Transition]:
    within = odds.gradual >= GRADUAL_EDGE
    edges = np.flatnonzero(np.diff(np.concatenate([[0], within.view(np.int8), [0]])))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    spans = [span for run in runs for span in _parted(odds.gradual, *run)]
    found: list[Transition] = []
    for start, end in spans:
        strength = float(odds.gradual[start:end].max())
        kind = KINDS[int(odds.kinds[start:end].mean(axis=0).argmax())]
        is_sure = strength >= (wipe if kind == "wipe" else gradual)
        is_inside = start > 0 and end < len(odds.gradual)
        if not (is_sure and is_inside) or end - start < SHORTEST_GRADUAL:
            continue
        found.append(Transition(kind, start, end, (start + end) // 2, strength))
    return found


def _parted(odds: NDArray[np.float32], start: int, end: int) -> list[tuple[int, int]]:
    """A stretch of gradual odds, parted at each deep valley between two peaks."""
    if end - start < 2 * SHORTEST_GRADUAL:
        return [(start, end)]
    here = odds[start:end]
    before, after = np.maximum.accumulate(here), np.maximum.accumulate(here[::-1])[::-1]
    share = (here / np.minimum(before, after))[SHORTEST_GRADUAL:-SHORTEST_GRADUAL]
    if not len(share) or share.min() >= VALLEY:
        return [(start, end)]
    middle = start + SHORTEST_GRADUAL + int(share.argmin())
    return [*_parted(odds, start, middle), *_parted(odds, middle, end)]


def shots_of(transitions: Sequence[Transition], times: Sequence[Fraction], end: Fraction) -> list[Shot]:
    """Shots that follow one another without gaps, from frame 0 to the last.

    Args:
        transitions: in order.
        times: of every frame, seconds.
        end: when the last frame's showing ends.
    """
    starts = [0, *(t.frame for t in transitions)]
    stops = [*(t.frame for t in transitions), len(times)]
    before: list[Transition | None] = [None, *transitions]
    return [
        Shot(
            start,
            stop,
            times[start],
            times[stop] if stop < len(times) else end,
            entry.kind if entry else "none",
            entry.start if entry else start,
            entry.end if entry else start,
        )
        for start, stop, entry in zip(starts, stops, before, strict=True)
        if stop > start
    ]
