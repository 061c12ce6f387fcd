"""Around every request: an id, one log line, one count.

A line says what was asked by the route's template and never by its address: paths, queries,
cookies and tokens can hold what people search for and who they are.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crossreel.web.metrics import Metrics

__all__ = ["RequestLog", "request_id_of", "route_of"]

_HEADER = b"x-request-id"
_WELL_FORMED = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_PROBES = {"/health", "/ready", "/metrics"}
_ABANDONED = 499
"""Status noted where the client was gone before an answer began (nginx's number for it)."""


def request_id_of(scope: Mapping[str, Any]) -> str:
    """The id of the request of an ASGI scope; "" outside of ``RequestLog``."""
    return str(scope.get("state", {}).get("request_id", ""))


def route_of(scope: Mapping[str, Any]) -> str:
    """The template of the route that answered (``/title/{id:path}``); ``none`` where none did."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    if not isinstance(path, str):
        return "none"
    # A route inside a mount knows only its own part; a mount of static files is its own template.
    mounted = str(scope.get("root_path", "")).removeprefix(str(scope.get("app_root_path", "")))
    return path if path == mounted or path.startswith(f"{mounted}/") else f"{mounted}{path}"


class RequestLog:
    """Wraps an ASGI application; goes outermost, so that it sees what was really sent.

    Args:
        app: what answers.
        metrics: where requests are counted.
        lines: write one line a request; ``/health`` and its like are lines of level debug.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, *, lines: bool = True) -> None:
        self._app = app
        self._metrics = metrics
        self._log = structlog.get_logger().bind() if lines else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and notes how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        id_ = _id(scope)
        text = id_.decode()
        scope.setdefault("state", {})["request_id"] = text
        structlog.contextvars.bind_contextvars(request_id=text)
        status, size = 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (_HEADER, id_)]}
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except BaseException:
            status = status or 500
            raise
        finally:
            self._note(scope, status or _ABANDONED, size, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        route = route_of(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._metrics.requests.add(method, route, str(status))
        self._metrics.durations.observe(seconds, route)
        if self._log is None:
            return
        write = self._log.error if status >= 500 else self._log.debug if route in _PROBES else self._log.info
        write("request", method=method, route=route, status=status, ms=round(seconds * 1000, 2), bytes=size)


def _id(scope: Scope) -> bytes:
    """The id that the client or proxy gave, if it is 8 to 64 plain characters, else a new one."""
    for name, value in scope["headers"]:
        if name == _HEADER and _WELL_FORMED.fullmatch(value):
            return bytes(value)
    return secrets.token_hex(8).encode()
