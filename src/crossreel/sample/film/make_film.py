"""Makes ``sample.mp4``: draws the frames, makes the sound, encodes both.

Usage: ``python -m crossreel.sample.film.make_film [FILE]``. Needs the extra ``media`` and the
poster fonts. The same versions of the encoders give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from crossreel.errors import MissingExtra
from crossreel.sample.film.drawing import HEIGHT, WIDTH
from crossreel.sample.film.picture import FRAME_RATE, FRAMES, draw_frame
from crossreel.sample.film.sound import RATE, make_sound

__all__ = ["make_film"]

_BLOCK = 1024
"""Samples in one frame of AAC-LC."""


def make_film(path: Path, *, frames: int = FRAMES) -> None:
    """Writes the film, or its first ``frames`` frames, as MP4 that plays while it loads.

    Raises:
        MissingExtra: PyAV is not installed.
        Missing: the poster fonts are not in this installation.
    """
    try:
        import av
    except ImportError as error:
        raise MissingExtra("av", "media") from error
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as film:
        video: Any = film.add_stream("libx264", rate=FRAME_RATE)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        # One thread and a fixed place for key frames keep the bytes the same from run to run.
        video.options = {"crf": "24", "preset": "slow", "threads": "1", "g": "48", "flags": "+bitexact"}
        video.codec_context.thread_count = 1
        audio: Any = film.add_stream("aac", rate=RATE)
        audio.layout, audio.bit_rate = "mono", 64_000
        audio.options = {"flags": "+bitexact"}
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(draw_frame(number), format="rgb24")
            film.mux(video.encode(picture))
        film.mux(video.encode(None))
        sound = make_sound()[: frames * RATE // FRAME_RATE]
        for start in range(0, len(sound), _BLOCK):
            block = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(sound[None, start : start + _BLOCK]), "fltp", "mono"
            )
            block.sample_rate, block.pts = RATE, start
            film.mux(audio.encode(block))
        film.mux(audio.encode(None))


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("sample.mp4")
    make_film(target)
    print(f"{target}: {target.stat().st_size:,} bytes")
