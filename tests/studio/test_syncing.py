"""Subtitles in time with sound: real voices by the real voice activity model, and what must be refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from crossreel.cli import main
from crossreel.errors import BadFile
from crossreel.localize.timedtext import Document, read_file, write_bytes
from crossreel.localize.timedtext.model import cue_of
from crossreel.localize.timedtext.syncing.sync import sync
from crossreel.media.sound_reading import read_sound
from crossreel.media.sound_writing import write_sound
from crossreel.studio.syncing import speech_reference
from crossreel.testing.spoken_film import music_and_effects
from crossreel.values.sound import Sound

RATE = 16_000
CLIPS = ("LJ002-0035.wav", "jfk.flac", "LJ002-0020.wav", "french.aiff", "2412-153948-0000.flac")


@pytest.fixture(scope="module")
def spoken(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory, pretrained: Callable[[str], Path]
) -> tuple[Path, Document]:
    """Fifteen real utterances at uneven times, and where each begins and ends by its loudness."""
    pretrained("silero-vad")
    rng = np.random.default_rng(11)
    parts, cues, at = [np.zeros(2 * RATE, np.float32)], [], 2 * RATE
    for number in range(15):
        clip = read_sound(shared_data / "speech" / CLIPS[number % 5], rate=RATE, layout="mono").samples[0]
        clip = 0.3 * clip[: int(rng.uniform(1.5, 4.5) * RATE)] / np.abs(clip).max()
        loud = np.flatnonzero(np.abs(clip) > 0.02)
        start, end = (Fraction(int(at + loud[place]), RATE) for place in (0, -1))
        cues.append(cue_of(start, end, "words said", str(number + 1)))
        rest = np.zeros(int(rng.choice([0.8, 1.5, 3, 7]) * RATE) + number * 160, np.float32)
        parts += [clip, rest]
        at += len(clip) + len(rest)
    path = tmp_path_factory.mktemp("voices") / "film.wav"
    write_sound(path, Sound.mono(np.concatenate(parts), RATE))
    return path, Document(tuple(cues))


def changed(document: Document, change: Callable[[Fraction], Fraction]) -> Document:
    cues = tuple(cue_of(change(one.start), change(one.end), one.text, one.id) for one in document.cues)
    return Document(cues)


@pytest.mark.shared
def test_a_shift_and_a_frame_rate_are_heard(spoken: tuple[Path, Document], tmp_path: Path) -> None:
    film, truth = spoken
    reference = speech_reference(film)
    for change in (lambda t: t + Fraction(73, 10), lambda t: t * Fraction(24, 25)):
        made = sync(changed(truth, change), reference)
        assert made.action in ("shift", "rate")
        off = [abs(float(a.start - b.start)) for a, b in zip(made.document.cues, truth.cues, strict=True)]
        assert np.percentile(off, 95) <= 0.04
    assert sync(truth, reference).action == "none"


@pytest.mark.shared
def test_the_command_writes_what_fits_and_refuses_the_rest(
    spoken: tuple[Path, Document], tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    film, truth = spoken
    late, out = tmp_path / "late.srt", tmp_path / "out.srt"
    late.write_bytes(write_bytes(changed(truth, lambda t: t + 5), "srt").data)
    assert main(["subtitles", "sync", str(late), str(out), "--to", str(film), "--json"]) == 0
    told = json.loads(capsysbinary.readouterr().out)
    assert (told["reference_kind"], told["action"]) == ("sound", "shift")
    assert float(read_file(out).cues[0].start) == pytest.approx(float(truth.cues[0].start), abs=0.04)
    rng, at, cues = np.random.default_rng(4), 1.0, []
    for _ in range(40):  # dialogue of another film
        cues.append(
            cue_of(Fraction(round(at * 1000), 1000), Fraction(round(at * 1000) + 1800, 1000), "other")
        )
        at += float(rng.choice([2.0, 2.3, 4.1, 6.7]))
    foreign, none = tmp_path / "foreign.srt", tmp_path / "none.srt"
    foreign.write_bytes(write_bytes(Document(tuple(cues)), "srt").data)
    assert main(["subtitles", "sync", str(foreign), str(none), "--to", str(film), "--json"]) == 3
    assert json.loads(capsysbinary.readouterr().out)["refused"] is True
    assert not none.exists()


@pytest.mark.shared
def test_films_of_silence_and_of_music_refuse_every_file(
    spoken: tuple[Path, Document], tmp_path: Path
) -> None:
    _, truth = spoken
    for name, sound in (
        ("silent", Sound(np.zeros((2, 48_000 * 30), np.float32), 48_000, "stereo")),
        ("music", music_and_effects(Fraction(30), -16.0)),
    ):
        path = tmp_path / f"{name}.flac"
        write_sound(path, sound)
        made = sync(truth, speech_reference(path))
        assert made.action == "refused", name
        assert made.document is truth


def test_a_film_without_sound_is_told(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    path = tmp_path / "dumb.mp4"
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        film.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((36, 64, 3), np.uint8), "rgb24")))
        film.mux(stream.encode(None))
    with pytest.raises(BadFile, match="no sound"):
        speech_reference(path)
