"""Blobs in a folder: ``ab/abcd...``, named by content, written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from crossreel.catalog.blobs import Blob, check_digest, is_digest
from crossreel.errors import BadValue, UnknownId

__all__ = ["FolderBlobs"]

BLOCK = 1 << 20
"""Bytes read at a time."""
STALE_SECONDS = 24 * 3600
"""Age at which an unfinished write is taken for the leftover of a crash."""


class FolderBlobs:
    """``BlobStore`` over one folder, which may be shared by processes of one machine.

    A blob's ``created_at`` is its file's modification time: content never changes after it was
    written, and backups keep that time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes | BinaryIO, *, limit: int) -> Blob:
        """Stores content of at most ``limit`` bytes. Raises ``BadValue`` when it is larger.

        The bytes reach the disk (fsync) before the name appears, and the rename is atomic, so a
        crash leaves the whole blob or an unfinished file that a later ``put`` sweeps away.
        """
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        incoming = self._folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        _sweep(incoming)
        handle, name = tempfile.mkstemp(dir=incoming)
        unfinished = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                digest = _copy(stream, file, limit)
                file.flush()
                os.fsync(file.fileno())
            return self._keep(unfinished, digest)
        finally:
            unfinished.unlink(missing_ok=True)

    def open(self, digest: str) -> BinaryIO:
        """Opens a blob for reading; the caller closes it. Raises ``UnknownId``."""
        try:
            return self._path(digest).open("rb")
        except FileNotFoundError:
            raise UnknownId("blob", digest) from None

    def find(self, digest: str) -> Blob | None:
        """What is known of a blob, or None when it is not there."""
        try:
            status = self._path(digest).stat()
        except FileNotFoundError:
            return None
        return Blob(digest, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def exists(self, digest: str) -> bool:
        """Whether it is there."""
        return self._path(digest).is_file()

    def all(self) -> Iterator[Blob]:
        """Every blob, in the order of the digests; one that goes meanwhile is left out."""
        for path in sorted(self._folder.glob("[0-9a-f][0-9a-f]/*")):
            if is_digest(path.name) and (blob := self.find(path.name)) is not None:
                yield blob

    def delete(self, digest: str) -> bool:
        """Removes a blob; whether it was there."""
        try:
            self._path(digest).unlink()
        except FileNotFoundError:
            return False
        return True

    def _path(self, digest: str) -> Path:
        # A checked digest is hexadecimal, so no path built from it can leave the folder.
        return self._folder / check_digest(digest)[:2] / digest

    def _keep(self, unfinished: Path, digest: str) -> Blob:
        path = self._path(digest)
        stored = self.find(digest)
        if stored is None:
            path.parent.mkdir(exist_ok=True)
            unfinished.replace(path)
            _sync_folder(path.parent)
            stored = self.find(digest)
        if stored is None:
            raise UnknownId("blob", digest, advice="It was deleted while it was being stored.")
        return stored


def _copy(stream: BinaryIO, file: BinaryIO, limit: int) -> str:
    """Copies the stream and returns the SHA-256 of what it held."""
    digest, size = hashlib.sha256(), 0
    while block := stream.read(min(BLOCK, limit - size + 1)):
        size += len(block)
        if size > limit:
            raise BadValue("file", f"more than {limit} bytes", f"at most {limit} bytes")
        digest.update(block)
        file.write(block)
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    """Makes a rename in ``folder`` last through a power cut, where the system lets folders be synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(incoming: Path) -> None:
    oldest = time.time() - STALE_SECONDS
    for leftover in incoming.iterdir():
        try:
            if leftover.stat().st_mtime < oldest:
                leftover.unlink()
        except FileNotFoundError:
            continue  # another process finished or swept it
