"""Steps of a long job, remembered by what went into them: a second run does only what changed.

A step's key is the hash of its parameters and of the content of its input files. What a person edited among
its outputs is kept and used; where the inputs changed too, nothing is overwritten.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile, Conflict
from crossreel.studio.whole_files import write_whole

__all__ = ["Step", "Steps", "content"]


def content(path: Path) -> str:
    """sha256 of a file, in hexadecimal digits.

    Raises:
        BadFile: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadFile(path, f"cannot be read ({error.strerror or error})") from error


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was done, now or before.

    Args:
        name: of it.
        state: ``done`` now, ``kept`` from before, ``edited`` by a person since.
        seconds: it took.
        facts: what it told, JSON.
    """

    name: str
    state: str
    seconds: float
    facts: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"step": self.name, "state": self.state, "seconds": round(self.seconds, 1), **self.facts}


class Steps:
    """The steps of one folder.

    Args:
        path: JSON, made with the first step.

    Raises:
        BadFile: it is there and cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Any] = {}
        if path.exists():
            try:
                self._known = json.loads(path.read_text(encoding="utf-8"))["steps"]
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise BadFile(
                    path, f"does not list steps ({error})", advice="Remove it to begin anew."
                ) from error

    def state(self, name: str, inputs: Mapping[str, Any], outputs: Sequence[Path]) -> str:
        """``to do``, ``kept`` or ``edited``.

        Raises:
            Conflict: it is to be done again, but a person edited what it made.
        """
        before = self._known.get(name)
        if before is None:
            return "to do"
        edited = [one for one in outputs if one.is_file() and before["outputs"].get(one.name) != content(one)]
        if before["inputs"] == _key(inputs) and all(one.is_file() for one in outputs):
            return "edited" if edited else "kept"
        if edited:
            raise Conflict(
                f"{edited[0]} was edited, and what it was made from has changed since.",
                advice="Move it away, or remove it to have it made anew.",
                path=str(edited[0]),
            )
        return "to do"

    def run(
        self,
        name: str,
        inputs: Mapping[str, Any],
        outputs: Sequence[Path],
        work: Callable[[], Mapping[str, Any]],
    ) -> Step:
        """Does a step unless it is done; what ``work`` returns is kept with it."""
        state = self.state(name, inputs, outputs)
        if state != "to do":
            before = self._known[name]
            return Step(name, state, before["seconds"], before["facts"])
        begun = time.monotonic()
        facts = dict(work())
        seconds = time.monotonic() - begun
        self._known[name] = {
            "inputs": _key(inputs),
            "outputs": {one.name: content(one) for one in outputs},
            "seconds": round(seconds, 3),
            "facts": facts,
        }
        document = json.dumps({"version": 1, "steps": self._known}, ensure_ascii=False, indent=1)
        write_whole(self._path, document.encode())
        return Step(name, "done", seconds, facts)


def _key(inputs: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()
