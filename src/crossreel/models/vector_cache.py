"""Vectors on disk under the hash of what they were made from, so that no text is embedded twice."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossreel.values.text_roles import Embedder

__all__ = ["CachedEmbedder"]

_CHUNK = 64
"""Texts embedded between two commits; an interrupted run loses at most these."""


class CachedEmbedder:
    """An embedder that remembers.

    Vectors are kept as float16 (largest error 2**-11 of a component) under
    ``sha256(embedder's name, NUL, text)``, in one SQLite file that several processes may share.

    Args:
        inner: makes the vectors that are not there yet.
        path: the file; it and its folder are made.
    """

    def __init__(self, inner: Embedder, path: Path) -> None:
        self.inner = inner
        self.name = inner.name
        self.dimensions = inner.dimensions
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._counted: tuple[tuple[int, int], int] | None = None
        self._connection = sqlite3.connect(path, timeout=60, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
        )

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of unit length, shape (len(texts), dimensions), from the file where they are there."""
        keys = [self._key(text) for text in texts]
        found = self._read(list(dict.fromkeys(keys)))
        absent = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        pending = list(absent.items())
        for start in range(0, len(pending), _CHUNK):
            part = pending[start : start + _CHUNK]
            made = self.inner.embed([text for _, text in part]).astype(np.float16)
            self._write([(key, row.tobytes()) for (key, _), row in zip(part, made, strict=True)])
            found.update((key, row) for (key, _), row in zip(part, made, strict=True))
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, key in enumerate(keys):
            vectors[row] = found[key]
        return vectors

    def count(self, texts: Sequence[str]) -> int:
        """How many of the texts have a vector already."""
        keys = [self._key(text) for text in texts]
        found = self._read(list(dict.fromkeys(keys)))
        return sum(key in found for key in keys)

    def known(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Shape (len(texts), dimensions), 0 where nothing is kept, and which are; nothing is embedded."""
        keys = [self._key(text) for text in texts]
        found = self._read(list(dict.fromkeys(keys)))
        there = np.array([key in found for key in keys], dtype=bool)
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row in np.flatnonzero(there):
            vectors[row] = found[keys[row]]
        return vectors, there

    def remembered(self) -> int:
        """How many vectors the file has, of whichever embedder; counted anew where it has changed."""
        with self._lock:
            others = self._connection.execute("PRAGMA data_version").fetchone()[0]
            state = (others, self._connection.total_changes)
            if self._counted is None or self._counted[0] != state:
                (count,) = self._connection.execute("SELECT count(*) FROM vectors").fetchone()
                self._counted = (state, int(count))
            return self._counted[1]

    def _key(self, text: str) -> bytes:
        material = f"{self.name}\0{text}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(material).digest()[:20]

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float16]]:
        found: dict[bytes, NDArray[np.float16]] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            with self._lock:
                rows = self._connection.execute(
                    f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part
                ).fetchall()
            found.update((key, np.frombuffer(blob, dtype=np.float16)) for key, blob in rows)
        return found

    def _write(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
            self._connection.execute("COMMIT")
