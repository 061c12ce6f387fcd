"""``shot-change``: a cue begins or ends too near a shot change (H is half a second in frames).

In-times 1 to H-1 frames after a shot, or 1 to 3/4 H - 1 before it, belong on it; from 3/4 H to H-1 before
it they belong H before it. Out-times up to H-1 frames on either side belong 2 frames before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["SHOT_CHANGE", "best_in", "best_out"]

OUT_BEFORE = 2
"""Frames an out-time stands before the shot change."""


def _nearest(ticks: int, shots: Sequence[int]) -> tuple[int, ...]:
    """The shots before and after an instant."""
    place = bisect_right(shots, ticks)
    return tuple(shots[max(place - 1, 0) : place + 1])


def best_in(ticks: int, shots: Sequence[int], frame: int, half: int) -> int:
    """Where an in-time belongs (itself where it may stay)."""
    for shot in _nearest(ticks, shots):
        distance = (2 * (ticks - shot) + frame) // (2 * frame)
        if 1 <= distance <= half - 1:
            return shot
        if 1 <= -distance <= half - 1:
            threshold = (3 * half + 2) // 4
            return shot if -distance < threshold else max(0, shot - half * frame)
    return ticks


def best_out(ticks: int, shots: Sequence[int], frame: int, half: int) -> int:
    """Where an out-time belongs (itself where it may stay)."""
    for shot in _nearest(ticks, shots):
        distance = (2 * (ticks - shot) + frame) // (2 * frame)
        if -half < distance < half and distance != -OUT_BEFORE:
            return max(0, shot - OUT_BEFORE * frame)
    return ticks


def _find(sheet: Sheet) -> Iterator[Finding]:
    if not sheet.limits.shots or not sheet.shots:
        return
    shots, frame, half = sheet.shots, sheet.frame, sheet.half
    for place, (start, end) in enumerate(zip(sheet.starts, sheet.ends, strict=True)):
        for which, ticks, best in (
            ("begins", start, best_in(start, shots, frame, half)),
            ("ends", end, best_out(end, shots, frame, half)),
        ):
            if best != ticks:
                away = sheet.frames(ticks - best) or 1
                side = "after" if away > 0 else "before"
                message = f"It {which} {abs(away)} frames {side} where the shot wants it."
                yield Finding(place, sheet.seconds(ticks), sheet.seconds(best), message)


SHOT_CHANGE = Rule(
    "shot-change", "Netflix Partner Help 360051554394, shot changes", date(2026, 8, 7), True, _find
)
