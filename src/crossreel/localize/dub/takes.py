"""A take brought to its planned length: pauses inside it scaled, speech stretched without change of pitch.

The stretch is WSOLA: overlapping windows are taken from near where they belong, at the place that continues
the last one best (Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for
high quality time-scale modification of speech", ICASSP 1993).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadValue

__all__ = ["Pause", "fitted", "pauses_of", "resampled", "stretched"]

_FRAME = 0.01
_QUIET = 0.02
"""Share of the loudest 10 ms below which 10 ms count as quiet (-34 dB)."""
_LEAST = 0.12
"""Seconds of quiet that make a pause."""
_KEPT = 0.04
"""Seconds at each end of a pause that are never touched: breath and decay."""
_WINDOW, _SEARCH = 0.03, 0.01
_FADE = 0.004

Wave = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pause:
    """A quiet stretch inside a take: first sample and the one after its last, edges already left out."""

    start: int
    end: int


def pauses_of(samples: Wave, rate: int) -> tuple[Pause, ...]:
    """The pauses inside a take (not before its first sound or after its last)."""
    size = max(1, round(rate * _FRAME))
    count = len(samples) // size
    if count < 3:
        return ()
    levels = np.sqrt(np.square(samples[: count * size].reshape(count, size), dtype=np.float64).mean(axis=1))
    loud = np.flatnonzero(levels > _QUIET * levels.max())
    found = []
    edge = round(rate * _KEPT)
    for before, after in itertools.pairwise(loud):
        if (after - before - 1) * _FRAME >= _LEAST:
            found.append(Pause(int(before + 1) * size + edge, int(after) * size - edge))
    return tuple(pause for pause in found if pause.end > pause.start)


def stretched(samples: Wave, factor: float, rate: int) -> Wave:
    """The same sound in 1/``factor`` of the time, pitch kept; exactly round(n / factor) samples.

    Raises:
        BadValue: a factor outside 0.5 to 3.
    """
    if not 0.5 <= factor <= 3:
        raise BadValue("stretch", factor, "0.5 to 3")
    wanted = round(len(samples) / factor)
    half = round(rate * _WINDOW / 2)
    if abs(factor - 1) < 1e-6 or len(samples) <= 4 * half:
        return _exact(samples, wanted)
    search = round(rate * _SEARCH)
    window = np.hanning(2 * half + 1)[:-1]
    padded = np.pad(samples.astype(np.float64), (half + search, 3 * half + 2 * search))
    out = np.zeros(wanted + 4 * half)
    follow: NDArray[np.float64] | None = None
    for place in range(0, wanted + half, half):
        ideal = round(place * factor) + search
        if ideal + 2 * half + search > len(padded):
            break
        at = ideal if follow is None else _best(padded, follow, ideal, search)
        out[place : place + 2 * half] += padded[at : at + 2 * half] * window
        follow = padded[at + half : at + 3 * half]
    return _exact(out[half:].astype(np.float32), wanted)


def fitted(samples: Wave, rate: int, wanted: int, speech_rate: float, pause: float) -> Wave:
    """A take with its pauses scaled and its speech at a rate, in exactly ``wanted`` samples."""
    pieces = []
    at = 0
    for one in pauses_of(samples, rate) if pause != 1 else ():
        pieces.append(samples[at : one.start])
        pieces.append(_scaled_pause(samples[one.start : one.end], pause))
        at = one.end
    pieces.append(samples[at:])
    joined = np.concatenate(pieces)
    # What is left to the exact length is a matter of rounding, unless pauses were estimated.
    factor = len(joined) / wanted if wanted else speech_rate
    return _faded(_exact(stretched(joined, min(3.0, max(0.5, factor)), rate), wanted), rate)


def resampled(samples: Wave, rate: int, wanted: int) -> Wave:
    """At another rate, by a polyphase filter."""
    if rate == wanted:
        return samples
    from scipy.signal import resample_poly

    made: Wave = resample_poly(samples.astype(np.float64), wanted, rate).astype(np.float32)
    return made


def _best(padded: NDArray[np.float64], follow: NDArray[np.float64], ideal: int, search: int) -> int:
    """The start near ``ideal`` whose window is most like what would follow the last one."""
    region = padded[ideal - search : ideal + search + len(follow)]
    if len(region) < len(follow) + 1:
        return ideal
    likeness = np.correlate(region, follow, "valid")
    energy = np.cumsum(np.concatenate([[0.0], region**2]))
    norm = np.sqrt(np.maximum(energy[len(follow) :] - energy[: len(energy) - len(follow)], 1e-12))
    return ideal - search + int((likeness / norm).argmax())


def _scaled_pause(quiet: Wave, factor: float) -> Wave:
    wanted = round(len(quiet) * factor)
    if wanted <= len(quiet):
        cut = len(quiet) - wanted
        left = (len(quiet) - cut) // 2
        return np.concatenate([quiet[:left], quiet[left + cut :]])
    return np.concatenate([quiet, np.zeros(wanted - len(quiet), dtype=np.float32)])


def _exact(samples: Any, wanted: int) -> Wave:
    if len(samples) >= wanted:
        return np.asarray(samples[:wanted], dtype=np.float32)
    return np.pad(samples, (0, wanted - len(samples))).astype(np.float32)


def _faded(samples: Wave, rate: int) -> Wave:
    """Both ends over 4 ms, so that nothing clicks."""
    size = min(round(rate * _FADE), len(samples) // 2)
    if size:
        ramp = np.linspace(0, 1, size, dtype=np.float32)
        samples = samples.copy()
        samples[:size] *= ramp
        samples[-size:] *= ramp[::-1]
    return samples
