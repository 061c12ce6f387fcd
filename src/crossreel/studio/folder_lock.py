"""One process at a time works in a folder; a process that dies lets go by itself."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from crossreel.errors import BadFile, Conflict

__all__ = ["only_one"]

_NAME = ".lock"
_SECONDS = 0.5


@contextmanager
def only_one(folder: Path, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Holds a folder while in it.

    Args:
        folder: must be there; the lock is a file in it, which stays.
        waiting: called twice a second until the folder is free; without it nothing is waited for.

    Raises:
        Conflict: another process works in it, and nothing waits.
        BadFile: the lock cannot be written.
    """
    path = folder / _NAME
    try:
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise BadFile(path, f"cannot be written ({error.strerror or error})") from error
    with file:
        while not _taken(file):
            if waiting is None:
                raise Conflict(
                    f"Another process{_holder(path)} works in {folder}.",
                    advice="Wait until it is done, stop it, or name another folder.",
                    path=str(folder),
                )
            waiting()
            time.sleep(_SECONDS)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


def _holder(path: Path) -> str:
    number = path.read_text(encoding="ascii", errors="replace").strip()
    return f" ({number})" if number.isdigit() else ""


def _taken(file: IO[str]) -> bool:
    """Whether the lock is ours now; the system gives it back when the file is closed."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1 << 30)  # far from the number, which others read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
