"""SubER, the subtitle edit rate: edits of words and breaks in percent of the reference's tokens.

Only tokens whose cues overlap in time stand for each other (Wilken et al., "SubER: A Metric for Automatic
Evaluation of Subtitle Quality", IWSLT 2022). Under 20 is very good, over 40 to 50 bad.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from crossreel.localize.timedtext.model import Cue
from crossreel.localize.timedtext.rules.measure import shown
from crossreel.localize.timedtext.scoring.edits import edits
from crossreel.values.language import Language

__all__ = ["SUBER_SIGNATURE", "suber"]

SUBER_SIGNATURE = "SubER|case:lower|punct:removed|shifts:tercom|method:crossreel-1"
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation + "…")
_LINE, _BLOCK = "\n", "\n\n"


class _Token(NamedTuple):
    """A word, or a break (one line feed a line's, two a cue's), with its cue's times."""

    word: str
    start: Fraction
    end: Fraction


def suber(hypothesis: Sequence[Cue], reference: Sequence[Cue], language: Language) -> float:
    """The subtitle edit rate in percent, 0 (equal) up; 100 where the reference has no words.

    Words are lower-cased and their ASCII punctuation is removed; languages written without spaces are
    compared by character.
    """
    by_character = language.primary in ("zh", "ja", "ko", "th", "lo", "km", "my", "yue")
    total = length = 0
    for ours, theirs in _parts(_ordered(hypothesis), _ordered(reference)):
        first, second = _tokens(ours, by_character), _tokens(theirs, by_character)
        total += edits(_costs(first, second))
        length += len(second)
    if not length:
        return 100.0 if total else 0.0
    return total / length * 100


def _ordered(cues: Sequence[Cue]) -> list[Cue]:
    return sorted((cue for cue in cues if shown(cue.text).strip()), key=lambda cue: cue.start)


def _parts(ours: list[Cue], theirs: list[Cue]) -> Iterator[tuple[list[Cue], list[Cue]]]:
    """Runs of cues between instants at which neither file shows anything."""
    merged = sorted(
        [(cue.start, 1, cue) for cue in ours] + [(cue.start, 0, cue) for cue in theirs],
        key=lambda entry: entry[:2],
    )
    part: tuple[list[Cue], list[Cue]] = ([], [])
    latest: Fraction | None = None
    for start, is_ours, cue in merged:
        if latest is not None and start >= latest:
            yield part
            part = ([], [])
        part[0 if is_ours else 1].append(cue)
        latest = cue.end if latest is None else max(latest, cue.end)
    if merged:
        yield part


def _tokens(cues: Sequence[Cue], by_character: bool) -> list[_Token]:
    found: list[_Token] = []
    for cue in cues:
        lines = [line for line in shown(cue.text).split("\n") if line.strip()]
        for number, line in enumerate(lines, 1):
            words = [char for char in line if not char.isspace()] if by_character else line.split()
            for word in words:
                bare = word.lower().translate(_NO_PUNCTUATION)
                found.append(_Token(bare or word.lower(), cue.start, cue.end))
            found.append(_Token(_BLOCK if number == len(lines) else _LINE, cue.start, cue.end))
    return found


def _costs(
    ours: Sequence[_Token], theirs: Sequence[_Token]
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    costs = np.ones((len(ours), len(theirs)), dtype=np.int64)
    for row, token in enumerate(ours):
        is_break = token.word[0] == "\n"
        for column, other in enumerate(theirs):
            apart = (token.start < other.end) != (other.start < token.end)
            if apart or is_break != (other.word[0] == "\n"):
                costs[row, column] = 2
            elif token.word == other.word:
                costs[row, column] = 0
    return costs
