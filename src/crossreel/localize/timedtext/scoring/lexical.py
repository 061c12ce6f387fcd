"""chrF and BLEU of subtitles, by sacrebleu, with its signatures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crossreel.errors import MissingExtra
from crossreel.localize.timedtext.model import Cue
from crossreel.localize.timedtext.rules.measure import shown
from crossreel.values.language import Language

__all__ = ["Lexical", "by_reference_cue", "compare_lines"]


class Lexical(NamedTuple):
    """chrF2 and BLEU in percent with the recipes that name their settings."""

    chrf: float
    bleu: float
    chrf_signature: str
    bleu_signature: str


def compare_lines(hypothesis: Sequence[str], reference: Sequence[str], language: Language) -> Lexical:
    """chrF2 and BLEU of lines that stand for each other.

    Args:
        hypothesis: as many lines as ``reference``; empty ones count as missed.
        reference: the lines they should be.
        language: of both; chooses how BLEU cuts words (``zh``, ``char`` for ja, ko, th, else ``13a``).

    Raises:
        MissingExtra: sacrebleu is not installed.
    """
    try:
        from sacrebleu.metrics.bleu import BLEU
        from sacrebleu.metrics.chrf import CHRF
    except ImportError as error:
        raise MissingExtra("sacrebleu", "localize") from error
    tokenize = {"zh": "zh", "yue": "zh", "ja": "char", "ko": "char", "th": "char"}.get(
        language.primary, "13a"
    )
    chrf, bleu = CHRF(), BLEU(tokenize=tokenize)
    ours, theirs = list(hypothesis), [list(reference)]
    return Lexical(
        float(chrf.corpus_score(ours, theirs).score),
        float(bleu.corpus_score(ours, theirs).score),
        str(chrf.get_signature()),
        str(bleu.get_signature()),
    )


def by_reference_cue(cues: Sequence[Cue], reference: Sequence[Cue]) -> list[str]:
    """The words of ``cues`` shared out to the reference's cues by time, one line a reference cue.

    A word's instant is interpolated in its cue (Cherry et al., Interspeech 2021); one shown in no cue
    goes to the nearest.
    """
    if not reference:
        return []
    order = sorted(range(len(reference)), key=lambda place: reference[place].start)
    bounds = [(float(reference[place].start), float(reference[place].end)) for place in order]
    found: list[list[str]] = [[] for _ in reference]
    at = 0
    for cue in sorted(cues, key=lambda cue: cue.start):
        words = shown(cue.text).split()
        start, end = float(cue.start), float(cue.end)
        for number, word in enumerate(words):
            instant = start + (end - start) * (number + 0.5) / len(words)
            while at + 1 < len(bounds) and _distance(bounds[at + 1], instant) <= _distance(
                bounds[at], instant
            ):
                at += 1
            while at and _distance(bounds[at - 1], instant) < _distance(bounds[at], instant):
                at -= 1
            found[order[at]].append(word)
    return [" ".join(words) for words in found]


def _distance(bounds: tuple[float, float], instant: float) -> float:
    return max(bounds[0] - instant, instant - bounds[1], 0.0)
