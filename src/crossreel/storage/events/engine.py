"""DuckDB over the folder of segments: bounded memory, no network, no files outside the folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

__all__ = ["Engine", "quoted"]

_LEAST_MEMORY_MB = 64


class Engine:
    """One embedded DuckDB; each piece of work gets a session with temporary objects of its own.

    The database is in memory and holds nothing: segments are read where they lie, and what does
    not fit into ``memory_mb`` spills into ``folder``. It can read and write inside ``folder``
    only, and loads no extensions.

    Args:
        folder: where segments live; it must exist.
        memory_mb: what DuckDB may take, in MiB (at least 64).
        threads: for one query; 0 means all cores.
    """

    def __init__(self, folder: Path, *, memory_mb: int = 512, threads: int = 0) -> None:
        self._folder = folder
        self._memory_mb = max(memory_mb, _LEAST_MEMORY_MB)
        self._threads = threads
        self._opened: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()

    @contextmanager
    def session(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection for one piece of work; its temporary tables and views end with it."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            cursor = self._opened.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def close(self) -> None:
        """Frees the memory; a later session opens it again."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _open(self) -> duckdb.DuckDBPyConnection:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{self._memory_mb}MiB",
            "temp_directory": str(self._folder / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if self._threads:
            settings["threads"] = self._threads
        connection = duckdb.connect(config=settings)
        connection.execute("SET GLOBAL TimeZone = 'UTC'")  # texts without a zone are read as UTC
        # Segments never change under their name, so what their footers say may be kept.
        connection.execute("SET GLOBAL parquet_metadata_cache = true")
        connection.execute(f"SET GLOBAL allowed_directories = [{quoted(f'{self._folder}/')}]")
        connection.execute("SET GLOBAL enable_external_access = false")
        connection.execute("SET GLOBAL lock_configuration = true")
        return connection


def quoted(text: object) -> str:
    """``text`` as an SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"
