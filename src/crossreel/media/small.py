"""Small pictures of every frame, in blocks: what the cheap analysis of a film works on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.media.frames import Decoded
from crossreel.media.opening import av_library
from crossreel.values.media_roles import FrameBlock

__all__ = ["BLOCK", "HEIGHT", "WIDTH", "Shrinker", "blocks_of"]

WIDTH, HEIGHT = 96, 54
BLOCK = 64
"""Frames in one block."""


class Shrinker:
    """Scales frames to 96x54 luma and 48x27 chroma, whatever their size and pixel format."""

    def __init__(self) -> None:
        av = av_library()
        self._scaler = av.video.reformatter.VideoReformatter()
        self._how = av.video.reformatter.Interpolation.AREA

    def shrink(self, raw: Any, luma: NDArray[np.uint8], chroma: NDArray[np.uint8]) -> None:
        """Writes one frame into ``luma`` (54 x 96) and ``chroma`` (2 x 27 x 48)."""
        small = self._scaler.reformat(raw, WIDTH, HEIGHT, "yuv420p", interpolation=self._how, threads=1)
        planes = small.planes
        luma[:] = _pixels(planes[0], HEIGHT, WIDTH)
        chroma[0] = _pixels(planes[1], HEIGHT // 2, WIDTH // 2)
        chroma[1] = _pixels(planes[2], HEIGHT // 2, WIDTH // 2)


def _pixels(plane: Any, height: int, width: int) -> NDArray[np.uint8]:
    stride = plane.line_size
    return np.frombuffer(plane, np.uint8, stride * height).reshape(height, stride)[:, :width]


def blocks_of(frames: Iterable[Decoded], first: int = 0, size: int = BLOCK) -> Iterator[FrameBlock]:
    """Groups frames into blocks of ``size`` (the last one may be shorter).

    Args:
        frames: decoded frames in order.
        first: number that the first of them counts as.
        size: frames in a block.
    """
    shrinker = Shrinker()
    luma = np.empty((size, HEIGHT, WIDTH), np.uint8)
    chroma = np.empty((size, 2, HEIGHT // 2, WIDTH // 2), np.uint8)
    times: list[Fraction] = []
    for frame in frames:
        shrinker.shrink(frame.raw, luma[len(times)], chroma[len(times)])
        times.append(frame.time)
        if len(times) == size:
            yield FrameBlock(first, tuple(times), luma, chroma)
            first += size
            times = []
            luma, chroma = np.empty_like(luma), np.empty_like(chroma)
    if times:
        yield FrameBlock(first, tuple(times), luma[: len(times)], chroma[: len(times)])
