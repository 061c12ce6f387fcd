"""``Vocabulary``: the frozen table between ids outside and dense integers inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["Vocabulary"]

Id = TypeVar("Id")


class Vocabulary(Generic[Id]):
    """Ids in a fixed order; position is the dense number. Ids are distinct and hashable."""

    def __init__(self, ids: Iterable[Id]) -> None:
        self._ids = tuple(ids)
        if len(self.numbers) != len(self._ids):
            raise ValueError("a vocabulary's ids must be distinct")

    @property
    def ids(self) -> tuple[Id, ...]:
        """All ids, by number."""
        return self._ids

    @cached_property
    def numbers(self) -> dict[Id, int]:
        """Id -> number."""
        return {id_: number for number, id_ in enumerate(self._ids)}

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, id_: object) -> bool:
        return id_ in self.numbers

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self._ids == other._ids

    def __hash__(self) -> int:
        return hash(self._ids)

    def number(self, id_: Id) -> int | None:
        """The number of ``id_``, or None."""
        return self.numbers.get(id_)

    def encode(self, ids: Sequence[Id]) -> npt.NDArray[np.int32]:
        """(n,) int32 numbers; -1 for ids that are not in it."""
        get = self.numbers.get
        return np.fromiter((get(id_, -1) for id_ in ids), dtype=np.int32, count=len(ids))
