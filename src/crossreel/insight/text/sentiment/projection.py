"""Takes what tells languages apart out of sentence vectors, without knowing the language.

The means of the same sentences in thirty languages (``anchors.json``, written for this) differ by language
alone. Their common mean is subtracted and their first principal directions are projected out, as in
"language information removal" (Yang et al. 2021, arXiv 2109.04727). Nothing is estimated from the texts
that are classified, and a language that is not among the thirty is treated like the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Projection", "anchor_sentences", "fit_projection"]

_ANCHORS = Path(__file__).parents[1] / "anchors.json"


def anchor_sentences() -> dict[str, list[str]]:
    """Twelve sentences about films in thirty languages; the n-th of each means the same."""
    held: dict[str, list[str]] = json.loads(_ANCHORS.read_text(encoding="utf-8"))
    return held


@dataclass(frozen=True, slots=True)
class Projection:
    """What is taken out.

    Attributes:
        mean: shape (dimensions,).
        directions: orthonormal rows, shape (directions, dimensions).
    """

    mean: NDArray[np.float32]
    directions: NDArray[np.float32]

    def __call__(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Vectors without mean and directions, shape as given."""
        centered = vectors - self.mean
        return np.asarray(centered - (centered @ self.directions.T) @ self.directions, dtype=np.float32)


def fit_projection(
    embed: Callable[[Sequence[str]], NDArray[np.float32]],
    directions: int = 20,
    *,
    sentences: Mapping[str, Sequence[str]] | None = None,
) -> Projection:
    """The projection from parallel sentences.

    Args:
        embed: makes vectors.
        directions: how many are taken out, at most the number of languages less one.
        sentences: by language; ``anchor_sentences()`` unless given.
    """
    given = sentences or anchor_sentences()
    means = np.array([embed(list(texts)).mean(axis=0) for texts in given.values()], dtype=np.float64)
    center = means.mean(axis=0)
    _, _, rows = np.linalg.svd(means - center, full_matrices=False)
    return Projection(center.astype(np.float32), rows[:directions].astype(np.float32))
