"""LexRank (Erkan & Radev 2004) and TextRank (Mihalcea & Tarau 2004) over the words of sentences.

LexRank is the variant with a threshold and without damping, its power iteration stopped early, so that it
chooses what sumy 0.13 chooses on the same tokens; written from the papers and from sumy's results.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["lexrank", "textrank"]

Scores = NDArray[np.float64]
_THRESHOLD = 0.1
_STOP = 0.1
_DAMPING = 0.85
_PRECISION = 1e-4


def lexrank(sentences: Sequence[Sequence[str]]) -> Scores:
    """Centrality of each sentence, shape (len(sentences),).

    Weights are tf / max tf times log(N / (1 + df)); sentences more alike than 0.1 by cosine are linked.
    """
    count = len(sentences)
    if not count:
        return np.zeros(0)
    frequency = Counter(word for sentence in sentences for word in set(sentence))
    rarity = {word: math.log(count / (1 + seen)) for word, seen in frequency.items()}
    vocabulary = {word: place for place, word in enumerate(frequency)}
    table = np.zeros((count, len(vocabulary)))
    for row, sentence in enumerate(sentences):
        counts = Counter(sentence)
        most = max(counts.values(), default=1)
        for word, times in counts.items():
            table[row, vocabulary[word]] = times / most * rarity[word]
    lengths = np.sqrt((table**2).sum(axis=1))
    scale = np.divide(1.0, lengths, out=np.zeros(count), where=lengths > 0)
    linked = ((table @ table.T) * scale[:, None] * scale > _THRESHOLD).astype(float)
    matrix = linked / np.maximum(linked.sum(axis=1, keepdims=True), 1.0)
    scores = np.full(count, 1.0 / count)
    change = 1.0
    while change > _STOP:
        following = matrix.T @ scores
        norm = np.linalg.norm(following)
        if not norm:
            return scores
        following /= norm
        change = float(np.linalg.norm(following - scores))
        scores = following
    return scores


def textrank(sentences: Sequence[Sequence[str]]) -> Scores:
    """PageRank over the overlap of words by the logarithms of both lengths, shape (len(sentences),)."""
    count = len(sentences)
    if not count:
        return np.zeros(0)
    bags = [Counter(sentence) for sentence in sentences]
    weights = np.zeros((count, count))
    for row in range(count):
        for column in range(row, count):
            overlap = sum(times * bags[column][word] for word, times in bags[row].items())
            if overlap:
                norm = math.log(len(sentences[row])) + math.log(len(sentences[column]))
                weights[row, column] = weights[column, row] = (
                    overlap / norm if norm > 1e-9 else float(overlap)
                )
    weights /= weights.sum(axis=1, keepdims=True) + 1e-7
    matrix = (1 - _DAMPING) / count + _DAMPING * weights
    scores = np.full(count, 1.0 / count)
    change = 1.0
    while change > _PRECISION:
        following = matrix.T @ scores
        change = float(np.linalg.norm(following - scores))
        scores = following
    return scores
