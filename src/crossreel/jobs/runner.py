"""The runner: worker threads that take jobs from the store and call the domains' functions."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

import structlog

from crossreel.errors import CrossreelError, OutsideFailure, WrongUse
from crossreel.values.inside import seen_from_inside
from crossreel.values.job import Job, JobState, JobStore

__all__ = ["Canceled", "Handler", "Runner", "enqueue"]

_log = structlog.get_logger(__name__)

LOST_SECONDS = 60
MOST_ATTEMPTS = 3
BEAT_SECONDS = 0.25
IDLE_SECONDS = 0.2
SIGN_OF_LIFE_SECONDS = 10

Progress = Callable[[int, int, str], None]
Handler = Callable[[Mapping[str, Any], Progress], Mapping[str, Any]]
"""``handler(parameters, progress)`` returns the JSON result. It must be safe to run again from the
start (every import and training is), and calls ``progress(done, of, what)`` often: that is where
a canceled job stops."""


class Canceled(BaseException):
    """Raised out of ``progress`` when the job is to stop; not an ``Exception``, so nobody eats it."""


def enqueue(store: JobStore, kind: str, parameters: Mapping[str, Any], actor: str, now: datetime) -> Job:
    """Queues a job and returns it."""
    job = Job(id=secrets.token_hex(8), kind=kind, parameters=parameters, actor=actor, created=now)
    store.add(job)
    return job


class Runner:
    """A context manager; inside it ``threads`` workers run queued jobs, oldest first.

    A job that raises ``OutsideFailure`` is tried up to ``MOST_ATTEMPTS`` times; a job whose
    process died is found by its old heartbeat and run again. Leaving the context asks running
    jobs to stop and puts them back in the queue for the next start. What is told of a failure names no
    path of the server: ``home``, the workspace's folder, is left out of its words.
    """

    def __init__(
        self,
        store: JobStore,
        handlers: Mapping[str, Handler],
        clock: Callable[[], datetime],
        threads: int = 1,
        home: str = "",
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._clock = clock
        self._home = home
        self._stop = threading.Event()
        self._standing: dict[str, tuple[int, int, str]] = {}
        heart = threading.Thread(target=self._keep_alive, name="job-heart", daemon=True)
        self._threads = [heart] + [
            threading.Thread(target=self._work, name=f"job-worker-{number}", daemon=True)
            for number in range(threads)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self._store.requeue_lost(self._clock() - timedelta(seconds=LOST_SECONDS), MOST_ATTEMPTS)
                job = self._store.claim(self._clock())
            except Exception:
                _log.exception("the job queue cannot be read")
                job = None
            if job is None:
                self._stop.wait(IDLE_SECONDS)
            else:
                self._run(job)

    def _keep_alive(self) -> None:
        """Gives signs of life for work that is busy for long without telling its progress."""
        while not self._stop.wait(SIGN_OF_LIFE_SECONDS):
            for id_, (done, of, what) in list(self._standing.items()):
                try:
                    self._store.beat(id_, self._clock(), done, of, what)
                except Exception:
                    _log.exception("a sign of life was not stored", job=id_)

    def _run(self, job: Job) -> None:
        self._standing[job.id] = (0, 0, "")
        try:
            self._attempt(job)
        finally:
            del self._standing[job.id]

    def _attempt(self, job: Job) -> None:
        log = _log.bind(job=job.id, kind=job.kind, attempt=job.attempts)
        try:
            handler = self._handlers.get(job.kind)
            if handler is None:
                raise WrongUse(f"There is no work called {job.kind!r}.", advice="Upgrade the worker.")
            result = handler(job.parameters, self._progress_of(job.id))
        except Canceled:
            stopping = self._stop.is_set() and not self._store.get(job.id).cancel_requested
            self._store.finish(job.id, self._clock(), JobState.CANCELED, {}, {})
            if stopping:
                self._store.requeue(job.id)
            log.info("job stopped", again=stopping)
        except CrossreelError as error:
            self._fail(job, error.to_dict())
            if isinstance(error, OutsideFailure) and job.attempts < MOST_ATTEMPTS:
                self._store.requeue(job.id)
            log.warning("job failed", error=error.code)
        except Exception as error:
            fault = {
                "code": "fault",
                "message": f"{type(error).__name__}: {error}",
                "advice": "Please report it.",
            }
            self._fail(job, fault)
            log.exception("job broke")
        else:
            self._store.finish(job.id, self._clock(), JobState.DONE, result, {})
            log.info("job done")

    def _fail(self, job: Job, error: Mapping[str, Any]) -> None:
        told = seen_from_inside(self._home, dict(error))
        self._store.finish(job.id, self._clock(), JobState.FAILED, {}, told)

    def _progress_of(self, id_: str) -> Progress:
        last = 0.0

        def progress(done: int, of: int, what: str) -> None:
            nonlocal last
            if time.monotonic() - last < BEAT_SECONDS and done != of:
                return
            last = time.monotonic()
            self._standing[id_] = (done, of, what)
            if self._store.beat(id_, self._clock(), done, of, what) or self._stop.is_set():
                raise Canceled

        return progress
