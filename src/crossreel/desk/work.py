"""Long work of the staff, as jobs: imports, training, compaction.

A handler gets the job's JSON parameters and a ``progress`` to call; every one may be run again
from the start, as imports and training are idempotent.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.audience.importing import import_audience
from crossreel.catalog.importing import import_catalog, write_refused
from crossreel.desk.choosing import KIND as CHOOSING
from crossreel.desk.choosing import choose_job
from crossreel.desk.listening import KIND as LISTENING
from crossreel.desk.listening import listen_job
from crossreel.desk.measuring import ESTIMATING, EVALUATING, measure_job
from crossreel.desk.models import activate_model
from crossreel.desk.reviews import KIND as REVIEWS
from crossreel.desk.reviews import report_job
from crossreel.desk.trail import record
from crossreel.desk.translating import KIND as TRANSLATING
from crossreel.desk.translating import translate_job
from crossreel.desk.weights import PULL, VERIFY, pull_job, verify_job
from crossreel.errors import BadFile, BadRows, BadValue, Conflict, UnknownId
from crossreel.jobs.runner import Handler, Progress, enqueue
from crossreel.rights.feed import import_licenses
from crossreel.values.ids import check_source
from crossreel.values.job import Job

__all__ = ["IMPORTS", "bad_rows_file", "handlers", "retry_job", "start_import", "start_training"]

IMPORTS = ("catalog.import", "audience.import", "rights.import", "reviews.import")
MOST_BYTES = 2 << 30
"""Largest file taken for an import."""

_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


def handlers(app: App) -> dict[str, Handler]:
    """Every kind of job and what does it."""

    def bound(work: Callable[[App, Mapping[str, Any], Progress], Mapping[str, Any]]) -> Handler:
        return lambda parameters, progress: work(app, parameters, progress)

    return {
        "catalog.import": bound(_import_catalog),
        "audience.import": bound(_import_audience),
        "rights.import": bound(_import_rights),
        "recommend.train": bound(_train),
        CHOOSING: bound(choose_job),
        EVALUATING: bound(lambda app, given, progress: measure_job(app, EVALUATING, given, progress)),
        ESTIMATING: bound(lambda app, given, progress: measure_job(app, ESTIMATING, given, progress)),
        LISTENING: bound(listen_job),
        "reviews.import": bound(_import_reviews),
        REVIEWS: bound(report_job),
        PULL: bound(pull_job),
        VERIFY: bound(verify_job),
        TRANSLATING: bound(translate_job),
        "workspace.backup": bound(_back_up),
        "audience.compact": bound(lambda app, _parameters, _progress: {"moved": app.events.compact()}),
    }


def start_import(
    app: App,
    actor: Actor,
    kind: str,
    filename: str,
    content: BinaryIO,
    options: Mapping[str, str],
    *,
    request_id: str = "",
) -> Job:
    """Keeps an uploaded file and queues its import.

    Args:
        app: the application.
        actor: who imports.
        kind: one of ``IMPORTS``.
        filename: what the uploader called it; only letters, digits, dots and dashes are kept.
        content: the bytes, at most ``MOST_BYTES``.
        options: ``source`` and, by kind, ``format``, ``kind``, ``scale``, ``map``, ``replace``.
        request_id: of the HTTP request.

    Raises:
        NotAllowed: the actor may not edit.
        BadValue: no such kind, or a source that cannot be one.
        BadFile: the file is too large.
    """
    actor.require(Permission.EDIT)
    if kind not in IMPORTS:
        raise BadValue("import", kind, "one of " + ", ".join(IMPORTS))
    if options.get("source"):
        check_source(options["source"])
    name = _SAFE.sub("-", Path(filename).name).strip(".-")[-100:] or "upload"
    folder = app.home / "uploads" / secrets.token_hex(8)
    folder.mkdir(parents=True)
    try:
        _keep(content, folder / name)
    except BaseException:
        shutil.rmtree(folder)
        raise
    parameters = {**options, "folder": folder.name, "file": name}
    return _queue(app, actor, kind, parameters, request_id)


def start_training(
    app: App, actor: Actor, algorithm: str, config: Mapping[str, Any], *, activate: bool, request_id: str = ""
) -> Job:
    """Queues training a model. Raises ``NotAllowed``."""
    actor.require(Permission.EDIT)
    parameters = {
        "algorithm": algorithm,
        "config": dict(config),
        "activate": activate,
        "actor": actor.operator,
    }
    return _queue(app, actor, "recommend.train", parameters, request_id)


def retry_job(app: App, actor: Actor, id_: str, *, skip_bad: bool = False, request_id: str = "") -> Job:
    """Tries a failed or canceled job again; an import may leave its bad rows out this time.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: there is no such job.
        Conflict: it is queued, running or done.
    """
    actor.require(Permission.EDIT)
    job = app.jobs.get(id_)
    if not skip_bad:
        again = app.jobs.requeue(id_)
        record(app, actor, "job.retry", id_, request_id=request_id)
        return again
    if job.kind not in IMPORTS or not job.state.is_final:
        raise Conflict("Only an ended import can be run without its bad rows.", advice="Wait for its end.")
    return _queue(app, actor, job.kind, {**job.parameters, "skip_bad": True}, request_id)


def bad_rows_file(app: App, job: Job) -> Path:
    """The CSV of the rows that an import refused. Raises ``UnknownId`` when there is none."""
    folder = str(job.parameters.get("folder", ""))
    path = app.home / "uploads" / folder / "bad-rows.csv"
    if not folder or not path.is_file():
        raise UnknownId("list of bad rows for the job", job.id)
    return path


def _queue(app: App, actor: Actor, kind: str, parameters: Mapping[str, Any], request_id: str) -> Job:
    with app.atomic():
        job = enqueue(app.jobs, kind, parameters, actor.operator, app.clock())
        record(app, actor, "job.start", job.id, after={"kind": kind, **parameters}, request_id=request_id)
    return job


def _keep(content: BinaryIO, path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        while chunk := content.read(1 << 20):
            size += len(chunk)
            if size > MOST_BYTES:
                raise BadFile(path.name, f"is larger than {MOST_BYTES >> 30} GiB", advice="Split it.")
            file.write(chunk)


def _file(app: App, parameters: Mapping[str, Any]) -> tuple[Path, Path]:
    """The kept upload, and where its refused rows go."""
    folder = app.home / "uploads" / str(parameters["folder"])
    return folder / str(parameters["file"]), folder / "bad-rows.csv"


def _listing_bad_rows(bad: Path, work: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Runs an import; when it refuses rows, writes all of them down before failing."""
    try:
        return work()
    except BadRows as error:
        write_refused(bad, error.problems)
        raise


