"""A model of one language from labeled reviews: vectors, n-grams and what is shipped, blended, calibrated.

Each part says log-odds of praise against blame; they are added with weights that are fitted on predictions
for reviews that no part has seen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadFile, BadInput
from crossreel.insight.text.excerpt import excerpt, tidy
from crossreel.insight.text.sentiment.fast import FastModel
from crossreel.insight.text.sentiment.head import Head
from crossreel.insight.text.sentiment.naive_bayes import MANY, NgramModel, fit_ngrams, ngrams_for, table_of
from crossreel.insight.text.sentiment.ngrams import Ngrams
from crossreel.insight.text.sentiment.opinion_words import opinion_features
from crossreel.insight.text.sentiment.softmax import Softmax, fit_softmax
from crossreel.values.language import Language

__all__ = ["LocalModel", "fit_local"]

Numbers = NDArray[np.float64]
_FEWEST = 40
_FORMAT = 2
_PENALTY, _PENALTY_OF_MANY = 3e-3, 1e-3
"""Of the regression over vectors; many labels are more than ``MANY``."""


@dataclass(frozen=True, slots=True)
class LocalModel:
    """Fitted; ``positive`` is its use.

    Attributes:
        language: primary subtag.
        labels: how many reviews it was fitted on.
        head: the shipped one.
        companion: the shipped n-gram model of the language; None where there is none.
        vector_part: regression over the shipped head's features and its own log-odds.
        ngram_parts: regressions over weighted n-grams.
        blend: weights of vectors, each n-gram part and the companion, then the bias; log-odds are their sum.
        alone: weights of the n-gram parts where they stand alone, then the bias.
        held_out_accuracy: of reviews that the parts had not seen (four folds, of many labels one).
    """

    language: str
    labels: int
    head: Head
    companion: FastModel | None
    vector_part: Softmax
    ngram_parts: tuple[NgramModel, ...]
    blend: tuple[float, ...]
    alone: tuple[float, ...]
    held_out_accuracy: float = 0.0

    def positive(self, vectors: NDArray[np.float32], texts: Sequence[str]) -> Numbers:
        """P(positive | positive or negative) of each review, shape (rows,)."""
        parts = [_odds(self.vector_part, _vector_features(self.head, vectors, texts, self.language))]
        parts += [part.odds(texts) for part in self.ngram_parts]
        if self.companion is not None:
            parts.append(_companion_odds(self.companion, texts))
        total = np.column_stack(parts) @ np.array(self.blend[:-1]) + self.blend[-1]
        return np.asarray(1 / (1 + np.exp(-np.clip(total, -40, 40))))

    def ngram_odds(self, texts: Sequence[str]) -> Numbers:
        """Log-odds by the own n-grams alone, shape (rows,)."""
        parts = np.column_stack([part.odds(texts) for part in self.ngram_parts])
        return np.asarray(parts @ np.array(self.alone[:-1]) + self.alone[-1])

    def save(self, path: Path) -> None:
        """Writes it; what is shipped is not written along."""
        facts = {
            "format": _FORMAT,
            "language": self.language,
            "labels": self.labels,
            "head": self.head.name,
            "companion": self.companion is not None,
            "ngrams": [
                [one.ngrams.bits, *one.ngrams.characters, one.ngrams.words, one.ngrams.letters]
                for one in self.ngram_parts
            ],
            "biases": [one.bias for one in self.ngram_parts],
            "blend": list(self.blend),
            "alone": list(self.alone),
        }
        arrays: dict[str, Any] = {
            "facts": np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8),
            "vector_weights": self.vector_part.weights.astype(np.float32),
            "vector_bias": self.vector_part.bias,
        }
        for at, one in enumerate(self.ngram_parts):
            arrays[f"ngrams{at}"] = one.weights.astype(np.float16)
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path, head: Head, companion: FastModel | None = None) -> Self:
        """Reads what ``save`` wrote.

        Args:
            path: the file.
            head: the shipped one.
            companion: the shipped n-gram model of the language, if there is one.

        Raises:
            BadFile: it is no such file, or rests on another head or companion.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                facts = json.loads(held["facts"].tobytes())
                rests = (facts.get("format"), facts["head"], facts.get("companion"))
                if rests != (_FORMAT, head.name, companion is not None):
                    raise BadFile(
                        path,
                        f"rests on the head {facts['head']} of an earlier version",
                        advice="Run: crossreel reviews train again.",
                    )
                parts = [
                    NgramModel(
                        Ngrams(bits, (shortest, longest), words, letters),
                        held[f"ngrams{at}"].astype(np.float32),
                        facts["biases"][at],
                    )
                    for at, (bits, shortest, longest, words, letters) in enumerate(facts["ngrams"])
                ]
                return cls(
                    facts["language"],
                    facts["labels"],
                    head,
                    companion,
                    Softmax(held["vector_weights"].astype(np.float64), held["vector_bias"]),
                    tuple(parts),
                    tuple(facts["blend"]),
                    tuple(facts["alone"]),
                )
        except (OSError, ValueError, KeyError) as error:
            raise BadFile(path, f"is no sentiment model: {error}") from error


