from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from crossreel.errors import BadFile, BadInput, BadValue, Conflict
from crossreel.localize.dub.cast import CastBook, read_cast
from crossreel.localize.timedtext.model import Document, cue_of
from crossreel.media.leveling import TARGETS
from crossreel.media.loudness import loudness_of
from crossreel.media.sound_reading import read_sound
from crossreel.media.sound_writing import write_sound
from crossreel.studio.dubbing import Bed, DubOrder, dub, dub_film
from crossreel.values.language import Language
from crossreel.values.sound import Sound
from crossreel.values.speech_roles import Spoken

SPANISH = Language.parse("es")


class Hummer:
    """Hums 70 ms for each letter; counts what it was asked."""

    name, license, sends_data = "hummer", "test", False

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def voices(self) -> tuple[Spoken, ...]:
        return (
            Spoken("high", SPANISH, "f"),
            Spoken("low", SPANISH, "m"),
            Spoken("bob", Language.parse("en")),
        )

    def speak(self, text: str, voice: str, rate: float = 1.0) -> Sound:
        self.asked.append((text, voice))
        if text == "xyzzy":
            raise BadValue("text to speak", text, "words")
        time = np.arange(round(0.07 * len(text) * 24_000)) / 24_000
        return Sound.mono(0.4 * np.sin(2 * np.pi * {"high": 300, "low": 150}[voice] * time), 24_000)


def order(*cues: tuple[float, float, str], **facts: object) -> DubOrder:
    made = tuple(
        cue_of(Fraction(str(a)), Fraction(str(b)), text, str(n)) for n, (a, b, text) in enumerate(cues, 1)
    )
    default = {
        "document": Document(made),
        "language": SPANISH,
        "cast": CastBook({}),
        "bed": Bed(None),
        "length": Fraction(1001 * 200, 24_000),
        "target": TARGETS["ebu-r128"],
    }
    return DubOrder(**{**default, **facts})  # type: ignore[arg-type]


LINES = ((0.5, 2.0, "IVAN: hola a todos"), (2.5, 4.5, "MARYA: buenos días, amigo"), (5.0, 6.0, "[trueno]"))


@pytest.mark.parametrize("layout", ["stereo", "5.1"])
def test_a_dub_is_as_long_as_the_film_and_as_loud_as_asked(tmp_path: Path, layout: str) -> None:
    out = tmp_path / "dub.wav"
    made = dub(order(*LINES, bed=Bed(None, True, layout)), Hummer(), tmp_path / "takes", out)
    sound = read_sound(out)
    assert sound.length == int(Fraction(1001 * 200, 24_000) * 48_000)
    assert sound.layout == layout
    read = loudness_of(sound)
    assert read.integrated == pytest.approx(-23, abs=0.5)
    assert read.true_peak <= -1
    assert made.plan.overlaps == 0
    assert {name: one.voice for name, one in made.cast.entries.items()} == {"Ivan": "high", "Marya": "low"}


def test_takes_are_made_once(tmp_path: Path) -> None:
    voice = Hummer()
    for _ in range(2):
        dub(order(*LINES), voice, tmp_path / "takes", tmp_path / "dub.flac")
    assert len(voice.asked) == 2


def test_a_stem_is_kept_but_for_one_gain_where_nobody_speaks(tmp_path: Path) -> None:
    stem = tmp_path / "stem.wav"
    noise = np.random.default_rng(5).normal(0, 0.05, (2, 48_000 * 9)).astype(np.float32)
    write_sound(stem, Sound(noise, 48_000, "stereo"))
    made = dub(order(*LINES, bed=Bed(stem)), Hummer(), tmp_path / "takes", tmp_path / "dub.wav")
    sound = read_sound(tmp_path / "dub.wav")
    tail = slice(5 * 48_000, 8 * 48_000)
    gain = 10 ** (made.leveled.gain / 20)
    assert np.abs(sound.samples[:, tail] / gain - noise[:, tail]).max() < 10 ** (-60 / 20)


def test_shorter_wordings_are_taken_and_what_cannot_be_said_is_told(tmp_path: Path) -> None:
    lines = ((0, 1, "una frase que es demasiado larga para el tiempo"), (1.05, 3, "y sigue"), (4, 5, "xyzzy"))
    made = dub(
        order(*lines, shorter={"1": ["frase corta ya"]}), Hummer(), tmp_path / "takes", tmp_path / "dub.wav"
    )
    assert made.plan.placed[0].wording.text == "frase corta ya"
    assert any("3 is not spoken" in note for note in made.notes)


def test_a_film_without_sound_or_speech(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Nothing"):
        dub(order((1, 2, "[trueno]")), Hummer(), tmp_path / "takes", tmp_path / "dub.wav")
    with pytest.raises(BadInput, match="Nothing"):
        dub(order((100, 102, "tarde")), Hummer(), tmp_path / "takes", tmp_path / "dub.wav")
    assert not (tmp_path / "dub.wav").exists()
    with pytest.raises(BadValue, match="language"):
        dub(order(*LINES, language=Language.parse("de")), Hummer(), tmp_path / "t", tmp_path / "dub.wav")


def test_the_cast_book_is_kept_and_locked(tmp_path: Path) -> None:
    path = tmp_path / "cast.toml"
    book = CastBook({}).cast('Ivan "the" Fool', "low", locked=True)
    path.write_text(book.to_toml(), encoding="utf-8")
    again = read_cast(path)
    assert again.entries == book.entries
    with pytest.raises(Conflict, match="locked"):
        again.cast('Ivan "the" Fool', "high")
    path.write_text('[cast."Ivan"]\nlocked = true\n', encoding="utf-8")
    with pytest.raises(BadFile, match="no voice"):
        read_cast(path)


def test_from_files_with_faces_and_the_original_ducked(tmp_path: Path) -> None:
    film, subtitles = tmp_path / "film.wav", tmp_path / "film.es.vtt"
    tone = 0.2 * np.sin(2 * np.pi * 1000 * np.arange(48_000 * 6) / 48_000)
    write_sound(film, Sound(np.vstack([tone, tone]).astype(np.float32), 48_000, "stereo"))
    subtitles.write_text("WEBVTT\n\n1\n00:01.000 --> 00:04.000\nhola\n", encoding="utf-8")
    faces = tmp_path / "faces.json"
    faces.write_text('[{"start": 0.9, "end": 4.1}]')
    made = dub_film(
        film, subtitles, tmp_path / "dub.wav", SPANISH, Hummer(), takes=tmp_path / "takes", faces=faces
    )
    assert made.plan.placed[0].flags == ("lip-sync",)
    sound = read_sound(tmp_path / "dub.wav")
    assert sound.length == 48_000 * 6
    spoken, free = (np.abs(sound.samples[0, at * 48_000 : (at + 1) * 48_000]).max() for at in (2, 5))
    assert 20 * np.log10(free / spoken) == pytest.approx(16, abs=1)
    faces.write_text("{}")
    assert dub_film(
        film, subtitles, tmp_path / "dub.wav", SPANISH, Hummer(), takes=tmp_path / "takes", faces=faces
    ).plan.placed
    faces.write_text("[1]")
    with pytest.raises(BadFile, match="list of"):
        dub_film(
            film, subtitles, tmp_path / "x.wav", SPANISH, Hummer(), takes=tmp_path / "takes", faces=faces
        )
