"""Titles: adding and changing them, what was changed, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Body, Path, Query
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.audit import AuditEntry
from crossreel.accounts.operator import Permission
from crossreel.app import App
from crossreel.catalog.documents import content_hash
from crossreel.desk.titles import create_title as add
from crossreel.desk.titles import edit_text, edit_title
from crossreel.desk.undo import can_undo, undo
from crossreel.errors import UnknownId
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.api.answers import answer, check_match, instant, turn_page
from crossreel.web.api.context import Calling, Cursor, IfMatch, Limit, TitlePath
from crossreel.web.api.cursors import read_cursor, write_cursor
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document, Form, Page, Patch, TitleDocument, TitleReplacement
from crossreel.web.api.routes.titles import show_title
from crossreel.web.api.routing import noun, operation

__all__ = ["Change", "merge_patch", "router", "show_change"]

router = noun("titles")

_EXAMPLE = {
    "one": {
        "summary": "A film",
        "value": {
            "id": "moon",
            "name": "Le Voyage dans la Lune",
            "original_languages": ["fr"],
            "countries": ["FR"],
            "year": 1902,
            "texts": [{"language": "en", "name": "A Trip to the Moon"}],
        },
    }
}


class TextForm(Form):
    """Fields of one localized text; what is left out stays, an empty text is removed."""

    name: str | None = Field(None, max_length=1000)
    synopsis: str | None = Field(None, max_length=20_000)
    tagline: str | None = Field(None, max_length=1000)


class MachineText(Document):
    """The engine that wrote a field, and the day."""

    engine: str
    date: str


class Text(Document):
    """One localized text."""

    language: str
    territory: str | None = None
    name: str | None = None
    synopsis: str | None = None
    tagline: str | None = None
    machine: dict[str, MachineText] | None = Field(
        None, description="Field: what wrote it; not accepted yet."
    )


class Change(Document):
    """One change by staff."""

    id: int
    time: str
    actor: str
    via: str
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str
    undoes: int | None
    can_undo: bool


def show_change(app: App, entry: AuditEntry) -> dict[str, Any]:
    """An entry of the trail as JSON."""
    return {
        "id": entry.id,
        "time": instant(entry.time),
        "actor": entry.actor,
        "via": entry.via,
        "action": entry.action,
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
        "request_id": entry.request_id,
        "undoes": entry.undoes,
        "can_undo": can_undo(app, entry),
    }


def merge_patch(document: Any, patch: Any) -> Any:
    """A document with a JSON Merge Patch applied (RFC 7396, section 2)."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(document) if isinstance(document, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


@router.post("/titles", **operation(Permission.EDIT, TitleDocument, status=201, errors=(409,)))
def create_title(
    call: Calling, document: Annotated[TitleDocument, Body(openapi_examples=_EXAMPLE)]
) -> Response:
    """Add a title; its id becomes `desk:` and the document's id."""
    title = add(call.app, call.actor, document, request_id=call.request_id)
    return _changed(call, title.id, status=201)


@router.put("/titles/{title}", **operation(Permission.EDIT, TitleDocument, errors=(409,)))
def replace_title(
    call: Calling, title: TitlePath, document: TitleReplacement, if_match: IfMatch = None
) -> Response:
    """Replace what is known of a title by the whole document; its `id` may be left out."""
    id_ = call.title(title)
    with call.app.atomic():
        _, tag = show_title(call.app, id_)
        check_match(if_match, tag)
        edit_title(call.app, call.actor, id_, document, expected=tag, request_id=call.request_id)
    return _changed(call, id_)


@router.patch("/titles/{title}", **operation(Permission.EDIT, TitleDocument, errors=(409,)))
def change_title(call: Calling, title: TitlePath, patch: Patch, if_match: IfMatch = None) -> Response:
    """Change some fields of a title by a JSON Merge Patch (RFC 7396): null removes, lists are replaced."""
    id_ = call.title(title)
    with call.app.atomic():
        document, tag = show_title(call.app, id_)
        check_match(if_match, tag)
        merged = merge_patch(document, patch)
        edit_title(call.app, call.actor, id_, merged, expected=tag, request_id=call.request_id)
    return _changed(call, id_)


