"""Imports: a file of titles, events or licenses is uploaded, and a job takes it in."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crossreel.accounts.operator import Permission
from crossreel.audience.event import EventKind
from crossreel.audience.importing import FORMATS as EVENT_FORMATS
from crossreel.catalog.feeds import FORMATS as TITLE_FORMATS
from crossreel.desk.work import MOST_BYTES, start_import
from crossreel.errors import BadInput
from crossreel.web.console.addresses import shown, sign_in_first
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]

_OVERHEAD = 1 << 20
"""Bytes that the form around a file may take."""
_LONGEST = 2000
TABS = {"catalog": M_("Titles"), "audience": M_("Events"), "rights": M_("Licenses")}
_FORMATS: dict[str, tuple[str, ...]] = {
    "catalog": ("auto", *TITLE_FORMATS),
    "audience": tuple(name for name in EVENT_FORMATS if name != "movielens"),
    "rights": (),
}
_OPTIONS = {
    "catalog": ("format", "source", "skip_bad"),
    "audience": ("format", "source", "map", "kind", "scale", "skip_bad"),
    "rights": ("source", "replace"),
}


def form(sitting: Sitting) -> Response:
    """``GET /import?of=catalog``."""
    asked = sitting.query("of")
    return _form(sitting, asked if asked in TABS else "catalog")


def _form(
    sitting: Sitting, of: str, *, values: dict[str, str] | None = None, problem: str = "", status: int = 200
) -> Response:
    here = sitting.tell("Import a file")
    return sitting.page(
        "import.html",
        noun="jobs",
        title=here,
        crumbs=[Crumb(here)],
        status=status,
        of=of,
        tabs=TABS,
        formats=_FORMATS[of],
        options=_OPTIONS[of],
        kinds=tuple(EventKind),
        values=values or {},
        problem=problem,
        gibibytes=MOST_BYTES >> 30,
    )


async def upload(request: Request) -> Response:
    """``POST /import`` (multipart): who asks is settled before the body is read."""
    sitting = await run_in_threadpool(_admitted, request)
    if sitting is None:
        return sign_in_first(request)
    _check_length(request)
    try:
        async with request.form(max_files=1, max_fields=20, max_part_size=_LONGEST * 4) as sent:
            fields = {name: value for name, value in sent.multi_items() if isinstance(value, str)}
            file = next((one for one in sent.values() if isinstance(one, UploadFile)), None)
            return await run_in_threadpool(_start, sitting, fields, file)
    except MultiPartException as error:
        raise HTTPException(400) from error


def _admitted(request: Request) -> Sitting | None:
    sitting = Sitting.begin(request)
    if sitting is not None:
        sitting.actor.require(Permission.EDIT)
    return sitting


def _check_length(request: Request) -> None:
    """Refuses other bodies than forms with a file, too large ones, and those that hide their length."""
    if request.headers.get("content-type", "").partition(";")[0] != "multipart/form-data":
        raise HTTPException(415)
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411)
    if int(length) > MOST_BYTES + _OVERHEAD:
        raise HTTPException(413)


def _start(sitting: Sitting, fields: dict[str, str], file: UploadFile | None) -> Response:
    sitting.console.cookies.forms.check_form(sitting.request, fields.get("token", ""))
    of = fields.get("of", "")
    if of not in TABS:
        raise HTTPException(400)
    values = {name: fields.get(name, "").strip()[:_LONGEST] for name in _OPTIONS[of]}
    options: dict[str, Any] = {name: value for name, value in values.items() if value}
    if file is None or not file.filename:
        problem = sitting.tell("Choose a file first.")
        return _form(sitting, of, values=values, problem=problem, status=422)
    try:
        job = start_import(
            sitting.app,
            sitting.actor,
            f"{of}.import",
            file.filename,
            file.file,
            options,
            request_id=sitting.request_id,
        )
    except BadInput as error:
        problem = f"{error.message} {error.advice}".strip()
        return _form(sitting, of, values=values, problem=problem, status=422)
    return sitting.go(console_url(f"/job/{job.id}"), sitting.tell("The import is queued."))


ROUTES = [
    shown("/import", form, Permission.EDIT),
    Route("/import", upload, methods=["POST"], name="change /import"),
]
COMMANDS = [
    Command(M_("Import titles"), console_url("/import", of="catalog"), "upload file", Permission.EDIT),
    Command(M_("Import events"), console_url("/import", of="audience"), "upload ratings", Permission.EDIT),
    Command(M_("Import licenses"), console_url("/import", of="rights"), "upload rights", Permission.EDIT),
]
