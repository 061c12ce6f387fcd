from pathlib import Path

import numpy as np
import pytest

from crossreel.errors import BadFile, BadValue
from crossreel.media.sound_reading import read_blocks, read_sound, sound_facts
from crossreel.media.sound_writing import write_blocks, write_sound
from crossreel.values.sound import Sound

RATE = 48_000


def tone(seconds: float = 0.5, channels: int = 2) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    wave = 0.3 * np.sin(2 * np.pi * 440 * time)
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[channels]
    return Sound(
        np.vstack([wave * (n + 1) / channels for n in range(channels)]).astype(np.float32), RATE, layout
    )


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_24_bits_come_back_sample_for_sample(tmp_path: Path, suffix: str, channels: int) -> None:
    sound = tone(0.3337, channels)
    path = tmp_path / f"tone{suffix}"
    write_sound(path, sound)
    back = read_sound(path)
    assert (back.rate, back.layout, back.length) == (RATE, sound.layout, sound.length)
    np.testing.assert_allclose(back.samples, sound.samples, atol=2**-22)


def test_aac_keeps_the_tone(tmp_path: Path) -> None:
    path = tmp_path / "tone.m4a"
    write_sound(path, tone(1.0))
    back = read_sound(path)
    assert abs(back.length - RATE) <= 2048
    spectrum = np.abs(np.fft.rfft(back.samples[1][: RATE // 2]))
    assert abs(int(spectrum.argmax()) * 2 - 440) <= 2


def test_what_is_too_loud_is_clipped_not_wrapped(tmp_path: Path) -> None:
    path = tmp_path / "loud.wav"
    write_sound(path, Sound(np.full((1, 1000), 1.7, dtype=np.float32), RATE))
    assert read_sound(path).samples.min() > 0.999


def test_other_rates_and_layouts_are_made(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    write_sound(path, tone(1.0))
    listened = read_sound(path, rate=16_000, layout="mono")
    assert (listened.rate, listened.layout) == (16_000, "mono")
    assert abs(listened.length - 16_000) <= 2


def test_bad_files_are_told(tmp_path: Path) -> None:
    empty, text = tmp_path / "empty.wav", tmp_path / "text.wav"
    empty.touch()
    text.write_text("no sound at all\n" * 50)
    for path, words in ((tmp_path / "none.wav", "not there"), (empty, "empty"), (text, "holds text")):
        with pytest.raises(BadFile, match=words):
            sound_facts(path)
    write_sound(tmp_path / "one.wav", tone())
    with pytest.raises(BadFile, match="1 audio streams"):
        list(read_blocks(tmp_path / "one.wav", stream=3))
    with pytest.raises(BadValue, match="ends in"):
        write_sound(tmp_path / "tone.xyz", tone())


def test_a_header_without_samples_is_told(tmp_path: Path) -> None:
    path = tmp_path / "nothing.wav"
    write_sound(path, Sound(np.zeros((1, 0), dtype=np.float32), RATE))
    with pytest.raises(BadFile):
        read_sound(path)


def test_a_failing_source_leaves_nothing(tmp_path: Path) -> None:
    def blocks():  # type: ignore[no-untyped-def]
        yield tone().samples
        raise BadFile("source", "broke off")

    with pytest.raises(BadFile, match="broke off"):
        write_blocks(tmp_path / "half.wav", blocks(), RATE, "stereo")
    assert list(tmp_path.iterdir()) == []
