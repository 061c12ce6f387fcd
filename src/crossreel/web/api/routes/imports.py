"""Imports: files of titles, events, licenses and reviews, taken in by a job."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import File, Form, UploadFile
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.work import start_import as start
from crossreel.web.api.context import Calling
from crossreel.web.api.routes.jobs import JobDocument, accepted
from crossreel.web.api.routing import UPLOAD_BYTES, noun, operation

__all__ = ["router"]

router = noun("imports")


@router.post(
    "/imports", **operation(Permission.EDIT, JobDocument, status=202, limit=UPLOAD_BYTES, upload=True)
)
def start_import(
    call: Calling,
    of: Annotated[
        Literal["catalog", "audience", "rights", "reviews"], Form(description="What the file holds.")
    ],
    file: Annotated[UploadFile, File(description="At most 2 GiB; text may be compressed by gzip.")],
    format: Annotated[str, Form(max_length=200, description="As the command line's --format.")] = "",
    source: Annotated[str, Form(max_length=64, description="Names the import.")] = "",
    map: Annotated[str, Form(max_length=2000, description="Events: field=column,...")] = "",
    kind: Annotated[str, Form(max_length=64, description="Events: what every row is.")] = "",
    scale: Annotated[str, Form(max_length=64, description="Events: range of the values, 1..5.")] = "",
    replace: Annotated[bool, Form(description="Licenses: let known ids replace the old ones.")] = False,
) -> Response:
    """Upload a file and start its import; the answer is the job to follow."""
    given = {"format": format, "source": source, "map": map, "kind": kind, "scale": scale}
    options = {name: value for name, value in given.items() if value}
    if replace:
        options["replace"] = "yes"
    job = start(
        call.app,
        call.actor,
        f"{of}.import",
        file.filename or "upload",
        file.file,
        options,
        request_id=call.request_id,
    )
    return accepted(call, job)
