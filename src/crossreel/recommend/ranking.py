"""Exact top-k: the best titles of score rows, by blocks and in parallel."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.roles import Recommender

__all__ = ["best", "blocks", "leaders", "rank", "top_k"]

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

    Equal scores stand by number.
    """
    rows, titles = scores.shape
    k = min(k, titles)
    if k == 0 or not rows:
        return np.zeros((rows, k), dtype=np.int32)
    row, column = leaders(scores, k)
    order = np.lexsort((-scores[row, column], row))
    return column[order].reshape(rows, k).astype(np.int32)


def leaders(
    scores: Floats, k: int, *, positive: bool = False
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows and columns of each row's ``k`` highest scores, row by row, by column inside a row.

    Of equal scores those with lower numbers are kept. A first cut comes from maxima of groups of
    titles: the k-th largest of them cannot be above the k-th largest score, and little passes it;
    a partition of whole rows takes three times as long, and more where many scores are equal.

    Args:
        scores: (rows, titles), no NaN.
        k: from 1 to the number of titles.
        positive: keep only scores above 0, so that a row may have fewer.
    """
    titles = scores.shape[1]
    groups = titles // max(1, titles // (4 * k))
    tops = scores[:, :groups].copy()
    for start in range(groups, titles - groups + 1, groups):
        np.maximum(tops, scores[:, start : start + groups], out=tops)
    tops = np.concatenate([tops, scores[:, titles - titles % groups :]], axis=1)
    cut = np.partition(tops, tops.shape[1] - k, axis=1)[:, tops.shape[1] - k, None]
    keep = scores >= cut
    if positive:
        keep &= scores > 0
    for number in np.flatnonzero(np.count_nonzero(keep, axis=1) > 8 * k):  # ties; few rows have so many
        _only_best(keep[number], scores[number], k)
    row, column = np.nonzero(keep)
    return _first_of_each(row, column, scores[row, column], k, len(scores))


def _only_best(keep: npt.NDArray[np.bool_], scores: Floats, k: int) -> None:
    """Leaves the ``k`` highest of one row's kept scores, of equal ones those with lower numbers."""
    among = np.flatnonzero(keep)
    values = scores[among]
    cut = np.partition(values, len(values) - k)[len(values) - k]
    tied = among[values == cut]
    keep[among[values < cut]] = False
    keep[tied[k - int(np.count_nonzero(values > cut)) :]] = False


def _first_of_each(
    row: npt.NDArray[np.int64],
    column: npt.NDArray[np.int64],
    values: Floats,
    k: int,
    rows: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The ``k`` highest of each row's entries; entries come and leave by row, then column."""
    count = np.bincount(row, minlength=rows)
    if count.max(initial=0) <= k:
        return row, column
    order = np.lexsort((-values, row))
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    kept = np.sort(order[place < k])
    return row[kept], column[kept]


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
