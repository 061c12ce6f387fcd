"""Hashed n-grams of characters and words, for many texts at once and without a loop over them.

All texts are one array of code points; a polynomial hash modulo 2**64 of every window of n characters is
n multiplications over that array, and a word's hash is the sum of its characters times powers by place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["Ngrams"]

_END = 0x10FFFF
"""Stands between two texts; no text holds it, as it is no character."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_LONGEST_WORD = 24
_RUN = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class Ngrams:
    """Which n-grams are counted and into how many buckets they are hashed.

    Attributes:
        bits: log2 of the number of buckets.
        characters: (shortest, longest) n-gram of characters, (0, 0) for none; spaces count.
        words: longest n-gram of words, 0 for none.
        letters: syllables of Hangul are taken apart into their letters (Unicode NFD), runs of more than two
            of the same sign become two; both are done to the text before anything is counted.
    """

    bits: int = 18
    characters: tuple[int, int] = (1, 4)
    words: int = 2
    letters: bool = False

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Which buckets each text falls into, as 1.0; rows have unit length. Shape (len(texts), 2**bits)."""
        if self.letters:
            texts = [unicodedata.normalize("NFD", _RUN.sub(r"\1\1", text)) for text in texts]
        joined = "".join(f" {text} {chr(_END)}" for text in texts).lower()
        points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
        row = np.cumsum(points == _END) - (points == _END)
        pieces = [*self._characters(points, row), *self._words(points, row)]
        rows = np.concatenate([piece[0] for piece in pieces]) if pieces else np.zeros(0, np.int64)
        hashes = np.concatenate([piece[1] for piece in pieces]) if pieces else np.zeros(0, np.uint64)
        buckets = ((hashes * _MIX) >> np.uint64(64 - self.bits)).astype(np.int64)
        return _unit_rows(rows, buckets, len(texts), 1 << self.bits)

    def _characters(self, points: Any, row: Any) -> list[tuple[Any, Any]]:
        shortest, longest = self.characters
        found = []
        hashes = np.zeros(len(points), dtype=np.uint64)
        whole = np.ones(len(points), dtype=bool)
        for length in range(1, longest + 1):
            last = len(points) - length + 1
            hashes, whole = hashes[:last] * _FACTOR, whole[:last]
            hashes = hashes + points[length - 1 :] + np.uint64(1)
            whole = whole & (points[length - 1 :] != _END)
            if length >= shortest:
                kept = whole & (points[:last] != 32) if length == 1 else whole
                found.append((row[:last][kept], hashes[kept] + np.uint64(length)))
        return found

    def _words(self, points: Any, row: Any) -> list[tuple[Any, Any]]:
        if not self.words:
            return []
        breaks = _is_break(points)
        starts = np.flatnonzero(~breaks & np.concatenate([[True], breaks[:-1]]))
        if not len(starts):
            return []
        ends = np.flatnonzero(~breaks & np.concatenate([breaks[1:], [True]])) + 1
        place = _places(len(points), starts)
        powers = _FACTOR ** np.arange(_LONGEST_WORD, dtype=np.uint64)
        counted = ~breaks & (place < _LONGEST_WORD)
        valued = np.where(counted, (points + np.uint64(7)) * powers[place % _LONGEST_WORD], np.uint64(0))
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(valued, dtype=np.uint64)])
        word = (sums[ends] - sums[starts]) * _MIX
        owner = row[starts]
        found = [(owner, word)]
        chain = word
        for length in range(2, self.words + 1):
            chain = chain[:-1] * _FACTOR + word[length - 1 :]
            same = owner[: len(chain)] == owner[length - 1 :]
            found.append((owner[: len(chain)][same], chain[same] + np.uint64(length)))
        return found


def _places(length: int, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """How far each position is from the last start before it (those before the first count from 0)."""
    marks = np.zeros(length, dtype=np.int64)
    marks[starts] = starts
    return np.asarray(np.arange(length) - np.maximum.accumulate(marks))


def _is_break(points: Any) -> Any:
    """White space, punctuation of ASCII, Latin-1 and CJK, and the end mark."""
    ascii_break = np.ones(128, dtype=bool)
    for letter in b"0123456789abcdefghijklmnopqrstuvwxyz'":
        ascii_break[letter] = False
    low = ascii_break[np.minimum(points, np.uint64(127)).astype(np.int64)] & (points < 128)
    other = ((points >= 0x80) & (points < 0xC0)) | ((points >= 0x2000) & (points < 0x2070))
    wide = ((points >= 0x3000) & (points < 0x3040)) | ((points >= 0xFF00) & (points < 0xFF10))
    return low | other | wide | (points == _END)


def _unit_rows(rows: Any, buckets: Any, count: int, width: int) -> sparse.csr_matrix:
    """One 1 a bucket that a row falls into, however often, then rows of unit length."""
    keys = np.unique(rows * width + buckets)
    owner, columns = keys // width, keys % width
    lengths = np.bincount(owner, minlength=count)
    values = 1.0 / np.sqrt(np.maximum(lengths, 1))[owner]
    pointers = np.concatenate([[0], np.cumsum(lengths)])
    return sparse.csr_matrix((values.astype(np.float32), columns, pointers), shape=(count, width))
