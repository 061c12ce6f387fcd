"""``Periodic``: runs one function again and again on a thread of its own until stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog

__all__ = ["Periodic"]

_log = structlog.get_logger(__name__)


class Periodic:
    """A context manager; inside it ``action`` runs every ``seconds``, first after one interval.

    An action that raises is logged and tried again at the next turn. Leaving the context waits
    for a running action to end.
    """

    def __init__(self, name: str, seconds: float, action: Callable[[], object]) -> None:
        self._name = name
        self._seconds = seconds
        self._action = action
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        if self._seconds > 0:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            try:
                result = self._action()
                write = _log.info if result else _log.debug  # nothing was to do
                write("periodic job done", job=self._name, result=result)
            except Exception:
                _log.exception("periodic job failed", job=self._name)
