"""Transcription around a recognizer that hears what it is told to; Whisper itself is in the benchmarks."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from crossreel.localize.timedtext import Document, read_bytes, write_bytes
from crossreel.localize.timedtext.model import speakers
from crossreel.media.sound_writing import write_sound
from crossreel.studio.transcribing import transcribe
from crossreel.values.language import Language
from crossreel.values.sound import Sound
from crossreel.values.speech_roles import Heard, HeardSegment, Word

EN = Language.parse("en")


def segment(text: str, start: float, *, silent: float = 0.1, sure: float = -0.2) -> HeardSegment:
    words = tuple(
        Word(
            word,
            Fraction(round(start * 1000 + 300 * n), 1000),
            Fraction(round(start * 1000 + 300 * n + 280), 1000),
            0.9,
        )
        for n, word in enumerate(text.split())
    )
    return HeardSegment(words, silent, sure, 1.2)


class Told:
    name = "told"

    def __init__(self, *segments: HeardSegment, sure: float = 0.97) -> None:
        self.segments, self.sure = segments, sure

    def recognize(self, sound: Sound, language: Language | None = None) -> Heard:
        assert (sound.rate, sound.layout) == (16_000, "mono")
        return Heard(self.segments, language or EN, self.sure)


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """Two buzzing voices in turn in surround: a low one, a high one, a low one, two seconds each."""
    time = np.arange(2 * 48_000) / 48_000
    low, high = (
        sum(
            0.2 / k**tilt * np.sin(2 * np.pi * hertz * k * time + 0.3 * np.sin(5 * time))
            for k in range(1, 16)
        )
        for hertz, tilt in ((110, 1.6), (225, 0.7))
    )
    center = np.concatenate([low, high, low]).astype(np.float32)
    samples = np.zeros((6, len(center)), np.float32)
    samples[2] = 0.5 * center
    path = tmp_path / "talk.flac"
    write_sound(path, Sound(samples, 48_000, "5.1"))
    return path


def names(document: Document) -> list[str]:
    return [next(iter(speakers(cue.tree)), "") for cue in document.cues]


def test_speakers_are_named_in_the_cues_of_a_film_in_surround(talk: Path) -> None:
    told = Told(*(segment("This is being said.", at) for at in (0.2, 2.2, 4.2)))
    heard = transcribe(talk, told, turns=True)
    assert names(heard.document) == ["Speaker 1", "Speaker 2", "Speaker 1"]
    assert [cue["speaker"] for cue in heard.to_dict()["cues"]] == names(heard.document)
    assert names(read_bytes(write_bytes(heard.document, "webvtt").data)) == names(heard.document)
    assert names(transcribe(talk, told).document) == ["", "", ""]


def test_what_a_recognizer_makes_up_over_music_or_silence_is_left_out_and_told(talk: Path) -> None:
    made_up = segment("Thanks for watching!", 0.0, silent=0.93, sure=-1.2)
    loop = [segment("You", at, sure=-0.7) for at in range(1, 6)]
    heard = transcribe(talk, Told(made_up, *loop))
    assert len(heard.document.cues) <= 3
    assert all("watching" not in cue.text for cue in heard.document.cues)
    assert any("probably no speech" in note for note in heard.notes)
    assert any("loop" in note for note in heard.notes)
    nothing = transcribe(talk, Told(made_up))
    assert nothing.document.cues == ()
    assert nothing.notes[-1] == "No speech was heard."


def test_a_language_that_is_not_spoken_is_said(talk: Path) -> None:
    line = segment("Esto es lo que se dice.", 0.2)
    wrong = transcribe(talk, Told(line, sure=0.004), Language.parse("es"))
    assert any("hardly sounds like es (0%)" in note for note in wrong.notes)
    assert not any("hardly" in note for note in transcribe(talk, Told(line), Language.parse("es")).notes)
