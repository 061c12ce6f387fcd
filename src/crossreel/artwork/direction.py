"""In which order the pieces of a line are drawn when its scripts run both ways.

The part of the Unicode Bidirectional Algorithm (UAX #9) that names need: strong letters, numbers
and neutrals, two levels deep. Explicit controls are removed before (``lines.clean``) and paired
brackets (rule N0) take the neutral rule.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import groupby

__all__ = ["Run", "is_right_to_left", "visual_runs"]

_STRONG = {"L": "L", "R": "R", "AL": "R"}
_NUMBERS = {"EN", "AN"}


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line that runs one way."""

    text: str
    right_to_left: bool


def is_right_to_left(text: str) -> bool:
    """Whether the first strong character runs from right to left (rules P2 and P3)."""
    kinds = (_STRONG.get(unicodedata.bidirectional(character)) for character in text)
    return next((kind for kind in kinds if kind), "L") == "R"


def visual_runs(text: str, *, right_to_left: bool) -> list[Run]:
    """``text`` in runs, leftmost first; each run's text stays in reading order."""
    base = 1 if right_to_left else 0
    levels = [_level(kind, base) for kind in _resolved(text, "R" if base else "L")]
    runs: list[tuple[int, str]] = []
    for level, group in groupby(zip(levels, text, strict=True), key=lambda pair: pair[0]):
        runs.append((level, "".join(character for _, character in group)))
    for level in range(max(levels, default=0), 0, -1):  # rule L2
        runs = _reverse_from(runs, level)
    return [Run(piece, level % 2 == 1) for level, piece in runs]


def _level(kind: str, base: int) -> int:
    """Rules I1 and I2."""
    if kind == "N":
        return 2
    return base if (kind == "R") == (base == 1) else base + 1


def _resolved(text: str, base: str) -> list[str]:
    """``L``, ``R`` or ``N`` (a number among right-to-left letters) for every character."""
    kinds: list[str] = []
    strong = base
    for character in text:
        bidirectional = unicodedata.bidirectional(character)
        if bidirectional == "NSM" and kinds:
            kinds.append(kinds[-1])
        elif bidirectional in _STRONG:
            strong = _STRONG[bidirectional]
            kinds.append(strong)
        elif bidirectional in _NUMBERS:
            kinds.append("L" if strong == "L" and bidirectional == "EN" else "N")  # rule W7
        else:
            kinds.append("")
    return _without_neutrals(kinds, base)


def _without_neutrals(kinds: list[str], base: str) -> list[str]:
    """Rules N1 and N2; a separator between two digits (rule W4) stays with them."""
    done = list(kinds)
    place = 0
    while place < len(done):
        if done[place]:
            place += 1
            continue
        end = place
        while end < len(done) and not done[end]:
            end += 1
        before = done[place - 1] if place else base
        after = done[end] if end < len(done) else base
        if before == after == "N" and end - place == 1:
            fill = "N"
        else:
            sides = {"R" if side == "N" else side for side in (before, after)}
            fill = sides.pop() if len(sides) == 1 else base
        done[place:end] = [fill] * (end - place)
        place = end
    return done


def _reverse_from(runs: list[tuple[int, str]], level: int) -> list[tuple[int, str]]:
    turned: list[tuple[int, str]] = []
    for high, group in groupby(runs, key=lambda run: run[0] >= level):
        runs_here = list(group)
        turned.extend(reversed(runs_here) if high else runs_here)
    return turned
