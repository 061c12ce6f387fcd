"""Bringing sound to a loudness target under a true-peak ceiling.

One gain for the whole program; where peaks would then pass the ceiling, a look-ahead limiter takes
them down for as short as it takes (5 ms of raised cosine on each side), and the loudness lost by that
is given back by a second gain. Targets carry source and date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadInput, BadValue
from crossreel.media.loudness import SILENCE, Loudness, LoudnessMeter
from crossreel.values.sound import Samples

__all__ = ["TARGETS", "Leveled", "Target", "level", "target_named"]

_LOOK_SECONDS = 0.005
_MARGIN = 0.3
"""dB that the limiter stays under the ceiling: peaks between samples and lossy coding rise."""
_PASSES = 4
_BLOCK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Target:
    """What a broadcaster or platform asks for.

    Args:
        name: how it is asked for.
        integrated: LUFS.
        tolerance: LU either side.
        true_peak: dBTP, the ceiling.
        source: who says so, and when.
    """

    name: str
    integrated: float
    tolerance: float
    true_peak: float
    source: str


TARGETS: Final = {
    target.name: target
    for target in (
        Target("ebu-r128", -23.0, 0.5, -1.0, "EBU R 128, version 5, 2023-11"),
        Target("atsc-a85", -24.0, 2.0, -2.0, "ATSC A/85:2013, section 7"),
        Target(
            "netflix",
            -27.0,
            2.0,
            -2.0,
            "Netflix Sound Mix Specifications, 2026-11; its gate on dialogue is not applied here",
        ),
        Target(
            "web", -14.0, 1.0, -1.0, "Usual playback level of video platforms, operator's choice, 2026-11"
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Leveled:
    """What was done, and how the result reads.

    Args:
        before: of the sound as it came.
        after: of the sound as written.
        gain: dB applied to all of it.
        limited: share of samples that the limiter touched.
    """

    before: Loudness
    after: Loudness
    gain: float
    limited: float


def target_named(name: str) -> Target:
    """A target by name. Raises ``BadValue`` for another."""
    if name not in TARGETS:
        raise BadValue("loudness target", name, "one of " + ", ".join(TARGETS))
    return TARGETS[name]


def level(
    blocks: Callable[[], Iterable[Samples]],
    rate: int,
    layout: str,
    target: Target,
    write: Callable[[Iterable[Samples]], object],
) -> Leveled:
    """Reads a sound several times (``blocks`` starts it anew), then gives the leveled one to ``write``.

    Raises:
        BadInput: nothing in it is louder than the gate, so no gain would reach the target.
    """
    before = _measured(blocks(), rate, layout)
    if before.integrated <= SILENCE:
        raise BadInput(
            "The sound is silent, so it has no loudness to level.",
            advice="Check that the right file was named.",
        )
    ceiling = 10 ** ((target.true_peak - _MARGIN) / 20)
    gain = target.integrated - before.integrated
    needs_limit = before.true_peak + gain > target.true_peak - _MARGIN
    share = 0.0
    if needs_limit:
        gain = _settled(blocks, rate, layout, target, gain, ceiling)
    meter = LoudnessMeter(rate, layout)
    touched = [0, 0]

    def made() -> Iterator[Samples]:
        for block in _limited(
            _amplified(blocks(), gain, rate), rate, ceiling if needs_limit else None, touched
        ):
            meter.add(block)
            yield block

    write(made())
    share = touched[0] / touched[1] if touched[1] else 0.0
    return Leveled(before, meter.read(), gain, share)


def _settled(
    blocks: Callable[[], Iterable[Samples]],
    rate: int,
    layout: str,
    target: Target,
    gain: float,
    ceiling: float,
) -> float:
    """The gain with which the limited sound reads the target; as near as a few passes come."""
    for _ in range(_PASSES):
        heard = _measured(_limited(_amplified(blocks(), gain, rate), rate, ceiling, [0, 0]), rate, layout)
        missing = target.integrated - heard.integrated
        if abs(missing) < 0.05:
            break
        gain += missing
    return gain


def _measured(blocks: Iterable[Samples], rate: int, layout: str) -> Loudness:
    meter = LoudnessMeter(rate, layout)
    for block in blocks:
        meter.add(block)
    return meter.read()


def _amplified(blocks: Iterable[Samples], decibels: float, rate: int) -> Iterator[Samples]:
    """The blocks with a gain, joined to about ten seconds each."""
    factor = np.float32(10 ** (decibels / 20))
    held: list[Samples] = []
    length = 0
    for block in blocks:
        held.append(block * factor)
        length += block.shape[1]
        if length >= rate * _BLOCK_SECONDS:
            yield np.concatenate(held, axis=1)
            held, length = [], 0
    if held:
        yield np.concatenate(held, axis=1)


def _limited(
    blocks: Iterable[Samples], rate: int, ceiling: float | None, touched: list[int]
) -> Iterator[Samples]:
    """The blocks with their peaks at the ceiling; each is cut with its neighbors' edges in view."""
    if ceiling is None:
        yield from blocks
        return
    look = max(1, round(rate * _LOOK_SECONDS))
    edge = 2 * look + 64
    before: Samples | None = None
    held: Samples | None = None
    for block in blocks:
        if held is None:
            held = block
            continue
        if block.shape[1] < edge:
            held = np.concatenate([held, block], axis=1)
            continue
        yield _cut(before, held, block[:, :edge], look, rate, ceiling, touched)
        before, held = held[:, -edge:], block
    if held is not None:
        yield _cut(before, held, None, look, rate, ceiling, touched)


def _cut(
    before: Samples | None,
    block: Samples,
    after: Samples | None,
    look: int,
    rate: int,
    ceiling: float,
    touched: list[int],
) -> Samples:
    from scipy.ndimage import minimum_filter1d

    parts = [part for part in (before, block, after) if part is not None]
    joined = np.concatenate(parts, axis=1)
    peaks = _oversampled_peaks(joined, 4 if rate < 96_000 else 2)
    touched[1] += block.shape[1]
    if peaks.max(initial=0.0) <= ceiling:
        return block
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-12))
    held = minimum_filter1d(wanted, 2 * look + 1, mode="nearest")
    window = np.hanning(2 * look + 3)[1:-1]
    padded = np.pad(held, look, mode="edge")
    gain = np.convolve(padded, window / window.sum(), mode="valid")
    start = 0 if before is None else before.shape[1]
    own = gain[start : start + block.shape[1]]
    touched[0] += int((own < 0.9999).sum())
    return (block * own).astype(np.float32)


def _oversampled_peaks(samples: Samples, factor: int) -> NDArray[np.float64]:
    """The largest magnitude around each sample, between samples and over all channels."""
    from scipy.signal import upfirdn

    half = 24
    taps = 2 * half * factor + 1
    place = (np.arange(taps) - taps // 2) / factor
    finer = upfirdn(np.sinc(place) * np.kaiser(taps, 8.0), samples.astype(np.float64), up=factor, axis=1)
    finer = finer[:, half * factor - factor // 2 :][:, : samples.shape[1] * factor]
    short = samples.shape[1] * factor - finer.shape[1]
    finer = np.pad(np.abs(finer), ((0, 0), (0, max(0, short))))
    peaks: NDArray[np.float64] = finer.reshape(samples.shape[0], samples.shape[1], factor).max(axis=(0, 2))
    higher: NDArray[np.float64] = np.maximum(peaks, np.abs(samples).max(axis=0))
    return higher
