"""Guards against what recognizers make up: text over silence, and loops.

Thresholds of the first three are Whisper's own (Radford et al. 2022, arXiv 2212.04356, section 4.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from crossreel.values.speech_roles import HeardSegment, Word

__all__ = ["guarded", "without_loops"]

_NO_SPEECH, _LOW_PROBABILITY, _COMPRESSION = 0.6, -1.0, 2.4
_MOST_REPEATS = 3
_LONGEST_LOOP = 8
_MOSTLY_LOOP = 3
"""A segment is a loop where its words are so many times those that are left once repeats are cut."""
_LONGEST_WORD = Fraction(4)
"""Seconds; a word that lasts longer covers silence."""


def guarded(segments: Sequence[HeardSegment]) -> tuple[tuple[HeardSegment, ...], tuple[str, ...]]:
    """The segments to be believed, and in words what was not.

    Left out: segments that are probably no speech and improbable as text, and those that compress like a loop
    even once repeats are cut; repeats of up to eight words are cut after the third time.
    """
    kept: list[HeardSegment] = []
    notes: list[str] = []
    for segment in segments:
        start = float(segment.words[0].start)
        if segment.no_speech > _NO_SPEECH and segment.log_probability < _LOW_PROBABILITY:
            notes.append(f"Left out at {start:.1f} s, probably no speech: {segment.text[:60]}")
            continue
        words = without_loops(segment.words)
        if segment.compression > _COMPRESSION and len(words) * _MOSTLY_LOOP <= len(segment.words):
            notes.append(f"Left out at {start:.1f} s, nothing but a loop: {segment.text[:60]}")
            continue
        if len(words) < len(segment.words):
            notes.append(f"A loop was cut at {start:.1f} s: {segment.text[:60]}")
        elif segment.compression > _COMPRESSION:
            notes.append(f"Left out at {start:.1f} s, repeats itself: {segment.text[:60]}")
            continue
        kept.append(replace(segment, words=tuple(_no_longer(word) for word in words)))
    return tuple(_apart(kept, notes)), tuple(notes)


def without_loops(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words with runs of one phrase (1 to 8 words) cut after the third time."""
    kept = list(words)
    for size in range(1, _LONGEST_LOOP + 1):
        at = 0
        while at + size * (_MOST_REPEATS + 1) <= len(kept):
            phrase = [_plain(word) for word in kept[at : at + size]]
            times = 1
            while [_plain(word) for word in kept[at + times * size : at + (times + 1) * size]] == phrase:
                times += 1
            if times > _MOST_REPEATS:
                del kept[at + _MOST_REPEATS * size : at + times * size]
            at += 1
    return tuple(kept)


def _apart(segments: Sequence[HeardSegment], notes: list[str]) -> list[HeardSegment]:
    """Without a segment that says the very words of the three before it."""
    kept: list[HeardSegment] = []
    for segment in segments:
        last = [one.text for one in kept[-_MOST_REPEATS:]]
        if len(last) == _MOST_REPEATS and set(last) == {segment.text}:
            notes.append(f"A loop was cut at {float(segment.words[0].start):.1f} s: {segment.text[:60]}")
            continue
        kept.append(segment)
    return kept


def _no_longer(word: Word) -> Word:
    return replace(word, end=min(word.end, word.start + _LONGEST_WORD))


def _plain(word: Word) -> str:
    return word.text.strip(".,!?;:…\"'«»“”").casefold()
