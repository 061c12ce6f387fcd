"""Which part of a found name the query matched, in whichever script it did."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate

from crossreel.web.clusters import clusters
from crossreel.web.finding_views import Span

__all__ = ["highlighted"]


def highlighted(text: str, words: Sequence[str], fold: Callable[[str], str]) -> tuple[Span, ...]:
    """``text`` cut into spans; those where a folded query word starts a word, or stands in CJK, hit.

    Args:
        text: a name.
        words: folded words and phrases of the query (terms of ``catalog.search.parse_query``, joined).
        fold: the folding they went through; applied to one visible character at a time, because
            folding changes lengths (``ß`` becomes ``ss``).
    """
    pieces, starts, whole = _folded(text, fold)
    hit = [False] * len(pieces)
    for word in words:
        for place in _places(whole, word):
            # Every piece that shares a folded character with the match; some fold to nothing.
            first = max(bisect_right(starts, place) - 1, 0)
            last = bisect_left(starts, place + len(word))
            for number in range(first, last):
                ends = starts[number + 1] if number + 1 < len(starts) else len(whole)
                hit[number] = hit[number] or (place < ends and ends > starts[number])
    spans: list[Span] = []
    for piece, is_hit in zip(pieces, hit, strict=True):
        if spans and spans[-1].hit == is_hit:
            spans[-1] = Span(spans[-1].text + piece, is_hit)
        else:
            spans.append(Span(piece, is_hit))
    return tuple(spans)


@lru_cache(maxsize=20_000)
def _folded(text: str, fold: Callable[[str], str]) -> tuple[tuple[str, ...], tuple[int, ...], str]:
    """The visible characters of a text, where each begins once folded, and all of it folded."""
    pieces = clusters(text)
    folded = [fold(piece).strip() if not piece.isspace() else " " for piece in pieces]
    starts = tuple(accumulate(map(len, folded[:-1]), initial=0)) if folded else ()
    return tuple(pieces), starts, "".join(folded)


def _places(whole: str, word: str) -> list[int]:
    if not word:
        return []
    found = []
    place = whole.find(word)
    while place >= 0:
        begins = place == 0 or not whole[place - 1].isalnum() or not word.isascii()
        if begins:
            found.append(place)
        place = whole.find(word, place + 1)
    return found
