"""Roles around text: embedder, language detector, sentence splitter, sentiment scorer, translator.

They are protocols: whoever needs one asks for it by type, ``crossreel.models`` and the stages hold the
classes, ``crossreel.app`` brings the two together. ``crossreel.testing.text_roles_suite`` is what every
class that plays one of them passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from crossreel.values.language import Language

__all__ = [
    "Embedder",
    "LanguageDetector",
    "LanguageGuess",
    "RememberingEmbedder",
    "Sentence",
    "SentenceSplitter",
    "SentimentScore",
    "SentimentScorer",
    "Translator",
]

Vectors = NDArray[np.float32]


@runtime_checkable
class Embedder(Protocol):
    """Turns texts of any language into vectors that lie near each other where the meanings do."""

    @property
    def name(self) -> str:
        """Model and revision; vectors of two names are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of unit length, shape (len(texts), dimensions), in the order of ``texts``."""
        ...


@runtime_checkable
class RememberingEmbedder(Embedder, Protocol):
    """An embedder that keeps its vectors, and can say which it has."""

    def known(self, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.bool_]]:
        """(texts, dimensions) remembered vectors, 0 where there is none, and (texts,) which there are."""
        ...

    def remembered(self) -> int:
        """How many vectors are kept."""
        ...


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """What a detector says of one text.

    Attributes:
        language: the language, or None for "unknown": too little text, no letters, or a close call.
        confidence: 0 to 1; 0 where unknown because there is nothing to read.
        script: ISO 15924 code of most of the letters ("Latn", "Hang", "Zzzz" where there are none).
        others: further languages seen in a mixed text, each with its share of the letters, largest first.
    """

    language: Language | None
    confidence: float
    script: str = "Zzzz"
    others: tuple[tuple[Language, float], ...] = ()


@runtime_checkable
class LanguageDetector(Protocol):
    """Says which language a text is in, or that it does not know."""

    def detect(self, text: str) -> LanguageGuess:
        """The language of one text; never raises for a text, whatever it holds."""
        ...


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: ``text`` is exactly ``source[start:end]``, without white space around it."""

    text: str
    start: int
    end: int


@runtime_checkable
class SentenceSplitter(Protocol):
    """Cuts a text into sentences by the rules of its language."""

    def split(self, text: str, language: Language | None = None) -> list[Sentence]:
        """The sentences in order, not overlapping; an empty list for a text without any letter or sign."""
        ...


@dataclass(frozen=True, slots=True)
class SentimentScore:
    """Calibrated probabilities that a text is positive, neutral or negative; they add up to 1.

    Attributes:
        language: what the text was taken to be in, or None for unknown.
        trained: False where the model has seen no labeled text of that language.
    """

    positive: float
    neutral: float
    negative: float
    language: Language | None
    trained: bool = True

    @property
    def label(self) -> str:
        """The likeliest of "positive", "neutral" and "negative"; neutral where it is as likely as another."""
        pairs = (("neutral", self.neutral), ("positive", self.positive), ("negative", self.negative))
        return max(pairs, key=lambda pair: pair[1])[0]


@runtime_checkable
class SentimentScorer(Protocol):
    """Says whether texts speak well or ill of their subject."""

    def score(
        self, texts: Sequence[str], languages: Sequence[Language | None] | None = None
    ) -> list[SentimentScore]:
        """One score a text, in order; languages are detected where they are not given."""
        ...


@runtime_checkable
class Translator(Protocol):
    """Translates texts from one language into another."""

    @property
    def name(self) -> str:
        """Engine, model and revision."""
        ...

    def supports(self, source: Language, target: Language) -> bool:
        """Whether it translates between these two."""
        ...

    def translate(self, texts: Sequence[str], source: Language, target: Language) -> list[str]:
        """The translations, one a text and in order.

        Raises:
            BadValue: the pair is not supported.
            OutsideFailure: the engine failed.
        """
        ...
