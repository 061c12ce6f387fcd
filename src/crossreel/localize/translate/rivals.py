"""Words of a translation that stand for one word of the source by turns.

Two target words are rivals for a source word where each stands in at least a quarter of its lines, hardly
ever in others (precision of 0.5 or more), hardly ever together, and they cover most of its lines (0.7).
That is the competitive linking of Melamed (2000), with counts in place of a likelihood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from crossreel.localize.translate.inflection import folded, words
from crossreel.localize.translate.memory import similarity

__all__ = ["rival_words"]

_LEAST_LINES, _LEAST_EACH = 6, 3
_SHARE, _PRECISION, _COVER, _TOGETHER = 0.25, 0.5, 0.7, 0.2
_COMMON = 0.05
_SAME = 0.55


def _content(text: str) -> set[str]:
    return {_stem(folded(word)) for _, _, word in words(text) if len(word) >= 4}


def _stem(word: str) -> str:
    """Without a plural's ending, so that one word is one word."""
    return word[:-2] if word.endswith("es") and len(word) > 6 else word[:-1] if word.endswith("s") else word


def rival_words(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, list[tuple[str, list[int]]]]]:
    """(source word, its rivals with the numbers of their lines), most lines first.

    Args:
        pairs: (source, target) of each line.
    """
    ours: dict[str, set[int]] = defaultdict(set)
    theirs: dict[str, set[int]] = defaultdict(set)
    for number, (source, target) in enumerate(pairs):
        for word in _content(source):
            ours[word].add(number)
        for word in _content(target):
            theirs[word].add(number)
    most = max(_LEAST_LINES, _COMMON * len(pairs))
    inside: dict[int, list[str]] = defaultdict(list)
    for word, lines in theirs.items():
        for line in lines:
            inside[line].append(word)
    found = []
    for word, lines in sorted(ours.items(), key=lambda item: -len(item[1])):
        if not _LEAST_LINES <= len(lines) <= most:
            continue
        rivals = _best(word, lines, inside, theirs)
        if rivals is not None:
            found.append((word, [(one, sorted(theirs[one] & lines)) for one in rivals]))
    return found


def _best(
    word: str, lines: set[int], inside: dict[int, list[str]], theirs: dict[str, set[int]]
) -> tuple[str, str] | None:
    candidates = {
        other
        for line in lines
        for other in inside[line]
        if len(theirs[other] & lines) >= max(_LEAST_EACH, _SHARE * len(lines))
        and len(theirs[other] & lines) >= _PRECISION * len(theirs[other])
        and other != word
    }
    best, covered = None, _COVER * len(lines)
    for one, two in combinations(sorted(candidates), 2):
        a, b = theirs[one] & lines, theirs[two] & lines
        if len(a & b) > _TOGETHER * min(len(a), len(b)) or similarity(one, two) >= _SAME:
            continue
        if len(a | b) >= covered:
            best, covered = ((one, two) if len(a) >= len(b) else (two, one)), len(a | b)
    return best
