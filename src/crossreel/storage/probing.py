"""Whether the workspace can be used right now, and which state of its records that is."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from crossreel.storage.records.database import FILE_NAME
from crossreel.storage.thread_connections import ThreadConnections

__all__ = ["Pulse", "can_write"]

_LEAST_FREE = 16 << 20
_LATEST = "SELECT name, value FROM revisions WHERE name <> 'events' ORDER BY name"
_VIEWERS = "SELECT count(*), max(rowid) FROM viewers"

State = tuple[tuple[object, ...], ...]


def can_write(home: Path) -> bool:
    """Whether the database takes a write now, or would as soon as its writer is done.

    False where it is read-only, damaged or gone, or the disk has less than 16 MiB left.
    """
    if not (home / FILE_NAME).is_file() or shutil.disk_usage(home).free < _LEAST_FREE:
        return False
    try:
        with closing(sqlite3.connect(home / FILE_NAME, timeout=0, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE revisions SET value = value")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.DatabaseError:
        return False
    return True


class Pulse:
    """Says which state the records are in, in a few microseconds while nothing changes.

    Each thread keeps a connection that only reads; SQLite's ``data_version`` tells it whether any
    other connection, of this process or another, has committed since.
    """

    def __init__(self, home: Path) -> None:
        self._connections = ThreadConnections(home / FILE_NAME)
        self._mine = threading.local()

    def state(self) -> tuple[State, int]:
        """All revisions but that of the events, with the viewers there are; and the events' revision."""
        connection = self._connections.mine()
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        known: tuple[int, tuple[State, int]] | None = getattr(self._mine, "known", None)
        if known is not None and known[0] == version:
            return known[1]
        connection.execute("BEGIN")  # the three belong to one moment
        try:
            state = (*connection.execute(_LATEST).fetchall(), connection.execute(_VIEWERS).fetchone())
            events = connection.execute("SELECT value FROM revisions WHERE name = 'events'").fetchone()
        finally:
            connection.execute("COMMIT")
        found = state, int(events[0]) if events else 0
        # A commit after ``version`` was read makes the next look read again; never the other way round.
        self._mine.known = version, found
        return found

    def close(self) -> None:
        """Closes all connections."""
        self._connections.close()
        self._mine = threading.local()
