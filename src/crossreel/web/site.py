"""Puts the storefront together: routes, middleware, error pages over one application."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.api import api_mount, create_api
from crossreel.web.choices import Cookies, site_secret
from crossreel.web.console.assembly import create_console
from crossreel.web.contained import Contained
from crossreel.web.corrections import Corrections
from crossreel.web.facets import FacetCache
from crossreel.web.operating import operated, operating_routes
from crossreel.web.pages.browse import browse
from crossreel.web.pages.files import artwork, play
from crossreel.web.pages.home import home
from crossreel.web.pages.lists import SAID as LISTED
from crossreel.web.pages.lists import all_lists, one_list
from crossreel.web.pages.mine import history, my_list, ratings
from crossreel.web.pages.person import person
from crossreel.web.pages.poster import poster
from crossreel.web.pages.preferences import keep_preferences, preferences
from crossreel.web.pages.profiles import keep_profile, profiles
from crossreel.web.pages.saying import change_list, keep_progress, rate, write_review
from crossreel.web.pages.search import search
from crossreel.web.pages.streaming import stream
from crossreel.web.pages.suggest import suggest
from crossreel.web.pages.title import title_page
from crossreel.web.pages.watch import sample_film, watch
from crossreel.web.phrasebook import OFFERED, Phrasebook, phrasebook
from crossreel.web.problems import HANDLERS
from crossreel.web.profiles import Profiles
from crossreel.web.quick_pages import quick
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

    Raises:
        BadValue: the settings name a territory or language that does not exist.
    """
    settings = app.settings.web
    Territory.parse(settings.territory)
    Language.parse(settings.language)
    secure = settings.secure_cookies
    books = books or {language.tag: phrasebook(language) for language in OFFERED}
    site = Site(
        app=app,
        cookies=Cookies(secret or site_secret(app.home), secure=secure),
        profiles=Profiles(app.viewers, state=lambda: app.epoch().records),
        books=books,
        renderers={tag: Renderer(book) for tag, book in books.items()},
        facets=FacetCache(app.catalog),
        corrections=Corrections(app.catalog, app.rights),
    )
    web = Starlette(
        routes=[
            *operating_routes(site),
            api_mount(Contained(create_api(app))),
            Mount("/console", Contained(create_console(app, secret=secret))),
            Route("/", quick(home)),
            Route("/title/{id:path}", quick(title_page)),
            Route("/poster/{id:path}.svg", poster),
            Route("/artwork/{id:path}/{digest}", artwork),
            Route("/play/{id:path}/{digest}", play),
            Route("/search", quick(search)),
            Route("/search/suggest", quick(suggest)),
            Route("/browse", quick(browse)),
            Route("/person/{name:path}", quick(person)),
            Route("/stream/{rest:path}", stream),
            Route("/watch/{id:path}", watch),
            Route("/film/{name}", sample_film),
            Route("/list", my_list),
            Route("/lists", all_lists),
            Route("/lists/{id}", one_list),
            Route("/ratings", ratings),
            Route("/history", history),
            Route("/profiles", profiles),
            Route("/preferences", preferences),
            *(Route(path, said, methods=["POST"]) for path, said in (_SAID | LISTED).items()),
            Mount(
                "/static", _KeptFiles(directory=str(files("crossreel.web").joinpath("static"))), name="static"
            ),
        ],
        middleware=[Middleware(_PagesPacked, minimum_size=1024, compresslevel=6)],
        exception_handlers=HANDLERS,
    )
    web.state.site = site
    return operated(web, site, secure=secure)


_SAID = {
    "/rate": rate,
    "/list/change": change_list,
    "/review": write_review,
    "/progress": keep_progress,
    "/preferences": keep_preferences,
    "/profiles": keep_profile,
}


_UNPACKED = ("/film/", "/play/", "/stream/", "/artwork/", "/console/film/")


class _PagesPacked(GZipMiddleware):
    """Compresses everything but films, of which players ask for byte ranges, and packed pictures."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_UNPACKED):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class _KeptFiles(StaticFiles):
    """Static files; those asked for with the tag of their content may be kept for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        tagged = scope.get("query_string", b"").startswith(b"v=") or path.endswith(".woff2")
        age = "public, max-age=31536000, immutable" if tagged else "public, max-age=3600"
        response.headers["Cache-Control"] = age
        return response
