"""Drawn posters, kept by browsers for as long as the picture stays the same."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from crossreel.catalog.title import Title
from crossreel.web.pages.title import find_title
from crossreel.web.posters.painter import paint, poster_tag
from crossreel.web.visit import Visit

__all__ = ["poster"]

_KEPT = "public, max-age=31536000, immutable"
_FRESH = "public, max-age=300"


@lru_cache(maxsize=1024)
def _painted(tag: str, title: Title) -> bytes:
    return paint(title).encode()


def poster(request: Request) -> Response:
    """``GET /poster/{id}.svg``; with the current ``v`` it may be kept for good."""
    title = find_title(Visit.begin(request), request.path_params["id"])
    tag = poster_tag(title)
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": _KEPT if request.query_params.get("v") == tag else _FRESH,
        "Content-Security-Policy": "default-src 'none'",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(_painted(tag, title), headers=headers, media_type="image/svg+xml")
