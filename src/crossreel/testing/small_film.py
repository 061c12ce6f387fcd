"""Four seconds of film with a tone, small enough to be made in every test run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

__all__ = ["small_film"]

_RATE, _SECONDS = 48_000, 4


def small_film(path: Path) -> Path:
    """Writes it: 160 x 96, H.264 and AAC, 24 frames a second, each frame another gray."""
    import av

    with av.open(str(path), "w") as file:
        picture = file.add_stream("libx264", rate=24, options={"crf": "30", "g": "24"})
        picture.width, picture.height, picture.pix_fmt = 160, 96, "yuv420p"
        sound = file.add_stream("aac", rate=_RATE, layout="stereo")
        for number in range(24 * _SECONDS):
            gray = np.full((96, 160, 3), 40 + number, np.uint8)
            file.mux(picture.encode(av.VideoFrame.from_ndarray(gray, "rgb24")))
        tone = (0.1 * np.sin(np.arange(_SECONDS * _RATE) * 0.03)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
        frame.sample_rate = _RATE
        file.mux(sound.encode(frame))
        file.mux(picture.encode(None))
        file.mux(sound.encode(None))
    return path
