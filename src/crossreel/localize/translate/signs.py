"""What models say of translated lines, and how likely each is bad by all signs together.

Meaning is the cosine of the sentence vectors of source and target. With how alike the translation back is,
the length of the source and how far the lengths are apart it gives a probability by a logistic model: that
a line is among the worst fifth of its film by chrF2 beside a human translation. Its weights were fitted on
the films that ``benchmarks/accuracy/translation_risk.py`` names and are measured there on others. A sign
that was not looked for counts as its mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from crossreel.localize.translate.lines import Reason
from crossreel.localize.translate.risk import expected_ratio
from crossreel.values.language import Language
from crossreel.values.text_roles import Embedder, LanguageDetector, SentimentScorer

__all__ = ["USUAL", "Signs", "likely_bad", "meanings", "mood_reasons", "signs_of"]

_WEIGHTS = {"bias": 9.812, "meaning": -8.535, "back": -0.373, "length": -0.768, "ratio": 0.168}
_MEANS = {"meaning": 0.949, "back": 0.804}
USUAL = 0.2
"""Share of lines that are among the worst fifth."""
_LEAST_MOOD = 15
_FAR = 0.8


@dataclass(frozen=True, slots=True)
class Signs:
    """The models that look for doubtful lines; None where one is not there.

    Args:
        detector: tells the language of a line.
        embedder: tells whether the meaning was kept.
        sentiment: tells whether the mood was kept.
        missing: what is not looked for, in words, each with the command that gets it.
    """

    detector: LanguageDetector | None = None
    embedder: Embedder | None = None
    sentiment: SentimentScorer | None = None
    missing: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, str | bool | None]:
        """What is looked for, as JSON."""
        return {
            "language": self.detector is not None,
            "meaning": None if self.embedder is None else self.embedder.name,
            "mood": self.sentiment is not None,
        }


def signs_of(source: str, target: str, languages: tuple[Language, Language]) -> dict[str, float]:
    """Log of the source's length, and how far the target's is from what is usual (log)."""
    usual = len(source) * expected_ratio(languages)
    return {
        "length": log(max(len(source), 1)),
        "ratio": min(abs(log(max(len(target), 1) / max(usual, 1.0))), 2.0),
    }


def likely_bad(signs: Mapping[str, float]) -> float:
    """Probability (0 to 1) that a line is among the worst fifth; signs that are not there count as usual."""
    known = {**_MEANS, **signs}
    total = _WEIGHTS["bias"] + sum(_WEIGHTS[name] * known[name] for name in _WEIGHTS if name != "bias")
    return 1 / (1 + exp(-total))


def meanings(pairs: Sequence[tuple[str, str]], embedder: Embedder) -> list[float]:
    """Cosine of source and target, one a pair; 1 for a pair without words."""
    import numpy as np

    spoken = [number for number, pair in enumerate(pairs) if all(text.strip() for text in pair)]
    found = [1.0] * len(pairs)
    if spoken:
        ours = np.asarray(embedder.embed([pairs[number][0] for number in spoken]))
        theirs = np.asarray(embedder.embed([pairs[number][1] for number in spoken]))
        for number, cosine in zip(spoken, (ours * theirs).sum(axis=1), strict=True):
            found[number] = float(cosine)
    return found


def mood_reasons(
    pairs: Sequence[tuple[str, str]], languages: tuple[Language, Language], sentiment: SentimentScorer
) -> list[list[Reason]]:
    """What speaks against each pair by its mood: from one side to the other, in languages both known."""
    long = [number for number, (source, _) in enumerate(pairs) if len(source) >= _LEAST_MOOD]
    found: list[list[Reason]] = [[] for _ in pairs]
    if not long:
        return found
    ours = sentiment.score([pairs[number][0] for number in long], [languages[0]] * len(long))
    theirs = sentiment.score([pairs[number][1] for number in long], [languages[1]] * len(long))
    for number, one, two in zip(long, ours, theirs, strict=True):
        shift = abs((one.positive - one.negative) - (two.positive - two.negative))
        if shift >= _FAR and one.trained and two.trained:
            message = f"{one.label} became {two.label}."
            found[number].append(Reason("mood", round(min(0.5, shift / 4), 3), message))
    return found
