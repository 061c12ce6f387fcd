"""Jobs: what is being worked on, how far it is, how it ended, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import FileResponse, Response

from crossreel.desk.trail import record
from crossreel.desk.work import IMPORTS, bad_rows_file, retry_job
from crossreel.errors import BadInput, BadRows, BadValue, UnknownId
from crossreel.studio import film_jobs, localize_jobs
from crossreel.values.ids import TitleId
from crossreel.values.job import Job, JobState
from crossreel.values.window import parse_instant
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.job_words import job_about, job_cost, told_pairs, told_tables
from crossreel.web.console.nouns import Command, Noun
from crossreel.web.console.pages import imports
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url, title_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["KIND_NAMES", "NOUN", "Progress", "job_url", "progress_of"]

PAGE_JOBS = 50
KIND_NAMES = {
    "catalog.import": M_("Import of titles"),
    "audience.import": M_("Import of events"),
    "rights.import": M_("Import of licenses"),
    "recommend.train": M_("Training of a model"),
    "recommend.choose": M_("Choosing of an algorithm"),
    "recommend.evaluate": M_("Comparison of algorithms"),
    "recommend.counterfactual": M_("Estimate from logged impressions"),
    "subtitles.translate": M_("Translation of subtitles"),
    "proof.listen": M_("Sound and shots of a film"),
    "reviews.import": M_("Import of reviews"),
    "reviews.report": M_("Report of reviews"),
    "models.pull": M_("Pull of a pretrained model"),
    "models.verify": M_("Check of the pretrained models"),
    "audience.compact": M_("Packing of events"),
    "workspace.backup": M_("Backup of the workspace"),
    film_jobs.KIND: M_("Look into a film"),
    localize_jobs.KIND: M_("A film into another language"),
}
_PAGES = {
    "recommend.choose": (console_url("/choose"), M_("To the answer")),
    "catalog.import": (console_url("/catalog"), M_("To the catalog")),
    "audience.import": (console_url("/audience"), M_("To the audience")),
    "reviews.import": (console_url("/insight"), M_("To the reviews")),
    "rights.import": (console_url("/rights"), M_("To the rights")),
    "models.pull": (console_url("/insight/models"), M_("To the pretrained models")),
    "models.verify": (console_url("/insight/models"), M_("To the pretrained models")),
}
"""Kinds of jobs whose outcome has a page of its own."""
_SKIPPING = frozenset({"catalog.import", "audience.import", "reviews.import"})
"""Imports that can leave bad rows out."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A job as the pages show it.

    Attributes:
        kind: its name for a reader.
        share: 0 to 1, None while the end is not known.
        rate: steps a second since it started, None where nothing can be said.
        left: time it will take at that rate.
        took: how long it ran.
    """

    job: Job
    kind: str
    share: float | None
    rate: float | None
    left: timedelta | None
    took: timedelta | None


def job_url(id_: str) -> str:
    """The address of a job's page."""
    return console_url(f"/job/{id_}")


def progress_of(sitting: Sitting, job: Job) -> Progress:
    """How far a job is, at the instant of the request."""
    took = (job.finished or sitting.now) - job.started if job.started else None
    running = job.state is JobState.RUNNING
    seconds = took.total_seconds() if took else 0.0
    rate = job.done / seconds if running and seconds > 0 and job.done else None
    left = timedelta(seconds=round((job.of - job.done) / rate)) if rate and job.of > job.done else None
    share = min(1.0, job.done / job.of) if job.of else None
    kind = sitting.tell(KIND_NAMES.get(job.kind, job.kind))
    return Progress(job, kind, share, rate, left, took)


def jobs(sitting: Sitting) -> Response:
    """``GET /jobs``: the newest first; ``state`` filters, ``before`` leads to older ones."""
    asked = sitting.query("state")
    state = JobState(asked) if asked in set(JobState) else None
    found = sitting.app.jobs.page(limit=PAGE_JOBS + 1, before=_before(sitting), state=state)
    older = found[PAGE_JOBS - 1].created.isoformat() if len(found) > PAGE_JOBS else ""
    return sitting.page(
        "jobs.html",
        noun="jobs",
        title=sitting.tell("Jobs"),
        rows=[
            (progress_of(sitting, job), job_about(sitting, job), job_cost(sitting, job))
            for job in found[:PAGE_JOBS]
        ],
        state=state,
        states=tuple(JobState),
        older=older and console_url("/jobs", state=asked, before=older),
        newest=console_url("/jobs", state=asked) if sitting.query("before") else "",
        running=any(not job.state.is_final for job in found[:PAGE_JOBS]),
    )


def _before(sitting: Sitting) -> datetime | None:
    try:
        return parse_instant(sitting.query("before")) if sitting.query("before") else None
    except BadValue:
        return None


def job_page(sitting: Sitting) -> Response:
    """``GET /job/{id}``."""
    job = sitting.app.jobs.get(sitting.request.path_params["id"])
    told = progress_of(sitting, job)
    has_bad = _has_bad_rows(sitting, job)
    return sitting.page(
        "job.html",
        noun="jobs",
        title=told.kind,
        crumbs=[Crumb(told.kind)],
        told=told,
        parameters=told_pairs(sitting, job.parameters),
        skipping=bool(job.parameters.get("skip_bad")),
        results=told_pairs(sitting, _results(job), tables=False),
        result_tables=told_tables(sitting, _results(job)),
        about=job_about(sitting, job),
        cost=job_cost(sitting, job),
        proof=str(job.result.get("proof") or ""),
        error=_error(sitting, job),
        has_bad_rows=has_bad,
        may_cancel=sitting.may_edit and not job.state.is_final and not job.cancel_requested,
        may_retry=sitting.may_edit and job.state in {JobState.FAILED, JobState.CANCELED},
        may_skip=sitting.may_edit and has_bad and job.state is JobState.FAILED and job.kind in _SKIPPING,
        events=f"/api/v1/jobs/{job.id}/events",
        file_again=_file_again(sitting, job),
        trained=job.kind == "recommend.train" and job.state is JobState.DONE,
        film_tab=_tab(job),
        made_at=_made(job),
    )


