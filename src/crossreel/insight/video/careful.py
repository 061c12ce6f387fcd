"""Careful shots: what the fast network is sure of, and of the rest what both networks bear out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.insight.video.shot_network import ShotOdds
from crossreel.insight.video.shots import (
    CUT_ODDS,
    GRADUAL_ODDS,
    WIPE_ODDS,
    Transition,
    transitions_of,
)

__all__ = ["careful_transitions"]

_SHARES = {"wipe": 0.4}
_SHARE = 0.2
"""Share of the larger network in the mean of both log odds; the second of cuts, dissolves and fades."""
_BARS = {"cut": 2.0, "wipe": -0.5}
_BAR = 1.0
"""Log odds from which a change counts. All these were chosen on made films of stills that training did not
see, where the larger network alone does worse than the fast one, and on spliced ones (seeds 11, 12)."""
_CUT_LEAST, _GRADUAL_LEAST, _CLOSER_LEAST = 0.05, 0.15, 0.15
"""Odds from which a change is considered at all."""


def careful_transitions(odds: ShotOdds, careful: NDArray[Any]) -> list[Transition]:
    """Transitions in order.

    Args:
        odds: the fast network's, of every frame.
        careful: n x 2, the larger network's, NaN where it was not asked; there the fast one decides alone.
    """
    single = np.asarray(careful[:, 0], np.float32)
    likely = transitions_of(odds, _CUT_LEAST, _GRADUAL_LEAST, _GRADUAL_LEAST)
    spans = [_span(one) for one in likely]
    kept = [one for one, span in zip(likely, spans, strict=True) if _counts(one, single[span[0] : span[1]])]
    for found in _others(odds, single):
        if any(start - 3 <= found.frame <= end + 3 for start, end in spans):
            continue
        if _counts(found, single[max(0, found.frame - 3) : found.frame + 2]):
            kept.append(found)
    return sorted(kept, key=lambda one: one.frame)


def _span(one: Transition) -> tuple[int, int]:
    """Frames whose answers bear on a transition: the larger network points to the frame before a cut."""
    before, after = (3, 2) if one.kind == "cut" else (2, 2)
    return max(0, one.start - before), one.end + after


def _counts(one: Transition, closer: NDArray[np.float32]) -> bool:
    asked = closer[~np.isnan(closer)]
    if not len(asked):
        bar = CUT_ODDS if one.kind == "cut" else WIPE_ODDS if one.kind == "wipe" else GRADUAL_ODDS
        return one.odds >= bar
    share = _SHARES.get(one.kind, _SHARE)
    both = (1 - share) * _log_odds(one.odds) + share * _log_odds(float(asked.max()))
    return both >= _BARS.get(one.kind, _BAR)


def _log_odds(odds: float) -> float:
    held = min(max(odds, 1e-3), 1 - 1e-3)
    return math.log(held / (1 - held))


def _others(odds: ShotOdds, single: NDArray[np.float32]) -> list[Transition]:
    """What only the larger network sees; the fast one's odds nearby are the transition's."""
    within = np.nan_to_num(single) >= _CLOSER_LEAST
    edges = np.flatnonzero(np.diff(np.concatenate([[0], within.view(np.int8), [0]])))
    found = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        frame = (start + end) // 2 + 1
        if frame >= len(single):
            continue
        near = slice(max(0, frame - 2), frame + 3)
        fast = max(float(odds.cut[near].max()), float(odds.gradual[near].max()))
        if end - start <= 2:
            found.append(Transition("cut", frame, frame, frame, fast))
        else:
            found.append(Transition("dissolve", start, end + 1, frame, fast))
    return found
