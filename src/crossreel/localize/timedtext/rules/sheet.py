"""A document prepared for checking: lines, lengths, and times as whole ticks.

Ticks make every comparison exact and fast: one second has as many as the least common multiple of
all the times' denominators, of 1000 and of the frame rate's numerator.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm

from crossreel.localize.timedtext.model import DEFAULT_PLACEMENT, Cue, Document
from crossreel.localize.timedtext.rules.measure import counter
from crossreel.localize.timedtext.rules.profile import Limits
from crossreel.values.timing import FrameRate

__all__ = ["ASSUMED_RATE", "Sheet", "lane"]

ASSUMED_RATE = FrameRate(Fraction(24))
"""Frames are counted at 24 a second where the caller does not say."""


class Sheet:
    """What the rules look at.

    Args:
        document: the subtitles.
        limits: the profile's rules.
        rate: frames a second; None assumes 24.
        shots: seconds at which a shot begins, ascending.

    Attributes:
        cues: in file order.
        texts: plain text of each cue.
        lines: lines of each cue.
        lengths: counted length of each line.
        totals: counted length of each cue (line breaks are not counted).
        starts, ends: ticks of each cue.
        order: numbers of the cues by start, file order among equals.
        before: for each cue the latest end before it at its place on the picture, or None.
        second: ticks in a second.
        frame: ticks in a frame (exact).
        tolerance: ticks in a millisecond, by which a time may have been rounded.
        half: frames in half a second (12 at 24, 13 at 25, 15 at 30).
    """

    def __init__(
        self,
        document: Document,
        limits: Limits,
        rate: FrameRate | None = None,
        shots: Sequence[Fraction] = (),
    ) -> None:
        self.limits = limits
        self.rate = rate or document.frame_rate or ASSUMED_RATE
        cues: tuple[Cue, ...] = document.cues
        self.cues = cues
        denominators = {cue.start.denominator for cue in cues} | {cue.end.denominator for cue in cues}
        self.second = lcm(
            1000, self.rate.rate.numerator, *denominators, *{shot.denominator for shot in shots}
        )
        scale = {denominator: self.second // denominator for denominator in denominators}
        self.starts = [cue.start.numerator * scale[cue.start.denominator] for cue in cues]
        self.ends = [cue.end.numerator * scale[cue.end.denominator] for cue in cues]
        self.frame = self.second * self.rate.rate.denominator // self.rate.rate.numerator
        self.tolerance = self.second // 1000
        self.half = int(self.rate.rate / 2 + Fraction(1, 2))
        self.shots = [int(shot * self.second) for shot in shots]
        self.texts = [cue.text for cue in cues]
        self.lines = [text.split("\n") for text in self.texts]
        measure = counter(limits.counting)
        self.lengths = [[measure(line) for line in lines] for lines in self.lines]
        self.totals = [sum(lengths) for lengths in self.lengths]
        starts = self.starts
        ascending = all(a <= b for a, b in pairwise(starts))
        self.order: Sequence[int] = (
            range(len(cues)) if ascending else sorted(range(len(cues)), key=starts.__getitem__)
        )

        self.before = self._ends_before()

    def _ends_before(self) -> list[int | None]:
        """For each cue the latest end of those before it at the same place; None for the first."""
        found: list[int | None] = [None] * len(self.cues)
        latest: dict[object, int] = {}
        for place in self.order:
            key = lane(self.cues[place])
            known = latest.get(key)
            found[place] = known
            if known is None or self.ends[place] > known:
                latest[key] = self.ends[place]
        return found

    def seconds(self, ticks: int) -> float:
        """Ticks as seconds, for people."""
        return round(ticks / self.second, 3)

    def frames(self, ticks: int) -> int:
        """Ticks as frames, to the nearest."""
        return (2 * ticks + self.frame) // (2 * self.frame)


def lane(cue: Cue) -> object:
    """Cues of one lane share a place on the picture and may not stand there at the same time."""
    placement = cue.placement
    if placement is DEFAULT_PLACEMENT and not cue.region:
        return None
    key = (cue.region, placement.vertical, placement.line, placement.snap_to_lines)
    return None if key == ("", "", None, True) else key
