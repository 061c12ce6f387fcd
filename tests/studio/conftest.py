"""A voice that hums and an engine that shouts, so that whole jobs on small films take a second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from crossreel.localize.dub.cast import CastBook
from crossreel.localize.timedtext.model import Document, cue_of
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.testing.spoken_film import SpokenFilm, make_spoken_film, with_speakers
from crossreel.values.language import Language
from crossreel.values.sound import Sound
from crossreel.values.speech_roles import Spoken

LINES = (
    (1.0, 2.5, "Good morning."),
    (3.0, 4.6, "Where is the hawk?"),
    (5.0, 6.8, "I am not a bee..."),
    (7.0, 8.0, "...but a hawk!"),
)


class Humming:
    """Hums 60 ms for each letter; counts what it was asked."""

    name, license, sends_data = "humming", "test", False

    def __init__(self) -> None:
        self.asked: list[str] = []

    def voices(self) -> tuple[Spoken, ...]:
        return tuple(
            Spoken(f"{tag}-{one}", Language.parse(tag), one) for tag in ("en", "es", "pt") for one in "fm"
        )

    def speak(self, text: str, voice: str, rate: float = 1.0) -> Sound:
        self.asked.append(text)
        time = np.arange(round(0.06 * len(text) * 24_000)) / 24_000
        pitch = 240 if voice.endswith("f") else 120
        return Sound.mono(0.4 * np.sin(2 * np.pi * pitch * time), 24_000)


class Shouting:
    """Gives the text back in capitals; leaves out what it is told to."""

    def __init__(self, drops: str = "", name: str = "shouting") -> None:
        self.drops, self.asked = drops, 0
        self.facts = EngineFacts(name, "test", "nothing", False, characters_a_second=1000)

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        return (f"{source}-{target}",)

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        self.asked += len(requests)
        return [
            Answer(one.id, one.text.upper())
            for one in requests
            if not self.drops or self.drops not in one.text
        ]


def document(lines: Sequence[tuple[float, float, str]] = LINES) -> Document:
    cues = tuple(
        cue_of(Fraction(str(a)), Fraction(str(b)), text, str(n)) for n, (a, b, text) in enumerate(lines, 1)
    )
    return with_speakers(Document(cues), ("Marya", "Ivan"))


@pytest.fixture(scope="session")
def spoken_film(tmp_path_factory: pytest.TempPathFactory) -> SpokenFilm:
    """Eleven seconds with four hummed lines, music and effects apart."""
    cast = CastBook({}).cast("Marya", "en-f").cast("Ivan", "en-m")
    folder = tmp_path_factory.mktemp("spoken")
    return make_spoken_film(folder, document(), Language.parse("en"), Humming(), cast, stride=48)


@pytest.fixture
def humming() -> Humming:
    return Humming()


@pytest.fixture
def shouting() -> type[Shouting]:
    return Shouting


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "work"
