"""The outline of a film's sound: how loud each hundredth of a second gets, for drawing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossreel.media.sound_reading import read_blocks

__all__ = ["PER_SECOND", "outline"]

PER_SECOND: Final = 100
_RATE: Final = 8000
"""Samples a second that are looked at; an outline needs no more."""


def outline(path: Path, progress: Callable[[int], None] = lambda _seconds: None) -> NDArray[np.uint8]:
    """The largest sample of each hundredth of a second, 0 (silence) to 255 (full scale).

    Args:
        path: any media file with sound.
        progress: called with the seconds heard so far.

    Raises:
        BadFile: no such file, or it has no sound.
        MissingExtra: PyAV is not installed.
    """
    width = _RATE // PER_SECOND
    parts: list[NDArray[np.uint8]] = []
    rest = np.zeros(0, np.float32)
    told = 0
    for block in read_blocks(path, rate=_RATE, layout="mono"):
        heard = np.concatenate([rest, np.abs(block[0])])
        whole = len(heard) // width * width
        parts.append(_peaks(heard[:whole], width))
        rest = heard[whole:]
        told += len(parts[-1])
        if told >= PER_SECOND * 10:
            progress(sum(map(len, parts)) // PER_SECOND)
            told = 0
    if len(rest):
        parts.append(_peaks(np.pad(rest, (0, width - len(rest))), width))
    return np.concatenate(parts)


def _peaks(samples: NDArray[np.floating], width: int) -> NDArray[np.uint8]:
    largest = samples.reshape(-1, width).max(axis=1) if len(samples) else np.zeros(0)
    return np.rint(np.clip(largest, 0, 1) * 255).astype(np.uint8)
