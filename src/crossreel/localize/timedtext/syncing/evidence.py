"""How much speaks for a cue standing at an offset: speech under it, silence before it, an onset at its start.

A reference is a function of time in steps of ``STEP``: how likely someone speaks (another subtitle's
cues, or voice activity), centered on its mean and divided by its deviation, so that an offset taken at
random is worth 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["STEP", "Lines", "Reference"]

STEP: Final = 0.01
"""Seconds a frame."""
_GAP, _CUE = 100, 400
"""Frames of silence before a cue, and of speech in it, that count at most."""
_ONSET_WIDTH, _ONSET_WEIGHT = 6.0, 40.0
"""Deviation of an onset in frames; what an exact onset is worth, in frames of speech."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lines:
    """The cues to place, ascending by start: seconds, shape (cues,) each."""

    starts: Floats
    ends: Floats

    @staticmethod
    def of(intervals: Sequence[tuple[float, float]]) -> Lines:
        """From (start, end) pairs in any order."""
        table = np.array(sorted(intervals), dtype=float).reshape(-1, 2)
        return Lines(table[:, 0], np.maximum(table[:, 1], table[:, 0] + STEP))

    def scaled(self, rate: float) -> Lines:
        """All times multiplied."""
        return Lines(self.starts * rate, self.ends * rate)

    def frames(self) -> tuple[Ints, Ints, Ints]:
        """(start of the silence before, start, end) of each cue in frames."""
        starts = np.round(self.starts / STEP).astype(np.int64)
        ends = np.minimum(np.round(self.ends / STEP).astype(np.int64), starts + _CUE)
        latest = np.concatenate([[-(10**9)], np.maximum.accumulate(self.ends)[:-1] / STEP])
        before = np.minimum(np.maximum(latest, starts - _GAP), starts).astype(np.int64)
        return before, starts, np.maximum(ends, starts + 1)


class Reference:
    """What cues are placed on.

    Args:
        speech: likelihood of speech, 0 to 1, one value every ``STEP``.
        onsets: instants at which speech begins, in seconds.

    Attributes:
        length: frames.
        speech: centered and normalized.
        bumps: a bell at every onset, centered.
        onsets: ascending seconds.
    """

    def __init__(self, speech: Floats, onsets: Floats) -> None:
        self.length = len(speech)
        spread = float(speech.std()) or 1.0
        self._silent = -float(speech.mean()) / spread
        self.speech = speech / spread + self._silent
        bells = np.zeros(self.length)
        for at in np.round(np.asarray(onsets) / STEP).astype(np.int64):
            low, high = max(0, at - 20), min(self.length, at + 21)
            if low < high:
                bell = np.exp(-0.5 * ((np.arange(low, high) - at) / _ONSET_WIDTH) ** 2)
                bells[low:high] = np.maximum(bells[low:high], bell)
        self._no_onset = -float(bells.mean())
        self.bumps = (bells + self._no_onset) * _ONSET_WEIGHT
        self.onsets = np.sort(np.asarray(onsets, dtype=float))
        self._sums = np.concatenate([[0.0], np.cumsum(self.speech)])

    @staticmethod
    def of_intervals(intervals: Sequence[tuple[float, float]]) -> Reference:
        """From the cues of another subtitle file, or the stretches in which somebody speaks (seconds)."""
        end = max((end for _, end in intervals), default=0.0)
        speech = np.zeros(int(end / STEP) + 1)
        for start, stop in intervals:
            speech[round(start / STEP) : round(stop / STEP)] = 1.0
        return Reference(speech, np.array(sorted({start for start, _ in intervals})))

    def at(self, frames: Ints) -> Floats:
        """Sums of ``speech`` up to each frame, silence beyond both ends."""
        inside = self._sums[np.clip(frames, 0, self.length)]
        beyond = np.minimum(frames, 0) + np.maximum(frames - self.length, 0)
        result: Floats = inside + beyond * self._silent
        return result

    def evidence(self, lines: Lines, offsets: Ints) -> Floats:
        """Shape (cues, offsets): what speaks for each cue at each offset (frames)."""
        before, starts, ends = (times[:, None] + offsets[None, :] for times in lines.frames())
        spoken = self.at(ends) - self.at(starts)
        silent = self.at(starts) - self.at(before)
        inside = (starts >= 0) & (starts < self.length)
        bumps = np.where(
            inside, self.bumps[np.clip(starts, 0, self.length - 1)], self._no_onset * _ONSET_WEIGHT
        )
        result: Floats = (spoken - silent + bumps) * STEP
        return result
