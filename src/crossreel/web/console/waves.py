"""A few seconds of a film's sound as a drawing: its outline, the shots, the lines, the line one works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from crossreel.localize.proofs.proof import ProofLine

__all__ = ["Wave", "draw_wave"]

WIDTH, HEIGHT = 1000, 100
_BEFORE, _AFTER = 2.0, 2.0
"""Seconds shown before and after the line."""
_STEPS = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the drawing, in its units, with what is said of it."""

    x: float
    width: float
    label: str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Wave:
    """What the template draws, in units of ``WIDTH`` x ``HEIGHT``; time runs from left to right.

    Attributes:
        outline: points of the sound's outline as an SVG polygon, empty where nothing is known.
        shots: places of shot changes.
        seconds: (place, label) of whole seconds.
    """

    start: float
    end: float
    outline: str
    lines: tuple[Mark, ...]
    shots: tuple[float, ...]
    seconds: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT


def draw_wave(
    peaks: NDArray[np.uint8] | None, shots: Sequence[Fraction], lines: Sequence[ProofLine], here: ProofLine
) -> Wave:
    """The seconds around a line.

    Args:
        peaks: of each hundredth of a second, 0 to 255; None where the film has not been heard.
        shots: seconds at which shots begin.
        lines: of the file.
        here: the line one works on.
    """
    start, end = max(0.0, float(here.start) - _BEFORE), float(here.end) + _AFTER
    scale = WIDTH / (end - start)

    def x(seconds: float) -> float:
        return round((min(max(seconds, start), end) - start) * scale, 1)

    marks = tuple(
        Mark(x(float(one.start)), max(1.0, round(x(float(one.end)) - x(float(one.start)), 1)),
             str(one.place + 1), one.place == here.place)
        for one in lines
        if float(one.end) > start and float(one.start) < end
    )  # fmt: skip
    whole = range(int(np.ceil(start)), int(end) + 1, max(1, round((end - start) / 8)))
    return Wave(
        start,
        end,
        _outline(peaks, start, end) if peaks is not None else "",
        marks,
        tuple(x(float(shot)) for shot in shots if start <= shot <= end),
        tuple((x(second), f"{second // 60}:{second % 60:02}") for second in whole),
    )


def _outline(peaks: NDArray[np.uint8], start: float, end: float) -> str:
    part = peaks[int(start * 100) : int(end * 100) + 1].astype(float)
    missing = round((end - start) * 100) + 1 - len(part)
    part = np.pad(part, (0, max(0, missing)))
    steps = np.array_split(part, min(_STEPS, len(part)))
    tops = [float(step.max()) / 255 for step in steps]
    middle, room = HEIGHT / 2, HEIGHT / 2 - 4
    across = np.linspace(0, WIDTH, len(tops))
    upper = [f"{x:.1f},{middle - max(top * room, 0.5):.1f}" for x, top in zip(across, tops, strict=True)]
    lower = [f"{x:.1f},{middle + max(top * room, 0.5):.1f}" for x, top in zip(across, tops, strict=True)]
    return " ".join([*upper, *reversed(lower)])
