"""Downloads one file by its address; a broken download goes on where it stopped."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from crossreel.errors import OutsideFailure

__all__ = ["Progress", "download"]

Progress = Callable[[int, int, str], None]

_CHUNK = 1 << 18
_TRIES = 5


def download(address: str, path: Path, progress: Progress, *, size: int = 0, pause: float = 1.0) -> None:
    """Fetches ``address`` to ``path`` by way of ``path`` + ".part", which a later call continues.

    Args:
        address: https (or http on this machine, in tests).
        path: where the whole file is to lie.
        progress: called as ``progress(done, of, what)`` in bytes.
        size: bytes expected, 0 if not known.
        pause: seconds before the second try; doubled for each further one.

    Raises:
        OutsideFailure: the server refuses, or the connection broke five times in a row.
    """
    part = path.with_name(path.name + ".part")
    problem: Exception | None = None
    for attempt in range(_TRIES):
        before = part.stat().st_size if part.exists() else 0
        try:
            _continue(address, part, progress, size, path.name)
            part.replace(path)
            return
        except urllib.error.HTTPError as error:
            if error.code == 416 and part.exists():  # what is there is not a beginning of what is offered
                part.unlink()
            elif error.code < 500:
                raise _failed(address, error) from error
            problem = error
        except (OSError, http.client.HTTPException) as error:
            problem = error
            if part.exists() and part.stat().st_size > before:
                continue
        time.sleep(pause * 2**attempt)
    raise _failed(address, problem)


def _continue(address: str, part: Path, progress: Progress, size: int, what: str) -> None:
    done = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "crossreel", "Accept-Encoding": "identity"}
    if done:
        headers["Range"] = f"bytes={done}-"
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        if done and answer.status != 206:  # the server sends the whole file again
            done = 0
        length = answer.headers.get("Content-Length")
        of = done + int(length) if length else size
        with part.open("ab" if done else "wb") as out:
            while chunk := answer.read(_CHUNK):
                out.write(chunk)
                done += len(chunk)
                progress(done, of, what)
    if of and done < of:
        raise ConnectionError(f"the connection ended after {done} of {of} bytes")


def _failed(address: str, error: Exception | None) -> OutsideFailure:
    return OutsideFailure(
        f"{address} could not be downloaded: {error}.",
        advice="Run the command again: it goes on where it stopped.",
        address=address,
    )
