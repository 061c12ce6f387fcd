"""What stands around the pages for those who run them: probes, metrics, logs, the page cache."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from crossreel.web.availability import AvailabilityCheck
from crossreel.web.cached_pages import CachedPages
from crossreel.web.guard import SecurityHeaders
from crossreel.web.health import Readiness, health
from crossreel.web.metrics import Metrics, metrics_page
from crossreel.web.page_cache import PageCache
from crossreel.web.request_log import RequestLog
from crossreel.web.visit import Site

__all__ = ["operated", "operating_routes"]


def operating_routes(site: Site) -> list[BaseRoute]:
    """Routes for programs; they go before those of pages, as they are asked most."""
    return [
        Route("/availability", AvailabilityCheck(site.app), methods=["GET"]),
        Route("/health", health),
        Route("/ready", Readiness(site.app).ready),
        Route("/metrics", metrics_page),
    ]


def operated(web: Starlette, site: Site, *, secure: bool) -> ASGIApp:
    """The site with all that surrounds it; what is named first here is outermost.

    A request gets its id and its line in the log, then every answer its security headers, then
    pages come from the cache, and last from ``web``, which compresses by itself.
    """
    settings = site.app.settings
    metrics = web.state.metrics = Metrics.of(site.app)
    inside: ASGIApp = web
    if settings.web.page_cache_mb:
        cache = PageCache(settings.web.page_cache_mb << 20)
        inside = CachedPages(inside, site, cache, metrics.pages)
    return RequestLog(SecurityHeaders(inside, secure=secure), metrics, lines=settings.logs.requests)
