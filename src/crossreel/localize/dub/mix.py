"""The mix: spoken lines over a bed, block by block, sample-exact.

The bed is a delivered music-and-effects stem, which is never touched, or the original sound, which is
ducked while somebody speaks, or silence. Speech stands in the center channel, or in both of a stereo pair
at -3 dB each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadValue
from crossreel.values.sound import LAYOUTS, Samples

__all__ = ["Ducking", "SpokenLine", "exactly", "mixed", "silence"]


@dataclass(frozen=True, slots=True, eq=False)
class SpokenLine:
    """A finished line: its first sample in the film, and its samples (mono, the mix's rate)."""

    start: int
    samples: NDArray[np.float32]

    @property
    def end(self) -> int:
        """The sample after its last."""
        return self.start + len(self.samples)


@dataclass(frozen=True, slots=True)
class Ducking:
    """How the original gives way to speech.

    Args:
        decibels: how far it is taken down; above 0.
        ramp: samples it takes to go down, and to come back.
        spans: (first, after the last) samples in which it is down; may touch and overlap.
    """

    decibels: float
    ramp: int
    spans: tuple[tuple[int, int], ...]

    def gain(self, first: int, count: int) -> NDArray[np.float32]:
        """The gain of ``count`` samples from ``first`` on."""
        low = 10 ** (-self.decibels / 20)
        depth = np.zeros(count)
        place = np.arange(first, first + count)
        for start, end in self.spans:
            if end + self.ramp <= first or start - self.ramp >= first + count:
                continue
            rise = np.clip((place - (start - self.ramp)) / self.ramp, 0, 1)
            fall = np.clip(((end + self.ramp) - place) / self.ramp, 0, 1)
            depth = np.maximum(depth, np.minimum(rise, fall))
        return (low ** (depth)).astype(np.float32)


def mixed(
    bed: Iterable[Samples], lines: Sequence[SpokenLine], layout: str, ducking: Ducking | None = None
) -> Iterator[Samples]:
    """The blocks of the bed with the lines in them.

    Raises:
        BadValue: a layout with neither a center nor a stereo pair.
    """
    gains = _places(layout)
    ordered = sorted(lines, key=lambda line: line.start)
    at = 0
    for block in bed:
        count = block.shape[1]
        out = block.copy() if ducking is None else block * ducking.gain(at, count)
        for line in ordered:
            if line.start >= at + count:
                break
            first, last = max(line.start, at), min(line.end, at + count)
            if first < last:
                said = line.samples[first - line.start : last - line.start]
                out[:, first - at : last - at] += gains[:, None] * said
        ordered = [line for line in ordered if line.end > at + count]
        at += count
        yield out


def exactly(blocks: Iterable[Samples], channels: int, length: int) -> Iterator[Samples]:
    """The blocks cut or filled with silence to ``length`` samples."""
    left = length
    for block in blocks:
        if left <= 0:
            return
        taken = block[:, :left]
        left -= taken.shape[1]
        yield taken
    yield from silence(channels, left)


def silence(channels: int, length: int) -> Iterator[Samples]:
    """Blocks of zeros."""
    while length > 0:
        size = min(length, 48_000)
        yield np.zeros((channels, size), dtype=np.float32)
        length -= size


def _places(layout: str) -> NDArray[np.float32]:
    names = LAYOUTS.get(layout, ())
    if "FC" in names:
        return np.array([1.0 if name == "FC" else 0.0 for name in names], dtype=np.float32)
    if layout == "stereo":
        return np.full(2, 10 ** (-3 / 20), dtype=np.float32)
    raise BadValue("layout of the mix", layout, "one of " + ", ".join(LAYOUTS))
