"""``Job``: a long piece of work that can be left, found again, canceled and tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

__all__ = ["Job", "JobState", "JobStore"]


class JobState(StrEnum):
    """Where a job stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """Whether it will not change by itself any more."""
        return self in {JobState.DONE, JobState.FAILED, JobState.CANCELED}


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it stands.

    Attributes:
        kind: which work, noun.verb (``catalog.import``).
        parameters: what the work needs, JSON.
        actor: who asked for it.
        done, of, what: progress; ``of`` 0 means the end is not known.
        heartbeat: when its worker last gave a sign of life.
        attempts: how often it was started.
        result: what the work returned, JSON, when done.
        error: ``CrossreelError.to_dict()``, when failed.
    """

    id: str
    kind: str
    parameters: Mapping[str, Any]
    actor: str
    created: datetime
    state: JobState = JobState.QUEUED
    done: int = 0
    of: int = 0
    what: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    heartbeat: datetime | None = None
    attempts: int = 0
    cancel_requested: bool = False
    result: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=dict)


class JobStore(Protocol):
    """What the queue needs of a store; every method is one transaction."""

    def add(self, job: Job) -> None:
        """Queues a job."""
        ...

    def get(self, id_: str) -> Job:
        """One job. Raises ``UnknownId``."""
        ...

    def page(
        self, *, limit: int = 50, before: datetime | None = None, state: JobState | None = None
    ) -> list[Job]:
        """Newest first."""
        ...

    def claim(self, now: datetime) -> Job | None:
        """Takes the oldest queued job and marks it running (attempts + 1); no two callers get one."""
        ...

    def beat(self, id_: str, now: datetime, done: int, of: int, what: str) -> bool:
        """Stores progress and a sign of life; returns whether canceling is asked for."""
        ...

    def finish(
        self, id_: str, now: datetime, state: JobState, result: Mapping[str, Any], error: Mapping[str, Any]
    ) -> None:
        """Ends a running job."""
        ...

    def request_cancel(self, id_: str, now: datetime) -> Job:
        """Cancels a queued job at once, or asks a running one to stop. Raises ``UnknownId``."""
        ...

    def requeue(self, id_: str) -> Job:
        """Queues a failed or canceled job again. Raises ``UnknownId``, ``Conflict`` if not final."""
        ...

    def requeue_lost(self, heartbeat_before: datetime, most_attempts: int) -> int:
        """Queues running jobs without a recent heartbeat again (their worker died)."""
        ...
