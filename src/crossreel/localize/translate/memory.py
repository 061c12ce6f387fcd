"""Translation memory: what was translated before, found again exactly or nearly."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Protocol

from crossreel.localize.translate.inflection import folded
from crossreel.values.language import Language
from crossreel.values.text_roles import Embedder

__all__ = [
    "Match",
    "Memories",
    "Memory",
    "MemoryList",
    "Segment",
    "StoredMemory",
    "normalized",
    "repaired",
    "similarity",
]

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CANDIDATES = 60


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence and its translation.

    Args:
        source, target: the wordings.
        origin: where it is from (a title, a file, a person).
        human: a person wrote or approved it.
    """

    source: str
    target: str
    origin: str = ""
    human: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A segment found for a text; ``score`` 1 is the same text, case, accents and marks aside."""

    segment: Segment
    score: float


class Memory(Protocol):
    """Segments of one language pair."""

    def find(self, text: str, *, least: float = 0.7, count: int = 3) -> list[Match]:
        """The nearest segments, best first, those a person approved before others."""
        ...

    def add(self, segments: Iterable[Segment]) -> None:
        """Keeps segments; of two with one source and origin the later stays."""
        ...


class StoredMemory(Memory, Protocol):
    """A memory that is kept."""

    def segments(self) -> list[Segment]:
        """Everything, in the order in which it was added."""
        ...

    def __len__(self) -> int: ...


def normalized(text: str) -> str:
    """What counts for an exact match: letters and digits, folded, single-spaced."""
    return " ".join(re.sub(r"[^\w]+", " ", folded(text)).split())


def similarity(one: str, two: str) -> float:
    """1 minus the edit distance (Levenshtein) of normalized texts over the longer one's length.

    The distance is computed bit-parallel (Myers 1999, as restated by Hyyro 2003).
    """
    if one == two:
        return 1.0
    longest = max(len(one), len(two))
    if not one or not two:
        return 0.0
    if len(one) > len(two):
        one, two = two, one
    where: dict[str, int] = defaultdict(int)
    for place, char in enumerate(one):
        where[char] |= 1 << place
    mask, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    plus, minus, distance = mask, 0, len(one)
    for char in two:
        equal = where.get(char, 0)
        vertical = equal | minus
        horizontal = ((((equal & plus) + plus) ^ plus) | equal) & mask
        up = minus | ~(horizontal | plus) & mask
        down = plus & horizontal
        distance += bool(up & last) - bool(down & last)
        up = ((up << 1) | 1) & mask
        down = (down << 1) & mask
        plus = down | ~(vertical | up) & mask
        minus = up & vertical
    return 1 - distance / longest


class Memories(Protocol):
    """The memories of all language pairs of a workspace."""

    def of(self, source: Language, target: Language) -> StoredMemory:
        """The memory from one language into another."""
        ...

    def with_meaning(
        self, source: Language, target: Language, embedder: Callable[[], Embedder]
    ) -> StoredMemory:
        """The same, which also finds what is said in other words."""
        ...

    def sizes(self) -> dict[str, int]:
        """Pair (``en>es``): segments."""
        ...


class MemoryList:
    """A memory in memory, with an index of words; meanings too where an embedder is given.

    Args:
        segments: to begin with.
        embedder: finds segments that say it in other words; their score is the cosine, at most 0.95.
    """

    def __init__(self, segments: Iterable[Segment] = (), embedder: Embedder | None = None) -> None:
        self._segments: list[Segment] = []
        self._keys: list[str] = []
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._words: dict[str, list[int]] = defaultdict(list)
        self._embedder = embedder
        self._vectors: dict[int, Sequence[float]] = {}
        self.add(segments)

    def __len__(self) -> int:
        return len(self._segments)

    def __iter__(self) -> Iterator[Segment]:
        return iter(self._segments)

    def add(self, segments: Iterable[Segment]) -> None:
        """Keeps segments."""
        for segment in segments:
            key = normalized(segment.source)
            if not key or not segment.target.strip():
                continue
            same = next((n for n in self._exact[key] if self._segments[n].origin == segment.origin), None)
            if same is not None:
                self._segments[same] = segment
                continue
            place = len(self._segments)
            self._segments.append(segment)
            self._keys.append(key)
            self._exact[key].append(place)
            for word in set(key.split()):
                self._words[word].append(place)

    def find(self, text: str, *, least: float = 0.7, count: int = 3) -> list[Match]:
        """The nearest segments, best first."""
        key = normalized(text)
        if not key:
            return []
        found = {place: 1.0 for place in self._exact.get(key, [])}
        votes: dict[int, float] = defaultdict(float)
        for word in set(key.split()):
            places = self._words.get(word, [])
            for place in places[:2000]:
                votes[place] += 1 / (1 + len(places)) ** 0.5
        for place in nlargest(_CANDIDATES, votes, key=votes.__getitem__):
            other = self._keys[place]
            if place not in found and abs(len(other) - len(key)) <= (1 - least) * max(len(other), len(key)):
                score = similarity(key, other)
                if score >= least:
                    found[place] = score
        if self._embedder is not None and len(found) < count:
            found |= {place: score for place, score in self._by_meaning(text, least) if place not in found}
        best = sorted(found, key=lambda place: (-found[place], not self._segments[place].human, -place))
        return [Match(self._segments[place], round(found[place], 4)) for place in best[:count]]

    def _by_meaning(self, text: str, least: float) -> list[tuple[int, float]]:
        import numpy as np

        embedder = self._embedder
        if embedder is None:
            return []
        missing = [place for place in range(len(self._segments)) if place not in self._vectors]
        if missing:
            made = embedder.embed([self._segments[place].source for place in missing])
            self._vectors.update(zip(missing, made, strict=True))
        table = np.asarray([self._vectors[place] for place in range(len(self._segments))])
        scores = table @ np.asarray(embedder.embed([text])[0])
        best = np.argsort(-scores)[:_CANDIDATES]
        return [(int(n), min(0.95, float(scores[n]))) for n in best if scores[n] >= max(least, 0.85)]


def repaired(match: Match, text: str) -> str | None:
    """The translation of a near match made right where only numbers differ; None where more does."""
    segment = match.segment
    if normalized(segment.source) == normalized(text) and _NUMBER.findall(segment.source) == _NUMBER.findall(
        text
    ):
        return segment.target
    old, new = _NUMBER.findall(segment.source), _NUMBER.findall(text)
    bare = normalized(_NUMBER.sub("0", segment.source)) == normalized(_NUMBER.sub("0", text))
    if not bare or len(old) != len(new) or sorted(old) != sorted(_NUMBER.findall(segment.target)):
        return None
    if len(set(old)) != len(old):
        return None
    exchange = dict(zip(old, new, strict=True))
    return _NUMBER.sub(lambda found: exchange[found.group()], segment.target)
