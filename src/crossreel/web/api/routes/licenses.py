"""Licenses of a title: reading, adding, replacing, removing, closing in a territory."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from pathlib import Path as FilePath
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import Path
from pydantic import Field
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from crossreel.accounts.operator import Permission
from crossreel.desk.licenses import add_license as add
from crossreel.desk.licenses import close_now, edit_license, title_licenses
from crossreel.desk.licenses import remove_license as remove
from crossreel.errors import BadValue, UnknownId
from crossreel.rights.feed import export_licenses as export
from crossreel.rights.feed import license_to_dict
from crossreel.rights.license import License
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory
from crossreel.web.api.answers import answer, check_match, quoted_tag
from crossreel.web.api.context import Call, Calling, IfMatch, TitlePath
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("licenses")

Names = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=500)]
LicensePath = Annotated[str, Path(min_length=1, max_length=1200, description="License id.")]


class LicenseForm(Form):
    """A license in the form of the JSON Lines; territories are codes and groups such as WORLD and EU."""

    id: str = Field("", max_length=300, description="Unique; made when it is left out.")
    title: str = Field("", max_length=265, description="May be left out; it is the address's title.")
    territories: Names = Field(min_length=1, examples=[["EU"]])
    modes: Names = Field(min_length=1, examples=[["SVOD", "TVOD"]])
    excluded: Names = Field(default_factory=list, examples=[["DE"]])
    languages: Names = Field(default_factory=list)
    start: str | None = Field(
        None, max_length=40, description="First day, or an instant.", examples=["2026-01-01"]
    )
    end: str | None = Field(None, max_length=40, description="Last day, or the first instant outside.")
    reason: str = Field("", max_length=1000)


class StoredLicense(Document):
    """A license as it stands."""

    id: str
    title: str
    territories: list[str]
    excluded: list[str]
    modes: list[str]
    languages: list[str]
    start: str | None
    end: str | None
    reason: str


class ListedLicense(StoredLicense):
    """A license and the tag to change it with."""

    etag: str


class Licenses(Document):
    """All licenses of a title."""

    title: str
    items: list[ListedLicense]


class Closing(Form):
    """Where a title is to be closed."""

    territory: str = Field(min_length=2, max_length=2, examples=["JP"])


class Closed(Document):
    """The licenses that now end."""

    title: str
    territory: str
    ended: list[StoredLicense]


def _tag(license_: License) -> str:
    text = orjson.dumps(license_to_dict(license_), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()[:32]


def _of(call: Call, id_: TitleId, license_id: str) -> License:
    """One of a title's licenses. Raises ``UnknownId``."""
    for license_ in title_licenses(call.app, id_):
        if license_.id == license_id:
            return license_
    raise UnknownId("license", license_id)


def _document(call: Call, id_: TitleId, form: LicenseForm) -> dict[str, Any]:
    document = form.model_dump()
    if not form.title:
        document["title"] = str(id_)
    elif call.app.title_id(form.title) != id_:
        raise BadValue("title", form.title, f"that of the address, {id_}, or left out")
    return document


def _shown(
    call: Call, license_: License, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    return answer(call.request, license_to_dict(license_), status=status, tag=_tag(license_), headers=headers)


@router.get("/licenses/export", **operation(Permission.READ, media="application/x-ndjson"))
def export_licenses(call: Calling) -> Response:
    """Get every license as JSON Lines, as of one moment."""
    with tempfile.NamedTemporaryFile(prefix="crossreel-licenses-", suffix=".jsonl", delete=False) as file:
        path = FilePath(file.name)
    export(path, call.app.licenses)
    return FileResponse(
        path,
        media_type="application/x-ndjson",
        filename="licenses.jsonl",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


@router.get("/titles/{title}/licenses", **operation(Permission.READ, Licenses))
def list_licenses(call: Calling, title: TitlePath) -> Response:
    """List the licenses written for a title, by id; those of its series are listed there."""
    id_ = call.title(title)
    items = [
        {**license_to_dict(license_), "etag": quoted_tag(_tag(license_))}
        for license_ in title_licenses(call.app, id_)
    ]
    return answer(call.request, {"title": str(id_), "items": items})


@router.post(
    "/titles/{title}/licenses", **operation(Permission.EDIT, StoredLicense, status=201, errors=(409,))
)
def add_license(call: Calling, title: TitlePath, form: LicenseForm) -> Response:
    """Add a license to a title."""
    id_ = call.title(title)
    document = _document(call, id_, form)
    document["id"] = form.id or f"desk-{secrets.token_hex(6)}"
    license_ = add(call.app, call.actor, document, request_id=call.request_id)
    place = f"{call.root}/titles/{quote(str(id_), safe=':')}/licenses/{quote(license_.id, safe=':')}"
    return _shown(call, license_, status=201, headers={"Location": place})


@router.post("/titles/{title}/licenses/close", **operation(Permission.EDIT, Closed, errors=(409,)))
def close_title(call: Calling, title: TitlePath, form: Closing) -> Response:
    """End, from this second on, whatever is open for a title in one territory; its past stays told."""
    id_, where = call.title(title), Territory.parse(form.territory)
    ended = close_now(call.app, call.actor, id_, where, request_id=call.request_id)
    shown = [license_to_dict(license_) for license_ in ended]
    return answer(call.request, {"title": str(id_), "territory": where.code, "ended": shown})


@router.get("/titles/{title}/licenses/{license}", **operation(Permission.READ, StoredLicense))
def get_license(call: Calling, title: TitlePath, license: LicensePath) -> Response:
    """Get one license of a title."""
    return _shown(call, _of(call, call.title(title), path_value(license)))


@router.put("/titles/{title}/licenses/{license}", **operation(Permission.EDIT, StoredLicense, errors=(409,)))
def replace_license(
    call: Calling, title: TitlePath, license: LicensePath, form: LicenseForm, if_match: IfMatch = None
) -> Response:
    """Replace one license of a title by another of the same id."""
    id_, license_id = call.title(title), path_value(license)
    document = _document(call, id_, form)
    if form.id not in ("", license_id):
        raise BadValue("id", form.id, f"that of the address, {license_id}, or left out")
    with call.app.atomic():
        check_match(if_match, _tag(_of(call, id_, license_id)))
        changed = edit_license(
            call.app, call.actor, {**document, "id": license_id}, request_id=call.request_id
        )
    return _shown(call, changed)


@router.delete(
    "/titles/{title}/licenses/{license}", **operation(Permission.EDIT, status=204, errors=(409, 412))
)
def remove_license(
    call: Calling, title: TitlePath, license: LicensePath, if_match: IfMatch = None
) -> Response:
    """Remove one license of a title; with `If-Match` only as it was seen."""
    id_ = call.title(title)
    with call.app.atomic():
        found = _of(call, id_, path_value(license))
        if if_match is not None:
            check_match(if_match, _tag(found))
        remove(call.app, call.actor, found.id, request_id=call.request_id)
    return Response(status_code=204)
