"""Which offset each cue has, where a film was cut: the best path through candidate offsets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from crossreel.localize.timedtext.syncing.evidence import STEP, Floats, Ints, Lines, Reference

__all__ = ["SWITCH", "Path", "exact", "path", "weakest"]

SWITCH = 10.0
"""What a cut must gain, in seconds of agreement (see ``evidence``); tuned on half of the open films."""
_GONE = 0.3
"""What a cue costs whose part of the film was cut away."""


@dataclass(frozen=True, slots=True)
class Path:
    """Where each cue goes.

    Args:
        offsets: of each cue, in frames; of a cue that is gone, that of the last one before it.
        gone: which cues have no place, as their part of the film was cut away.
        worth: the evidence, cuts paid.
    """

    offsets: Ints
    gone: NDArray[np.bool_]
    worth: float

    @property
    def runs(self) -> list[tuple[int, int]]:
        """(first cue, one past the last) of each run with one offset."""
        bounds = [0, *(np.flatnonzero(np.diff(self.offsets)) + 1).tolist(), len(self.offsets)]
        return list(pairwise(bounds))


def path(reference: Reference, lines: Lines, offsets: Ints, switch: float = SWITCH) -> Path:
    """The best offset of each cue (Viterbi, 1967), each change of offset costing ``switch``.

    Cues keep their order; at a change to a smaller offset those whose place that takes are gone.

    Args:
        reference: what they are placed on.
        lines: the cues.
        offsets: those to choose from, ascending, frames.
        switch: what a change costs.
    """
    worth = reference.evidence(lines, offsets)
    count, states = worth.shape
    starts = np.round(lines.starts / STEP).astype(np.int64)
    columns = np.arange(states)
    rows = np.broadcast_to(columns[:, None], (states, states))
    moves = offsets[None, :] - offsets[:, None]  # from row to column
    placed: Floats = worth[0].copy()
    best = np.empty((count, states))  # of each offset: the best so far, and the cue that had it
    holder = np.zeros((count, states), dtype=np.int64)
    origin = np.full((count, states, 2), -1, dtype=np.int64)
    best[0] = placed
    for cue in range(1, count):
        last = np.where(moves > 0, cue - 1, np.searchsorted(starts[:cue], starts[cue] + moves, "right") - 1)
        back = best[last, rows] - _GONE * (cue - 1)
        ways = np.where(moves > 0, placed[:, None], np.where((moves < 0) & (last >= 0), back, -np.inf))
        source = ways.argmax(axis=0)
        gains = ways[source, columns] - switch
        changes = gains > placed
        came = np.where(moves[source, columns] > 0, cue - 1, holder[last[source, columns], source])
        origin[cue] = np.where(changes[:, None], np.stack([came, source], axis=1), -1)
        placed = np.where(changes, gains, placed) + worth[cue]
        better = placed + _GONE * cue > best[cue - 1]
        best[cue] = np.where(better, placed + _GONE * cue, best[cue - 1])
        holder[cue] = np.where(better, cue, holder[cue - 1])
    return _traced(placed, origin, starts, offsets)


def _traced(placed: Floats, origin: Ints, starts: Ints, offsets: Ints) -> Path:
    """The way back from the best end; cues between two pieces go into one of them where they still can."""
    count = len(starts)
    found, gone = np.empty(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
    cue, state = count - 1, int(placed.argmax())
    while cue >= 0:
        found[cue] = offsets[state]
        came, source = origin[cue, state].tolist()
        if came < 0:
            cue -= 1
            continue
        before, after = offsets[source], offsets[state]
        for between in range(came + 1, cue):
            fits = starts[between] + before < starts[cue] + after
            late = starts[between] + after > starts[came] + before
            found[between] = before if fits or not late else after
            gone[between] = not fits and not late
        cue, state = came, source
    return Path(found, gone, float(placed.max()))


def weakest(evidence: Floats, least: int) -> tuple[int, int, float]:
    """The stretch of cues for whose place least speaks, and how clearly it is nothing at all.

    Page's cumulative sum (1954) for a mean that falls to 0: the greatest log-likelihood ratio, over all
    stretches, of normal evidence around 0 to that around the mean of all cues. Where every cue stands
    right it seldom exceeds the logarithm of their number.

    Args:
        evidence: of each cue at its place, shape (cues,). What speaks against a cue counts up to what
            speaks for one on the average, as it mostly is a cue that the reference lacks.
        least: cues of a stretch; at most all.

    Returns:
        First cue, one past the last, and the ratio (below 0 where nothing falls short).
    """
    mean, variance = max(0.0, float(evidence.mean())), float(evidence.var()) or 1.0
    sums = np.concatenate([[0.0], np.cumsum(np.maximum(evidence, -mean) - mean / 2)])
    begins = sums[: len(sums) - least]
    fall = np.maximum.accumulate(begins) - sums[least:]
    place = int(fall.argmax())
    return int(begins[: place + 1].argmax()), place + least, float(fall[place]) * mean / variance


def exact(reference: Reference, lines: Lines, offset: int) -> float:
    """An offset in seconds to the millisecond: the middle of the cues' distances to the nearest onsets."""
    at = offset * STEP
    onsets = reference.onsets
    if not len(onsets):
        return at
    starts = lines.starts + at
    after = np.clip(np.searchsorted(onsets, starts), 1, max(1, len(onsets) - 1))
    options = np.stack([onsets[after - 1], onsets[np.minimum(after, len(onsets) - 1)]])
    distances = options - starts
    nearest = np.take_along_axis(distances, np.abs(distances).argmin(axis=0)[None], axis=0)[0]
    close = nearest[np.abs(nearest) <= 0.15]
    return at + float(np.median(close)) if len(close) >= max(3, len(starts) // 4) else at
