"""A whole workspace in one file, taken while it is being used.

The file is a ZIP archive: ``manifest.json`` and everything of the workspace under ``workspace/``.
What belongs together is pinned at one instant, while no writer may commit: the database by an open
read transaction (SQLite's WAL keeps that snapshot whole), the other files by hard links, which
outlive a compaction that removes the originals. Writers go on while the archive is written.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

import crossreel
from crossreel.errors import BadFile, Conflict
from crossreel.storage.records.database import FILE_NAME, Database

__all__ = ["FORMAT", "MANIFEST", "PREFIX", "VERSION", "BackupReport", "Entry", "write_backup"]

FORMAT, VERSION = "crossreel-backup", 1
MANIFEST = "manifest.json"
PREFIX = "workspace"
EVENTS, BACKUPS = "events", "backups"
BLOCK = 1 << 20
_STAGING = ".backup-"
_PAGES = 2000
"""Database pages copied between two reports of progress."""
_PACKED = {".avif", ".gz", ".jpg", ".m4s", ".mp4", ".npz", ".parquet", ".png", ".webm", ".webp", ".zip"}
"""Already compressed; doing it again costs time and saves nothing."""
_LISTED = "SELECT file FROM event_segments WHERE NOT retired"

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a backup: its path in the workspace (POSIX), bytes, SHA-256, time of last change (ns)."""

    path: str
    size: int
    sha256: str
    modified: int


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was written or restored: the file or folder, when the backup was taken, files and bytes in it."""

    path: str
    created: str
    files: int
    bytes: int


def write_backup(
    home: Path, database: Database, path: Path, now: datetime, progress: Progress
) -> BackupReport:
    """Writes everything in ``home`` as of one instant to a new archive, readable by its owner only.

    Args:
        home: the workspace folder.
        database: its record store.
        path: the archive to make; it appears whole or not at all.
        now: the instant that the archive states.
        progress: called as ``progress(done, of, what)`` with bytes.

    Raises:
        Conflict: there is a file already.
        BadFile: it cannot be written, or lies in the workspace elsewhere than in ``backups``.
    """
    _check_target(home, path)
    _sweep(home)
    try:
        with (
            tempfile.TemporaryDirectory(prefix=_STAGING, dir=home) as folder,
            _aside(path) as unfinished,
        ):
            staging = Path(folder)
            _pin(home, database, staging, progress)
            report = _pack(staging, unfinished, path, now, progress)
            _publish(unfinished, path)
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError as error:
        raise BadFile(
            path, f"cannot be written ({error.strerror})", advice="Choose another place."
        ) from error
    return report


def _taken(path: Path) -> Conflict:
    return Conflict(f"{path} is there already.", advice="Choose another name.", path=str(path))


def _sweep(home: Path) -> None:
    """Removes what a crash left behind a day ago or earlier."""
    oldest = time.time() - 24 * 3600
    for leftover in home.glob(f"{_STAGING}*"):
        if leftover.stat().st_mtime < oldest:
            shutil.rmtree(leftover, ignore_errors=True)


def _publish(unfinished: Path, path: Path) -> None:
    """Gives the archive its name, never over another file."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(str(path)) from None
        unfinished.replace(path)


def _check_target(home: Path, path: Path) -> None:
    inside = path.resolve().parent.is_relative_to(home.resolve())
    if inside and not path.resolve().is_relative_to((home / BACKUPS).resolve()):
        raise BadFile(
            path, "lies in the workspace itself", advice="Choose a place outside, or its folder backups."
        )
    if os.path.lexists(path):
        raise _taken(path)


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """An empty private file beside ``path``, removed at the end."""
    handle, name = tempfile.mkstemp(prefix=_STAGING, dir=path.parent)  # mode 0600
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _pin(home: Path, database: Database, staging: Path, progress: Progress) -> None:
    """Fills ``staging`` with the workspace of one instant."""
    with closing(sqlite3.connect(home / FILE_NAME, isolation_level=None)) as snapshot:
        with database.write():
            snapshot.execute("BEGIN")
            # The first read is what opens the snapshot.
            listed = {name for (name,) in snapshot.execute(_LISTED)}
            for source in _files(home):
                _take(home, source.relative_to(home), staging)
            for name in sorted(listed):
                _take(home, Path(EVENTS, name), staging)
        _copy_database(snapshot, staging / FILE_NAME, progress)


def _files(home: Path) -> Iterator[Path]:
    """What to keep beside the database and the listed segments; unfinished work is left out."""
    for folder, folders, names in os.walk(home):
        here = Path(folder)
        skipped = {EVENTS, BACKUPS} if here == home else {"incoming"}
        folders[:] = sorted(n for n in folders if n not in skipped and not n.startswith("."))
        for name in sorted(names):
            database = here == home and name.startswith(FILE_NAME)
            if not database and not name.startswith(".") and not (here / name).is_symlink():
                yield here / name


def _take(home: Path, relative: Path, staging: Path) -> None:
    """Links what is never changed in place; copies the few small files that are."""
    source, target = home / relative, staging / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    changes = len(relative.parts) == 1 or (relative.parts[0] == "models" and len(relative.parts) == 2)
    if not changes:
        with contextlib.suppress(OSError):
            os.link(source, target, follow_symlinks=False)
            return
    try:
        shutil.copy2(source, target)
    except FileNotFoundError as error:
        if relative.parts[0] == EVENTS:
            raise BadFile(source, "is listed but missing", advice="Restore an earlier backup.") from error
        # Anything else that vanishes while nobody may commit was not referred to any more.


def _copy_database(snapshot: sqlite3.Connection, path: Path, progress: Progress) -> None:
    size = snapshot.execute("PRAGMA page_size").fetchone()[0]

    def report(_status: int, remaining: int, total: int) -> None:
        progress((total - remaining) * size, total * size, "copying the database (bytes)")

    with closing(sqlite3.connect(path)) as copy:
        snapshot.backup(copy, pages=_PAGES, progress=report)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, no -wal beside it


def _pack(staging: Path, unfinished: Path, path: Path, now: datetime, progress: Progress) -> BackupReport:
    sources = sorted(one for one in staging.rglob("*") if one.is_file())
    of, done, entries = sum(one.stat().st_size for one in sources), 0, []
    with zipfile.ZipFile(unfinished, "w", allowZip64=True) as archive:
        for source in sources:
            entry = _add(archive, source, source.relative_to(staging))
            entries.append(entry)
            done += entry.size
            progress(done, of, "packing (bytes)")
        created = now.isoformat()
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "crossreel": crossreel.__version__,
            "created": created,
            "files": [asdict(entry) for entry in entries],
        }
        info = zipfile.ZipInfo(MANIFEST)
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, json.dumps(manifest, ensure_ascii=False, indent=1))
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    return BackupReport(str(path), created, len(entries), done)


def _add(archive: zipfile.ZipFile, source: Path, relative: Path) -> Entry:
    name = PurePosixPath(*relative.parts)
    info = zipfile.ZipInfo(f"{PREFIX}/{name}")
    info.compress_type = (
        zipfile.ZIP_STORED
        if source.suffix in _PACKED or relative.parts[0] == "blobs"
        else zipfile.ZIP_DEFLATED
    )
    info.external_attr = 0o600 << 16
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as file, archive.open(info, "w", force_zip64=True) as packed:
        modified = os.fstat(file.fileno()).st_mtime_ns
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
            packed.write(block)
    return Entry(str(name), size, digest.hexdigest(), modified)
