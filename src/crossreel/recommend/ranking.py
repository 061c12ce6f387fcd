"""Exact top-k: the best titles of score rows, by blocks and in parallel."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.roles import Recommender

__all__ = ["best", "blocks", "rank", "top_k"]

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


def best(scores: Floats, n: int, allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Numbers of the ``n`` highest allowed scores of one row, best first; equal ones by number."""
    candidates = np.flatnonzero(allowed)
    if 0 < n < len(candidates):
        values = scores[candidates]
        cut = np.partition(values, len(values) - n)[len(values) - n]
        candidates = candidates[values >= cut]
    order = np.argsort(-scores[candidates], kind="stable")[: max(n, 0)]
    return candidates[order]


def top_k(scores: Floats, k: int) -> Ints:
    """(rows, min(k, titles)) int32: the numbers of each row's highest scores, best first.

    Equal scores stand by number, except that which of several titles tied with the last place
    is kept is left to the partition.
    """
    k = min(k, scores.shape[1])
    if k == 0:
        return np.zeros((len(scores), 0), dtype=np.int32)
    part = np.argpartition(scores, scores.shape[1] - k, axis=1)[:, -k:]
    part.sort(axis=1)
    order = np.argsort(-np.take_along_axis(scores, part, axis=1), axis=1, kind="stable")
    return np.take_along_axis(part, order, axis=1).astype(np.int32)


def blocks(length: int, size: int) -> Iterator[slice]:
    """Consecutive slices of at most ``size`` that cover ``range(length)``."""
    for start in range(0, length, size):
        yield slice(start, min(start + size, length))


def rank(
    model: Recommender,
    histories: sp.csr_array,
    exclude: sp.csr_array,
    k: int,
    *,
    rows: int = 512,
    threads: int = 0,
) -> Ints:
    """The best ``k`` titles of every viewer, what is in ``exclude`` left out.

    Args:
        model: scores (viewers, titles).
        histories: (viewers, titles) preference strengths.
        exclude: (viewers, titles); stored entries are never ranked.
        k: how many; rows with fewer candidates are filled with -1.
        rows: viewers a block; memory is about ``rows * titles * 16`` bytes a thread.
        threads: 0 means all cores; the sparse products release the interpreter lock.

    Returns:
        (viewers, min(k, titles)) int32 title numbers, best first.
    """

    def one(part: slice) -> Ints:
        scores = np.array(model.scores(histories[part]), dtype=np.float32)
        left_out = exclude[part]
        inside = np.repeat(np.arange(left_out.shape[0]), np.diff(left_out.indptr))
        scores[inside, left_out.indices] = -np.inf
        found = top_k(scores, k)
        found[np.take_along_axis(scores, found, axis=1) == -np.inf] = -1
        return found

    parts = list(blocks(histories.shape[0], rows))
    if not parts:
        return np.zeros((0, min(k, histories.shape[1])), dtype=np.int32)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        return np.concatenate(list(pool.map(one, parts)))
