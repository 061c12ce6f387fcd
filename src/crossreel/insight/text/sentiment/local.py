"""A model of one language from labeled reviews: regressions over vectors and n-grams, blended, calibrated.

The n-grams are weighted by how much likelier they are in positive than in negative reviews (NB-SVM, Wang
and Manning 2012); the two regressions' log-odds are added with a weight and a temperature that are fitted
on predictions for reviews that neither has seen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from crossreel.errors import BadFile, BadInput
from crossreel.insight.text.excerpt import excerpt, tidy
from crossreel.insight.text.sentiment.head import Head
from crossreel.insight.text.sentiment.ngrams import Ngrams
from crossreel.insight.text.sentiment.opinion_words import opinion_features
from crossreel.insight.text.sentiment.softmax import Softmax, fit_softmax
from crossreel.values.language import Language

__all__ = ["LocalModel", "fit_local", "ngrams_for"]

Numbers = NDArray[np.float64]
_FEWEST = 40
_MANY = 10_000
"""Labels above which the blend is fitted on one held-out quarter, not on all four in turn."""
_PENALTY, _PENALTY_MANY = 0.03, 0.3
"""Of the n-grams' weights, by sum of labels; the second where many short texts are read by characters."""
_CHUNK = 200


def ngrams_for(texts: Sequence[str]) -> Ngrams:
    """Characters and word pairs for short texts; words up to triples for long ones, where they say enough."""
    typical = float(np.median([len(text) for text in texts[:2000]])) if texts else 0.0
    many = len(texts) > _MANY
    if typical > 300:
        return Ngrams(bits=22 if many else 20, characters=(0, 0), words=3)
    return Ngrams(bits=21 if many else 19, characters=(1, 5), words=2)


