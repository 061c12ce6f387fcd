"""Many edits of titles in one request."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, Literal

from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.titles import create_title, edit_title
from crossreel.errors import Conflict, CrossreelError
from crossreel.values.ids import TitleId
from crossreel.web.api.answers import answer, check_match, quoted_tag
from crossreel.web.api.context import Call, Calling
from crossreel.web.api.forms import Document, Form, Problem
from crossreel.web.api.problems import CODES, problem_document
from crossreel.web.api.routes.title_changes import merge_patch
from crossreel.web.api.routes.titles import show_title
from crossreel.web.api.routing import BULK_BYTES, noun, operation

__all__ = ["MOST_EDITS", "router"]

router = noun("titles")

MOST_EDITS = 1000


class Edit(Form):
    """One edit: create a title, replace it whole, or change some fields (RFC 7396)."""

    op: Literal["create", "replace", "change"]
    id: str = Field("", max_length=265, description="Of the title; empty for create.")
    if_match: str | None = Field(None, max_length=200, description="ETag that must still hold.")
    document: dict[str, Any] = Field(
        description="As of POST, PUT or PATCH of a title.", examples=[{"year": 1902}]
    )


class Edits(Form):
    """Up to 1000 edits, done in order."""

    edits: list[Edit] = Field(min_length=1, max_length=MOST_EDITS)
    atomic: bool = Field(False, description="All or nothing; otherwise each edit stands for itself.")


class Outcome(Document):
    """What became of one edit; `problem` says why it was refused."""

    index: int
    status: int
    id: str | None
    etag: str | None
    problem: Problem | None


class Outcomes(Document):
    """What became of every edit, in their order."""

    done: int
    refused: int
    results: list[Outcome]


class _Undone(Exception):
    """Takes a transaction back."""


@router.post("/titles/bulk", **operation(Permission.EDIT, Outcomes, errors=(409,), limit=BULK_BYTES))
def edit_titles(call: Calling, form: Edits) -> Response:
    """Do up to 1000 edits of titles; with `atomic`, all of them or none (409 lists what stood in the way)."""
    results: list[dict[str, Any]] = []
    try:
        with call.app.atomic() if form.atomic else nullcontext():
            results = [_outcome(call, index, edit) for index, edit in enumerate(form.edits)]
            if form.atomic and any(result["problem"] for result in results):
                raise _Undone
    except _Undone:
        refused = [result for result in results if result["problem"]]
        raise Conflict(
            f"{len(refused)} of {len(results)} edits are refused, so none was done.",
            advice="Correct them and send all again.",
            results=refused,
        ) from None
    refused_count = sum(result["problem"] is not None for result in results)
    return answer(
        call.request, {"done": len(results) - refused_count, "refused": refused_count, "results": results}
    )


def _outcome(call: Call, index: int, edit: Edit) -> dict[str, Any]:
    try:
        id_, created = _do(call, edit)
    except CrossreelError as error:
        problem = {**problem_document(error, str(call.app.home)), "request_id": call.request_id}
    except HTTPException as error:
        problem = {
            "type": f"urn:crossreel:problem:{CODES[error.status_code]}",
            "title": "Precondition Failed",
            "status": error.status_code,
            "code": CODES[error.status_code],
            "detail": error.detail,
            "advice": getattr(error, "advice", ""),
            "request_id": call.request_id,
        }
    else:
        tag = quoted_tag(show_title(call.app, id_)[1])
        return {
            "index": index,
            "status": 201 if created else 200,
            "id": str(id_),
            "etag": tag,
            "problem": None,
        }
    return {
        "index": index,
        "status": problem["status"],
        "id": edit.id or None,
        "etag": None,
        "problem": problem,
    }


def _do(call: Call, edit: Edit) -> tuple[TitleId, bool]:
    """Does one edit; returns the title's id and whether it is new."""
    app, actor, request_id = call.app, call.actor, call.request_id
    if edit.op == "create":
        document = {**edit.document, **({"id": edit.id} if edit.id else {})}
        return create_title(app, actor, document, request_id=request_id).id, True
    id_ = call.title(edit.id)
    with app.atomic():
        current, tag = show_title(app, id_)
        if edit.if_match is not None:
            check_match(edit.if_match, tag)
        document = merge_patch(current, edit.document) if edit.op == "change" else edit.document
        edit_title(app, actor, id_, document, expected=tag, request_id=request_id)
    return id_, False
