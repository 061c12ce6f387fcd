"""Small files, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from crossreel.errors import BadFile

__all__ = ["write_whole"]


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file beside its place, then moves it there.

    Raises:
        BadFile: it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadFile(path, f"cannot be written ({error.strerror or error})") from error
