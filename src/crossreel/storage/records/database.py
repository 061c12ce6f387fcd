"""One database: readers that never wait, one writer at a time, always the current schema.

SQLite runs in WAL mode, so a reader sees the last committed state while a writer works. Writers
queue on a lock of the process first and take SQLite's own write lock at the start of the
transaction (``BEGIN IMMEDIATE``), never in the middle of it, where two could deadlock.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from crossreel.errors import BadFile, MissingWorkspace, OutsideFailure, WrongUse
from crossreel.storage.migrations.run import bring_up_to_date
from crossreel.storage.thread_connections import ThreadConnections

__all__ = ["FILE_NAME", "Database", "open_database"]

FILE_NAME = "crossreel.sqlite3"
BUSY_SECONDS = 30
"""How long a writer waits for another program's transaction."""

_REVISION = "SELECT value FROM revisions WHERE name = :name"

_locks: dict[str, threading.RLock] = {}
_locks_guard = threading.Lock()


class Database:
    """A connection pool with the house's transaction rules.

    ``read()`` and ``write()`` give a SQLAlchemy connection inside one transaction. A ``write()``
    or ``read()`` opened inside a ``write()`` of the same thread joins it, so that several stores
    can change together or not at all.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._open = threading.local()
        self._pulses = ThreadConnections(str(engine.url.database), BUSY_SECONDS)
        with _locks_guard:
            self._lock = _locks.setdefault(str(engine.url), threading.RLock())

    @property
    def is_writing(self) -> bool:
        """Whether this thread is inside an uncommitted ``write()``; caches must not learn then."""
        return getattr(self._open, "connection", None) is not None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent snapshot of what is committed; never waits for writers."""
        joined: Connection | None = getattr(self._open, "connection", None)
        if joined is not None:
            yield joined
            return
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back by any exception.

        Raises:
            OutsideFailure: another program holds the database for longer than ``BUSY_SECONDS``.
        """
        joined: Connection | None = getattr(self._open, "connection", None)
        if joined is not None:
            yield joined
            return
        with self._lock, self.engine.connect() as connection:
            _begin_writing(connection)
            self._open.connection = connection
            try:
                yield connection
                connection.commit()
            finally:
                self._open.connection = None

    def revision(self, name: str) -> int:
        """The named counter as last committed (or as this thread's ``write()`` has it); 0 at first.

        Caches ask this before every answer, so it goes to SQLite without SQLAlchemy in between, on
        a connection that each thread keeps.
        """
        joined: Connection | None = getattr(self._open, "connection", None)
        if joined is not None:
            return joined.scalar(text(_REVISION), {"name": name}) or 0
        row = self._pulses.mine().execute(_REVISION, {"name": name}).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Closes all connections."""
        self._pulses.close()
        self._open = threading.local()
        self.engine.dispose()


def open_database(home: Path, *, create: bool = False, url: str | None = None) -> Database:
    """Opens the record store of a workspace and brings its schema up to date.

    Args:
        home: the workspace folder; the database is ``crossreel.sqlite3`` in it.
        create: make the folder and the database if they are not there.
        url: another database by SQLAlchemy URL; SQLite is the one supported so far.

    Raises:
        MissingWorkspace: it is not there and ``create`` is False.
        BadFile: the file is not a database, or the folder cannot be made.
        Conflict: a newer version of Crossreel wrote it.
        WrongUse: the URL names an unsupported database.
    """
    target = make_url(url) if url else URL.create("sqlite", database=str(Path(home).resolve() / FILE_NAME))
    if target.get_backend_name() != "sqlite" or not target.database:
        raise WrongUse(
            f"Records cannot be kept in {target.render_as_string()}.",
            advice="Give an SQLite file, or no URL to use the one in the workspace.",
        )
    path = Path(target.database)
    _require(path, create=create)
    database = Database(_sqlite_engine(target))
    try:
        bring_up_to_date(database.engine, database.write)
    except DatabaseError as error:
        database.close()
        if isinstance(error.orig, sqlite3.OperationalError):
            raise OutsideFailure(
                f"{path} cannot be opened: {error.orig}.", advice="Check the disk and its permissions."
            ) from error
        raise BadFile(path, "is not a Crossreel database", advice="Restore it from a backup.") from error
    except BaseException:
        database.close()
        raise
    return database


def _require(path: Path, *, create: bool) -> None:
    if path.is_file():
        return
    if not create:
        raise MissingWorkspace(
            f"There is no workspace in {path.parent}.",
            advice="Make one with an import or with: crossreel demo --home DIR; or give its --home.",
            home=str(path.parent),
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadFile(path.parent, f"cannot be made a workspace folder ({error.strerror})") from error


def _sqlite_engine(url: URL) -> Engine:
    # A reader must never queue for a connection, so the pool may grow as threads need.
    engine = create_engine(url, pool_size=4, max_overflow=-1, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        # sqlite3's own implicit transactions begin too late and never for DDL; we begin ourselves.
        raw.isolation_level = None
        _use_wal(raw)
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("crossreel_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _use_wal(raw: sqlite3.Connection) -> None:
    """Switches the file to WAL; that change needs the file alone and does not heed the timeout."""
    pause = threading.Event()
    for attempt in range(BUSY_SECONDS * 20):
        try:
            raw.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == BUSY_SECONDS * 20 - 1:
                raise
            pause.wait(0.05)


def _begin_writing(connection: Connection) -> None:
    try:
        connection.execution_options(crossreel_writes=True).begin()
    except OperationalError as error:
        if "locked" not in str(error.orig):
            raise
        raise OutsideFailure(
            f"Another program has been writing to {connection.engine.url.database} "
            f"for more than {BUSY_SECONDS} seconds.",
            advice="Wait until it is done, or stop it, and try again.",
        ) from error
