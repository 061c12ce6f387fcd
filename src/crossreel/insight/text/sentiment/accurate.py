"""The accurate tier: sentence vectors, words of opinion, the shipped head, and an operator's own models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import WrongUse
from crossreel.insight.text.excerpt import excerpt
from crossreel.insight.text.language import letters_by_script
from crossreel.insight.text.sentiment.fast import FastModel
from crossreel.insight.text.sentiment.head import Head
from crossreel.insight.text.sentiment.local import LocalModel
from crossreel.insight.text.sentiment.opinion_words import opinion_features
from crossreel.values.language import Language
from crossreel.values.text_roles import Embedder, LanguageDetector, SentimentScore

__all__ = ["AccurateScorer"]


class AccurateScorer:
    """Plays ``SentimentScorer``.

    Args:
        embedder: makes the vectors; its name must be the head's.
        detector: says the language where it is not given.
        head: for every language.
        local: models fitted on labeled reviews of one language each, by primary subtag.
        companions: n-gram models of languages that they were taught by labels; where there is no local model,
            both log-odds, added by the model's ``mix``, divide what is not neutral.

    Raises:
        WrongUse: the head was fitted on another embedder's vectors.
    """

    def __init__(
        self,
        embedder: Embedder,
        detector: LanguageDetector,
        head: Head,
        local: Mapping[str, LocalModel] | None = None,
        companions: Mapping[str, FastModel] | None = None,
    ) -> None:
        if embedder.name != head.embedder:
            raise WrongUse(
                f"The sentiment head {head.name} reads vectors of {head.embedder}, not of {embedder.name}.",
                advice="Pull the embedder that it names, or train the head again.",
            )
        self._embedder, self._detector, self._head = embedder, detector, head
        self._local = dict(local or {})
        self._companions = {tag: model for tag, model in (companions or {}).items() if tag not in self._local}
        self.name = head.name

    def score(
        self, texts: Sequence[str], languages: Sequence[Language | None] | None = None
    ) -> list[SentimentScore]:
        """One score a text, in order.

        A text without a letter or an emoji says nothing: it gets a third for each class.
        """
        read = [excerpt(text) for text in texts]
        spoken = (
            list(languages)
            if languages is not None
            else [self._detector.detect(text).language for text in read]
        )
        speaks = [row for row, text in enumerate(read) if _says_something(text)]
        found = np.full((len(read), 3), 1 / 3)
        if speaks:
            vectors = self._embedder.embed([read[row] for row in speaks])
            opinions = opinion_features([read[row] for row in speaks], [spoken[row] for row in speaks])
            found[speaks] = self._head.probabilities(vectors, opinions)
            self._apply_companions(found, speaks, texts, spoken)
            self._apply_local(found, vectors, speaks, texts, spoken)
        trained = {*self._head.languages, *self._local}
        return [
            SentimentScore(
                float(positive),
                float(neutral),
                float(negative),
                language,
                trained=language is not None and language.primary in trained,
            )
            for (negative, neutral, positive), language in zip(found, spoken, strict=True)
        ]

    def _apply_companions(
        self,
        found: NDArray[np.float64],
        speaks: Sequence[int],
        texts: Sequence[str],
        spoken: Sequence[Language | None],
    ) -> None:
        """Adds the log-odds of positive against negative to those of a language's n-gram model."""
        for tag, model in self._companions.items():
            rows = [row for row in speaks if (own := spoken[row]) is not None and own.primary == tag]
            if not rows:
                continue
            other = np.maximum(model.probabilities([texts[row] for row in rows]), 1e-9)
            own_odds = np.log(np.maximum(found[rows, 2], 1e-9) / np.maximum(found[rows, 0], 1e-9))
            of_head, of_model, bias = model.mix or (0.5, 0.5, 0.0)
            total = of_head * own_odds + of_model * np.log(other[:, 2] / other[:, 0]) + bias
            share = 1 / (1 + np.exp(-total))
            decided = 1 - found[rows, 1]
            found[rows, 2], found[rows, 0] = decided * share, decided * (1 - share)

    def _apply_local(
        self,
        found: NDArray[np.float64],
        vectors: NDArray[np.float32],
        speaks: Sequence[int],
        texts: Sequence[str],
        spoken: Sequence[Language | None],
    ) -> None:
        """Lets a language's own model divide what the head leaves between positive and negative."""
        for tag, model in self._local.items():
            places = [
                place
                for place, row in enumerate(speaks)
                if (language := spoken[row]) is not None and language.primary == tag
            ]
            if not places:
                continue
            rows = [speaks[place] for place in places]
            share = model.positive(vectors[places], [texts[row] for row in rows])
            decided = 1 - found[rows, 1]
            found[rows, 2], found[rows, 0] = decided * share, decided * (1 - share)


def _says_something(text: str) -> bool:
    return bool(letters_by_script(text)) or any(ord(letter) > 0x2190 for letter in text)
