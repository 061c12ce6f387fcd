"""Loudness by ITU-R BS.1770-5 (2023) and EBU R 128 (2020): integrated, range, true peak; in one pass.

- K-weighting: the two filters of BS.1770 annex 1, computed for any sampling rate from their analog
  parameters (De Man, "Evaluation of Implementations of the EBU R128 Loudness Measurement", 2014), which
  give the recommendation's own coefficients at 48 kHz.
- Integrated loudness: blocks of 400 ms that overlap by 75 %, gated at -70 LUFS and then 10 LU below
  the mean of what is left.
- Loudness range: EBU Tech 3342 (2016): 3 s windows every 100 ms, gates at -70 LUFS and -20 LU, from the
  10th to the 95th percentile.
- True peak: BS.1770-5 annex 2: the largest sample after 4-fold oversampling (2-fold from 96 kHz on).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadValue
from crossreel.values.sound import LAYOUTS, Samples, Sound

__all__ = ["SILENCE", "Loudness", "LoudnessMeter", "loudness_of", "true_peak_of"]

SILENCE: Final = -70.0
"""LUFS of the absolute gate; what is silent throughout is given this loudness."""

_SURROUND = {"BL", "BR", "SL", "SR"}
_HOP_SECONDS = 0.1
_BLOCK_HOPS, _SHORT_HOPS = 4, 30
_OFFSET = -0.691
"""dB: makes a 997 Hz sine of 0 dBFS in one front channel read -3.01 LKFS."""
_HALF_TAPS = 24
"""Input samples on each side that the oversampling filter looks at."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a meter read.

    Args:
        integrated: LUFS of the whole program; ``SILENCE`` where nothing passes the gate.
        range: LU between the 10th and the 95th percentile of what passes the gates.
        true_peak: dBTP; -inf where every sample is 0.
        sample_peak: dBFS; -inf where every sample is 0.
        momentary_max: LUFS of the loudest 400 ms.
        short_term_max: LUFS of the loudest 3 s; of the whole where that is shorter.
        seconds: how long it was listened to.
    """

    integrated: float
    range: float
    true_peak: float
    sample_peak: float
    momentary_max: float
    short_term_max: float
    seconds: float

    def to_dict(self) -> dict[str, float | None]:
        """As JSON, with units in the names; an infinite peak is None."""
        return {
            "integrated_lufs": round(self.integrated, 2),
            "loudness_range_lu": round(self.range, 2),
            "true_peak_dbtp": _finite(self.true_peak),
            "sample_peak_dbfs": _finite(self.sample_peak),
            "momentary_max_lufs": round(self.momentary_max, 2),
            "short_term_max_lufs": round(self.short_term_max, 2),
            "seconds": round(self.seconds, 6),
        }


class LoudnessMeter:
    """Takes blocks of samples and says how loud they were together.

    Args:
        rate: samples a second, 8,000 to 192,000.
        layout: a key of ``LAYOUTS``; surrounds count 1.41-fold, the LFE not at all.

    Raises:
        BadValue: a layout or rate it has no weights for.
    """

    def __init__(self, rate: int, layout: str) -> None:
        if layout not in LAYOUTS:
            raise BadValue("channel layout", layout, "one of " + ", ".join(LAYOUTS))
        if not 8_000 <= rate <= 192_000:
            raise BadValue("sample rate", rate, "8,000 to 192,000")
        names = LAYOUTS[layout]
        self._weights = np.array([_weight(name, layout) for name in names])
        self._rate = rate
        self._hop = round(rate * _HOP_SECONDS)
        self._filter = np.vstack(_k_weighting(rate))
        self._state: NDArray[np.float64] = np.zeros((2, len(names), 2))
        self._left: NDArray[np.float64] = np.zeros((len(names), 0))
        self._energies: list[NDArray[np.float64]] = []
        self._peak = _TruePeak(rate, len(names))
        self._sample_peak = 0.0
        self._length = 0

    def add(self, block: Samples) -> None:
        """Listens to (channels, n) more samples; anything not finite counts as 0."""
        from scipy.signal import sosfilt

        if block.shape[0] != len(self._weights):
            raise BadValue("block of sound", block.shape, f"{len(self._weights)} channels")
        if block.shape[1] == 0:
            return
        samples = np.nan_to_num(block.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
        self._length += samples.shape[1]
        self._sample_peak = max(self._sample_peak, float(np.abs(samples).max()))
        self._peak.add(samples)
        heard, self._state = sosfilt(self._filter, samples, axis=1, zi=self._state)
        joined = np.concatenate([self._left, heard], axis=1)
        whole = joined.shape[1] // self._hop
        cut = joined[:, : whole * self._hop].reshape(len(self._weights), whole, self._hop)
        self._energies.append(self._weights @ np.square(cut).sum(axis=2))
        self._left = joined[:, whole * self._hop :]

    def read(self) -> Loudness:
        """What was heard so far; the meter may go on."""
        energies = np.concatenate(self._energies) if self._energies else np.zeros(0)
        momentary = _windows(energies, _BLOCK_HOPS, self._hop)
        if not len(momentary) and self._length:  # shorter than 400 ms: what there is, as one block
            rest = float(energies.sum() + self._weights @ np.square(self._left).sum(axis=1))
            momentary = np.array([rest / self._length])
        short = _windows(energies, _SHORT_HOPS, self._hop)
        return Loudness(
            integrated=_integrated(momentary),
            range=_range(short),
            true_peak=_decibels(max(self._peak.read(), self._sample_peak)),
            sample_peak=_decibels(self._sample_peak),
            momentary_max=_loudest(momentary),
            short_term_max=_loudest(short if len(short) else momentary),
            seconds=self._length / self._rate,
        )


def loudness_of(sound: Sound) -> Loudness:
    """The loudness of a sound in memory."""
    meter = LoudnessMeter(sound.rate, sound.layout)
    for start in range(0, sound.length, sound.rate * 10):
        meter.add(sound.samples[:, start : start + sound.rate * 10])
    return meter.read()


def true_peak_of(samples: Samples, rate: int) -> float:
    """The true peak of (channels, n) samples as a factor of full scale."""
    peak = _TruePeak(rate, samples.shape[0])
    peak.add(samples.astype(np.float64))
    return max(peak.read(), float(np.abs(samples).max(initial=0.0)))


class _TruePeak:
    """The largest oversampled magnitude, over block borders."""

    def __init__(self, rate: int, channels: int) -> None:
        self._factor = 4 if rate < 96_000 else 2
        taps = 2 * _HALF_TAPS * self._factor + 1
        place = (np.arange(taps) - taps // 2) / self._factor
        self._taps = np.sinc(place) * np.kaiser(taps, 8.0)
        self._before: NDArray[np.float64] = np.zeros((channels, 2 * _HALF_TAPS))
        self._found = 0.0

    def add(self, samples: NDArray[np.float64]) -> None:
        joined = np.concatenate([self._before, samples], axis=1)
        self._found = max(self._found, self._largest(joined))
        self._before = joined[:, -2 * _HALF_TAPS :]

    def read(self) -> float:
        """The peak so far, the end followed by silence."""
        rest = np.pad(self._before, ((0, 0), (0, _HALF_TAPS)))
        return max(self._found, self._largest(rest))

    def _largest(self, samples: NDArray[np.float64]) -> float:
        from scipy.signal import upfirdn

        # Nothing rises more than 12 dB over its samples here, so quiet blocks need no filter.
        if samples.shape[1] == 0 or np.abs(samples).max() * 4 <= self._found:
            return 0.0
        finer = upfirdn(self._taps, samples, up=self._factor, axis=1)
        edge = 2 * _HALF_TAPS * self._factor
        return float(np.abs(finer[:, edge:-edge] if finer.shape[1] > 2 * edge else finer).max(initial=0.0))


def _k_weighting(rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The high shelf and the high pass as second-order sections (b0 b1 b2 1 a1 a2)."""
    gain, quality, center = 3.999843853973347, 0.7071752369554196, 1681.974450955533
    tangent = math.tan(math.pi * center / rate)
    high = 10 ** (gain / 20)
    band = high**0.4996667741545416
    scale = 1 + tangent / quality + tangent**2
    shelf = np.array(
        [
            (high + band * tangent / quality + tangent**2) / scale,
            2 * (tangent**2 - high) / scale,
            (high - band * tangent / quality + tangent**2) / scale,
            1.0,
            2 * (tangent**2 - 1) / scale,
            (1 - tangent / quality + tangent**2) / scale,
        ]
    )
    quality, center = 0.5003270373238773, 38.13547087602444
    tangent = math.tan(math.pi * center / rate)
    scale = 1 + tangent / quality + tangent**2
    low_cut = np.array(
        [1.0, -2.0, 1.0, 1.0, 2 * (tangent**2 - 1) / scale, (1 - tangent / quality + tangent**2) / scale]
    )
    return shelf, low_cut


