"""Uploaded files of titles: pictures for everyone, films and subtitles where and while rights are open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from crossreel.catalog.attachment import PICTURES, Attachment
from crossreel.catalog.blobs import BlobStore
from crossreel.errors import NotAllowed, UnknownId
from crossreel.web.pages.saying import find_title
from crossreel.web.visit import Visit

__all__ = ["APART", "artwork", "play", "sent_blob"]

_BLOCK = 256 << 10
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
APART = {
    # A file that somebody opens by itself may load and run nothing.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Accept-Ranges": "bytes",
}
"""Headers of files that are not ours to run."""


def artwork(request: Request) -> Response:
    """``GET /artwork/{id}/{digest}``: an uploaded poster or still; its address never shows another."""
    visit = Visit.begin(request)
    found = _attached(visit, request)
    if found.role not in PICTURES:
        raise HTTPException(404)
    return sent_blob(visit.app.blobs, request, found, "public, max-age=31536000, immutable")


def play(request: Request) -> Response:
    """``GET /play/{id}/{digest}``: an attached film or subtitle file, whole or one byte range.

    The rights are asked at every request, so what closes while it plays stops at the next range.
    """
    visit = Visit.begin(request)
    found = _attached(visit, request)
    if found.role in PICTURES:
        raise HTTPException(404)
    title = find_title(visit, request.path_params["id"])
    if not visit.is_open([title.id]) or found.territory not in (None, visit.territory):
        raise NotAllowed(
            f"{title.id} does not play in {visit.territory} now.", advice="Its page says where it does."
        )
    return sent_blob(visit.app.blobs, request, found, "private, no-cache")


def _attached(visit: Visit, request: Request) -> Attachment:
    """The file of the address, if the title has it: a digest alone opens nothing."""
    title = find_title(visit, request.path_params["id"])
    digest = request.path_params["digest"]
    found = next((one for one in title.attachments if one.digest == digest), None)
    if found is None or not visit.app.blobs.exists(digest):
        raise HTTPException(404)
    return found


def sent_blob(blobs: BlobStore, request: Request, one: Attachment, kept: str) -> Response:
    """A kept file, whole or one byte range; ``kept`` is its ``Cache-Control``."""
    headers = {**APART, "Cache-Control": kept, "ETag": f'"{one.digest[:32]}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    size = one.bytes
    first, last, partial = _range(request, size, headers["ETag"])
    if first > last:
        raise HTTPException(416, headers={"Content-Range": f"bytes */{size}"})
    try:
        file = blobs.open(one.digest)
    except UnknownId:
        raise HTTPException(404) from None
    if partial:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    headers["Content-Length"] = str(last - first + 1)
    kind = one.media_type + ("; charset=utf-8" if one.media_type.startswith("text/") else "")
    if request.method == "HEAD":
        file.close()
        return Response(status_code=206 if partial else 200, headers=headers, media_type=kind)
    body = _blocks(file, first, last)
    return StreamingResponse(body, 206 if partial else 200, headers, media_type=kind)


def _range(request: Request, size: int, tag: str) -> tuple[int, int, bool]:
    """First and last byte, and whether a part was asked for (RFC 9110, section 14).

    Several ranges at once, and a part of another state of the file, get the whole.
    """
    asked = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if asked is None or asked[0] == "bytes=-" or request.headers.get("if-range", tag) != tag:
        return 0, size - 1, False
    if not asked[1]:  # the last so many bytes
        return max(size - int(asked[2][:18]), 0), size - 1 if int(asked[2][:18]) else -1, True
    last = min(int(asked[2][:18]), size - 1) if asked[2] else size - 1
    return int(asked[1][:18]), last, True


def _blocks(file: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (block := file.read(min(_BLOCK, left))):
            left -= len(block)
            yield block
