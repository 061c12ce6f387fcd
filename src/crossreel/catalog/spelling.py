"""Spelling suggestions: the names that a mistyped query was probably meant to be.

The distance is optimal string alignment (Damerau-Levenshtein without overlapping edits, Boytsov
2011, "Indexing methods for approximate dictionary searching"): insertions, deletions,
substitutions and swaps of neighbors cost 1. Words of 3 to 5 characters may be 1 away, longer ones
2, shorter ones must be right. Only words that share enough character pairs with the query's word
are measured at all (Ukkonen's q-gram bound: n edits change at most 3n pairs, swaps included).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from crossreel.catalog.folding import tokens

__all__ = ["Speller", "edit_distance"]

_MAX_WORDS = 8
_NEAR_WORDS = 8
_PAIRS_PER_EDIT = 3


def edit_distance(one: str, other: str, limit: int) -> int:
    """Optimal string alignment distance, or ``limit + 1`` where it is greater than ``limit``."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i] + [limit + 1] * len(other)
        for j in range(max(1, i - limit), min(len(other), i + limit) + 1):
            b = other[j - 1]
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            row[j] = best
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return min(last[-1], limit + 1)


def _allowed(word: str) -> int:
    return 0 if len(word) < 3 else 1 if len(word) < 6 else 2


def _pairs(word: str) -> Counter[str]:
    framed = f"^{word}$"
    return Counter(framed[i : i + 2] for i in range(len(framed) - 1))


class Speller:
    """Knows the words of all names; built once for a catalog revision, then asked often.

    Args:
        names: the names to suggest from, as they should be shown.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._words = [tokens(name) for name in self._names]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(self._words):
            for word in dict.fromkeys(words):
                self._places[word].append(place)
        self._vocabulary = tuple(self._places)
        self._by_pair: defaultdict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self._vocabulary):
            for pair in _pairs(word):
                self._by_pair[pair].append(number)

    def suggest(self, text: str, limit: int = 5) -> tuple[str, ...]:
        """Names that hold every word of ``text`` or one spelled nearly like it, best first.

        Best is: fewest edits, then fewest further words, then alphabetical order. A name that
        already is ``text`` (folded) is no suggestion. Texts of more than 8 words get none.
        """
        wanted = tokens(text)
        if not wanted or len(wanted) > _MAX_WORDS:
            return ()
        totals: dict[int, int] | None = None
        for word in wanted:
            costs: dict[int, int] = {}
            for near, cost in self._near(word):
                for place in self._places[near]:
                    costs[place] = min(cost, costs.get(place, cost))
            known = costs if totals is None else totals
            totals = {p: costs[p] + (totals[p] if totals else 0) for p in known if p in costs}
        found = [
            (edits, len(self._words[place]) - len(wanted), self._names[place])
            for place, edits in (totals or {}).items()
            if self._words[place] != wanted
        ]
        return tuple(name for _, _, name in sorted(found)[:limit])

    def _near(self, word: str) -> list[tuple[str, int]]:
        """Known words within the allowed distance, nearest first, and their distances."""
        allowed = _allowed(word)
        if allowed == 0:
            return [(word, 0)] if word in self._places else []
        pairs = _pairs(word)
        shared: Counter[int] = Counter()
        for pair in pairs:
            shared.update(self._by_pair.get(pair, ()))
        needed = len(pairs) - _PAIRS_PER_EDIT * allowed
        found: list[tuple[int, str]] = []
        for number, count in shared.items():
            known = self._vocabulary[number]
            if count >= needed and abs(len(known) - len(word)) <= allowed:
                distance = edit_distance(word, known, allowed)
                if distance <= allowed:
                    found.append((distance, known))
        return [(known, distance) for distance, known in sorted(found)[:_NEAR_WORDS]]
