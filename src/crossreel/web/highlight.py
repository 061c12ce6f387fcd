"""Which part of a found name the query matched, in whichever script it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    pieces = clusters(text)
    folded = [fold(piece).strip() if not piece.isspace() else " " for piece in pieces]
    starts, at = [], 0
    for piece in folded:
        starts.append(at)
        at += len(piece)
    whole = "".join(folded)
    hit = [False] * len(pieces)
    for word in words:
        for place in _places(whole, word):
            for number, start in enumerate(starts):
                if start < place + len(word) and place < start + len(folded[number]):
                    hit[number] = True
    spans: list[Span] = []
    for piece, is_hit in zip(pieces, hit, strict=True):
        if spans and spans[-1].hit == is_hit:
            spans[-1] = Span(spans[-1].text + piece, is_hit)
        else:
            spans.append(Span(piece, is_hit))
    return tuple(spans)


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
