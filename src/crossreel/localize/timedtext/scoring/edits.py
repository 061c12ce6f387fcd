"""Edits between two token sequences, block shifts included, where some pairs may never stand together.

The procedure is Tercom's (Snover et al., "A Study of Translation Edit Rate with Targeted Human
Annotation", AMTA 2006) with the limits of sacrebleu 2.6's TER: blocks of at most 10 tokens, moved at most
50 places, at most 1000 candidates tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["edits"]

_LONGEST_BLOCK, _FARTHEST, _MOST_CANDIDATES = 10, 50, 1000
_NEVER = 1 << 28


class _Candidate(NamedTuple):
    """A shift; the greatest is the best."""

    gain: int
    length: int
    minus_start: int
    minus_target: int


def edits(costs: NDArray[np.int64]) -> int:
    """The least number of insertions, deletions, replacements and block shifts found by greedy search.

    Args:
        costs: shape (hypothesis tokens, reference tokens): 0 equal, 1 replaceable, ``NEVER`` (anything
            above 1) may not stand together.

    Returns:
        Edits, 0 or more; the hypothesis's length where the reference is empty.
    """
    rows, columns = costs.shape
    if not rows or not columns:
        return int(rows + columns)
    costs = np.where(costs > 1, _NEVER, costs)
    order = list(range(rows))
    shifts = tried = 0
    while True:
        matrix = _matrix(costs, order)
        best, tried = _best_shift(costs, order, matrix, tried)
        if tried >= _MOST_CANDIDATES or best is None or best[0].gain <= 0:
            return shifts + int(matrix[-1, -1])
        order = best[1]
        shifts += 1


def _next_row(row: NDArray[np.int64], cost: NDArray[np.int64], ramp: NDArray[np.int64]) -> NDArray[np.int64]:
    made = row + 1
    made[1:] = np.minimum(made[1:], row[:-1] + cost)
    return np.minimum.accumulate(made - ramp) + ramp


def _matrix(costs: NDArray[np.int64], order: Sequence[int]) -> NDArray[np.int64]:
    ramp = np.arange(costs.shape[1] + 1, dtype=np.int64)
    matrix = np.empty((len(order) + 1, len(ramp)), dtype=np.int64)
    matrix[0] = ramp
    for place, token in enumerate(order, 1):
        matrix[place] = _next_row(matrix[place - 1], costs[token], ramp)
    return matrix


def _aligned(
    costs: NDArray[np.int64], order: Sequence[int], matrix: NDArray[np.int64]
) -> tuple[list[int], list[bool], list[bool]]:
    """For each reference token the hypothesis place before or at it, and where either side has errors."""
    i, j = len(order), costs.shape[1]
    align = [-1] * j
    wrong_hypothesis, wrong_reference = [True] * i, [True] * j
    while i > 0 or j > 0:
        here = matrix[i, j]
        if i and j and here == matrix[i - 1, j - 1] + costs[order[i - 1], j - 1]:
            i, j = i - 1, j - 1
            align[j] = i
            wrong_hypothesis[i] = wrong_reference[j] = bool(costs[order[i], j])
        elif i and here == matrix[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
            align[j] = i - 1
    return align, wrong_reference, wrong_hypothesis


def _blocks(costs: NDArray[np.int64], order: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """(hypothesis start, reference start, length) of equal runs, every length from 1 up."""
    rows, columns = len(order), costs.shape[1]
    equal = (costs[np.asarray(order)] == 0).tolist()
    for start in range(rows):
        for reference in range(max(0, start - _FARTHEST), min(columns, start + _FARTHEST + 1)):
            length = 0
            while (
                length < _LONGEST_BLOCK
                and start + length < rows
                and reference + length < columns
                and equal[start + length][reference + length]
            ):
                length += 1
                yield start, reference, length


def _moved(order: list[int], start: int, length: int, target: int) -> list[int]:
    block = order[start : start + length]
    if target < start:
        return order[:target] + block + order[target:start] + order[start + length :]
    if target > start + length:
        return order[:start] + order[start + length : target] + block + order[target:]
    rest = order[:start] + order[start + length :]
    return rest[:target] + block + rest[target:]


def _best_shift(
    costs: NDArray[np.int64], order: list[int], matrix: NDArray[np.int64], tried: int
) -> tuple[tuple[_Candidate, list[int]] | None, int]:
    align, wrong_reference, wrong_hypothesis = _aligned(costs, order, matrix)
    ramp = np.arange(costs.shape[1] + 1, dtype=np.int64)
    now = int(matrix[-1, -1])
    best: tuple[_Candidate, list[int]] | None = None
    for start, reference, length in _blocks(costs, order):
        if not any(wrong_hypothesis[start : start + length]):
            continue
        if not any(wrong_reference[reference : reference + length]):
            continue
        if start <= align[reference] < start + length:
            continue
        for target in _targets(align, reference, length):
            moved = _moved(order, start, length, target)
            same = min(start, target)
            row = matrix[same]
            for token in moved[same:]:
                row = _next_row(row, costs[token], ramp)
            candidate = _Candidate(now - int(row[-1]), length, -start, -target)
            tried += 1
            if best is None or candidate > best[0]:
                best = (candidate, moved)
        if tried >= _MOST_CANDIDATES:
            break
    return best, tried


def _targets(align: Sequence[int], reference: int, length: int) -> Iterator[int]:
    before = -1
    for offset in range(-1, length):
        place = reference + offset
        if place >= len(align):
            return
        target = 0 if place < 0 else align[place] + 1
        if target != before:
            yield target
        before = target
