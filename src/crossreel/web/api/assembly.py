"""Puts the API together: routes, admission, problems and description over one application."""

from __future__ import annotations

import re
from collections.abc import Callable

from fastapi import FastAPI
from starlette.routing import Mount
from starlette.types import ASGIApp

import crossreel
from crossreel.app import App
from crossreel.web.api.context import Everything
from crossreel.web.api.envelope import Envelope
from crossreel.web.api.gate import ApiLimits, CheckForgery, Gate, Session
from crossreel.web.api.openapi import describer
from crossreel.web.api.problems import HANDLERS
from crossreel.web.api.routes import (
    attachments,
    audience,
    audit,
    bulk,
    casting,
    consistency,
    duplicates,
    experiments,
    health,
    imports,
    jobs,
    licenses,
    lists,
    measuring,
    models,
    people,
    recommend,
    reviews,
    rights,
    rules,
    storefront,
    subtitles,
    text,
    title_changes,
    titles,
    versions,
    video,
    weights,
)

__all__ = ["api_mount", "create_api", "describe_only"]

_ROUTERS = (
    duplicates.router,  # before /titles/{title}
    titles.router,
    bulk.router,
    attachments.router,
    video.router,
    title_changes.router,
    licenses.router,
    rights.router,
    measuring.engagement_router,
    audience.router,
    recommend.router,
    measuring.router,
    rules.router,
    lists.router,
    experiments.router,
    weights.router,  # before /models/{model}
    models.router,
    reviews.router,
    reviews.insight_router,
    text.router,
    imports.router,
    subtitles.router,
    consistency.router,
    casting.router,  # before /versions/{title}
    versions.router,
    jobs.router,
    people.router,
    audit.router,
    storefront.router,
    health.router,
)


def create_api(
    app: App,
    *,
    limits: ApiLimits | None = None,
    session: Session | None = None,
    check_forgery: CheckForgery | None = None,
    is_closing: Callable[[], bool] = lambda: False,
) -> FastAPI:
    """The REST API over an application; the site mounts it at ``/api/v1``.

    Args:
        app: the wired application; the caller closes it.
        limits: how much one caller gets; default is ``ApiLimits()``.
        session: who a request's session cookie stands for (see ``Gate``).
        check_forgery: guards changes by session (see ``Gate``).
        is_closing: whether the server is about to stop; open streams end then and clients come back.
    """
    api = describe_only()
    limits = limits or ApiLimits()
    api.state.app = app
    api.state.limits = limits
    api.state.is_closing = is_closing
    api.state.everything = Everything(app)
    api.state.gate = Gate(app, limits, session, check_forgery)
    return api


def api_mount(api: ASGIApp, path: str = "/api/v1") -> Mount:
    """The route that puts the API into the site.

    Starlette's own mount does not see paths with a line feed; here they reach the API, which
    answers in its own form.
    """
    mount = Mount(path, api, name="api")
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def describe_only() -> FastAPI:
    """The API without an application behind it, enough to describe it."""
    api = FastAPI(
        title="Crossreel",
        version=crossreel.__version__,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        root_path_in_servers=False,
        exception_handlers=HANDLERS,
        generate_unique_id_function=lambda route: route.name,
    )
    api.add_middleware(Envelope)
    for router in _ROUTERS:
        api.include_router(router)
    api.openapi = describer(api)  # type: ignore[method-assign]
    return api
