"""Small films of moving patterns: real encodings with the faults that films come with."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["make_film", "with_broken_stretch"]

SCENE = 24
"""Frames after which the pattern is another one."""


def _pattern(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """A moving gradient; another scene every ``SCENE`` frames."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    scene = number // SCENE
    wave = 127 + 100 * np.sin((x * (1 + scene % 3) + y * (scene % 2) + 2 * number) / 17 + scene)
    rgb = np.stack([wave, np.roll(wave, 3 * scene, 0), 255 - wave * (0.5 + 0.1 * (scene % 5))], -1)
    pattern: NDArray[np.uint8] = np.clip(rgb, 0, 255).astype(np.uint8)
    return pattern


def make_film(
    path: Path,
    frames: int = 72,
    width: int = 64,
    height: int = 36,
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    stamps: Callable[[int], int] | None = None,
    rotation: int = 0,
    options: dict[str, str] | None = None,
    container: dict[str, str] | None = None,
    format: str | None = None,
    draw: Callable[[int, int, int], NDArray[np.uint8]] = _pattern,
) -> Path:
    """Writes a film of 24 frames a second, or of the stamps given (milliseconds), and returns its path."""
    import av

    with av.open(str(path), "w", format=format, container_options=container or {}) as film:
        stream: Any = film.add_stream(codec, rate=24, options=options or {"g": "12"})
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        if stamps:
            stream.codec_context.time_base = Fraction(1, 1000)
        if rotation:
            stream.set_display_rotation(rotation)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(draw(number, width, height), "rgb24").reformat(format=pixels)
            if stamps:
                frame.pts, frame.time_base = stamps(number), Fraction(1, 1000)
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return path


def with_broken_stretch(path: Path) -> Path:
    """The same file with a twentieth of its bytes, from the middle on, overwritten."""
    data = bytearray(path.read_bytes())
    middle, long = len(data) // 2, len(data) // 20
    data[middle : middle + long] = b"\x55" * long
    path.write_bytes(data)
    return path
