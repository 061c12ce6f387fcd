"""The workspace's translation memory in SQL; searched in memory, read anew when it has grown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from sqlalchemy import delete, func, select

from crossreel.localize.translate.memory import Match, MemoryList, Segment, normalized
from crossreel.storage.records.bulk import chunks
from crossreel.storage.records.database import Database
from crossreel.storage.records.proof_tables import memory_segments
from crossreel.values.language import Language
from crossreel.values.text_roles import Embedder

__all__ = ["SqlMemories", "SqlMemory"]


class SqlMemory:
    """``localize.translate.memory.Memory`` of one language pair over a ``Database``."""

    def __init__(
        self, database: Database, languages: str, embedder: Callable[[], Embedder] | None = None
    ) -> None:
        self._database, self._languages, self._embedder = database, languages, embedder
        self._list, self._state, self._gate = MemoryList(), (0, 0), threading.Lock()

    def find(self, text: str, *, least: float = 0.7, count: int = 3) -> list[Match]:
        """The nearest segments, best first, those a person approved before others."""
        return self._current().find(text, least=least, count=count)

    def segments(self) -> list[Segment]:
        """Everything, in the order in which it was added."""
        return list(self._current())

    def __len__(self) -> int:
        return len(self._current())

    def add(self, segments: Iterable[Segment]) -> None:
        """Keeps segments; of two with one source and origin the later stays."""
        latest = {
            (normalized(one.source), one.origin): one
            for one in segments
            if normalized(one.source) and one.target.strip()
        }
        columns = memory_segments.c
        with self._database.write() as connection:
            for chunk in chunks(latest.items(), 200):
                for (key, origin), _ in chunk:
                    where = (
                        columns.languages == self._languages,
                        columns.key == key,
                        columns.origin == origin,
                    )
                    connection.execute(delete(memory_segments).where(*where))
                rows = [
                    {
                        "languages": self._languages,
                        "key": key,
                        "origin": origin,
                        "source": one.source,
                        "target": one.target,
                        "human": one.human,
                    }
                    for (key, origin), one in chunk
                ]
                connection.execute(memory_segments.insert(), rows)

    def _current(self) -> MemoryList:
        columns = memory_segments.c
        mine = columns.languages == self._languages
        state = select(func.count(), func.coalesce(func.max(columns.number), 0)).where(mine)
        with self._gate, self._database.read() as connection:
            now = tuple(connection.execute(state).one())
            if now != self._state:
                query = select(memory_segments).where(mine).order_by(columns.number)
                found = (
                    Segment(row.source, row.target, row.origin, row.human)
                    for row in connection.execute(query)
                )
                self._list = MemoryList(found, self._embedder() if self._embedder else None)
                self._state = (now[0], now[1])
            return self._list


class SqlMemories:
    """The memories of all language pairs of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, SqlMemory] = {}

    def of(self, source: Language, target: Language) -> SqlMemory:
        """The memory from one language into another."""
        languages = f"{source}>{target}"
        return self._known.setdefault(languages, SqlMemory(self._database, languages))

    def with_meaning(self, source: Language, target: Language, embedder: Callable[[], Embedder]) -> SqlMemory:
        """The same, which also finds what is said in other words."""
        languages = f"{source}>{target}"
        return self._known.setdefault(f"~{languages}", SqlMemory(self._database, languages, embedder))

    def sizes(self) -> dict[str, int]:
        """Pair (``en>es``): segments."""
        query = select(memory_segments.c.languages, func.count()).group_by(memory_segments.c.languages)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query.order_by(memory_segments.c.languages))}
