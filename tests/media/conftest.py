"""Small films made for the tests: real encodings with the faults that films come with."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

av = pytest.importorskip("av")

MakeFilm = Callable[..., Path]


def picture(number: int, width: int, height: int) -> np.ndarray:
    """A moving gradient with a block; another scene every 24 frames."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    scene = number // 24
    wave = 127 + 100 * np.sin((x * (1 + scene % 3) + y * (scene % 2) + 2 * number) / 17 + scene)
    rgb = np.stack([wave, np.roll(wave, 3 * scene, 0), 255 - wave * (0.5 + 0.1 * (scene % 5))], -1)
    return np.clip(rgb, 0, 255).astype(np.uint8)


@pytest.fixture
def make_film(tmp_path: Path) -> MakeFilm:
    """``make_film(name, frames, width, height, ...)`` writes a film and returns its path."""

    def make(
        name: str = "film.mp4",
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
        draw: Callable[[int, int, int], np.ndarray] = picture,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", container_options=container or {}) as film:
            stream: Any = film.add_stream(codec, rate=24, options=options or {"g": "12"})
            stream.width, stream.height, stream.pix_fmt = width, height, pixels
            if stamps:
                stream.codec_context.time_base = Fraction(1, 1000)
            if rotation:
                stream.set_display_rotation(rotation)
            for number in range(frames):
                frame = av.VideoFrame.from_ndarray(draw(number, width, height), "rgb24").reformat(
                    format=pixels
                )
                if stamps:
                    frame.pts, frame.time_base = stamps(number), Fraction(1, 1000)
                film.mux(stream.encode(frame))
            film.mux(stream.encode(None))
        return path

    return make
