"""Who speaks when, without knowing the voices: lines are described by their sound and like ones joined.

A line is the cepstra of its loud frames and the logarithm of their pitch. Lines are Gaussians with
independent features, and the pair whose joining the Bayesian information criterion favors most is joined
until none is (Chen and Gopalakrishnan, "Speaker, environment and channel change detection and clustering
via the Bayesian information criterion", 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

from crossreel.errors import BadValue
from crossreel.values.sound import SPEECH_RATE

__all__ = ["speakers_of"]

Floats = NDArray[np.float64]
_FRAME, _STEP, _BANDS, _CEPSTRA = 512, 160, 26, 13
_LOWEST, _HIGHEST = 70, 400
"""Pitch in hertz."""
_LOUD = 30.0
"""Decibels below the line's loudest frame at which a frame still counts."""
_VOICED = 0.5
_PENALTY: Final = 16.0
"""Weight of the criterion's price of a speaker; set on lines of other voices (benchmarks/speech/turns.py)."""
_FEWEST = 20
"""Frames a line needs to be told by its sound."""


def speakers_of(
    samples: NDArray[np.float32],
    rate: int,
    spans: Sequence[tuple[float, float]],
    *,
    penalty: float = _PENALTY,
) -> list[int]:
    """A number from 0 for each line; equal numbers are taken for one voice, in order of first speaking.

    Lines with too little sound get the number of the line before them.

    Args:
        samples: one channel from -1 to 1.
        rate: 16,000.
        spans: start and end of each line in seconds, in order.
        penalty: higher finds fewer speakers.

    Raises:
        BadValue: another rate, or more than one channel.
    """
    if rate != SPEECH_RATE or samples.ndim != 1:
        raise BadValue("sound for speaker turns", f"{samples.shape} at {rate} Hz", "one channel at 16000")
    features = [_features(samples[max(0, round(a * rate)) : round(b * rate)]) for a, b in spans]
    told = [place for place, one in enumerate(features) if len(one) >= _FEWEST]
    groups = _joined([features[place] for place in told], penalty)
    by_line = dict(zip(told, groups, strict=True))
    found: list[int] = []
    names: dict[int, int] = {}
    for place in range(len(spans)):
        group = by_line.get(place)
        if group is None:
            found.append(found[-1] if found else 0)
        else:
            found.append(names.setdefault(group, len(names)))
    return found


def _features(samples: NDArray[np.float32]) -> Floats:
    """(frames, cepstra 1 to 12 and log pitch) of the loud, voiced frames of a line."""
    if len(samples) < _FRAME:
        return np.empty((0, _CEPSTRA))
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_STEP].astype(np.float64)
    power = 10 * np.log10(np.square(frames).mean(axis=1) + 1e-12)
    frames = frames[power > max(power.max() - _LOUD, -70.0)]
    if not len(frames):
        return np.empty((0, _CEPSTRA))
    windowed = frames * np.hanning(_FRAME)
    spectrum = np.abs(np.fft.rfft(windowed, 2 * _FRAME)) ** 2
    pitch, voiced = _pitch(spectrum)
    bands = np.log(spectrum[:, : _FRAME + 1] @ _mel_bands().T + 1e-10)
    cepstra = dct(bands, type=2, norm="ortho", axis=1)[:, 1:_CEPSTRA]
    return np.column_stack([cepstra, 4.0 * np.log2(pitch)])[voiced]


def _pitch(spectrum: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Hertz by autocorrelation, and where it is clear."""
    correlation = np.fft.irfft(spectrum, axis=1)
    first, last = SPEECH_RATE // _HIGHEST, SPEECH_RATE // _LOWEST
    window = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(_FRAME), 2 * _FRAME)) ** 2)
    fair = correlation[:, first:last] / (window[first:last] / window[0])
    place = fair.argmax(axis=1)
    strength = fair[np.arange(len(fair)), place] / (correlation[:, 0] + 1e-12)
    return SPEECH_RATE / (place + first), strength > _VOICED


def _mel_bands() -> Floats:
    """Triangular filters (bands, bins) from 60 Hz to 7.6 kHz, even on the mel scale (HTK's formula)."""
    low, high = (2595 * float(np.log10(1 + hertz / 700)) for hertz in (60, 7600))
    edges = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    bins = np.linspace(0, SPEECH_RATE / 2, _FRAME + 1)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    result: Floats = np.clip(np.minimum(rise, fall), 0, None)
    return result


def _joined(lines: Sequence[Floats], penalty: float) -> list[int]:
    """The group of each line."""
    count = len(lines)
    if not count:
        return []
    sizes = np.array([len(one) for one in lines], dtype=np.float64)
    sums = np.array([one.sum(axis=0) for one in lines])
    squares = np.array([np.square(one).sum(axis=0) for one in lines])
    price = penalty * sums.shape[1] * np.log(sizes.sum())
    group = np.arange(count)
    alive = np.ones(count, dtype=np.bool_)
    gains = np.stack([_gain(sizes, sums, squares, place) for place in range(count)])
    np.fill_diagonal(gains, np.inf)
    while alive.sum() > 1:
        one, other = divmod(int(gains.argmin()), count)
        if gains[one, other] >= price:
            break
        sizes[one] += sizes[other]
        sums[one] += sums[other]
        squares[one] += squares[other]
        group[group == other] = one
        alive[other] = False
        gains[other] = gains[:, other] = np.inf
        row = np.where(alive, _gain(sizes, sums, squares, one), np.inf)
        row[one] = np.inf
        gains[one] = gains[:, one] = row
    return group.tolist()


def _gain(sizes: Floats, sums: Floats, squares: Floats, place: int) -> Floats:
    """Likelihood lost when the line ``place`` is joined with each other one."""

    def spread(n: Floats, s: Floats, q: Floats) -> Floats:
        mean = s / n[:, None]
        result: Floats = n * np.log(np.maximum(q / n[:, None] - mean**2, 1e-3)).sum(axis=1)
        return result

    alone = spread(sizes, sums, squares)
    both = spread(sizes + sizes[place], sums + sums[place], squares + squares[place])
    result: Floats = 0.5 * (both - alone - alone[place])
    return result
