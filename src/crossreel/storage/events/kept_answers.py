"""Answers to questions about few kinds of events, kept until an event of these kinds comes or goes.

What viewers were shown is logged all the time; a question about reviews does not change by it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import duckdb
from sqlalchemy import func, select

from crossreel.storage.events.reading import Reader, Snapshot, read_live
from crossreel.storage.events.rows import live_arrays
from crossreel.storage.events.segments import Segments
from crossreel.storage.events.tables import live_events
from crossreel.storage.records.database import Database

__all__ = ["KeptAnswers"]

_ROWS = 20_000
"""Rows of all answers together; the one asked for longest ago leaves first."""

Rows: TypeAlias = list[tuple[Any, ...]]
_State: TypeAlias = tuple[object, ...]


class KeptAnswers:
    """Asks once for each state of the events of the kinds; may be used from any thread.

    Args:
        reader: reads snapshots.
        segments: the listed files.
        database: where the live rows are.
    """

    def __init__(self, reader: Reader, segments: Segments, database: Database) -> None:
        self._reader, self._segments, self._database = reader, segments, database
        self._answers: OrderedDict[object, tuple[_State, Rows]] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()

    def ask(
        self, question: object, kinds: Sequence[str], work: Callable[[duckdb.DuckDBPyConnection], Rows]
    ) -> Rows:
        """What ``work`` gives over a view ``events`` that has the events of these kinds.

        Args:
            question: tells ``work`` from other works; hashable.
            kinds: which events it reads.
            work: depends on nothing but the view.

        Raises:
            BadFile: a listed segment is missing or damaged.
        """
        key = question, tuple(kinds)
        return self._reader.until_there(lambda: self._answer(key, kinds, work))

    def forget(self) -> None:
        """Drops every answer; somebody in them is erased."""
        with self._lock:
            self._answers.clear()
            self._rows = 0

    def _answer(
        self, key: object, kinds: Sequence[str], work: Callable[[duckdb.DuckDBPyConnection], Rows]
    ) -> Rows:
        count = select(func.count(), func.max(live_events.c.number)).where(live_events.c.kind.in_(kinds))
        with self._database.read() as connection:
            segments = self._segments.listed(connection)
            state = (segments, *connection.execute(count).one())
            with self._lock:
                known = self._answers.get(key)
                if known is not None and known[0] == state:
                    self._answers.move_to_end(key)
                    return known[1]
            live = live_arrays(read_live(connection, kinds=kinds))
        answer = self._reader.over(Snapshot(0, segments, live), work)
        # What an open transaction wrote may still be rolled back and its row numbers used again.
        if not self._database.is_writing:
            self._keep(key, state, answer)
        return answer

    def _keep(self, key: object, state: _State, answer: Rows) -> None:
        with self._lock:
            if key in self._answers:
                self._rows -= len(self._answers.pop(key)[1]) + 1
            self._answers[key] = (state, answer)
            self._rows += len(answer) + 1
            while self._rows > _ROWS:
                _, (_, dropped) = self._answers.popitem(last=False)
                self._rows -= len(dropped) + 1
