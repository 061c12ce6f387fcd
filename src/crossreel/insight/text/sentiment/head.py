"""The classifier over sentence vectors and words of opinion: softmax regression with a temperature."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadFile
from crossreel.insight.text.sentiment.opinion_words import FEATURES
from crossreel.insight.text.sentiment.projection import Projection
from crossreel.insight.text.sentiment.softmax import Softmax, softmax

__all__ = ["CLASSES", "Head", "shipped_head"]

CLASSES = ("negative", "neutral", "positive")


@dataclass(frozen=True, slots=True)
class Head:
    """P(negative, neutral, positive | text) = softmax((W [projected(vector), opinions] + b) / temperature).

    Attributes:
        name: of the model, as results state it.
        embedder: name of the embedder whose vectors it was fitted on.
        temperature: fitted on held-out reviews.
        languages: those that labeled reviews of the training were in.
    """

    name: str
    embedder: str
    projection: Projection
    classifier: Softmax
    temperature: float
    languages: tuple[str, ...]

    def features(
        self, vectors: NDArray[np.float32], opinions: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """What the classifier reads: projected vectors beside ``opinion_features``, shape (rows, 386).

        Without opinions these are 0, as in a text that holds no word of opinion.
        """
        if opinions is None:
            opinions = np.zeros((len(vectors), FEATURES), dtype=np.float32)
        return np.hstack([self.projection(vectors), opinions])

    def probabilities(
        self, vectors: NDArray[np.float32], opinions: NDArray[np.float32] | None = None
    ) -> NDArray[np.float64]:
        """Shape (rows, 3), in the order of ``CLASSES``."""
        return softmax(self.classifier.scores(self.features(vectors, opinions)) / self.temperature)

    def save(self, path: Path) -> None:
        """Writes it."""
        facts = {"name": self.name, "embedder": self.embedder, "languages": list(self.languages)}
        np.savez(
            path,
            facts=np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8),
            mean=self.projection.mean,
            directions=self.projection.directions,
            weights=self.classifier.weights.astype(np.float32),
            bias=self.classifier.bias.astype(np.float32),
            temperature=np.float32(self.temperature),
        )

    @classmethod
    def load(cls, path: Any) -> Self:
        """Reads what ``save`` wrote; nothing is unpickled.

        Raises:
            BadFile: it is not such a file.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                facts = json.loads(held["facts"].tobytes())
                return cls(
                    facts["name"],
                    facts["embedder"],
                    Projection(held["mean"], held["directions"]),
                    Softmax(held["weights"].astype(np.float64), held["bias"].astype(np.float64)),
                    float(held["temperature"]),
                    tuple(facts["languages"]),
                )
        except (OSError, ValueError, KeyError) as error:
            raise BadFile(path, f"is no sentiment model: {error}") from error


def shipped_head() -> Head:
    """The head in the package; ``scripts/train_sentiment.py`` made it."""
    with (files("crossreel.insight.text.sentiment") / "head.npz").open("rb") as file:
        return Head.load(file)
