"""Viewers' title sequences cut into windows and packed into batches of like lengths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["batches", "padded", "windows"]

Numbers = npt.NDArray[np.int64]


def windows(sequences: Sequence[Numbers], length: int, rng: np.random.Generator) -> list[Numbers]:
    """Each sequence in pieces of at most ``length + 1``, cut anew at each call.

    Every pair of neighbors is in exactly one piece: a piece's last title is the next one's first.
    The first cut of a long sequence falls at random, so that no position is always short of context.
    """
    found = []
    for sequence in sequences:
        if len(sequence) <= length + 1:
            if len(sequence) > 1:
                found.append(sequence)
            continue
        stop = len(sequence) - int(rng.integers(0, length))
        edges = [len(sequence)] if stop < len(sequence) else []
        while stop > 1:
            edges.append(stop)
            stop -= length
        edges = [*edges, 1]
        for end, start in pairwise(edges):
            if end > start:
                found.append(sequence[start - 1 : end])
    return found


def batches(pieces: Sequence[Numbers], cells: int, rng: np.random.Generator) -> Iterator[Numbers]:
    """Padded batches of at most ``cells`` numbers, of like lengths, in random order."""
    length = np.array([len(piece) for piece in pieces])
    order = np.argsort(length + rng.uniform(0, 8, len(length)), kind="stable")[::-1]
    groups, start = [], 0
    while start < len(order):
        most = int(length[order[start : start + 64]].max())
        stop = start + max(1, cells // most)
        groups.append(order[start:stop])
        start = stop
    for number in rng.permutation(len(groups)):
        yield padded([pieces[place] for place in groups[number]])


def padded(sequences: Sequence[Numbers]) -> Numbers:
    """(rows, longest) title numbers plus one, 0 after the end; at least one column."""
    longest = max([1, *map(len, sequences)])
    result = np.zeros((len(sequences), longest), dtype=np.int64)
    for row, sequence in zip(result, sequences, strict=True):
        row[: len(sequence)] = sequence + 1
    return result
