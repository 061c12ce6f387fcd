"""``Sound``: samples in memory with their rate and the names of their channels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadValue

__all__ = ["LAYOUTS", "MASTER_RATE", "SPEECH_RATE", "Samples", "Sound"]

Samples = NDArray[np.float32]
"""Samples as (channels, n), full scale from -1 to 1."""

MASTER_RATE: Final = 48_000
"""Samples a second of everything delivered (EBU R 128, AES5)."""
SPEECH_RATE: Final = 16_000
"""Samples a second that recognizers and voice activity detectors listen at."""

LAYOUTS: Final[dict[str, tuple[str, ...]]] = {
    "mono": ("FC",),
    "stereo": ("FL", "FR"),
    "5.1": ("FL", "FR", "FC", "LFE", "BL", "BR"),
    "5.1(side)": ("FL", "FR", "FC", "LFE", "SL", "SR"),
    "7.1": ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}
"""Channel names by layout, in the order of the samples (FFmpeg's names)."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A piece of sound.

    Args:
        samples: (channels, n) float32.
        rate: samples a second, 1 or more.
        layout: name of the layout; a key of ``LAYOUTS``, or FFmpeg's name of another.

    Raises:
        BadValue: samples that are not two-dimensional, or a rate below 1.
    """

    samples: Samples
    rate: int
    layout: str = "mono"

    def __post_init__(self) -> None:
        if self.samples.ndim != 2:
            raise BadValue("sound", self.samples.shape, "an array of (channels, samples)")
        if self.rate < 1:
            raise BadValue("sample rate", self.rate, "1 or more")

    @classmethod
    def mono(cls, samples: NDArray[Any], rate: int) -> Sound:
        """One channel from a flat array."""
        return cls(np.ascontiguousarray(samples, dtype=np.float32)[None, :], rate)

    @property
    def length(self) -> int:
        """Samples a channel."""
        return int(self.samples.shape[1])

    @property
    def seconds(self) -> Fraction:
        """How long it sounds, exactly."""
        return Fraction(self.length, self.rate)