def _results(job: Job) -> dict[str, Any]:
    """What a job answered; of a training the figures, as the models page tells the rest."""
    found = dict(job.result)
    if "estimate" in job.parameters:  # names the currency of the cost
        found |= {"currency": job.parameters["estimate"].get("currency")} if found.get("cost") else {}
    if job.kind == "recommend.train":
        notes = found.pop("notes", None)
        told = notes.get("metrics") if isinstance(notes, dict) else None
        for name in ("data_hash", "version", "seed", "config"):
            found.pop(name, None)
        if isinstance(told, dict):
            found |= {name: value for name, value in told.items() if isinstance(value, float) and "@" in name}
    return found


def _tab(job: Job) -> str:
    """The address of the title's tab that the job belongs to, or empty."""
    tab = {film_jobs.KIND: "film", localize_jobs.KIND: "localize"}.get(job.kind)
    return title_url(TitleId.parse(job.parameters["title"]), tab) if tab else ""


def _made(job: Job) -> tuple[str, str] | None:
    """Where one reads what a finished job has made: address and label."""
    if job.state is not JobState.DONE:
        return None
    if job.kind == "reviews.report":
        first, second = [*map(str, job.parameters.get("territories") or ()), "", ""][:2]
        title = str(job.parameters["title"])
        url = console_url("/insight/reviews", title=title, territory=first, against=second)
        return url, M_("Open the report")
    return _PAGES.get(job.kind)


def _file_again(sitting: Sitting, job: Job) -> str:
    """The form from which a failed import came, filled as it was: the same file would fail again."""
    if not sitting.may_edit or job.kind not in IMPORTS or job.state is not JobState.FAILED:
        return ""
    asked = {name: str(job.parameters.get(name) or "") for name in imports.KEPT}
    return console_url("/import", of=job.kind.partition(".")[0], **asked)


def _has_bad_rows(sitting: Sitting, job: Job) -> bool:
    try:
        return bad_rows_file(sitting.app, job).is_file()
    except UnknownId:
        return False


def _error(sitting: Sitting, job: Job) -> dict[str, Any] | None:
    """Message, advice and the first refused rows of a failure."""
    if not job.error:
        return None
    problems = job.error.get("problems")
    advice = str(job.error.get("advice", ""))
    if job.error.get("code") == BadRows.code:  # its own advice speaks of the command line
        advice = sitting.tell("Download the bad rows, correct them in the file and import it again.")
        if job.kind in _SKIPPING:
            advice = sitting.tell(
                "Import the file without the bad rows, or correct them and import it again."
            )
    elif job.kind in IMPORTS and "--map" in advice:
        advice = sitting.tell(
            "Choose the file again and say under “Columns” which is which, such as "
            "viewer=user_id,title=film,value=stars,time=when."
        )
    return {
        "code": str(job.error.get("code", "")),
        "message": str(job.error.get("message", "")),
        "advice": advice,
        "problems": problems[:20] if isinstance(problems, list) else [],
    }


def cancel(sitting: Sitting, fields: Fields) -> Response:
    """``POST /job/{id}/cancel``: a queued job ends at once, a running one is asked to stop."""
    id_ = sitting.request.path_params["id"]
    with sitting.app.atomic():
        before = sitting.app.jobs.get(id_)
        stopped = sitting.app.jobs.request_cancel(id_, sitting.now)
        if not before.state.is_final:
            record(sitting.app, sitting.actor, "job.cancel", id_, request_id=sitting.request_id)
    if before.state.is_final:
        return sitting.go(job_url(id_), sitting.tell("The job had ended already."), problem=True)
    told = (
        sitting.tell("Canceled.")
        if stopped.state is JobState.CANCELED
        else sitting.tell("The job will stop at its next step.")
    )
    return sitting.go(job_url(id_), told)


def retry(sitting: Sitting, fields: Fields) -> Response:
    """``POST /job/{id}/retry``: again; with ``skip_bad`` an import leaves its bad rows out."""
    id_ = sitting.request.path_params["id"]
    try:
        again = retry_job(
            sitting.app,
            sitting.actor,
            id_,
            skip_bad=fields.one("skip_bad") == "yes",
            request_id=sitting.request_id,
        )
    except UnknownId:
        raise
    except BadInput as error:
        return sitting.go(job_url(id_), f"{error.message} {error.advice}".strip(), problem=True)
    return sitting.go(job_url(again.id), sitting.tell("Asked for."))


def bad_rows(sitting: Sitting) -> Response:
    """``GET /job/{id}/bad-rows.csv``: the rows that an import refused, with the reason of each."""
    job = sitting.app.jobs.get(sitting.request.path_params["id"])
    return FileResponse(
        bad_rows_file(sitting.app, job),
        media_type="text/csv",
        filename=f"bad-rows-{job.id}.csv",
        headers={"Cache-Control": "private, no-store"},
    )


NOUN = Noun(
    key="jobs",
    label=M_("Jobs"),
    path="/jobs",
    routes=[
        shown("/jobs", jobs),
        shown("/job/{id}", job_page),
        shown("/job/{id}/bad-rows.csv", bad_rows),
        changed("/job/{id}/cancel", cancel),
        changed("/job/{id}/retry", retry),
        *imports.ROUTES,
    ],
    commands=[
        Command(M_("Jobs"), console_url("/jobs"), "progress work queue"),
        *imports.COMMANDS,
    ],
)
