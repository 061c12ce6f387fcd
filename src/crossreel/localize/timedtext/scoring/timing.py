"""How far the times of one file are from those of another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np

from crossreel.localize.timedtext.model import Cue

__all__ = ["pairs", "timing_error"]


def pairs(cues: Sequence[Cue], reference: Sequence[Cue]) -> list[tuple[int, int]]:
    """Which cues stand for each other: all in order where both have as many, else those that overlap most.

    Each cue is used once; pairs ascend in both files.
    """
    if len(cues) == len(reference):
        return [(place, place) for place in range(len(cues))]
    theirs = sorted(range(len(reference)), key=lambda place: reference[place].start)
    starts = [reference[place].start for place in theirs]
    wanted: dict[int, tuple[float, int]] = {}
    for number, cue in enumerate(cues):
        at = bisect_left(starts, cue.end)
        best: tuple[float, int] | None = None
        for place in theirs[max(0, at - 8) : at]:
            other = reference[place]
            shared = float(min(cue.end, other.end) - max(cue.start, other.start))
            if shared > 0 and (best is None or shared > best[0]):
                best = (shared, place)
        if best is not None and best > wanted.get(best[1], (0.0, -1)):
            wanted[best[1]] = (best[0], number)
    return sorted((number, place) for place, (_, number) in wanted.items())


def timing_error(cues: Sequence[Cue], reference: Sequence[Cue]) -> dict[str, Any]:
    """Differences of the starts and ends of paired cues, in milliseconds.

    Returns:
        ``matched`` pairs, ``start`` and ``end`` with ``median`` (of absolute differences), ``p95``,
        ``max`` and ``bias`` (median of signed differences: positive is late); None where nothing pairs.
    """
    found = pairs(cues, reference)
    result: dict[str, Any] = {"matched": len(found), "start": None, "end": None}
    if not found:
        return result
    for which in ("start", "end"):
        signed = np.array(
            [float(getattr(cues[a], which) - getattr(reference[b], which)) * 1000 for a, b in found]
        )
        far = np.abs(signed)
        result[which] = {
            "median": round(float(np.median(far)), 1),
            "p95": round(float(np.percentile(far, 95)), 1),
            "max": round(float(far.max()), 1),
            "bias": round(float(np.median(signed)), 1),
        }
    return result
