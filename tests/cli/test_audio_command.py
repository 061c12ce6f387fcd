import json
from pathlib import Path

import numpy as np
import pytest

from crossreel.cli import main
from crossreel.media.sound_writing import write_sound
from crossreel.values.sound import Sound


def tone(path: Path, decibels: float, seconds: float = 3.0) -> Path:
    time = np.arange(round(seconds * 48_000)) / 48_000
    wave = (10 ** (decibels / 20) * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)
    write_sound(path, Sound(np.vstack([wave, wave]), 48_000, "stereo"))
    return path


def test_loudness_is_measured_judged_and_leveled(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tone(tmp_path / "tone.wav", -30)
    assert main(["audio", "loudness", str(path), "--json"]) == 0
    read = json.loads(capsysbinary.readouterr().out)
    assert read["integrated_lufs"] == pytest.approx(-30, abs=0.1)
    assert read["true_peak_dbtp"] == pytest.approx(-30, abs=0.3)
    assert read["targets"]["ebu-r128"]["off_lu"] == pytest.approx(-7, abs=0.1)
    assert main(["audio", "loudness", str(path), "--target", "ebu-r128", "--strict"]) == 3
    out = tmp_path / "leveled.flac"
    assert main(["audio", "loudness", str(path), "--target", "ebu-r128", "--out", str(out), "--json"]) == 0
    assert main(["audio", "loudness", str(out), "--target", "ebu-r128", "--strict"]) == 0


def test_what_has_no_sound_is_refused(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "words.wav"
    path.write_text("these are words")
    assert main(["audio", "loudness", str(path), "--json"]) == 3
    assert json.loads(capsysbinary.readouterr().out)["error"]["code"] == "bad-file"
    assert main(["audio", "loudness", str(path), "--out", str(tmp_path / "x.wav")]) == 2
    assert not (tmp_path / "x.wav").exists()
