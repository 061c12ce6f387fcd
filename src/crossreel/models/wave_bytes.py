"""PCM WAV in memory into samples; what speech programs and services answer with."""

from __future__ import annotations

import io
import wave

import numpy as np

from crossreel.errors import OutsideFailure
from crossreel.values.sound import Sound

__all__ = ["sound_of_wave"]


def sound_of_wave(data: bytes) -> Sound:
    """The sound of a 16-bit PCM WAV, mixed to mono.

    Raises:
        OutsideFailure: it is no such WAV, or holds no sample.
    """
    try:
        with wave.open(io.BytesIO(data)) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            # A streamed WAV may give 0 or the largest length; what is there counts.
            frames = file.readframes(min(file.getnframes() or len(data), len(data)))
    except (wave.Error, EOFError) as error:
        raise OutsideFailure(
            f"The voice answered with something that is no WAV file ({error}).",
            advice="Check that the service or program gives 16-bit PCM WAV.",
        ) from error
    if width != 2 or not frames:
        raise OutsideFailure(
            f"The voice answered with a WAV of {8 * width} bits and {len(frames)} bytes.",
            advice="It must give 16-bit PCM with at least one sample.",
        )
    whole = len(frames) - len(frames) % (2 * channels)
    samples = np.frombuffer(frames[:whole], dtype="<i2").reshape(-1, channels).astype(np.float32) / 32768
    return Sound.mono(samples.mean(axis=1), rate)
