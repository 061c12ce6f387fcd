"""Parsed titles kept in memory, because parsing costs more than reading."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from crossreel.catalog.title import Title

__all__ = ["TitleCache"]


class TitleCache:
    """Merged titles by id text, each good for the catalog revision that last changed it.

    An entry is used only where the stored revision equals its own, so it can never be stale,
    whichever process wrote. At most ``capacity`` titles; the ones put in first leave first.
    """

    def __init__(self, capacity: int = 50_000) -> None:
        self._capacity = capacity
        self._entries: dict[str, tuple[int, Title]] = {}
        self._lock = threading.Lock()

    def get(self, id_: str, revision: int) -> Title | None:
        """The title as of that revision, if it is here."""
        entry = self._entries.get(id_)
        return entry[1] if entry is not None and entry[0] == revision else None

    def keep(self, parsed: Iterable[tuple[str, int, Title]]) -> None:
        """Remembers (id, revision, title)."""
        with self._lock:
            for id_, revision, title in parsed:
                self._entries[id_] = (revision, title)
            for id_ in list(self._entries)[: max(len(self._entries) - self._capacity, 0)]:
                del self._entries[id_]
