"""The sound: a beep for each second of the countdown, then quiet chords and a slow melody."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE", "make_sound"]

RATE = 48_000
"""Samples a second."""
_SECONDS = 24
_BEEP_HZ, _BEEP_SECONDS = 1000.0, 0.08
_CHORDS = ((57, 60, 64, 69), (53, 57, 60, 65), (48, 55, 60, 64), (55, 59, 62, 67))
"""A minor, F, C, G as MIDI notes; each sounds for 2.25 seconds from second 5 on."""
_MELODY = (76, 72, 74, 71, 69, 72, 67, 71, 76, 79, 77, 74, 72, 71, 69, 69)


def make_sound() -> NDArray[np.float32]:
    """24 seconds in mono at RATE, between -1 and 1."""
    sound = np.zeros(_SECONDS * RATE, dtype=np.float64)
    for second in range(5):
        _add(sound, second, _tone(_BEEP_HZ * (1 if second < 4 else 1.5), _BEEP_SECONDS, 0.004), 0.32)
    for step in range(8):
        start = 5 + step * 2.25
        for note in _CHORDS[step % 4]:
            _add(
                sound,
                start,
                _tone(_hertz(note), 2.9, 0.5) + 0.3 * _tone(_hertz(note) * 1.003, 2.9, 0.5),
                0.045,
            )
        _add(sound, start, _tone(_hertz(_CHORDS[step % 4][0] - 12), 2.6, 0.2), 0.09)
    for step, note in enumerate(_MELODY):
        _add(sound, 5.6 + step * 1.09, _bell(_hertz(note), 1.6), 0.07)
    fade = np.clip((_SECONDS - np.arange(len(sound)) / RATE) / 1.5, 0, 1)
    return (sound * fade).astype(np.float32)


def _hertz(note: int) -> float:
    """Equal temperament, A4 = 440 Hz = MIDI note 69."""
    return float(440.0 * 2 ** ((note - 69) / 12))


def _tone(hertz: float, seconds: float, edge: float) -> NDArray[np.float64]:
    """A sine that swells and dies over ``edge`` seconds."""
    time = np.arange(int(seconds * RATE)) / RATE
    swell = np.clip(np.minimum(time, seconds - time) / edge, 0, 1)
    wave: NDArray[np.float64] = np.sin(2 * np.pi * hertz * time) * (0.5 - 0.5 * np.cos(np.pi * swell))
    return wave


def _bell(hertz: float, seconds: float) -> NDArray[np.float64]:
    time = np.arange(int(seconds * RATE)) / RATE
    wave = np.sin(2 * np.pi * hertz * time) + 0.35 * np.sin(2 * np.pi * hertz * 2 * time) * np.exp(-3 * time)
    struck: NDArray[np.float64] = wave * np.exp(-2.4 * time) * np.clip(time / 0.01, 0, 1)
    return struck * np.clip((seconds - time) / 0.1, 0, 1)


def _add(sound: NDArray[np.float64], second: float, tone: NDArray[np.float64], loudness: float) -> None:
    start = int(second * RATE)
    end = min(len(sound), start + len(tone))
    sound[start:end] += tone[: end - start] * loudness
