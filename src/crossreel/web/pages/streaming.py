"""The published package of a title's film: playlists, segments and texts, where and while rights are open."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.title import Title
from crossreel.errors import NotAllowed
from crossreel.studio.localize_jobs import PUBLISHED, is_published
from crossreel.studio.localize_orders import folder_of
from crossreel.web.pages.files import APART
from crossreel.web.pages.saying import find_title
from crossreel.web.visit import Visit

__all__ = ["STREAM_POLICY", "stream", "stream_url"]

_ADDRESS = re.compile(r"(.+)/([0-9a-f]{64})/((?:[\w-]+/){0,2}[\w-]+(\.\w+))")
_KINDS = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/mp4",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt; charset=utf-8",
}
STREAM_POLICY = "media-src 'self' blob: data:"
"""On the player's page: its script hands segments over as a blob, and begins a text track as ``data:``."""


def stream_url(visit: Visit, title: Title, digest: str) -> str:
    """The address of a film's published master playlist, or empty where there is none."""
    if not is_published(visit.app, digest):
        return ""
    return f"/stream/{quote(str(title.id), safe=':')}/{digest}/{PUBLISHED}"


def stream(request: Request) -> Response:
    """``GET /stream/{id}/{digest}/{file}``: a part of a published package, whole or one byte range.

    The rights are asked at every request, so what closes while it plays stops at the next segment.
    """
    found = _ADDRESS.fullmatch(request.path_params["rest"])
    if found is None or found[4] not in _KINDS:
        raise HTTPException(404)
    visit = Visit.begin(request)
    title = find_title(visit, found[1])
    film = next((one for one in title.attachments if one.digest == found[2]), None)
    folder = folder_of(visit.app, found[2]) / "hls"
    if film is None or film.role is not AttachmentRole.FILM or not _is_part(folder, folder / found[3]):
        raise HTTPException(404)
    if not visit.is_open([title.id]) or film.territory not in (None, visit.territory):
        raise NotAllowed(
            f"{title.id} does not play in {visit.territory} now.", advice="Its page says where it does."
        )
    headers = {**APART, "Cache-Control": "private, no-cache"}
    return FileResponse(folder / found[3], media_type=_KINDS[found[4]], headers=headers)


def _is_part(folder: Path, path: Path) -> bool:
    """Whether a file belongs to what was published; a master that nobody published does not."""
    published = folder / PUBLISHED
    return published.is_file() and path.is_file() and path != folder / "master.m3u8"
