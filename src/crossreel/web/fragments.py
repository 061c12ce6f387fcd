"""Finished pieces of pages, kept for exactly as long as what they were made from is the very same.

The catalog hands out one and the same object for a title until that title changes, so a piece needs
no revision of its own: it is right while the object it was made from is still the one handed out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import count, islice
from threading import Lock
from typing import Any, TypeVar

__all__ = ["Fragments", "Variants"]

Made = TypeVar("Made")


class Fragments:
    """A bounded memory of pieces; those kept first leave first. May be used from any thread.

    Args:
        most: pieces at a time; a card with its HTML takes about 2 kB.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._kept: dict[Hashable, tuple[object, Any]] = {}
        self._lock = Lock()

    def get(self, key: Hashable, source: object, make: Callable[[], Made]) -> Made:
        """The piece under ``key`` if it was made from this very ``source``, else what ``make`` gives.

        Args:
            key: everything but the source that the piece depends on.
            source: the object it is made from; compared by identity.
            make: makes it.
        """
        kept = self._kept.get(key)
        if kept is not None and kept[0] is source:
            return kept[1]  # type: ignore[no-any-return]
        made = make()
        with self._lock:
            self._kept[key] = (source, made)
            if len(self._kept) > self._most:
                for oldest in list(islice(self._kept, self._most // 8 + 1)):
                    del self._kept[oldest]
        return made

    def __len__(self) -> int:
        return len(self._kept)


class Variants:
    """Short numbers for ways to read a page, so that keys of pieces stay cheap; never used twice.

    Args:
        most: ways remembered; one that was forgotten gets a new number.
    """

    def __init__(self, most: int = 2_000) -> None:
        self._most = most
        self._numbers: dict[Hashable, int] = {}
        self._next = count()
        self._lock = Lock()

    def number(self, way: Hashable) -> int:
        """The number of one way to read."""
        found = self._numbers.get(way)
        if found is None:
            with self._lock:
                found = self._numbers.setdefault(way, next(self._next))
                if len(self._numbers) > self._most:
                    del self._numbers[next(iter(self._numbers))]
        return found
