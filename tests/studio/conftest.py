"""A film of eleven seconds whose every word is known, and small engines for it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from crossreel.localize.dub.cast import CastBook
from crossreel.localize.timedtext.model import Document, cue_of
from crossreel.testing.small_engines import Humming, Shouting
from crossreel.testing.spoken_film import SpokenFilm, make_spoken_film, with_speakers
from crossreel.values.language import Language

LINES = (
    (1.0, 2.5, "Good morning."),
    (3.0, 4.6, "Where is the hawk?"),
    (5.0, 6.8, "I am not a bee..."),
    (7.0, 8.0, "...but a hawk!"),
)


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
