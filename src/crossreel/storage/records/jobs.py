"""The job queue in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, select, update

from crossreel.errors import Conflict, UnknownId
from crossreel.storage.records.database import Database
from crossreel.storage.records.instants import from_text, maybe_from_text, to_text
from crossreel.storage.records.work_tables import jobs
from crossreel.values.job import Job, JobState

__all__ = ["SqlJobs"]


class SqlJobs:
    """``JobStore`` over a ``Database``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job: Job) -> None:
        """Queues a job."""
        with self._database.write() as connection:
            connection.execute(jobs.insert(), [_to_row(job)])

    def get(self, id_: str) -> Job:
        """One job. Raises ``UnknownId``."""
        with self._database.read() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == id_)).one_or_none()
        if row is None:
            raise UnknownId("job", id_)
        return _from_row(row)

    def page(
        self, *, limit: int = 50, before: datetime | None = None, state: JobState | None = None
    ) -> list[Job]:
        """Newest first."""
        query = select(jobs).order_by(jobs.c.created.desc(), jobs.c.id).limit(limit)
        if before is not None:
            query = query.where(jobs.c.created < to_text(before))
        if state is not None:
            query = query.where(jobs.c.state == state.value)
        with self._database.read() as connection:
            return [_from_row(row) for row in connection.execute(query)]

    def claim(self, now: datetime) -> Job | None:
        """Takes the oldest queued job and marks it running; no two callers get one."""
        oldest = select(jobs).where(jobs.c.state == JobState.QUEUED.value).order_by(jobs.c.created, jobs.c.id)
        with self._database.read() as connection:
            if connection.execute(oldest.limit(1)).one_or_none() is None:
                return None  # the usual case, without a write transaction
        with self._database.write() as connection:
            row = connection.execute(oldest.limit(1)).one_or_none()
            if row is None:
                return None
            changes = {
                "state": JobState.RUNNING.value,
                "started": row.started or to_text(now),
                "heartbeat": to_text(now),
                "attempts": row.attempts + 1,
                "finished": None,
                "error": "{}",
            }
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(changes))
            claimed = connection.execute(select(jobs).where(jobs.c.id == row.id)).one()
        return _from_row(claimed)

    def beat(self, id_: str, now: datetime, done: int, of: int, what: str) -> bool:
        """Stores progress and a sign of life; returns whether canceling is asked for."""
        values = {"heartbeat": to_text(now), "done": done, "of": of, "what": what}
        with self._database.write() as connection:
            connection.execute(
                update(jobs).where(jobs.c.id == id_, jobs.c.state == JobState.RUNNING.value).values(values)
            )
            return bool(connection.scalar(select(jobs.c.cancel_requested).where(jobs.c.id == id_)))

    def finish(
        self, id_: str, now: datetime, state: JobState, result: Mapping[str, Any], error: Mapping[str, Any]
    ) -> None:
        """Ends a running job."""
        values = {
            "state": state.value,
            "finished": to_text(now),
            "result": orjson.dumps(result, default=str).decode(),
            "error": orjson.dumps(error, default=str).decode(),
        }
        with self._database.write() as connection:
            connection.execute(
                update(jobs).where(jobs.c.id == id_, jobs.c.state == JobState.RUNNING.value).values(values)
            )

    def request_cancel(self, id_: str, now: datetime) -> Job:
        """Cancels a queued job at once, or asks a running one to stop. Raises ``UnknownId``."""
        with self._database.write() as connection:
            connection.execute(
                update(jobs)
                .where(jobs.c.id == id_, jobs.c.state == JobState.QUEUED.value)
                .values(state=JobState.CANCELED.value, finished=to_text(now), cancel_requested=True)
            )
            connection.execute(
                update(jobs)
                .where(jobs.c.id == id_, jobs.c.state == JobState.RUNNING.value)
                .values(cancel_requested=True)
            )
        return self.get(id_)

    def requeue(self, id_: str) -> Job:
        """Queues a failed or canceled job again. Raises ``UnknownId``, ``Conflict`` if not final."""
        job = self.get(id_)
        with self._database.write() as connection:
            changed = connection.execute(
                update(jobs)
                .where(jobs.c.id == id_, jobs.c.state.in_([JobState.FAILED.value, JobState.CANCELED.value]))
                .values(state=JobState.QUEUED.value, cancel_requested=False, finished=None)
            ).rowcount
        if not changed:
            raise Conflict(
                f"The job is {job.state}.", advice="Only failed and canceled jobs are tried again."
            )
        return self.get(id_)

    def requeue_lost(self, heartbeat_before: datetime, most_attempts: int) -> int:
        """Queues running jobs without a recent heartbeat again (their worker died)."""
        lost = (jobs.c.state == JobState.RUNNING.value) & (jobs.c.heartbeat < to_text(heartbeat_before))
        with self._database.read() as connection:
            if connection.execute(select(jobs.c.id).where(lost).limit(1)).one_or_none() is None:
                return 0
        error = orjson.dumps(
            {
                "code": "lost",
                "message": "Its worker died every time it was tried.",
                "advice": "Look at the server's log.",
            }
        )
        with self._database.write() as connection:
            given_up = {"state": JobState.FAILED.value, "error": error.decode()}
            connection.execute(update(jobs).where(lost, jobs.c.attempts >= most_attempts).values(given_up))
            return connection.execute(update(jobs).where(lost).values(state=JobState.QUEUED.value)).rowcount


def _to_row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "parameters": orjson.dumps(job.parameters).decode(),
        "actor": job.actor,
        "created": to_text(job.created),
        "state": job.state.value,
        "done": job.done,
        "of": job.of,
        "what": job.what,
        "started": job.started and to_text(job.started),
        "finished": job.finished and to_text(job.finished),
        "heartbeat": job.heartbeat and to_text(job.heartbeat),
        "attempts": job.attempts,
        "cancel_requested": job.cancel_requested,
        "result": orjson.dumps(job.result).decode(),
        "error": orjson.dumps(job.error).decode(),
    }


def _from_row(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        parameters=orjson.loads(row.parameters),
        actor=row.actor,
        created=from_text(row.created),
        state=JobState(row.state),
        done=row.done,
        of=row.of,
        what=row.what,
        started=maybe_from_text(row.started),
        finished=maybe_from_text(row.finished),
        heartbeat=maybe_from_text(row.heartbeat),
        attempts=row.attempts,
        cancel_requested=row.cancel_requested,
        result=orjson.loads(row.result),
        error=orjson.loads(row.error),
    )