def _import_catalog(app: App, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    path, bad = _file(app, parameters)

    def work() -> Mapping[str, Any]:
        report = import_catalog(
            path,
            format=str(parameters.get("format") or "auto"),
            source=parameters.get("source") or None,
            store=app.catalog,
            skip_bad=bad if parameters.get("skip_bad") else None,
            progress=progress,
        )
        return report.to_dict()

    return _listing_bad_rows(bad, work)


def _import_audience(app: App, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    path, bad = _file(app, parameters)
    pairs = [pair.partition("=") for pair in str(parameters.get("map") or "").split(",") if "=" in pair]

    def work() -> Mapping[str, Any]:
        report = import_audience(
            path,
            format=str(parameters.get("format") or "csv"),
            source=parameters.get("source") or None,
            log=app.events,
            viewers=app.viewers,
            catalog=app.catalog,
            mapping={field.strip(): column.strip() for field, _, column in pairs} or None,
            kind=parameters.get("kind") or None,
            scale=parameters.get("scale") or None,
            skip_bad=bad if parameters.get("skip_bad") else None,
            progress=progress,
        )
        return report.to_dict()

    return _listing_bad_rows(bad, work)


def _import_reviews(app: App, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    format = "parquet" if str(parameters["file"]).endswith(".parquet") else "csv"
    source = parameters.get("source") or "reviews"
    return _import_audience(
        app, {**parameters, "format": format, "kind": "review", "source": source}, progress
    )


def _import_rights(app: App, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    path, bad = _file(app, parameters)

    def work() -> Mapping[str, Any]:
        report = import_licenses(
            path,
            source=str(parameters.get("source") or "desk"),
            store=app.licenses,
            resolve=app.catalog.resolve,
            replace=bool(parameters.get("replace")),
            progress=progress,
        )
        return asdict(report)

    return _listing_bad_rows(bad, work)


def _back_up(app: App, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    folder = app.home / "backups"
    folder.mkdir(exist_ok=True)
    name = f"crossreel-{app.clock():%Y%m%dT%H%M%S%f}.zip"
    return asdict(app.backup(folder / name, progress))


def _train(app: App, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    card = app.shelf.train(
        str(parameters["algorithm"]),
        parameters.get("config") or {},
        activate=False,
        measure=True,
        progress=progress,
    )
    if parameters.get("activate"):  # by way of the trail, so that going back finds what served before
        who = Actor(str(parameters.get("actor") or "cli"), frozenset({Permission.EDIT}), "job")
        activate_model(app, who, card.id)
    return asdict(card)
