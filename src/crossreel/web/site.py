"""Puts the storefront together: routes, middleware, error pages over one application."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

import crossreel
from crossreel.web.choices import Cookies, site_secret
from crossreel.web.guard import SecurityHeaders
from crossreel.web.pages.home import home
from crossreel.web.pages.poster import poster
from crossreel.web.pages.preferences import keep_preferences, preferences
from crossreel.web.pages.search import search
from crossreel.web.pages.title import rate, title_page
from crossreel.web.phrasebook import OFFERED, Phrasebook, phrasebook
from crossreel.web.problems import HANDLERS
from crossreel.web.profiles import Profiles
from crossreel.web.rendering import Renderer
from crossreel.web.visit import Site

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["create_site"]


def create_site(
    app: App, *, secret: bytes | None = None, books: Mapping[str, Phrasebook] | None = None
) -> ASGIApp:
    """The storefront over an application, as an ASGI application.

    Args:
        app: the wired application; the caller closes it.
        secret: signs cookies; default is the workspace's own key, made at first use.
        books: interface languages by tag; default is every language offered.
    """
    secure = app.settings.web.secure_cookies
    books = books or {language.tag: phrasebook(language) for language in OFFERED}
    site = Site(
        app=app,
        cookies=Cookies(secret or site_secret(app.home), secure=secure),
        profiles=Profiles(app.viewers),
        books=books,
        renderers={tag: Renderer(book) for tag, book in books.items()},
    )
    web = Starlette(
        routes=[
            Route("/", home),
            Route("/title/{id:path}", title_page),
            Route("/poster/{id:path}.svg", poster),
            Route("/search", search),
            Route("/rate", rate, methods=["POST"]),
            Route("/preferences", preferences),
            Route("/preferences", keep_preferences, methods=["POST"]),
            Route("/health", health),
            Mount(
                "/static", _KeptFiles(directory=str(files("crossreel.web").joinpath("static"))), name="static"
            ),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)],
        exception_handlers=HANDLERS,
    )
    web.state.site = site
    # Outside of Starlette's own error handling, so that the page of a fault has the headers too.
    return SecurityHeaders(web, secure=secure)


def health(request: Request) -> Response:
    """``GET /health``: 200 once the catalog answers."""
    site: Site = request.app.state.site
    site.app.catalog.revision()
    return JSONResponse(
        {"status": "ok", "version": crossreel.__version__}, headers={"Cache-Control": "no-store"}
    )


class _KeptFiles(StaticFiles):
    """Static files; those asked for with the tag of their content may be kept for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        tagged = scope.get("query_string", b"").startswith(b"v=") or path.endswith(".woff2")
        age = "public, max-age=31536000, immutable" if tagged else "public, max-age=3600"
        response.headers["Cache-Control"] = age
        return response
