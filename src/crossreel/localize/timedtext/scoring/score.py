"""One score sheet for a subtitle file beside a reference."""

from __future__ import annotations

from typing import Any

from crossreel.errors import BadValue
from crossreel.localize.timedtext.model import Document
from crossreel.localize.timedtext.rules.measure import shown
from crossreel.localize.timedtext.scoring.lexical import by_reference_cue, compare_lines
from crossreel.localize.timedtext.scoring.suber import SUBER_SIGNATURE, suber
from crossreel.localize.timedtext.scoring.timing import timing_error
from crossreel.values.language import Language

__all__ = ["score"]


def score(document: Document, reference: Document, language: Language) -> dict[str, Any]:
    """SubER, chrF2, BLEU (percent, with signatures) and timing errors (milliseconds).

    chrF and BLEU compare cue by cue where both files have as many, else the words are shared out to the
    reference's cues by their times (``aligned`` says which).

    Raises:
        BadValue: the reference has no words.
        MissingExtra: sacrebleu is not installed.
    """
    lines = [_line(cue.text) for cue in reference.cues]
    if not any(lines):
        raise BadValue("reference", len(reference.cues), "a file with words to compare with")
    same = len(document.cues) == len(reference.cues)
    ours = (
        [_line(cue.text) for cue in document.cues]
        if same
        else by_reference_cue(document.cues, reference.cues)
    )
    words = compare_lines(ours, lines, language)
    return {
        "language": str(language),
        "cues": len(document.cues),
        "reference_cues": len(reference.cues),
        "aligned": "by cue" if same else "by time",
        "suber": round(suber(document.cues, reference.cues, language), 3),
        "chrf": round(words.chrf, 3),
        "bleu": round(words.bleu, 3),
        "timing": timing_error(document.cues, reference.cues),
        "signatures": {"suber": SUBER_SIGNATURE, "chrf": words.chrf_signature, "bleu": words.bleu_signature},
    }


def _line(text: str) -> str:
    return " ".join(shown(text).split())
