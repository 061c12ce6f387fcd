"""Drawn posters and stills, kept by browsers for as long as the picture stays the same."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from crossreel.artwork.poster import SHAPES, Shape, draw_still
from crossreel.catalog.title import Title
from crossreel.errors import BadValue
from crossreel.values.language import Language
from crossreel.web.pages.saying import find_title
from crossreel.web.posters.painter import paint, poster_tag
from crossreel.web.visit import Visit

__all__ = ["poster"]

_KEPT = "public, max-age=31536000, immutable"
_FRESH = "public, max-age=300"
_HEADERS = {
    # An image that somebody opens by itself may load and run nothing.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@lru_cache(maxsize=1024)
def _painted(tag: str, title: Title, shape: Shape | None, language: Language | None) -> tuple[bytes, str]:
    """The picture and the SHA-256 of its bytes, as a strong entity tag (RFC 9110, section 8.8.1)."""
    drawn = (
        draw_still(title, language=language)
        if shape is None
        else paint(title, shape=shape, language=language)
    )
    content = drawn.encode()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def poster(request: Request) -> Response:
    """``GET /poster/{id}.svg``; with the current ``v`` it may be kept for good.

    ``shape`` is ``2:3`` (the default), ``16:9``, ``1:1`` or ``still`` (16:9 without letters);
    ``lang`` is the reader's language, whose name for the title is then written under the original.
    """
    title = find_title(Visit.begin(request), request.path_params["id"])
    shape = _shape(request.query_params.get("shape", "2:3"))
    asked = request.query_params.get("lang", "")
    language = Language.parse(asked) if asked else None
    tag = poster_tag(title, shape=shape or "16:9", language=language)
    content, entity = _painted(tag, title, shape, language)
    kept = request.query_params.get("v") == tag
    headers = {**_HEADERS, "ETag": entity, "Cache-Control": _KEPT if kept else _FRESH}
    if entity in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="image/svg+xml")


def _shape(text: str) -> Shape | None:
    """A poster's shape; None for a still."""
    if text == "still":
        return None
    found = next((shape for shape in SHAPES if shape == text), None)
    if found is None:
        raise BadValue("shape", text, "2:3, 16:9, 1:1 or still")
    return found
