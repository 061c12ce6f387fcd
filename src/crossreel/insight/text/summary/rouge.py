"""ROUGE-N and ROUGE-L (Lin 2004), equal to the package rouge-score 0.1.2 on English without stemming."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crossreel.insight.text.summary.tokens import tokens

__all__ = ["Rouge", "english_tokens", "rouge_l", "rouge_n"]

Tokenize = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Rouge:
    """Precision, recall and their harmonic mean, each from 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """2PR / (P + R), 0 where both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def english_tokens(text: str) -> list[str]:
    """Runs of ASCII letters and digits in lower case, as ROUGE has it; other scripts vanish."""
    return re.findall("[a-z0-9]+", text.lower())


def rouge_n(reference: str, candidate: str, n: int = 1, tokenize: Tokenize = tokens) -> Rouge:
    """Overlap of n-grams, each counted at most as often as both have it."""
    wanted, given = (_ngrams(tokenize(text), n) for text in (reference, candidate))
    shared = sum((wanted & given).values())
    return Rouge(shared / max(sum(given.values()), 1), shared / max(sum(wanted.values()), 1))


def rouge_l(reference: str, candidate: str, tokenize: Tokenize = tokens) -> Rouge:
    """The longest common subsequence of the whole texts."""
    wanted, given = tokenize(reference), tokenize(candidate)
    if not wanted or not given:
        return Rouge(0.0, 0.0)
    row = [0] * (len(given) + 1)
    for token in wanted:
        before = 0
        for at, other in enumerate(given, 1):
            before, row[at] = row[at], before + 1 if token == other else max(row[at], row[at - 1])
    return Rouge(row[-1] / len(given), row[-1] / len(wanted))


def _ngrams(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + n]) for at in range(len(words) - n + 1))
