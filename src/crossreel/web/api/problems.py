"""Every refusal and every fault as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from crossreel.errors import BadInput, CrossreelError
from crossreel.values.inside import seen_from_inside
from crossreel.web.statuses import heading_for, status_of

__all__ = ["CODES", "HANDLERS", "MEDIA_TYPE", "Refusal", "problem_document"]

_log = logging.getLogger("crossreel.web")

MEDIA_TYPE = "application/problem+json"

CODES: dict[int, str] = {
    400: "bad-request",
    401: "not-signed-in",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    412: "stale",
    413: "too-large",
    415: "unsupported-media-type",
    428: "precondition-required",
    429: "too-many-requests",
    500: "fault",
}
"""Codes of problems that HTTP itself has; all others are codes of ``crossreel.errors``."""

_FIXED = frozenset({"type", "title", "status", "code", "detail", "advice", "request_id", "message"})


class Refusal(HTTPException):
    """A status of HTTP's own with words and facts: a missing precondition, too many requests.

    Args:
        status: the answer's status, a key of ``CODES``.
        detail: what is wrong, one sentence.
        advice: the way out, one sentence.
        headers: of the answer.
        **data: the facts behind it, JSON-serializable.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        advice: str = "",
        headers: Mapping[str, str] | None = None,
        **data: Any,
    ) -> None:
        super().__init__(status, detail, headers)
        self.advice = advice
        self.data = data


def problem_document(error: CrossreelError, home: str = "") -> dict[str, Any]:
    """The problem that an error is; ``home``, the workspace's folder, is left out of its words."""
    return _document(status_of(error), error.code, error.message, error.advice, error.data, home)


def _document(
    status: int, code: str, detail: str, advice: str, data: Mapping[str, Any], home: str = ""
) -> dict[str, Any]:
    document = {
        "type": f"urn:crossreel:problem:{code}",
        "title": _title(status),
        "status": status,
        "code": code,
        "detail": detail or heading_for(status)[1],
        "advice": advice,
        **{key: value for key, value in data.items() if key not in _FIXED},
    }
    return {key: seen_from_inside(home, value) for key, value in document.items()}


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _crossreel_problem(request: Request, error: Exception) -> Response:
    """The answer to an error that Crossreel raised on purpose."""
    assert isinstance(error, CrossreelError)
    document = problem_document(error, _home(request))
    if document["status"] >= 500:
        _log.error("problem %s at %s: %s", _id(request), request.url.path, error)
    headers = {}
    if "retry_after" in error.data:
        headers["Retry-After"] = str(error.data["retry_after"])
    return _response(request, document, headers)


def _invalid_problem(request: Request, error: Exception) -> Response:
    """The answer to a request of the wrong shape: where, and what is wrong; what was sent is not repeated."""
    assert isinstance(error, RequestValidationError)
    problems = [
        {"where": ".".join(str(part) for part in one["loc"]), "problem": str(one["msg"])[:300]}
        for one in error.errors()[:100]
    ]
    count = len(error.errors())
    detail = f"{count} values of the request cannot be used." if count > 1 else "A value cannot be used."
    if problems:
        detail += f" {problems[0]['where']}: {problems[0]['problem']}."
    advice = "Compare the request with the API's reference."
    return _response(request, _document(422, BadInput.code, detail, advice, {"problems": problems}))


def _http_problem(request: Request, error: Exception) -> Response:
    """The answer to a status that the framework or the API itself raised."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    detail = error.detail if error.detail != _title(error.status_code) else ""
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_allowed(request)))
    code = CODES.get(error.status_code, CODES[400])
    advice = getattr(error, "advice", "")
    data: Mapping[str, Any] = getattr(error, "data", {})
    return _response(request, _document(error.status_code, code, detail, advice, data), headers)


def _allowed(request: Request) -> set[str]:
    """Every method that some route takes at the request's path."""
    found = {
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        for route in request.app.router.routes
        if route.matches({**request.scope, "method": method})[0] is Match.FULL
    }
    return found | {"HEAD"} if "GET" in found else found


def _fault(request: Request, error: Exception) -> Response:
    """The answer to a fault of ours; its traceback goes to the log, never out."""
    _log.error("fault %s at %s", _id(request), request.url.path, exc_info=error)
    advice = "Tell whoever runs the server the request id."
    response = _response(request, _document(500, CODES[500], "", advice, {}))
    if getattr(request.state, "names_request", True):
        response.headers["X-Request-ID"] = _id(request)
    return response


def _response(
    request: Request, document: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    body = orjson.dumps({**document, "request_id": _id(request)}, default=str)
    headers = {"Cache-Control": "no-store", **(headers or {})}
    return Response(body, document["status"], headers, media_type=MEDIA_TYPE)


def _id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


def _home(request: Request) -> str:
    return str(request.app.state.app.home)


HANDLERS: dict[Any, Any] = {
    CrossreelError: _crossreel_problem,
    RequestValidationError: _invalid_problem,
    HTTPException: _http_problem,
    Exception: _fault,
}
"""Exception class -> handler, as FastAPI takes them."""
