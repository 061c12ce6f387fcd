"""Puts the console together: routes, error pages and its own content security policy."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crossreel.errors import CrossreelError
from crossreel.web.choices import site_secret
from crossreel.web.console import trail
from crossreel.web.console.addresses import sign_in_first
from crossreel.web.console.cookies import DeskCookies
from crossreel.web.console.listing import Listing
from crossreel.web.console.pages import go, sign_in
from crossreel.web.console.phrases import phrases
from crossreel.web.console.rail import NOUNS
from crossreel.web.console.rendering import Renderer
from crossreel.web.console.sitting import Console, Crumb, Sitting
from crossreel.web.profiles import Profiles
from crossreel.web.statuses import heading_for, status_of

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["CONTENT_SECURITY_POLICY", "create_console"]

_log = logging.getLogger("crossreel.web.console")

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
"""Scripts from this site only, nothing inline, nothing from elsewhere."""


def create_console(app: App, *, secret: bytes | None = None) -> Starlette:
    """The console over an application, to be mounted at ``/console`` of the site.

    The site serves what is under ``/static`` and the posters.

    Args:
        app: the wired application; the caller closes it.
        secret: signs cookies; default is the workspace's own key, made at first use.
    """
    secure = app.settings.web.secure_cookies
    told = phrases()
    web = Starlette(
        routes=[
            *sign_in.ROUTES,
            *go.ROUTES,
            *trail.ROUTES,
            *(route for noun in NOUNS for route in noun.routes),
        ],
        middleware=[Middleware(_Policy)],
        exception_handlers={
            CrossreelError: _crossreel_problem,
            HTTPException: _http_problem,
            Exception: _unexpected_problem,
        },
    )
    web.state.console = Console(
        app=app,
        cookies=DeskCookies(secret or site_secret(app.home), secure=secure),
        phrases=told,
        renderer=Renderer(told),
        listing=Listing(),
        profiles=Profiles(app.viewers),
        nouns=NOUNS,
    )
    return web


class _Policy:
    """Sets the console's policy where the answer has none; the site's own would forbid its script."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                headers.setdefault("X-Robots-Tag", "noindex")
            await send(message)

        await self._app(scope, receive, guarded)


def _crossreel_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, CrossreelError)
    status = status_of(error)
    reference = ""
    if status >= 500:
        reference = secrets.token_hex(4)
        _log.error("problem %s at %s: %s", reference, request.url.path, error)
    return _problem(request, status, detail=error.message, advice=error.advice, reference=reference)


def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = _problem(request, error.status_code)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def _unexpected_problem(request: Request, error: Exception) -> Response:
    reference = secrets.token_hex(4)
    _log.error("fault %s at %s", reference, request.url.path, exc_info=error)
    return _problem(request, 500, reference=reference)


def _problem(
    request: Request, status: int, *, detail: str = "", advice: str = "", reference: str = ""
) -> Response:
    """What happened and the way out, in the frame; whoever is not signed in is asked to do so first."""
    try:
        sitting = Sitting.begin(request)
        if sitting is None:
            if request.method != "POST" and status < 500:
                return sign_in_first(request)
            told = f"{detail or heading_for(status)[0]} {advice}".strip()
            return sign_in.sign_in_page(request, problem=told, status=status)
        heading, text = heading_for(status)
        context: dict[str, Any] = {
            "heading": heading,
            "text": text,
            "detail": detail,
            "advice": advice,
            "reference": reference,
            "problem_status": status,
        }
        told = sitting.tell(heading)
        return sitting.page(
            "problem.html", noun="", title=told, crumbs=[Crumb(told)], status=status, **context
        )
    except Exception as error:  # the page itself needs the stores; without them plain text still answers
        _log.error("no error page at %s", request.url.path, exc_info=error)
        return PlainTextResponse(f"{status}\n", status)
