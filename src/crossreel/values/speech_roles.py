"""Roles around speech that several stages use: writing down what is said, and saying it.

A back end states its facts as class attributes: ``name``, ``license``, ``needs`` (the extra or the program
it takes), ``sends_data`` (whether sound or text leaves the machine).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from crossreel.values.language import Language
from crossreel.values.sound import Sound

__all__ = [
    "Heard",
    "HeardSegment",
    "Recognizer",
    "SpeechSpan",
    "Spoken",
    "Voice",
    "Word",
]


@dataclass(frozen=True, slots=True, order=True)
class SpeechSpan:
    """A stretch of time in which somebody speaks; seconds from the start of the sound."""

    start: Fraction
    end: Fraction

    @property
    def seconds(self) -> Fraction:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Word:
    """A recognized word.

    Args:
        text: as written in a sentence, without surrounding spaces.
        start: seconds from the start of the sound.
        end: seconds; not before ``start``.
        probability: 0 to 1, the recognizer's own.
    """

    text: str
    start: Fraction
    end: Fraction
    probability: float


@dataclass(frozen=True, slots=True)
class HeardSegment:
    """What a recognizer took for one utterance.

    Args:
        words: at least one.
        no_speech: 0 to 1, that there was no speech at all.
        log_probability: mean of its tokens, 0 or less.
        compression: length of the text over its compressed length; loops are high.
    """

    words: tuple[Word, ...]
    no_speech: float
    log_probability: float
    compression: float

    @property
    def text(self) -> str:
        """The words with spaces between them."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Heard:
    """A whole recognition.

    Args:
        segments: in order.
        language: as told or detected.
        language_probability: 0 to 1, that it is this language, told or detected.
    """

    segments: tuple[HeardSegment, ...]
    language: Language
    language_probability: float


class Recognizer(Protocol):
    """Writes down what is said."""

    name: str

    def recognize(self, sound: Sound, language: Language | None = None) -> Heard:
        """The words with their times; ``language`` None has it detected. Any rate and layout is taken."""
        ...


@dataclass(frozen=True, slots=True)
class Spoken:
    """One voice of a back end.

    Args:
        id: the back end's own name of it.
        language: what it speaks.
        gender: "f", "m", or "" where nothing is said of it.
    """

    id: str
    language: Language
    gender: str = ""


class Voice(Protocol):
    """Says text."""

    name: str
    license: str
    sends_data: bool

    def voices(self) -> tuple[Spoken, ...]:
        """Every voice it has."""
        ...

    def speak(self, text: str, voice: str, rate: float = 1.0) -> Sound:
        """The text in one voice, mono; ``rate`` 1 is natural, 1.2 takes a sixth less time.

        Raises:
            BadValue: no such voice, or nothing speakable in the text.
        """
        ...
