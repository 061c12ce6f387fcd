"""A small thread-safe cache that forgets what was used longest ago."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["BoundedCache"]

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Keeps values while their sizes together stay within ``budget`` (bytes).

    A value larger than the budget is not kept at all. All methods may be called from any thread.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._used = 0
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        """The value kept for ``key``, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keeps ``value`` of ``size`` bytes, dropping the least recently used while over budget."""
        with self._lock:
            old = self._kept.pop(key, None)
            self._used += size - (old[1] if old else 0)
            self._kept[key] = (value, size)
            while self._used > self._budget:
                _, (_, dropped) = self._kept.popitem(last=False)
                self._used -= dropped

    def __len__(self) -> int:
        return len(self._kept)
