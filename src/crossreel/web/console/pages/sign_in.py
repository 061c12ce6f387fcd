"""Signing in and out."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from crossreel.accounts.access import end_session, sign_in
from crossreel.accounts.operator import Permission
from crossreel.errors import NotAllowed
from crossreel.web.console.addresses import changed
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import ROOT
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Console, Sitting
from crossreel.web.frame import sheets_for
from crossreel.web.guard import read_form
from crossreel.web.pages.saying import local_path

__all__ = ["ROUTES", "sign_in_page"]


def show(request: Request) -> Response:
    """``GET /sign-in``; somebody who is signed in is led on."""
    if Sitting.begin(request) is not None:
        return RedirectResponse(_next(request.query_params.get("next", "")), 303)
    return sign_in_page(request, next_=request.query_params.get("next", ""))


async def enter(request: Request) -> Response:
    """``POST /sign-in``."""
    form = await read_form(request)
    return await run_in_threadpool(_enter, request, form)


def _enter(request: Request, form: dict[str, str]) -> Response:
    console: Console = request.app.state.console
    console.cookies.forms.check_form(request, form.get("token", ""))
    name, address = form.get("name", ""), request.client.host if request.client else ""
    try:
        signed = sign_in(console.app.accounts, name, form.get("password", ""), address, console.app.clock())
    except NotAllowed as error:
        wait = int(error.data.get("retry_after", 0))
        problem = f"{error.message} {error.advice}".strip()
        response = sign_in_page(
            request, name=name, next_=form.get("next", ""), problem=problem, status=429 if wait else 403
        )
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response
    # The id of a session before signing in is never the id of the one after.
    old = console.cookies.session(request)
    if old:
        end_session(console.app.accounts, old)
    response = RedirectResponse(_next(form.get("next", "")), 303)
    console.cookies.begin_session(response, signed.secret)
    return response


def _next(asked: str) -> str:
    """Where to go after signing in: a page of the console, else its first."""
    path = local_path(asked, f"{ROOT}/")
    return path if path.startswith(f"{ROOT}/") and "/sign-" not in path else f"{ROOT}/"


def sign_in_page(
    request: Request, *, name: str = "", next_: str = "", problem: str = "", status: int = 200
) -> Response:
    """The page that asks for name and password."""
    console: Console = request.app.state.console
    key = console.cookies.forms.form_key(request)
    html = console.renderer.render(
        "sign_in.html",
        token=console.cookies.forms.form_token(key),
        theme=console.cookies.theme(request),
        sheets=sheets_for(()),
        flashes=console.cookies.flashes(request),
        name=name,
        next=next_,
        problem=problem,
        nobody=not console.app.accounts.operators(),
    )
    response = HTMLResponse(html, status, {"Cache-Control": "private, no-store"})
    console.cookies.forms.keep_form_key(request, response, key)
    console.cookies.forget_flashes(request, response)
    return response


def leave(sitting: Sitting, _fields: Fields) -> Response:
    """``POST /sign-out``."""
    cookies = sitting.console.cookies
    end_session(sitting.app.accounts, cookies.session(sitting.request))
    response = sitting.go(console_url("/sign-in"), sitting.tell("You are signed out."))
    cookies.end_session(response)
    return response


ROUTES = [
    Route("/sign-in", show, methods=["GET"]),
    Route("/sign-in", enter, methods=["POST"]),
    changed("/sign-out", leave, Permission.READ),
]
