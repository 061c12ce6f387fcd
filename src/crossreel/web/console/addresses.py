"""From addresses to pages: who is signed in and what they may do is settled before a page runs."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from crossreel.accounts.operator import Permission
from crossreel.web.console.cookies import Flash
from crossreel.web.console.fields import Fields, read_fields
from crossreel.web.console.nouns import ROOT
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Console, Sitting

__all__ = ["changed", "shown", "sign_in_first"]

Show = Callable[[Sitting], Response]
Change = Callable[[Sitting, Fields], Response]


def shown(path: str, show: Show, needs: Permission = Permission.READ) -> Route:
    """A page: GET, for whoever has ``needs``."""

    def answer(request: Request) -> Response:
        sitting = Sitting.begin(request)
        if sitting is None:
            return sign_in_first(request)
        sitting.actor.require(needs)
        return show(sitting)

    return Route(path, answer, methods=["GET"], name=f"show {path}")


def changed(path: str, change: Change, needs: Permission = Permission.EDIT) -> Route:
    """A form's target: POST, for whoever has ``needs``; the body is read only then.

    The form's token is checked before ``change`` runs.
    """

    def admitted(request: Request) -> Sitting | None:
        sitting = Sitting.begin(request)
        if sitting is not None:
            sitting.actor.require(needs)
        return sitting

    def act(sitting: Sitting, fields: Fields) -> Response:
        sitting.console.cookies.forms.check_form(sitting.request, fields.one("token"))
        return change(sitting, fields.without("token"))

    async def answer(request: Request) -> Response:
        sitting = await run_in_threadpool(admitted, request)
        if sitting is None:
            return sign_in_first(request)
        return await run_in_threadpool(act, sitting, await read_fields(request))

    return Route(path, answer, methods=["POST"], name=f"change {path}")


def sign_in_first(request: Request) -> Response:
    """Leads to the sign-in page, and from there back to where the request was going."""
    console: Console = request.app.state.console
    url = request.url
    here = url.path + (f"?{url.query}" if url.query else "")
    response = RedirectResponse(console_url("/sign-in", next="" if here == ROOT + "/" else here), 303)
    if console.cookies.session(request):
        ended = console.phrases.tell("Your session has ended. Sign in again.")
        console.cookies.flash(response, Flash(ended, "problem"))
        console.cookies.end_session(response)
    return response
