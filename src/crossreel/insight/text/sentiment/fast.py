"""The fast tier: hashed n-grams whose weights were distilled from the accurate tier, one set a language.

It answers only in the languages that it was distilled on and refuses others, as n-grams carry nothing over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadFile, BadInput
from crossreel.insight.text.excerpt import excerpt
from crossreel.insight.text.sentiment.ngrams import Ngrams
from crossreel.insight.text.sentiment.softmax import softmax
from crossreel.values.language import Language
from crossreel.values.text_roles import LanguageDetector, SentimentScore

__all__ = ["FastModel", "FastScorer", "load_fast", "save_fast", "shipped_fast", "taught_models"]

_CHUNK = 200
_TELLING = 500
"""Characters that a language is told by."""


@dataclass(frozen=True, slots=True)
class FastModel:
    """Of one language.

    Attributes:
        ngrams: what is counted.
        weights: shape (buckets, 3), in the order negative, neutral, positive.
        bias: of each class.
        mix: where some ten thousand labels taught it, and not the head alone: weights of the head's log-odds
            and of its own, and a bias, fitted on reviews that neither learned from. None for others.
    """

    ngrams: Ngrams
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    mix: tuple[float, float, float] | None = None

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Of texts as they were written, up to 10,000 characters of each; shape (len(texts), 3)."""
        found = []
        for at in range(0, len(texts), _CHUNK):
            read = [excerpt(text) for text in texts[at : at + _CHUNK]]
            found.append(np.asarray(self.ngrams.transform(read) @ self.weights + self.bias, np.float64))
        return softmax(np.concatenate(found)) if found else np.zeros((0, 3))


class FastScorer:
    """Plays ``SentimentScorer`` in the languages of ``models``.

    Args:
        detector: says the language where it is not given.
        models: by primary subtag.
    """

    name = "sentiment-fast-5"

    def __init__(self, detector: LanguageDetector, models: Mapping[str, FastModel]) -> None:
        self._detector, self._models = detector, dict(models)

    def knows(self, language: Language) -> bool:
        """Whether it was distilled on a language."""
        return language.primary in self._models

    def score(
        self, texts: Sequence[str], languages: Sequence[Language | None] | None = None
    ) -> list[SentimentScore]:
        """One score a text, in order.

        Texts whose language is unknown because they are short are read in the language of most others.

        Raises:
            BadInput: a text is in another language than those of the tier.
        """
        spoken = (
            list(languages)
            if languages is not None
            else [self._detector.detect(excerpt(text)[:_TELLING]).language for text in texts]
        )
        tags = [language.primary if language else None for language in spoken]
        foreign = sorted({tag for tag in tags if tag is not None and tag not in self._models})
        if foreign:
            row = next(at for at, tag in enumerate(tags) if tag in foreign)
            raise BadInput(
                f"The fast tier knows {', '.join(sorted(self._models))}, but text {row + 1} is in "
                f"{tags[row]!r}.",
                advice="Use --tier accurate.",
                languages=foreign,
            )
        known = [tag for tag in tags if tag]
        usual = max(sorted(set(known)), key=known.count) if known else next(iter(self._models))
        found = np.zeros((len(texts), 3))
        for tag, model in self._models.items():
            rows = [at for at, own in enumerate(tags) if (own or usual) == tag]
            if rows:
                found[rows] = model.probabilities([texts[at] for at in rows])
        return [
            SentimentScore(float(positive), float(neutral), float(negative), language)
            for (negative, neutral, positive), language in zip(found, spoken, strict=True)
        ]


def save_fast(models: Mapping[str, FastModel], path: Path) -> None:
    """Writes the models, the square roots of weights as 8-bit whole numbers with one scale a class."""
    arrays: dict[str, Any] = {}
    facts = {}
    for tag, model in models.items():
        scale = np.abs(model.weights).max(axis=0)
        roots = np.sign(model.weights) * np.sqrt(np.abs(model.weights) / scale)
        arrays[f"{tag}.roots"] = np.round(127 * roots).astype(np.int8)
        arrays[f"{tag}.scale"] = scale.astype(np.float32)
        arrays[f"{tag}.bias"] = model.bias.astype(np.float32)
        counted = [model.ngrams.bits, *model.ngrams.characters, model.ngrams.words]
        facts[tag] = {"ngrams": counted, "mix": model.mix}
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    np.savez_compressed(path, **arrays)


def load_fast(file: Any) -> dict[str, FastModel]:
    """Reads what ``save_fast`` wrote.

    Raises:
        BadFile: it is no such file.
    """
    try:
        with np.load(file, allow_pickle=False) as held:
            facts = json.loads(held["facts"].tobytes())
            found = {}
            for tag, one in facts.items():
                bits, shortest, longest, words = one["ngrams"]
                roots = held[f"{tag}.roots"].astype(np.float32) / 127
                found[tag] = FastModel(
                    Ngrams(bits, (shortest, longest), words),
                    np.sign(roots) * roots**2 * held[f"{tag}.scale"],
                    held[f"{tag}.bias"],
                    tuple(one["mix"]) if one["mix"] else None,
                )
            return found
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadFile(file, f"is no fast sentiment model: {error}") from error


def shipped_fast() -> dict[str, FastModel]:
    """The models in the package; ``scripts/train_sentiment.py`` made them."""
    with (files("crossreel.insight.text.sentiment") / "fast.npz").open("rb") as file:
        return load_fast(file)


def taught_models() -> dict[str, FastModel]:
    """Those of the shipped models that know more of their language than the head does."""
    return {tag: model for tag, model in shipped_fast().items() if model.mix}
