"""Jobs: long work that can be watched, canceled and tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Header, Path
from pydantic import Field
from starlette.responses import FileResponse, Response, StreamingResponse

from crossreel.accounts.operator import Permission
from crossreel.app import App
from crossreel.desk.trail import record
from crossreel.desk.work import bad_rows_file, retry_job
from crossreel.values.job import Job, JobState
from crossreel.values.window import parse_instant
from crossreel.web.api.answers import answer, instant, turn_page
from crossreel.web.api.context import Call, Calling, Cursor, Limit
from crossreel.web.api.cursors import read_cursor, write_cursor
from crossreel.web.api.envelope import path_value
from crossreel.web.api.following import follow, snapshot_id
from crossreel.web.api.forms import Document, Form, Page
from crossreel.web.api.routing import noun, operation

__all__ = ["JobDocument", "accepted", "router", "show_job"]

router = noun("jobs")

JobPath = Annotated[str, Path(min_length=1, max_length=200, description="Job id.")]


class JobDocument(Document):
    """A job as it stands; `of` 0 means that the end is not known."""

    id: str
    kind: str = Field(examples=["catalog.import"])
    state: JobState
    parameters: dict[str, Any]
    actor: str
    created: str
    started: str | None
    finished: str | None
    done: int
    of: int
    what: str
    attempts: int
    cancel_requested: bool
    has_bad_rows: bool
    result: dict[str, Any]
    error: dict[str, Any]


class Retry(Form):
    """How to try again."""

    skip_bad: bool = Field(False, description="Leave the bad rows of an import out this time.")


def show_job(app: App, job: Job) -> dict[str, Any]:
    """A job as JSON."""
    folder = str(job.parameters.get("folder", ""))
    bad = app.home / "uploads" / folder / "bad-rows.csv"
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state.value,
        "parameters": {key: value for key, value in job.parameters.items() if key != "folder"},
        "actor": job.actor,
        "created": instant(job.created),
        "started": instant(job.started),
        "finished": instant(job.finished),
        "done": job.done,
        "of": job.of,
        "what": job.what,
        "attempts": job.attempts,
        "cancel_requested": job.cancel_requested,
        "has_bad_rows": bool(folder) and bad.is_file(),
        "result": job.result,
        "error": job.error,
    }


def accepted(call: Call, job: Job) -> Response:
    """The answer to a started job."""
    where = {"Location": f"{call.root}/jobs/{job.id}"}
    return answer(call.request, show_job(call.app, job), status=202, headers=where)


@router.get("/jobs", **operation(Permission.READ, Page[JobDocument]))
def list_jobs(
    call: Calling, state: JobState | None = None, limit: Limit = 50, cursor: Cursor = ""
) -> Response:
    """List jobs, newest first."""
    filters = {"state": state and state.value}
    place = read_cursor("jobs", filters, cursor, (str, int))
    # A place is an instant and how many jobs of that very instant have been shown.
    before, shown = (parse_instant(place[0]) + timedelta(microseconds=1), place[1]) if place else (None, 0)
    shown = min(shown, 10_000)
    found = call.app.jobs.page(limit=shown + limit + 1, before=before, state=state)[shown:]
    token = None
    if len(found) > limit:
        last = found[limit - 1].created
        equal = sum(job.created == last for job in found[:limit])
        before_these = shown if place and parse_instant(place[0]) == last else 0
        token = write_cursor("jobs", filters, [last.isoformat(), equal + before_these])
    return turn_page(call.request, [show_job(call.app, job) for job in found[:limit]], token)


@router.get("/jobs/{job}", **operation(Permission.READ, JobDocument))
def get_job(call: Calling, job: JobPath) -> Response:
    """Get a job as it stands."""
    return answer(call.request, show_job(call.app, call.app.jobs.get(path_value(job))))


@router.post("/jobs/{job}/cancel", **operation(Permission.EDIT, JobDocument))
def cancel_job(call: Calling, job: JobPath) -> Response:
    """Cancel a queued job, or ask a running one to stop; one that has ended stays as it is."""
    with call.app.atomic():
        before = call.app.jobs.get(path_value(job))
        stopped = call.app.jobs.request_cancel(before.id, call.app.clock())
        if not before.state.is_final:
            record(call.app, call.actor, "job.cancel", before.id, request_id=call.request_id)
    return answer(call.request, show_job(call.app, stopped))


@router.post("/jobs/{job}/retry", **operation(Permission.EDIT, JobDocument, status=202, errors=(409,)))
def try_job_again(call: Calling, job: JobPath, form: Retry) -> Response:
    """Try a failed or canceled job again; an import may leave its bad rows out this time."""
    again = retry_job(
        call.app, call.actor, path_value(job), skip_bad=form.skip_bad, request_id=call.request_id
    )
    return accepted(call, again)


@router.get("/jobs/{job}/bad-rows", **operation(Permission.READ, media="text/csv"))
def get_bad_rows(call: Calling, job: JobPath) -> Response:
    """Get the rows that an import refused, as CSV, each with what is wrong with it."""
    path = bad_rows_file(call.app, call.app.jobs.get(path_value(job)))
    return FileResponse(
        path, media_type="text/csv", filename="bad-rows.csv", headers={"Cache-Control": "private, no-cache"}
    )


@router.get("/jobs/{job}/events", **operation(Permission.READ, media="text/event-stream"))
def follow_job(
    call: Calling,
    job: JobPath,
    last_event_id: Annotated[
        str, Header(max_length=200, description="Of the last event that was seen.")
    ] = "",
) -> Response:
    """Follow a job as server-sent events.

    `progress` whenever it changes; `done`, `failed` or `canceled` at its end, after which the
    stream ends. Data is the job as JSON. A client that comes back with `Last-Event-ID` gets what
    has changed since, and 204 when it had seen the end, so that it does not come again.
    """
    found = call.app.jobs.get(path_value(job))
    if found.state.is_final and last_event_id == snapshot_id(found):
        return Response(status_code=204)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = follow(
        lambda: call.app.jobs.get(found.id),
        lambda standing: show_job(call.app, standing),
        last_event_id,
        call.limits,
        call.request.app.state.is_closing,
    )
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)
