"""Parsed titles kept in memory, because parsing costs more than reading."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence

from crossreel.catalog.title import Title
from crossreel.values.ids import TitleId

__all__ = ["TitleCache"]


class TitleCache:
    """Merged titles by id text, each good for the catalog revision that last changed it.

    An entry is used only where the stored revision equals its own, so it can never be stale,
    whichever process wrote. At most ``capacity`` titles; the ones put in first leave first.
    Beside it stand the titles read at the latest revision of the whole catalog: while that lasts
    they need no look at the store.
    """

    def __init__(self, capacity: int = 50_000) -> None:
        self._capacity = capacity
        self._entries: dict[str, tuple[int, Title]] = {}
        self._lock = threading.Lock()
        self._present: tuple[int, dict[TitleId, Title]] = (-1, {})

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

    def present(self, revision: int, ids: Sequence[TitleId]) -> dict[TitleId, Title] | None:
        """All of these titles at that catalog revision, in their order, if all are here."""
        known, titles = self._present
        if known != revision:
            return None
        try:
            return {id_: titles[id_] for id_ in ids}
        except KeyError:
            return None

    def keep_present(self, revision: int, titles: Mapping[TitleId, Title]) -> None:
        """Remembers titles that were read at that catalog revision."""
        with self._lock:
            known, present = self._present
            if revision > known or len(present) + len(titles) > self._capacity:
                self._present = (revision, dict(titles))
            elif revision == known:
                present.update(titles)
