import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crossreel.app import open_app
from crossreel.errors import BadValue, Conflict, OutsideFailure, UnknownId
from crossreel.jobs.runner import MOST_ATTEMPTS, Handler, Progress, Runner, enqueue
from crossreel.values.job import Job, JobState, JobStore


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def store(tmp_path: Path) -> JobStore:
    return open_app(tmp_path / "home", create=True).jobs


def until(store: JobStore, id_: str, *states: JobState) -> Job:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        job = store.get(id_)
        if job.state in states:
            return job
        time.sleep(0.02)
    raise AssertionError(f"still {store.get(id_)}")


def run(store: JobStore, handler: Handler, parameters: Mapping[str, Any] | None = None) -> Job:
    job = enqueue(store, "work", parameters or {}, "ada", now())
    with Runner(store, {"work": handler}, now):
        return until(store, job.id, JobState.DONE, JobState.FAILED)


def test_a_job_runs_with_its_parameters_and_keeps_its_result(store: JobStore) -> None:
    def double(parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        progress(1, 1, "doubling")
        return {"double": parameters["number"] * 2}

    job = run(store, double, {"number": 21})
    assert (job.state, job.result, job.attempts) == (JobState.DONE, {"double": 42}, 1)
    assert (job.done, job.of, job.what) == (1, 1, "doubling")


def test_an_error_of_ours_is_kept_as_data_and_not_tried_again(store: JobStore) -> None:
    def fail(parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        raise BadValue("number", "x", "a number")

    job = run(store, fail)
    assert (job.state, job.error["code"], job.attempts) == (JobState.FAILED, "bad-value", 1)


def test_a_fault_is_told_without_a_stack_trace(store: JobStore) -> None:
    def break_(parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        raise ZeroDivisionError("by zero")

    job = run(store, break_)
    assert job.error == {
        "code": "fault",
        "message": "ZeroDivisionError: by zero",
        "advice": "Please report it.",
    }


def test_failures_outside_are_tried_again(store: JobStore) -> None:
    tries: list[int] = []

    def flaky(parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        tries.append(1)
        if len(tries) < MOST_ATTEMPTS:
            raise OutsideFailure("the service is down")
        return {}

    job = enqueue(store, "work", {}, "ada", now())
    with Runner(store, {"work": flaky}, now):
        assert until(store, job.id, JobState.DONE).attempts == MOST_ATTEMPTS


def endless(started: threading.Event) -> Handler:
    def work(parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        for step in range(10_000):
            progress(step, 0, "waiting")
            started.set()
            time.sleep(0.01)
        raise AssertionError("never canceled")

    return work


def test_a_running_job_can_be_canceled_and_tried_again(store: JobStore) -> None:
    started = threading.Event()
    job = enqueue(store, "work", {}, "ada", now())
    with Runner(store, {"work": endless(started)}, now):
        assert started.wait(10)
        store.request_cancel(job.id, now())
        assert until(store, job.id, JobState.CANCELED).cancel_requested
    assert store.requeue(job.id).state is JobState.QUEUED
    with Runner(store, {"work": lambda parameters, progress: {"second": True}}, now):
        assert until(store, job.id, JobState.DONE).result == {"second": True}


def test_stopping_the_runner_puts_running_jobs_back(store: JobStore) -> None:
    started = threading.Event()
    job = enqueue(store, "work", {}, "ada", now())
    with Runner(store, {"work": endless(started)}, now):
        assert started.wait(10)
    assert store.get(job.id).state is JobState.QUEUED


def test_a_job_whose_worker_died_is_found_and_at_last_given_up(store: JobStore) -> None:
    job = enqueue(store, "work", {}, "ada", now())
    for attempt in range(1, MOST_ATTEMPTS + 1):
        claimed = store.claim(now())
        assert claimed is not None
        assert claimed.attempts == attempt
        assert store.claim(now()) is None
        store.requeue_lost(now() + timedelta(seconds=1), MOST_ATTEMPTS)
    assert store.get(job.id).state is JobState.FAILED
    assert store.get(job.id).error["code"] == "lost"


def test_a_queued_job_is_canceled_at_once_and_a_done_one_is_not_requeued(store: JobStore) -> None:
    job = enqueue(store, "work", {}, "ada", now())
    assert store.request_cancel(job.id, now()).state is JobState.CANCELED
    done = run(store, lambda parameters, progress: {})
    with pytest.raises(Conflict):
        store.requeue(done.id)
    with pytest.raises(UnknownId):
        store.get("nowhere")
    assert [one.id for one in store.page()] == [done.id, job.id]
    assert [one.id for one in store.page(state=JobState.DONE)] == [done.id]
