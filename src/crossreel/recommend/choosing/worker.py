"""A process that tries candidates one after the other and can be stopped when it takes too long."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Protocol, TypeVar

from crossreel.errors import BadInput, CrossreelError

__all__ = ["Here", "Overtime", "Runs", "Worker"]

Result = TypeVar("Result")
_LONGEST_WAIT = 1.0


class Overtime(Exception):
    """A task was stopped because its time was over.

    Args:
        seconds: that it had.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Runs(Protocol):
    """Runs tasks over one state."""

    def run(self, task: Callable[..., Result], *arguments: Any, timeout: float) -> Result:
        """What ``task(state, *arguments)`` returns. Raises what that raises, or ``Overtime``."""
        ...

    def close(self) -> None:
        """Ends it."""
        ...


class Here:
    """Runs tasks in this process; those that began are not stopped. For tests."""

    def __init__(self, state: object) -> None:
        self._state = state

    def run(self, task: Callable[..., Result], *arguments: Any, timeout: float) -> Result:
        """What ``task(state, *arguments)`` returns."""
        if timeout <= 0:
            raise Overtime(0.0)
        return task(self._state, *arguments)

    def close(self) -> None:
        """Nothing to end."""


class Worker:
    """Runs tasks in a process of their own, which is ended when a task takes too long.

    Args:
        state: handed to every task first; sent to the process once.
        now: what the time of a task is counted by, seconds.
    """

    def __init__(self, state: object, now: Callable[[], float] = time.perf_counter) -> None:
        self._state, self._now = state, now
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def run(self, task: Callable[..., Result], *arguments: Any, timeout: float) -> Result:
        """What ``task(state, *arguments)`` returns.

        Raises:
            Overtime: it took longer than ``timeout`` seconds.
            BadInput: the process died, as for want of memory.
            CrossreelError: what the task raised.
        """
        if timeout <= 0:
            raise Overtime(0.0)
        pipe = self._started()
        pipe.send((task, arguments))
        end = self._now() + timeout
        while not pipe.poll(min(max(end - self._now(), 0.0), _LONGEST_WAIT)):
            if self._now() >= end:
                self.close()
                raise Overtime(timeout)
        try:
            outcome: Any = pipe.recv()
        except EOFError:
            self.close()
            raise BadInput(
                "The process that tried it died, perhaps for want of memory.",
                advice="Try on a machine with more memory, or on fewer titles.",
            ) from None
        if isinstance(outcome, BaseException):
            raise outcome
        result: Result = outcome
        return result

    def close(self) -> None:
        """Ends the process."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._pipe = None

    def _started(self) -> Connection:
        if self._pipe is None:
            context = get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs, self._state), daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe


def _serve(pipe: Connection, state: object) -> None:
    while True:
        try:
            task, arguments = pipe.recv()
        except EOFError:
            return
        _forget_peak()
        try:
            outcome = task(state, *arguments)
        except CrossreelError as error:
            outcome = error
        except MemoryError:
            outcome = BadInput("There is not enough memory for it.", advice="Try on a larger machine.")
        except Exception as error:
            outcome = BadInput(f"It failed: {type(error).__name__}: {error}"[:500])
        pipe.send(outcome)


def _forget_peak() -> None:
    """Lets Linux count this process's peak memory anew (proc(5), clear_refs)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
