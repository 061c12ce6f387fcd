"""EBU Tech 3341 (2023-11) table 1, cases 1 to 6 and 9, 15 to 19; pyloudnorm beside it."""

import math

import numpy as np
import pyloudnorm
import pytest

from crossreel.errors import BadInput, BadValue
from crossreel.media.leveling import Target, level
from crossreel.media.loudness import SILENCE, LoudnessMeter, loudness_of
from crossreel.values.sound import Sound

RATE = 48_000


def sine(decibels: float, seconds: float, hertz: float = 1000.0, rate: int = RATE) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    return 10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * time)


def stereo(*parts: np.ndarray, rate: int = RATE) -> Sound:
    joined = np.concatenate(parts).astype(np.float32)
    return Sound(np.vstack([joined, joined]), rate, "stereo")


CASES = {
    1: (stereo(sine(-23, 20)), -23.0),
    2: (stereo(sine(-33, 20)), -33.0),
    3: (stereo(sine(-36, 10), sine(-23, 60), sine(-36, 10)), -23.0),
    4: (stereo(sine(-72, 10), sine(-36, 10), sine(-23, 60), sine(-36, 10), sine(-72, 10)), -23.0),
    5: (stereo(sine(-26, 20), sine(-20, 20.1), sine(-26, 20)), -23.0),
}


@pytest.mark.parametrize("case", CASES)
def test_integrated_loudness_of_the_ebu_signals(case: int) -> None:
    sound, wanted = CASES[case]
    read = loudness_of(sound).integrated
    assert read == pytest.approx(wanted, abs=0.1)
    peer = pyloudnorm.Meter(RATE).integrated_loudness(sound.samples.T.astype(np.float64))
    assert read == pytest.approx(peer, abs=0.1)


def test_case_6_surround_weights() -> None:
    samples = np.zeros((6, 20 * RATE), dtype=np.float32)
    for channel, decibels in ((0, -28), (1, -28), (2, -24), (4, -30), (5, -30)):
        samples[channel] = sine(decibels, 20)
    assert loudness_of(Sound(samples, RATE, "5.1")).integrated == pytest.approx(-23.0, abs=0.1)


def test_the_lfe_counts_nothing_and_a_side_counts_more() -> None:
    quiet = np.zeros((6, 5 * RATE), dtype=np.float32)
    low = quiet.copy()
    low[3] = sine(-10, 5, 50)
    assert loudness_of(Sound(low, RATE, "5.1")).integrated == SILENCE
    front, side = quiet.copy(), quiet.copy()
    front[2], side[5] = sine(-20, 5), sine(-20, 5)
    difference = (
        loudness_of(Sound(side, RATE, "5.1(side)")).integrated
        - loudness_of(Sound(front, RATE, "5.1")).integrated
    )
    assert difference == pytest.approx(10 * math.log10(1.41), abs=1e-6)


@pytest.mark.parametrize(("first", "second", "wanted"), [(-20, -30, 10), (-20, -15, 5), (-40, -20, 20)])
def test_loudness_range_of_tech_3342(first: float, second: float, wanted: float) -> None:
    assert loudness_of(stereo(sine(first, 20), sine(second, 20))).range == pytest.approx(wanted, abs=1.0)


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize(
    ("period", "degrees", "level_", "wanted"),
    [(4, 0, 0.5, -6.0), (4, 45, 0.5, -6.0), (6, 60, 0.5, -6.0), (8, 67.5, 0.5, -6.0), (4, 45, 1.41, 3.0)],
)
def test_true_peak_of_cases_15_to_19(
    rate: int, period: int, degrees: float, level_: float, wanted: float
) -> None:
    edge = np.ones(rate)
    edge[: rate // 10] = np.linspace(0, 1, rate // 10)
    edge[-rate // 10 :] = np.linspace(1, 0, rate // 10)
    wave = level_ * np.sin(2 * np.pi * np.arange(rate) / period + math.radians(degrees)) * edge
    read = loudness_of(stereo(wave, rate=rate)).true_peak
    assert wanted - 0.4 <= read <= wanted + 0.2


def test_a_block_may_be_cut_anywhere() -> None:
    noise = np.random.default_rng(7).normal(0, 0.05, (2, RATE * 3)).astype(np.float32)
    whole = loudness_of(Sound(noise, RATE, "stereo"))
    meter = LoudnessMeter(RATE, "stereo")
    for cut in np.split(noise, [1, 5, 4_800, 4_801, 70_000], axis=1):
        meter.add(cut)
    parts = meter.read()
    assert parts.integrated == pytest.approx(whole.integrated, abs=1e-9)
    assert parts.true_peak == pytest.approx(whole.true_peak, abs=1e-9)


def test_silence_nothing_and_numbers_that_are_none() -> None:
    silent = loudness_of(Sound(np.zeros((1, RATE), dtype=np.float32), RATE))
    assert (silent.integrated, silent.true_peak) == (SILENCE, -math.inf)
    assert silent.to_dict()["true_peak_dbtp"] is None
    empty = loudness_of(Sound(np.zeros((1, 0), dtype=np.float32), RATE))
    assert (empty.integrated, empty.seconds) == (SILENCE, 0.0)
    broken = sine(-20, 1).astype(np.float32)[None, :]
    broken[0, 100] = np.nan
    assert math.isfinite(loudness_of(Sound(broken, RATE)).integrated)
    with pytest.raises(BadValue, match="layout"):
        LoudnessMeter(RATE, "22.2")


def leveled(samples: np.ndarray, target: Target) -> tuple[Sound, float]:
    kept: list[np.ndarray] = []

    def blocks() -> list[np.ndarray]:
        return np.array_split(samples, 7, axis=1)

    done = level(blocks, RATE, "stereo", target, lambda made: kept.extend(made))
    return Sound(np.concatenate(kept, axis=1), RATE, "stereo"), done.limited


def test_leveling_reaches_the_target_below_the_ceiling() -> None:
    random = np.random.default_rng(3)
    quiet = random.normal(0, 0.02, RATE * 12)
    quiet[:: RATE // 3] += 0.7  # clicks 30 dB above it
    samples = np.vstack([quiet, quiet]).astype(np.float32)
    target = Target("loud", -20.0, 0.5, -1.0, "test")
    out, limited = leveled(samples, target)
    read = loudness_of(out)
    assert out.length == samples.shape[1]
    assert read.integrated == pytest.approx(-20.0, abs=0.1)
    assert read.true_peak <= -1.0
    assert 0 < limited < 0.2


def test_leveling_leaves_what_needs_no_limiter_untouched_but_for_the_gain() -> None:
    samples = stereo(sine(-30, 5)).samples
    out, limited = leveled(samples, Target("r128", -23.0, 0.5, -1.0, "test"))
    factor = out.samples[0, 1000:2000] / samples[0, 1000:2000]
    assert limited == 0
    np.testing.assert_allclose(factor[np.isfinite(factor)], np.nanmedian(factor), rtol=1e-4)


def test_silence_has_no_loudness_to_level() -> None:
    with pytest.raises(BadInput, match="silent"):
        leveled(np.zeros((2, RATE), dtype=np.float32), Target("r128", -23.0, 0.5, -1.0, "test"))
