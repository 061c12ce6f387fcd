"""Following a job: server-sent events of its changes until its end."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool

from crossreel.values.job import Job
from crossreel.web.api.gate import ApiLimits

__all__ = ["follow", "snapshot_id"]

_RETRY_MS = 2000
"""How long a browser waits before it comes back to a stream that broke off."""


def snapshot_id(job: Job) -> str:
    """The id of the event that shows a job as it stands; another state has another id."""
    facts = [job.id, job.state.value, job.attempts, job.done, job.of, job.what, job.cancel_requested]
    return hashlib.sha256(orjson.dumps(facts)).hexdigest()[:16]


async def follow(
    look: Callable[[], Job],
    show: Callable[[Job], Mapping[str, Any]],
    last_seen: str,
    limits: ApiLimits,
    is_closing: Callable[[], bool] = lambda: False,
) -> AsyncIterator[bytes]:
    """The stream (HTML standard, section 9.2): one event a change, comments while nothing changes.

    Args:
        look: reads the job.
        show: its JSON.
        last_seen: id of the event that the client saw last, "" for none; it is not sent again.
        limits: how often to look, to give a sign of life, and when to end in any case.
        is_closing: whether the server is about to stop; streams end then.
    """
    yield f"retry: {_RETRY_MS}\n\n".encode()
    ends = time.monotonic() + limits.stream_seconds
    quiet_since = time.monotonic()
    while True:
        job = await run_in_threadpool(look)
        current = snapshot_id(job)
        if current != last_seen:
            yield await run_in_threadpool(_event, job, current, show)
            last_seen, quiet_since = current, time.monotonic()
        if job.state.is_final or time.monotonic() >= ends or is_closing():
            return
        if time.monotonic() - quiet_since >= limits.heartbeat_seconds:
            yield b": still here\n\n"
            quiet_since = time.monotonic()
        await asyncio.sleep(limits.poll_seconds)


def _event(job: Job, id_: str, show: Callable[[Job], Mapping[str, Any]]) -> bytes:
    name = job.state.value if job.state.is_final else "progress"
    data = orjson.dumps(show(job), default=str).decode()
    return f"id: {id_}\nevent: {name}\ndata: {data}\n\n".encode()
