import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.localize.dub.mix import Ducking, SpokenLine, exactly, mixed, silence
from crossreel.localize.dub.script import script_of
from crossreel.localize.dub.takes import fitted, pauses_of, resampled, stretched
from crossreel.localize.timedtext import read_bytes

RATE = 24_000


def tone(seconds: float, hertz: float = 220.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return (0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def hertz_of(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax()) * RATE / len(samples)


@pytest.mark.parametrize("factor", [0.8, 0.9, 1.1, 1.2, 1.5])
def test_a_stretch_keeps_pitch_and_level_and_has_the_exact_length(factor: float) -> None:
    made = stretched(tone(2.0), factor, RATE)
    assert len(made) == round(2 * RATE / factor)
    assert hertz_of(made) == pytest.approx(220, abs=2)
    middle = made[RATE // 4 : -RATE // 4]
    assert np.sqrt((middle**2).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_pauses_are_found_and_scaled_without_touching_speech() -> None:
    take = np.concatenate([tone(0.5), np.zeros(RATE // 2, dtype=np.float32), tone(0.5, 330)])
    (pause,) = pauses_of(take, RATE)
    assert (pause.end - pause.start) / RATE == pytest.approx(0.42, abs=0.03)
    wanted = len(take) - round((pause.end - pause.start) * 0.6)
    made = fitted(take, RATE, wanted, 1.0, 0.4)
    assert len(made) == wanted
    np.testing.assert_allclose(made[200 : RATE // 2 - 200], take[200 : RATE // 2 - 200], atol=1e-6)
    assert pauses_of(tone(1.0), RATE) == ()


@given(st.integers(1, 9_000), st.integers(1, 9_000))
@settings(max_examples=25)
def test_a_take_is_made_exactly_as_long_as_planned(length: int, wanted: int) -> None:
    assert len(fitted(np.ones(length, dtype=np.float32), RATE, wanted, 1.0, 1.0)) == wanted


def test_lines_stand_sample_exact_in_the_center_and_the_stem_is_untouched_elsewhere() -> None:
    bed = np.random.default_rng(1).normal(0, 0.1, (6, 10_000)).astype(np.float32)
    line = SpokenLine(3_001, np.full(2_500, 0.25, dtype=np.float32))
    made = np.concatenate(list(mixed(np.split(bed, [100, 3_500, 3_501], axis=1), [line], "5.1")), axis=1)
    difference = made - bed
    np.testing.assert_allclose(difference[2, 3_001:5_501], 0.25, atol=1e-6)
    difference[2, 3_001:5_501] = 0
    assert not difference.any()


def test_the_original_is_ducked_and_comes_back() -> None:
    bed = np.ones((2, 9_000), dtype=np.float32)
    duck = Ducking(20.0, 500, ((3_000, 4_000), (3_800, 5_000)))
    made = np.concatenate(list(mixed(np.array_split(bed, 5, axis=1), [], "stereo", duck)), axis=1)
    np.testing.assert_allclose(made[:, 3_000:5_000], 0.1, rtol=1e-5)
    np.testing.assert_allclose(made[:, :2_400], 1, rtol=1e-6)
    np.testing.assert_allclose(made[:, 5_600:], 1, rtol=1e-6)


def test_a_bed_is_cut_or_filled_to_the_films_length() -> None:
    for length in (0, 1, 999, 1_000, 130_000):
        made = list(exactly([np.ones((2, 600), dtype=np.float32)] * 2, 2, length))
        assert sum(block.shape[1] for block in made) == length
    assert sum(block.shape[1] for block in silence(1, 100_001)) == 100_001


def test_wrong_uses() -> None:
    with pytest.raises(BadValue, match="stretch"):
        stretched(tone(1), 9, RATE)
    with pytest.raises(BadValue, match="layout"):
        list(mixed(silence(3, 10), [], "quad"))
    assert len(resampled(tone(1), RATE, 48_000)) == 48_000


def test_a_script_has_speakers_and_no_sounds() -> None:
    text = (
        "WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Ivan>Hello [laughs] there\n\n"
        "2\n00:03.000 --> 00:04.000\n[thunder]\n\n3\n00:05.000 --> 00:06.000\nMARYA: - Come\nin!\n\n"
        "3\n00:07.000 --> 00:08.000\n♪ la la ♪\n\n3\n00:09.000 --> 00:10.000\nAgain\n"
    )
    lines, _ = script_of(read_bytes(text.encode(), format="webvtt"))
    assert [(line.id, line.speaker, line.text) for line in lines] == [
        ("1", "Ivan", "Hello there"),
        ("3", "Marya", "Come in!"),
        ("3'", "", "Again"),
    ]
