"""Recognized words into cues: cut at sentence ends, pauses and length; the fixer does the fine work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from crossreel.localize.timedtext.model import Cue, Document, cue_of
from crossreel.values.language import Language
from crossreel.values.speech_roles import HeardSegment, Word

__all__ = ["document_of"]

_SENTENCE_ENDS = tuple(".!?…。！？")
_PAUSE = Fraction(7, 10)
"""Seconds of silence at which a new cue begins."""
_LONGEST = Fraction(6)
_MOST_LETTERS = {"ja": 26, "zh": 32, "ko": 32, "th": 84}
"""Two lines of the usual length; 84 in every other language."""
_LEAST = Fraction(1, 10)


def document_of(segments: Sequence[HeardSegment], language: Language) -> Document:
    """The words as a document in one language; cues are numbered from 1."""
    most = _MOST_LETTERS.get(language.primary, 84)
    glue = "" if language.primary in ("ja", "zh", "th") else " "
    cues: list[Cue] = []
    for words in _groups(word for segment in segments for word in segment.words):
        for part in _cut(words, most, glue):
            start = max(part[0].start, cues[-1].end if cues else Fraction(0))
            end = max(part[-1].end, start + _LEAST)
            cues.append(cue_of(start, end, glue.join(word.text for word in part), str(len(cues) + 1)))
    return Document(tuple(cues), language=language)


def _groups(words: Iterable[Word]) -> Iterable[list[Word]]:
    """Sentences, and what a pause separates."""
    held: list[Word] = []
    for word in words:
        if held and word.start - held[-1].end > _PAUSE:
            yield held
            held = []
        held.append(word)
        if word.text.endswith(_SENTENCE_ENDS):
            yield held
            held = []
    if held:
        yield held


def _cut(words: list[Word], most: int, glue: str) -> list[list[Word]]:
    """A group in even parts that fit two lines and six seconds, cut at commas and pauses if near."""
    length = len(glue.join(word.text for word in words))
    if len(words) == 1 or (length <= most and words[-1].end - words[0].start <= _LONGEST):
        return [words]
    middle = len(words) / 2

    def badness(at: int) -> float:
        comma = words[at - 1].text.endswith((",", ";", ":", "、", "，"))
        pause = float(words[at].start - words[at - 1].end)
        return abs(at - middle) / len(words) - 0.25 * comma - min(pause, 0.5)

    at = min(range(1, len(words)), key=badness)
    return [*_cut(words[:at], most, glue), *_cut(words[at:], most, glue)]
