"""Error pages: what happened and the way out, in the design; JSON where it is asked for (RFC 9457)."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from crossreel.errors import CrossreelError
from crossreel.web.negotiation import prefers_json
from crossreel.web.statuses import heading_for, status_of
from crossreel.web.views import ProblemView
from crossreel.web.visit import Visit

__all__ = ["HANDLERS"]

_log = logging.getLogger("crossreel.web")


def crossreel_problem(request: Request, error: Exception) -> Response:
    """The answer to an error that Crossreel raised on purpose."""
    assert isinstance(error, CrossreelError)
    status = status_of(error)
    reference = ""
    if status >= 500:
        reference = secrets.token_hex(4)
        _log.error("problem %s at %s: %s", reference, request.url.path, error)
    facts = {**error.to_dict(), "reference": reference} if reference else error.to_dict()
    return _problem(request, status, error.message, error.advice, facts)


def http_problem(request: Request, error: Exception) -> Response:
    """The answer to a status that the framework or a page raised."""
    assert isinstance(error, HTTPException)
    response = _problem(request, error.status_code, "", "", {})
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def unexpected_problem(request: Request, error: Exception) -> Response:
    """The answer to a fault of ours; its traceback goes to the log, never out."""
    reference = secrets.token_hex(4)
    _log.error("fault %s at %s", reference, request.url.path, exc_info=error)
    return _problem(request, 500, "", "", {"reference": reference})


def _problem(request: Request, status: int, detail: str, advice: str, facts: dict[str, Any]) -> Response:
    if prefers_json(request.headers.get("accept", "")):
        document = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            **({"detail": detail} if detail else {}),
            **{
                key: value
                for key, value in facts.items()
                if key not in {"message", "status", "title", "type"}
            },
        }
        return JSONResponse(document, status, media_type="application/problem+json")
    try:
        return _page(request, status, detail, advice, str(facts.get("reference", "")))
    except Exception as error:  # the page itself needs the stores; without them plain text still answers
        _log.error("no error page at %s", request.url.path, exc_info=error)
        return PlainTextResponse(f"{status} {HTTPStatus(status).phrase}", status)


def _page(request: Request, status: int, detail: str, advice: str, reference: str) -> Response:
    visit = Visit.begin(request)
    heading, text = heading_for(status)
    if status == 404 and visit.book.language.primary != "en":
        detail = advice = ""  # the heading says the same in the reader's language
    problem = ProblemView(
        status=status,
        heading=visit.book.gettext(heading),
        text=visit.book.gettext(text),
        detail=detail,
        advice=advice,
        reference=reference,
    )
    return visit.page("problem.html", status=status, problem=problem)


HANDLERS: dict[Any, Any] = {
    CrossreelError: crossreel_problem,
    HTTPException: http_problem,
    Exception: unexpected_problem,
}
"""Exception class -> handler, as Starlette takes them."""