@dataclass(frozen=True, slots=True)
class LocalModel:
    """Fitted; ``positive`` is its use.

    Attributes:
        language: primary subtag.
        labels: how many reviews it was fitted on.
        vector_part: regression over the shipped head's features and its own log-odds.
        ngram_part: regression over weighted n-grams.
        weighting: of each bucket, shape (2**bits,).
        held_out_accuracy: of reviews that the parts had not seen (four folds, of many labels one).
        blend: log-odds = blend[0] * vectors' + blend[1] * n-grams' + blend[2].
    """

    language: str
    labels: int
    head: Head
    ngrams: Ngrams
    weighting: NDArray[np.float32]
    vector_part: Softmax
    ngram_part: Softmax
    blend: tuple[float, float, float]
    held_out_accuracy: float = 0.0

    def positive(self, vectors: NDArray[np.float32], texts: Sequence[str]) -> Numbers:
        """P(positive | positive or negative) of each review, shape (rows,)."""
        by_vectors = _odds(self.vector_part, _vector_features(self.head, vectors, texts, self.language))
        by_ngrams = self.ngram_odds(texts)
        total = self.blend[0] * by_vectors + self.blend[1] * by_ngrams + self.blend[2]
        return np.asarray(1 / (1 + np.exp(-np.clip(total, -40, 40))))

    def ngram_odds(self, texts: Sequence[str]) -> Numbers:
        """Log-odds by n-grams alone, shape (rows,)."""
        found = [
            _odds(
                self.ngram_part,
                _weighted(self.ngrams, [tidy(t) for t in texts[at : at + _CHUNK]], self.weighting),
            )
            for at in range(0, len(texts), _CHUNK)
        ]
        return np.concatenate(found) if found else np.zeros(0)

    def save(self, path: Path) -> None:
        """Writes it; the shipped head is not written along."""
        facts = {
            "language": self.language,
            "labels": self.labels,
            "head": self.head.name,
            "bits": self.ngrams.bits,
            "characters": list(self.ngrams.characters),
            "words": self.ngrams.words,
            "blend": list(self.blend),
        }
        np.savez_compressed(
            path,
            facts=np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8),
            weighting=self.weighting.astype(np.float16),
            vector_weights=self.vector_part.weights.astype(np.float32),
            vector_bias=self.vector_part.bias,
            ngram_weights=self.ngram_part.weights.astype(np.float16),
            ngram_bias=self.ngram_part.bias,
        )

    @classmethod
    def load(cls, path: Path, head: Head) -> Self:
        """Reads what ``save`` wrote.

        Raises:
            BadFile: it is no such file, or was fitted on top of another head.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                facts = json.loads(held["facts"].tobytes())
                if facts["head"] != head.name:
                    raise BadFile(
                        path,
                        f"rests on the head {facts['head']}",
                        advice="Run: crossreel reviews train again.",
                    )
                return cls(
                    facts["language"],
                    facts["labels"],
                    head,
                    Ngrams(facts["bits"], (facts["characters"][0], facts["characters"][1]), facts["words"]),
                    held["weighting"].astype(np.float32),
                    Softmax(held["vector_weights"].astype(np.float64), held["vector_bias"]),
                    Softmax(held["ngram_weights"].astype(np.float64), held["ngram_bias"]),
                    (facts["blend"][0], facts["blend"][1], facts["blend"][2]),
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
    penalty: float = 1e-3,
    with_vector: NDArray[np.bool_] | None = None,
) -> LocalModel:
    """Fits a model.

    Args:
        language: primary subtag.
        vectors: of the reviews, shape (rows, dimensions); those outside ``with_vector`` are not read.
        texts: the reviews.
        labels: 1 positive, 0 negative.
        head: its projection and log-odds are used.
        seed: of the folds that blend and temperature are fitted on.
        penalty: of the regression over vectors.
        with_vector: shape (rows,), the reviews that have a vector; all unless given. The others are learned
            from by their n-grams alone.

    Raises:
        BadInput: fewer than 40 reviews, or all of one kind.
    """
    rows = len(texts)
    if rows < _FEWEST or min(np.bincount(labels, minlength=2)) < 5:
        raise BadInput(
            f"{rows} labeled reviews in {language!r} are too few to learn from.",
            advice=f"Give at least {_FEWEST}, of both kinds.",
        )
    own = np.flatnonzero(np.ones(rows, dtype=bool) if with_vector is None else with_vector)
    features, own_labels = (
        _vector_features(head, vectors[own], [texts[int(at)] for at in own], language),
        labels[own],
    )
    tidied = [tidy(text) for text in texts]
    ngrams = ngrams_for(tidied)
    table = _table(ngrams, tidied)
    strength = _PENALTY_MANY if rows > _MANY and ngrams.characters[1] else _PENALTY
    fold = np.random.default_rng(seed).permutation(rows) % 4
    held_out = np.full((rows, 2), np.nan)
    for one in range(1 if rows > _MANY else 4):
        learn, tell = fold != one, fold == one
        part = fit_softmax(features[learn[own]], own_labels[learn[own]], 2, penalty=penalty)
        held_out[own[tell[own]], 0] = _odds(part, features[tell[own]])
        weighting = _log_count_ratio(table[learn], labels[learn])
        part = _fit_ngrams(table[learn], labels[learn], weighting, strength)
        held_out[tell, 1] = _odds(part, _scaled(table[tell], weighting))
    seen = ~np.isnan(held_out).any(axis=1)
    mixed = fit_softmax(held_out[seen], labels[seen], 2, penalty=1e-4)
    odds = mixed.weights[:, 1] - mixed.weights[:, 0]
    weighting = _log_count_ratio(table, labels)
    return LocalModel(
        language,
        rows,
        head,
        ngrams,
        weighting,
        fit_softmax(features, own_labels, 2, penalty=penalty),
        _fit_ngrams(table, labels, weighting, strength),
        (float(odds[0]), float(odds[1]), float(mixed.bias[1] - mixed.bias[0])),
        float((mixed.scores(held_out[seen]).argmax(axis=1) == labels[seen]).mean()),
    )


def _table(ngrams: Ngrams, texts: Sequence[str]) -> Any:
    """N-grams of many texts, made in portions so that memory follows what is kept."""
    return sparse.vstack(
        [ngrams.transform(texts[at : at + _CHUNK]) for at in range(0, len(texts), _CHUNK)], format="csr"
    )


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


def _log_count_ratio(table: Any, labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Log of how much likelier a bucket is in positive than in negative reviews, one added to each count."""
    there = table.copy()
    there.data[:] = 1.0
    positive = np.asarray(there[labels == 1].sum(axis=0)).ravel() + 1.0
    negative = np.asarray(there[labels == 0].sum(axis=0)).ravel() + 1.0
    ratio = np.log(positive / positive.sum()) - np.log(negative / negative.sum())
    return np.asarray(ratio, dtype=np.float32)


def _scaled(table: Any, weighting: NDArray[np.float32]) -> Any:
    found = table.copy()
    found.data = found.data * (0.25 * np.sign(weighting) + weighting)[found.indices]
    return found


def _weighted(ngrams: Ngrams, texts: Sequence[str], weighting: NDArray[np.float32]) -> Any:
    return _scaled(ngrams.transform(texts), weighting)


def _fit_ngrams(
    table: Any, labels: NDArray[np.int64], weighting: NDArray[np.float32], penalty: float
) -> Softmax:
    used = np.unique(table.indices)  # what no review holds keeps the weight 0
    narrow = _scaled(table, weighting)[:, used]
    part = fit_softmax(narrow, labels, 2, penalty=penalty / len(labels), iterations=60)
    weights = np.zeros((table.shape[1], 2))
    weights[used] = part.weights
    return Softmax(weights, part.bias)


def _odds(part: Softmax, features: Any) -> Numbers:
    scores = part.scores(features)
    return np.asarray(scores[:, 1] - scores[:, 0])
