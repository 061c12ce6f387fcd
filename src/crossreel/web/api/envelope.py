"""What surrounds every request: its id, and a path whose slashes inside ids stay apart."""

from __future__ import annotations

import re
import secrets
from urllib.parse import quote, unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Envelope", "path_value"]

_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


class Envelope:
    """Gives every request an id, and routes by path segments.

    ``X-Request-ID`` is taken from the request if it is 1 to 64 letters, digits and ``. _ : -``, else
    made; it is in ``request.state.request_id``, in every answer and in the audit trail.

    HEAD is answered as GET without the body (RFC 9110, section 9.3.2).

    Servers decode a path before anybody looks at it, so that an id with an encoded slash would fall
    apart. Here each segment keeps its slashes encoded; ``path_value`` decodes one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        given = Headers(scope=scope).get("x-request-id", "")
        # An id that somebody further out has chosen is also written into the answer there.
        names = state["names_request"] = not state.get("request_id")
        if names:
            state["request_id"] = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)

        without_body, ended = scope["method"] == "HEAD", False

        async def send_named(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start" and names:
                MutableHeaders(scope=message).setdefault("X-Request-ID", state["request_id"])
            if message["type"] == "http.response.body" and without_body:
                if ended:
                    return
                ended, message = True, {"type": "http.response.body", "body": b""}
            await send(message)

        inner = {**scope, "path": _segmented(scope), "method": "GET" if without_body else scope["method"]}
        try:
            await self._app(inner, receive, send_named)
        finally:
            scope.update({key: inner[key] for key in ("route", "endpoint") if key in inner})  # for logs


def _segmented(scope: Scope) -> str:
    raw = scope.get("raw_path")
    text = raw.decode("ascii", "replace").partition("?")[0] if raw else quote(scope["path"])
    segments = (unquote(segment).replace("%", "%25").replace("/", "%2F") for segment in text.split("/"))
    return "/".join(segments)


def path_value(segment: str) -> str:
    """The text that a path parameter stands for."""
    return segment.replace("%2F", "/").replace("%25", "%")
