"""A workspace out of a backup: everything is checked before anything is put in its place."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile, Conflict
from crossreel.storage.backup import (
    BLOCK,
    EVENTS,
    FORMAT,
    MANIFEST,
    PREFIX,
    VERSION,
    BackupReport,
    Entry,
    Progress,
)
from crossreel.storage.records.database import FILE_NAME

__all__ = ["restore_backup"]

_DAMAGED = "It is damaged or not a backup of Crossreel; use another one."
_MOST_FILES = 1_000_000
_MOST_MANIFEST = 256 << 20
_MOST_RATIO = 200
"""More than this many times its own size (and more than ``_FLOOR`` bytes) is a bomb, not a workspace."""
_FLOOR = 1 << 30


def restore_backup(path: Path, home: Path, progress: Progress, *, replace: bool = False) -> BackupReport:
    """Makes the workspace of an archive in ``home``; it appears whole or not at all.

    Args:
        path: an archive that ``write_backup`` made.
        home: the folder to make; it may be there if it is empty.
        progress: called as ``progress(done, of, what)`` with bytes.
        replace: take the place of what is in ``home``, which is removed.

    Raises:
        Conflict: ``home`` is not empty and ``replace`` is False, or a program has it open.
        BadFile: the archive is damaged, or not a backup, or would write elsewhere or without
            measure; or the folder cannot be made. Nothing has changed then.
    """
    _check_home(home, replace=replace)
    with _archive(path) as archive:
        created, entries = _manifest(path, archive)
        of = _check_entries(path, archive, entries)
        with _aside(home, of) as folder:
            done = 0
            for entry in entries:
                _unpack(path, archive, entry, folder)
                done += entry.size
                progress(done, of, "unpacking (bytes)")
            _check_workspace(path, folder)
            _put_in_place(folder, home)
    return BackupReport(str(home), created, len(entries), of)


def _check_home(home: Path, *, replace: bool) -> None:
    if not os.path.lexists(home):
        return
    if home.is_symlink() or not home.is_dir() or home.is_mount():
        raise BadFile(
            home, "is not a folder that can be replaced", advice="Name a new folder, or one inside of it."
        )
    if not any(home.iterdir()):
        return
    if not replace:
        raise Conflict(
            f"{home} is not empty.",
            advice="Name another folder, or remove what is there with --replace.",
            home=str(home),
        )
    _check_unused(home)


def _check_unused(home: Path) -> None:
    """Leaving WAL mode is what SQLite allows only to a program that is alone with the file."""
    if not (home / FILE_NAME).is_file():
        return
    try:
        with closing(sqlite3.connect(home / FILE_NAME, timeout=0, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Conflict(
                f"A program has the workspace {home} open.", advice="Stop it (crossreel serve) and try again."
            ) from error
    except sqlite3.DatabaseError:
        return  # damaged, which may be why it is replaced


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError as error:
        raise BadFile(path, "is not there") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError) as error:
        raise BadFile(path, f"cannot be read: {error}", advice=_DAMAGED) from error


def _manifest(path: Path, archive: zipfile.ZipFile) -> tuple[str, list[Entry]]:
    try:
        if archive.getinfo(MANIFEST).file_size > _MOST_MANIFEST:
            raise BadFile(path, "has a manifest without measure", advice=_DAMAGED)
        document: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if document["format"] != FORMAT:
            raise BadFile(path, "is not a backup of Crossreel")
        if document["version"] != VERSION:
            raise BadFile(
                path, "was made by a newer version of Crossreel", advice="Upgrade, then restore it."
            )
        entries = [
            Entry(str(e["path"]), int(e["size"]), str(e["sha256"]), int(e["modified"]))
            for e in document["files"]
        ]
        return str(document["created"]), entries
    except (KeyError, TypeError, ValueError) as error:
        raise BadFile(path, "has no readable manifest", advice=_DAMAGED) from error


def _check_entries(path: Path, archive: zipfile.ZipFile, entries: list[Entry]) -> int:
    """Refuses an archive that holds other files than its manifest, or hurts; returns all bytes."""
    infos = archive.infolist()
    names = {info.filename: info for info in infos}
    expected = {MANIFEST, *(f"{PREFIX}/{entry.path}" for entry in entries)}
    folded = {entry.path.casefold() for entry in entries}
    if set(names) != expected or len(infos) != len(expected) or len(folded) != len(entries):
        raise BadFile(path, "holds other files than its manifest lists", advice=_DAMAGED)
    if len(infos) > _MOST_FILES:
        raise BadFile(path, f"holds more than {_MOST_FILES:,} files", advice=_DAMAGED)
    for entry in entries:
        info = names[f"{PREFIX}/{entry.path}"]
        kind = info.external_attr >> 16 & 0o170000
        if not _is_tame(entry.path) or kind not in (0, 0o100000) or info.file_size != entry.size:
            raise BadFile(
                path, f"holds {entry.path[:200]!r}, which is no file of a workspace", advice=_DAMAGED
            )
    size, packed = sum(entry.size for entry in entries), path.stat().st_size
    if sum(info.compress_size for info in infos) > packed or size > max(_FLOOR, packed * _MOST_RATIO):
        raise BadFile(path, f"would unpack to {size:,} bytes, which is no honest backup", advice=_DAMAGED)
    return size


def _is_tame(name: str) -> bool:
    """Whether a path stays inside the workspace on every system."""
    parts = name.split("/")
    return name.isprintable() and not any(
        part in {"", ".", ".."} or "\\" in part or ":" in part or part.endswith((".", " ")) for part in parts
    )


@contextmanager
def _aside(home: Path, size: int) -> Iterator[Path]:
    """A new folder beside ``home``, removed at the end if it is still there."""
    parent = home.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{home.name}.restoring-", dir=parent))
    except OSError as error:
        raise BadFile(parent, f"cannot be written to ({error.strerror})") from error
    try:
        if shutil.disk_usage(folder).free < size:
            raise BadFile(parent, f"has less than the {size:,} bytes free that the workspace needs")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(path: Path, archive: zipfile.ZipFile, entry: Entry, folder: Path) -> None:
    target = folder.joinpath(*entry.path.split("/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    private = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(private, "wb") as file, archive.open(f"{PREFIX}/{entry.path}") as packed:
        while size <= entry.size and (block := packed.read(BLOCK)):
            size += len(block)
            digest.update(block)
            file.write(block)
    if size != entry.size or digest.hexdigest() != entry.sha256:
        raise BadFile(path, f"holds {entry.path} changed or damaged", advice=_DAMAGED)
    if entry.path.count("/"):  # what lies deeper is no secret; who may enter is decided by the folder
        target.chmod(0o644)
    os.utime(target, ns=(entry.modified, entry.modified))


def _check_workspace(path: Path, folder: Path) -> None:
    database = folder / FILE_NAME
    if not database.is_file():
        raise BadFile(path, "holds no database", advice=_DAMAGED)
    try:
        with closing(sqlite3.connect(database)) as connection:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            listed = [
                name for (name,) in connection.execute("SELECT file FROM event_segments WHERE NOT retired")
            ]
    except sqlite3.DatabaseError as error:
        raise BadFile(path, f"holds a broken database: {error}", advice=_DAMAGED) from error
    missing = [name for name in listed if not (folder / EVENTS / name).is_file()]
    if not sound or missing:
        problem = f"lacks {missing[0]}, which its database lists" if missing else "holds a broken database"
        raise BadFile(path, problem, advice=_DAMAGED)


def _put_in_place(folder: Path, home: Path) -> None:
    """Renames ``folder`` to ``home``; what was there goes only after that."""
    folder.chmod(0o755)
    before: Path | None = None
    try:
        if home.exists():
            before = Path(tempfile.mkdtemp(prefix=f".{home.name}.before-", dir=home.absolute().parent))
            home.rename(before / "home")
        folder.rename(home)
    except OSError as error:
        if before is not None and not home.exists():
            with contextlib.suppress(OSError):
                (before / "home").rename(home)
        raise BadFile(home, f"cannot be put in place ({error.strerror})") from error
    finally:
        if before is not None and home.exists():
            shutil.rmtree(before, ignore_errors=True)
