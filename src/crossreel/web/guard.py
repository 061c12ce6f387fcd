"""Security headers around every answer, and the reading of forms within limits."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["BODY_LIMIT", "CONTENT_SECURITY_POLICY", "SecurityHeaders", "read_form"]

BODY_LIMIT = 64 * 1024
"""Bytes a request may carry; the largest form here is far below 2 kB."""

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
"""Nothing inline, nothing evaluated, nothing from elsewhere."""

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds the security headers to every answer, error pages included.

    Args:
        app: what is guarded.
        secure: also demand HTTPS for a year (HSTS).
    """

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        hsts = {"Strict-Transport-Security": "max-age=31536000"} if secure else {}
        named = {**_HEADERS, **hsts}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and adds the headers to what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", ())
                names = {name.lower() for name, _ in given}
                added = [pair for pair in self._headers if pair[0] not in names]
                message = {**message, "headers": [*given, *added]}
            await send(message)

        await self._app(scope, receive, send_guarded)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form; of repeated ones the last.

    Raises:
        HTTPException: 413 over ``BODY_LIMIT`` bytes or 50 fields, 415 for any other kind of body,
            400 for text that is not UTF-8.
    """
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise HTTPException(413)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50, errors="strict"))
    except UnicodeDecodeError as error:
        raise HTTPException(400) from error
    except ValueError as error:  # more than 50 fields
        raise HTTPException(413) from error
