"""Imports: a file of titles, events or licenses is uploaded, and a job takes it in."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.audience.event import EventKind
from crossreel.audience.importing import FORMATS as EVENT_FORMATS
from crossreel.catalog.feeds import FORMATS as TITLE_FORMATS
from crossreel.desk.work import MOST_BYTES, start_import
from crossreel.errors import BadInput
from crossreel.web.console.addresses import shown, uploaded
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "KEPT", "ROUTES"]

_LONGEST = 2000
TABS = {"catalog": M_("Titles"), "audience": M_("Events"), "rights": M_("Licenses"), "reviews": M_("Reviews")}
_FORMATS: dict[str, tuple[str, ...]] = {
    "catalog": ("auto", *TITLE_FORMATS),
    "audience": tuple(name for name in EVENT_FORMATS if name != "movielens"),
    "rights": (),
    "reviews": (),
}
_OPTIONS = {
    "catalog": ("format", "source", "skip_bad"),
    "audience": ("format", "source", "map", "kind", "scale", "skip_bad"),
    "rights": ("source", "replace"),
    "reviews": ("source", "map", "scale", "skip_bad"),
}
KEPT = ("format", "source", "map", "kind", "scale")
"""Options that an address may fill in; what changes what is stored is ticked by hand."""


def form(sitting: Sitting) -> Response:
    """``GET /import?of=catalog``; the options in ``KEPT`` fill the form."""
    asked = sitting.query("of")
    values = {name: sitting.query(name)[:_LONGEST] for name in KEPT}
    return _form(sitting, asked if asked in TABS else "catalog", values=values)


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


def _start(sitting: Sitting, fields: dict[str, str], file: UploadFile | None) -> Response:
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
    return sitting.go(console_url(f"/job/{job.id}"), sitting.tell("The import was asked for."))


ROUTES = [
    shown("/import", form, Permission.EDIT),
    uploaded("/import", _start, MOST_BYTES),
]
COMMANDS = [
    Command(M_("Import titles"), console_url("/import", of="catalog"), "upload file", Permission.EDIT),
    Command(M_("Import events"), console_url("/import", of="audience"), "upload ratings", Permission.EDIT),
    Command(M_("Import reviews"), console_url("/import", of="reviews"), "upload opinions", Permission.EDIT),
    Command(M_("Import licenses"), console_url("/import", of="rights"), "upload rights", Permission.EDIT),
]
