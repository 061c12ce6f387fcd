"""Files of titles: artwork, films, trailers and subtitles."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import File, Form, Path, Query, UploadFile
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.catalog.attachment import PICTURES, AttachmentRole, attachment_to_dict
from crossreel.catalog.documents import content_hash
from crossreel.catalog.title import Title
from crossreel.desk.attachments import attach_file, detach_file
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.api.answers import answer, check_match
from crossreel.web.api.context import Calling, IfMatch, TitlePath
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document
from crossreel.web.api.routing import UPLOAD_BYTES, noun, operation
from crossreel.web.cards import picture_url
from crossreel.web.film import file_url

__all__ = ["router"]

router = noun("titles")


class AttachedFile(Document):
    """One file of a title; at most one for a role, language and territory."""

    role: AttachmentRole
    language: str = Field(examples=["und"], description="Whom it is for; `und` for all.")
    territory: str | None = None
    digest: str = Field(description="SHA-256 of its content.")
    media_type: str
    bytes: int
    width: int | None = None
    shows: list[str] = Field([], description="What an analysis found in a film.")
    height: int | None = None
    seconds: int | None = None
    url: str = Field(description="In the storefront; films answer where and while the title is open.")


Tongue = Annotated[str, Path(min_length=2, max_length=64, description="BCP 47 tag, or und.")]
Place = Annotated[str, Query(max_length=2, description="Territory of a file for one territory only.")]


def _shown(call: Calling, id_: TitleId, *, status: int = 200) -> Response:
    title = call.app.catalog.get([id_])[id_]
    return answer(call.request, _documents(title), status=status, tag=content_hash(title))


def _documents(title: Title) -> list[dict[str, Any]]:
    return [
        {
            **attachment_to_dict(one),
            "url": picture_url(title, one) if one.role in PICTURES else file_url(title, one),
        }
        for one in title.attachments
    ]


def _as_read(call: Calling, title: str, if_match: str | None) -> TitleId:
    """The title's id, once it is sure that the title still is what the caller read."""
    id_ = call.title(title)
    if if_match is not None:
        check_match(if_match, content_hash(call.app.catalog.get([id_])[id_]))
    return id_


@router.get("/titles/{title}/attachments", **operation(Permission.READ, list[AttachedFile]))
def list_files(call: Calling, title: TitlePath) -> Response:
    """List a title's files; the ETag is the title's."""
    return _shown(call, call.title(title))


@router.post(
    "/titles/{title}/attachments",
    **operation(
        Permission.EDIT,
        list[AttachedFile],
        status=201,
        errors=(409, 412),
        limit=UPLOAD_BYTES,
        upload=True,
    ),
)
def upload_file(
    call: Calling,
    title: TitlePath,
    role: Annotated[AttachmentRole, Form(description="What the file is for the title.")],
    file: Annotated[UploadFile, File(description="PNG, JPEG, WebP; MP4, WebM; or subtitles.")],
    language: Annotated[str, Form(max_length=64, description="Whom it is for; und for all.")] = "und",
    territory: Annotated[str, Form(max_length=2, description="The only one it is for.")] = "",
    if_match: IfMatch = None,
) -> Response:
    """Upload a file of a title, in place of the one in its slot; the answer is all its files."""
    id_ = _as_read(call, title, if_match)
    attach_file(
        call.app,
        call.actor,
        id_,
        role,
        file.filename or "upload",
        file.file,
        language=Language.parse(language),
        territory=Territory.parse(territory) if territory else None,
        request_id=call.request_id,
    )
    return _shown(call, id_, status=201)


@router.delete(
    "/titles/{title}/attachments/{role}/{language}",
    **operation(Permission.EDIT, list[AttachedFile], errors=(409, 412)),
)
def remove_file(
    call: Calling,
    title: TitlePath,
    role: AttachmentRole,
    language: Tongue,
    territory: Place = "",
    if_match: IfMatch = None,
) -> Response:
    """Take a file off a title; it can be undone. The answer is the files that stay."""
    id_ = _as_read(call, title, if_match)
    detach_file(
        call.app,
        call.actor,
        id_,
        role,
        language=Language.parse(path_value(language)),
        territory=Territory.parse(territory) if territory else None,
        request_id=call.request_id,
    )
    return _shown(call, id_)