def _changed(call: Calling, id_: TitleId, *, status: int = 200) -> Response:
    document, tag = show_title(call.app, id_)
    where = {"Location": f"{call.root}/titles/{quote(str(id_), safe=':')}"} if status == 201 else {}
    return answer(call.request, document, status=status, tag=tag, headers=where)


@router.get("/titles/{title}/texts", **operation(Permission.READ, list[Text]))
def list_texts(call: Calling, title: TitlePath) -> Response:
    """List a title's localized names, synopses and taglines; the ETag is the title's."""
    document, tag = show_title(call.app, call.title(title))
    return answer(call.request, document.get("texts", []), tag=tag)


Tag = Annotated[str, Path(min_length=2, max_length=64, description="BCP 47 tag.", examples=["pt-BR"])]
Place = Annotated[str, Query(max_length=2, description="Territory of a text for one territory only.")]


@router.put("/titles/{title}/texts/{language}", **operation(Permission.EDIT, TitleDocument, errors=(409,)))
def write_text(
    call: Calling,
    title: TitlePath,
    language: Tag,
    form: TextForm,
    territory: Place = "",
    if_match: IfMatch = None,
) -> Response:
    """Write a title's text in one language; the answer is the whole title."""
    return _write_text(call, title, language, territory, form.model_dump(), if_match, must_match=True)


@router.delete(
    "/titles/{title}/texts/{language}", **operation(Permission.EDIT, TitleDocument, errors=(409, 412))
)
def remove_text(
    call: Calling, title: TitlePath, language: Tag, territory: Place = "", if_match: IfMatch = None
) -> Response:
    """Remove a title's text in one language; the answer is the whole title."""
    empty: dict[str, str | None] = {"name": "", "synopsis": "", "tagline": ""}
    return _write_text(call, title, language, territory, empty, if_match, must_match=False)


def _write_text(
    call: Calling,
    segment: str,
    language: str,
    territory: str,
    fields: dict[str, str | None],
    if_match: str | None,
    *,
    must_match: bool,
) -> Response:
    id_, tongue = call.title(segment), Language.parse(path_value(language))
    where = Territory.parse(territory) if territory else None
    with call.app.atomic():
        title = call.app.catalog.get([id_])[id_]
        if must_match or if_match is not None:
            check_match(if_match, content_hash(title))
        slot = (tongue.tag, where.code if where else "")
        if not must_match and slot not in {text.slot for text in title.texts}:
            raise UnknownId("text", f"{id_} {' '.join(slot).strip()}")
        edit_text(
            call.app,
            call.actor,
            id_,
            tongue,
            where,
            name=fields.get("name"),
            synopsis=fields.get("synopsis"),
            tagline=fields.get("tagline"),
            request_id=call.request_id,
        )
    return _changed(call, id_)


@router.get("/titles/{title}/history", **operation(Permission.READ, Page[Change]))
def list_changes(call: Calling, title: TitlePath, limit: Limit = 50, cursor: Cursor = "") -> Response:
    """List what staff changed of a title and its licenses, newest first."""
    id_ = str(call.title(title))
    place = read_cursor("history", {"title": id_}, cursor, (int,))
    entries = call.app.audit.page(subject=id_, before=place[0] if place else None, limit=limit + 1)
    token = write_cursor("history", {"title": id_}, [entries[limit - 1].id]) if len(entries) > limit else None
    return turn_page(call.request, [show_change(call.app, entry) for entry in entries[:limit]], token)


@router.post(
    "/titles/{title}/history/{entry}/undo", **operation(Permission.EDIT, TitleDocument, errors=(409,))
)
def undo_change(call: Calling, title: TitlePath, entry: Annotated[int, Path(ge=1, le=(1 << 62))]) -> Response:
    """Take one change back, while it is the last word; the answer is the title as it is then."""
    id_ = call.title(title)
    if call.app.audit.get(entry).subject != str(id_):
        raise UnknownId("audit entry", entry)
    undo(call.app, call.actor, entry, request_id=call.request_id)
    return _changed(call, id_)
