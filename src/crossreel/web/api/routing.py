"""``ApiRoute``: what happens between a request and its endpoint, the same for every one.

In this order: the caller is admitted (before anything of the body is read), the kind and size of
the body are checked, JSON is read strictly (UTF-8, no NaN, no lone surrogates, no deep nesting).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive

from crossreel.accounts.operator import Permission
from crossreel.desk.work import MOST_BYTES
from crossreel.web.api.problems import Refusal

__all__ = ["BULK_BYTES", "JSON_BYTES", "UPLOAD_BYTES", "ApiRoute", "noun", "operation"]

JSON_BYTES = 1 << 20
"""Bytes of an ordinary JSON body; the longest synopsis in every language is far below."""
BULK_BYTES = 16 << 20
"""Bytes of a bulk body."""
UPLOAD_BYTES = MOST_BYTES + (1 << 20)
"""Bytes of an upload with its form around it."""
_DEEPEST = 32

_MULTIPART = "multipart/form-data"
_MERGE_PATCH = "application/merge-patch+json"


def noun(name: str) -> APIRouter:
    """A router for the endpoints of one noun."""
    return APIRouter(tags=[name], route_class=ApiRoute)


def operation(
    permission: Permission | None,
    returns: Any = None,
    *,
    status: int = 200,
    errors: tuple[int, ...] = (),
    limit: int = JSON_BYTES,
    media: str = "",
    upload: bool = False,
    weight: float = 1.0,
) -> dict[str, Any]:
    """What a route says of itself, as keyword arguments of its decorator.

    Args:
        permission: what the caller needs; None lets anybody in.
        returns: the model of the answer; it describes, the endpoint itself writes the answer.
        status: of the answer.
        errors: statuses of problems beyond those that follow from the route's shape.
        limit: bytes of the body.
        media: the kind of an answer that is not JSON.
        upload: the body is a form with a file.
        weight: how much of a request it counts as against the limits; a page of pictures asks for hundreds.
    """
    extra: dict[str, Any] = {
        "x-permission": permission.value if permission else "none",
        "x-errors": list(errors),
        "x-limit": limit,
        "x-upload": upload,
        "x-weight": weight,
    }
    if media:
        extra["responses"] = {str(status): {"content": {media: {"schema": {"type": "string"}}}}}
    return {"response_model": returns, "status_code": status, "openapi_extra": extra}


class ApiRoute(APIRoute):
    """A route that admits, limits and reads as the module says."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with everything before the endpoint around it."""
        handle = super().get_route_handler()
        extra = self.openapi_extra or {}
        asked = extra.get("x-permission", "none")
        permission = None if asked == "none" else Permission(asked)
        limit, upload, weight = extra.get("x-limit", 0), extra.get("x-upload"), extra.get("x-weight", 1.0)
        takes_body = self.body_field is not None

        async def admitted(request: Request) -> Response:
            gate = request.app.state.gate
            request.state.actor = await run_in_threadpool(gate.admit, request, permission, weight)
            if takes_body:
                _check_kind(request, upload=bool(upload))
            return await handle(_StrictRequest(request.scope, _bounded(request, limit)))

        return admitted


def _check_kind(request: Request, *, upload: bool) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if upload:
        fits, wanted = given == _MULTIPART, _MULTIPART
    else:
        patch = request.method == "PATCH" and given == _MERGE_PATCH
        fits, wanted = given == "application/json" or patch, "application/json"
    if not fits:
        raise Refusal(
            415, f"The body must be {wanted}.", f"Send it with Content-Type: {wanted}.", {"Accept": wanted}
        )


def _bounded(request: Request, limit: int) -> Receive:
    """The request's channel, which breaks off a body over the limit."""
    too_large = Refusal(413, f"The body is larger than {limit} bytes.", "Send it in parts.", limit=limit)
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise too_large
    size = 0

    async def receive() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise too_large
        return message

    return receive


class _StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> Any:
        """The body. Raises ``orjson.JSONDecodeError`` (a ``json.JSONDecodeError``), or ``Refusal``."""
        document = orjson.loads(await self.body())
        if _is_deep(document):
            raise Refusal(400, f"The body is nested more than {_DEEPEST} levels deep.", "Nothing here is.")
        return document


def _is_deep(document: object) -> bool:
    level = [document]
    for _ in range(_DEEPEST):
        level = [
            child
            for one in level
            if isinstance(one, dict | list)
            for child in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
