"""Splits of liked pairs into train, validation and test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadValue

__all__ = ["Split", "id_order", "per_user_random"]


@dataclass(frozen=True, slots=True)
class Split:
    """Three disjoint (viewers, titles) float32 CSR matrices; together they are the data."""

    train: sp.csr_array
    valid: sp.csr_array
    test: sp.csr_array

    @property
    def known_at_test(self) -> sp.csr_array:
        """Train and validation together: what is left out of the ranking at test."""
        return sp.csr_array(self.train + self.valid)


def id_order(keys: list[str]) -> list[str]:
    """The distinct keys in the order that protocols number them: as integers where all are."""
    distinct = set(keys)
    if all(key.isascii() and key.isdigit() for key in distinct):
        return sorted(distinct, key=lambda key: (int(key), key))
    return sorted(distinct)


def per_user_random(likes: sp.csr_array, *, share: float = 0.1, seed: int = 42) -> Split:
    """Holds out a random share of every viewer's titles for validation and as much for test.

    Viewers are taken in ascending order with one ``numpy.random.default_rng(seed)``; each one's n
    titles, in ascending order, are permuted; the first m = max(1, int(share * n)) are test, the
    next m validation, the rest train. Viewers with fewer than 3 titles are all train.

    Args:
        likes: (viewers, titles) CSR.
        share: of each held-out part; above 0, at most 1/3.
        seed: of the permutations.

    Raises:
        BadValue: ``share`` out of range.
    """
    if not 0 < share <= 1 / 3:
        raise BadValue("share to hold out", share, "above 0 and at most one third")
    likes = sp.csr_array(likes, copy=True)
    likes.sort_indices()
    rng = np.random.default_rng(seed)
    part = np.zeros(likes.nnz, dtype=np.int8)
    for start, stop in zip(likes.indptr[:-1], likes.indptr[1:], strict=True):
        n = int(stop - start)
        order = rng.permutation(n)
        if n >= 3:
            held = max(1, int(share * n))
            part[start + order[:held]] = 2
            part[start + order[held : 2 * held]] = 1
    return Split(*(_kept(likes, part == number) for number in range(3)))


def _kept(likes: sp.csr_array, keep: npt.NDArray[np.bool_]) -> sp.csr_array:
    before = np.concatenate([[0], np.cumsum(keep)])
    indptr = before[likes.indptr].astype(np.int32)
    data = likes.data[keep].astype(np.float32)
    return sp.csr_array((data, likes.indices[keep], indptr), shape=likes.shape)
