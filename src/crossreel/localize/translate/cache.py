"""Answers already paid for: by the content of the question, in an append-only file.

A run that is cancelled or killed goes on where it stopped. A line that was half written is ignored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from crossreel.errors import BadFile
from crossreel.localize.translate.roles import Request
from crossreel.values.language import Language

__all__ = ["AnswerCache", "key_of"]


def key_of(
    engine: str,
    route: tuple[str, ...],
    source: Language,
    target: Language,
    request: Request,
    *,
    context: bool,
) -> str:
    """The hash of everything that an answer depends on."""
    parts: list[object] = [engine, route, str(source), str(target), request.text, request.terms]
    if request.register:
        parts.append(request.register)
    if context:
        parts += [request.before, request.after, request.speaker, request.notes]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


class AnswerCache:
    """Answers by key; kept in a file where one is given.

    Args:
        path: JSON Lines, made where it is missing; None keeps answers in memory.

    Raises:
        BadFile: the file cannot be read.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known: dict[str, str] = {}
        if path is None or not path.exists():
            return
        try:
            with path.open(encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    self._take(line)
        except OSError as error:
            raise BadFile(path, f"cannot be read ({error.strerror or error})") from error

    def _take(self, line: str) -> None:
        try:
            entry = json.loads(line)
            self._known[str(entry["key"])] = str(entry["text"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return  # half written when a run was killed

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: str) -> str | None:
        """The answer, if it is known."""
        return self._known.get(key)

    def put(self, answers: Mapping[str, str]) -> None:
        """Keeps answers.

        Raises:
            BadFile: the file cannot be written.
        """
        new = {key: text for key, text in answers.items() if self._known.get(key) != text}
        self._known.update(new)
        if self._path is None or not new:
            return
        lines = "".join(json.dumps({"key": k, "text": t}, ensure_ascii=False) + "\n" for k, t in new.items())
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(lines)
        except OSError as error:
            raise BadFile(self._path, f"cannot be written ({error.strerror or error})") from error
