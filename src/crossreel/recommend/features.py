"""Titles' features as rows of numbers, remembered while a title stays the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.catalog.title import Title
from crossreel.values.ids import TitleId

__all__ = ["TitleFeatures"]

Numbers = npt.NDArray[np.int32]
Reader = Callable[[Title], Iterable[str]]
_FEW = 10_000
_FORGOTTEN = 4
"""Once so many times as many features are known as are used, everything is read anew."""


class TitleFeatures:
    """Turns titles into sparse rows; of titles that it met before, nothing is read again.

    A title counts as the same while it is the very object of last time, as the catalog hands out
    one object until a title changes. Not to be used by two threads at once.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, int]] = {}
        self._rows: dict[TitleId, tuple[Title, dict[str, Numbers]]] = {}

    def counts(self, titles: Sequence[Title | None], fields: Mapping[str, Reader]) -> list[sp.csr_array]:
        """For each field (titles, features) float32: which titles have which features.

        Each counts once: a name in four languages says no more than in one. Features of one title
        only connect nothing; they stay, as they make its row longer and its likeness weaker. A
        column that no title has any more is empty.

        Args:
            titles: in the order of the rows; None is an empty row.
            fields: name -> what reads the features of a title.
        """
        if self._mostly_forgotten():
            self._numbers, self._rows = {}, {}
        kept: dict[TitleId, tuple[Title, dict[str, Numbers]]] = {}
        rows: list[dict[str, Numbers]] = []
        for title in titles:
            if title is None:
                rows.append({})
                continue
            known = self._rows.get(title.id)
            row = known[1] if known and known[0] is title and known[1].keys() == fields.keys() else None
            if row is None:
                row = {name: self._row(name, read(title)) for name, read in fields.items()}
            kept[title.id] = (title, row)
            rows.append(row)
        self._rows = kept
        return [self._matrix(name, rows) for name in fields]

    def _row(self, field: str, words: Iterable[str]) -> Numbers:
        numbers = self._numbers.setdefault(field, {})
        return np.array(sorted({numbers.setdefault(word, len(numbers)) for word in words}), dtype=np.int32)

    def _matrix(self, field: str, rows: Sequence[Mapping[str, Numbers]]) -> sp.csr_array:
        none = np.zeros(0, dtype=np.int32)
        parts = [row.get(field, none) for row in rows]
        indptr = np.concatenate([[0], np.cumsum([len(part) for part in parts], dtype=np.int64)])
        indices = np.concatenate([none, *parts])
        width = max(len(self._numbers.get(field, ())), 1)
        data = np.ones(len(indices), dtype=np.float32)
        return sp.csr_array((data, indices, indptr.astype(np.int32)), shape=(len(rows), width))

    def _mostly_forgotten(self) -> bool:
        known = sum(map(len, self._numbers.values()))
        if known < _FEW:
            return False
        rows = [row for _, row in self._rows.values()]
        used = sum(
            len(np.unique(np.concatenate([row[name] for row in rows if name in row])))
            for name in self._numbers
            if any(name in row for row in rows)
        )
        return known > _FORGOTTEN * used