def _weight(channel: str, layout: str) -> float:
    """BS.1770-5 table 3 and 4: channels at 60 to 120 degrees 1.41, the LFE 0, all others 1."""
    if channel == "LFE":
        return 0.0
    behind = layout == "7.1" and channel in ("BL", "BR")  # at 135 degrees
    return 1.41 if channel in _SURROUND and not behind else 1.0


def _windows(energies: NDArray[np.float64], hops: int, hop: int) -> NDArray[np.float64]:
    """Mean squares of every window of ``hops`` hops."""
    if len(energies) < hops:
        return np.zeros(0)
    summed = np.concatenate([[0.0], np.cumsum(energies)])
    means: NDArray[np.float64] = np.maximum(summed[hops:] - summed[:-hops], 0.0) / (hops * hop)
    return means


def _lufs(mean_square: Any) -> Any:
    with np.errstate(divide="ignore"):
        return _OFFSET + 10 * np.log10(mean_square)


def _gated(squares: NDArray[np.float64], relative: float) -> NDArray[np.float64]:
    loud = squares[_lufs(squares) > SILENCE]
    kept: NDArray[np.float64] = loud[_lufs(loud) > _lufs(loud.mean()) + relative] if len(loud) else loud
    return kept


def _integrated(squares: NDArray[np.float64]) -> float:
    kept = _gated(squares, -10.0)
    return float(_lufs(kept.mean())) if len(kept) else SILENCE


def _range(squares: NDArray[np.float64]) -> float:
    kept = _gated(squares, -20.0)
    if not len(kept):
        return 0.0
    low, high = np.percentile(_lufs(kept), [10, 95])
    return float(high - low)


def _loudest(squares: NDArray[np.float64]) -> float:
    return max(float(_lufs(squares.max())), SILENCE) if len(squares) else SILENCE


def _decibels(factor: float) -> float:
    return 20 * math.log10(factor) if factor > 0 else -math.inf


def _finite(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None
