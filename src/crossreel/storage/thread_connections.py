"""A SQLite connection for each thread that asks, closed when that thread ends."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from weakref import WeakSet

__all__ = ["ThreadConnections"]


class _Owned(sqlite3.Connection):
    """Can be referred to weakly, and closes with its last reference."""

    def __del__(self) -> None:
        with suppress(sqlite3.Error):
            self.close()


class ThreadConnections:
    """Connections that only look, one a thread; a server's threads come and go, and so do these.

    Args:
        path: the database file.
        timeout: seconds that a look waits for a lock.
    """

    def __init__(self, path: str | Path, timeout: float = 5.0) -> None:
        self._path, self._timeout = path, timeout
        self._mine = threading.local()
        self._opened: WeakSet[_Owned] = WeakSet()
        self._guard = threading.Lock()

    def __len__(self) -> int:
        with self._guard:
            return len(self._opened)

    def mine(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: _Owned | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path,
                timeout=self._timeout,
                isolation_level=None,
                check_same_thread=False,
                factory=_Owned,
            )
            connection.execute("PRAGMA query_only = ON")
            self._mine.connection = connection
            with self._guard:
                self._opened.add(connection)
        return connection

    def close(self) -> None:
        """Closes all of them; one that asks later gets a new one."""
        with self._guard:
            for connection in list(self._opened):
                connection.close()
            self._opened.clear()
        self._mine = threading.local()