def fit_local(
    language: str,
    vectors: NDArray[np.float32],
    texts: Sequence[str],
    labels: NDArray[np.int64],
    head: Head,
    *,
    seed: int = 42,
    with_vector: NDArray[np.bool_] | None = None,
    companion: FastModel | None = None,
) -> LocalModel:
    """Fits a model.

    Args:
        language: primary subtag.
        vectors: of the reviews, shape (rows, dimensions); those outside ``with_vector`` are not read.
        texts: the reviews.
        labels: 1 positive, 0 negative.
        head: its projection and log-odds are used.
        seed: of the folds that the blend is fitted on.
        with_vector: shape (rows,), the reviews that have a vector; all unless given. The others are learned
            from by their n-grams alone.
        companion: the shipped n-gram model of the language, if there is one.

    Raises:
        BadInput: fewer than 40 reviews, or all of one kind.
    """
    rows = len(texts)
    if rows < _FEWEST or min(np.bincount(labels, minlength=2)) < 5:
        raise BadInput(
            f"{rows} labeled reviews in {language!r} are too few to learn from.",
            advice=f"Give at least {_FEWEST}, of both kinds.",
        )
    fold = np.random.default_rng(seed).permutation(rows) % 4
    rounds, penalty = (1, _PENALTY_OF_MANY) if rows > MANY else (4, _PENALTY)
    own = np.flatnonzero(np.ones(rows, dtype=bool) if with_vector is None else with_vector)
    some = [texts[int(at)] for at in own]
    features = _vector_features(head, vectors[own], some, language)
    columns = [np.full(rows, np.nan)]
    for one in range(rounds):
        learn, tell = fold[own] != one, fold[own] == one
        part = fit_softmax(features[learn], labels[own[learn]], 2, penalty=penalty)
        columns[0][own[tell]] = _odds(part, features[tell])
    ngram_parts = []
    for ngrams in ngrams_for(tidied := [tidy(text) for text in texts]):
        model, told = _ngrams_and_held_out(ngrams, tidied, labels, fold, rounds)
        ngram_parts.append(model)
        columns.append(told)
    alone, _ = _mixed(np.column_stack(columns[1:]), labels)
    if companion is not None:
        columns.append(np.full(rows, np.nan))
        columns[-1][own] = _companion_odds(companion, some)
    blend, accuracy = _mixed(np.column_stack(columns), labels)
    whole = fit_softmax(features, labels[own], 2, penalty=penalty)
    return LocalModel(language, rows, head, companion, whole, tuple(ngram_parts), blend, alone, accuracy)


def _ngrams_and_held_out(
    ngrams: Ngrams, texts: Sequence[str], labels: NDArray[np.int64], fold: NDArray[np.int64], rounds: int
) -> tuple[NgramModel, Numbers]:
    """The model of all texts, and what models that had not seen it say of each (NaN where none was asked)."""
    table, many = table_of(ngrams, texts), len(texts) > MANY
    told = np.full(len(texts), np.nan)
    for one in range(rounds):
        model = fit_ngrams(ngrams, table[fold != one], labels[fold != one], many)
        told[fold == one] = model.odds_of(table[fold == one])
    return fit_ngrams(ngrams, table, labels, many), told


def _mixed(columns: Numbers, labels: NDArray[np.int64]) -> tuple[tuple[float, ...], float]:
    """Weights of the columns' log-odds with the bias last, and how often their sum is right."""
    seen = ~np.isnan(columns).any(axis=1)
    part = fit_softmax(columns[seen], labels[seen], 2, penalty=1e-4)
    weights = part.weights[:, 1] - part.weights[:, 0]
    right = part.scores(columns[seen]).argmax(axis=1) == labels[seen]
    return (*map(float, weights), float(part.bias[1] - part.bias[0])), float(right.mean())


def _companion_odds(companion: FastModel, texts: Sequence[str]) -> Numbers:
    found = np.maximum(companion.probabilities(texts), 1e-9)
    return np.asarray(np.log(found[:, 2] / found[:, 0]))


def _vector_features(
    head: Head, vectors: NDArray[np.float32], texts: Sequence[str], language: str
) -> Numbers:
    """The head's features and, scaled to the size of one component, its log-odds; shape (rows, 387)."""
    spoken = Language.parse(language)
    opinions = opinion_features([excerpt(text) for text in texts], [spoken] * len(texts))
    features = head.features(vectors, opinions)
    scores = head.classifier.scores(features)
    own = (scores[:, 2] - scores[:, 0])[:, None] / 20.0
    return np.hstack([features, own]).astype(np.float64)


def _odds(part: Softmax, features: Any) -> Numbers:
    scores = part.scores(features)
    return np.asarray(scores[:, 1] - scores[:, 0])
