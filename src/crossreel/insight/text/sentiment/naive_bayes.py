"""Linear models over n-grams that are weighted by how much likelier they are in praise (NB-SVM).

Wang and Manning 2012 (ACL, "Baselines and bigrams"). Few reviews, and long ones, are fitted by logistic
regression; many short ones by the squared hinge loss, which was better on the rows that chose it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from crossreel.insight.text.excerpt import tidy
from crossreel.insight.text.language import letters_by_script
from crossreel.insight.text.sentiment.margin import fit_margin
from crossreel.insight.text.sentiment.ngrams import Ngrams
from crossreel.insight.text.sentiment.softmax import fit_softmax

__all__ = ["MANY", "NgramModel", "fit_ngrams", "ngrams_for", "table_of"]

Numbers = NDArray[np.float64]
MANY = 10_000
"""Labels from which on there are many."""
_PENALTY = 0.03
"""Of the logistic regression's weights, by sum of labels."""
_STRENGTH = 0.5
"""C of the squared hinge loss."""
_CHUNK = 200


def ngrams_for(texts: Sequence[str]) -> tuple[Ngrams, ...]:
    """Which n-grams of these texts are worth counting; each set is a model of its own.

    Words up to triples of long texts, where they say enough; else characters and word pairs and, of many
    texts in Hangul, the letters that its syllables are made of.
    """
    typical = float(np.median([len(text) for text in texts[:2000]])) if texts else 0.0
    many = len(texts) > MANY
    if typical > 300:
        return (Ngrams(bits=22 if many else 20, characters=(0, 0), words=3),)
    short = Ngrams(bits=21 if many else 19, characters=(1, 5), words=2)
    if many and _in_hangul(texts[:2000]):
        return short, Ngrams(bits=21, characters=(2, 8), words=0, letters=True)
    return (short,)


def _in_hangul(texts: Sequence[str]) -> bool:
    scripts = letters_by_script("".join(texts))
    return scripts["Hang"] > sum(scripts.values()) / 2


@dataclass(frozen=True, slots=True)
class NgramModel:
    """Fitted.

    Attributes:
        ngrams: what is counted.
        weights: of each bucket, shape (2**bits,).
        bias: added to their sum.
    """

    ngrams: Ngrams
    weights: NDArray[np.float32]
    bias: float

    def odds(self, texts: Sequence[str]) -> Numbers:
        """Above 0 for praise, shape (rows,); not yet calibrated."""
        found = [
            self.odds_of(self.ngrams.transform([tidy(text) for text in texts[at : at + _CHUNK]]))
            for at in range(0, len(texts), _CHUNK)
        ]
        return np.concatenate(found) if found else np.zeros(0)

    def odds_of(self, table: Any) -> Numbers:
        """The same for a table of n-grams."""
        return np.asarray(table @ self.weights + self.bias, dtype=np.float64)


def table_of(ngrams: Ngrams, texts: Sequence[str]) -> Any:
    """N-grams of many tidy texts, made in portions so that memory follows what is kept."""
    return sparse.vstack(
        [ngrams.transform(texts[at : at + _CHUNK]) for at in range(0, len(texts), _CHUNK)], format="csr"
    )


def fit_ngrams(ngrams: Ngrams, table: Any, labels: NDArray[np.int64], many: bool = False) -> NgramModel:
    """Fits a model.

    Args:
        ngrams: what the table counts.
        table: shape (rows, 2**bits).
        labels: 1 positive, 0 negative.
        many: there are more than ``MANY``.
    """
    many = many and ngrams.characters[1] > 0
    ratio = _log_count_ratio(table, labels)
    scale = np.float32(0.25) * np.sign(ratio) + ratio
    counts = np.bincount(table.indices, minlength=table.shape[1])
    used = np.flatnonzero(counts >= (2 if many else 1))  # the others keep the weight 0
    narrow = table[:, used]
    narrow.data = narrow.data * scale[used][narrow.indices]
    if many:
        weights, bias = fit_margin(narrow, labels, _STRENGTH)
    else:
        part = fit_softmax(narrow, labels, 2, penalty=_PENALTY / len(labels), iterations=60)
        weights = (part.weights[:, 1] - part.weights[:, 0]).astype(np.float32)
        bias = float(part.bias[1] - part.bias[0])
    whole = np.zeros(table.shape[1], dtype=np.float32)
    whole[used] = weights * scale[used]
    return NgramModel(ngrams, whole, bias)


def _log_count_ratio(table: Any, labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Log of how much likelier a bucket is in positive than in negative reviews, one added to each count."""
    width = table.shape[1]
    praise = np.repeat(labels == 1, np.diff(table.indptr))
    positive = np.bincount(table.indices[praise], minlength=width) + 1.0
    negative = np.bincount(table.indices[~praise], minlength=width) + 1.0
    ratio = np.log(positive / positive.sum()) - np.log(negative / negative.sum())
    return np.asarray(ratio, dtype=np.float32)
