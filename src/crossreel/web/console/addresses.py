"""From addresses to pages: who is signed in and what they may do is settled before a page runs."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from crossreel.accounts.operator import Permission
from crossreel.web.console.cookies import Flash
from crossreel.web.console.fields import Fields, read_fields
from crossreel.web.console.nouns import ROOT
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Console, Sitting

__all__ = ["changed", "many_uploaded", "shown", "sign_in_first", "uploaded"]

Show = Callable[[Sitting], Response]
Change = Callable[[Sitting, Fields], Response]
Take = Callable[[Sitting, dict[str, str], UploadFile | None], Response]
TakeMany = Callable[[Sitting, dict[str, str], dict[str, UploadFile]], Response]
_FORM_BYTES = 1 << 20
"""What the form around an uploaded file may take."""


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

    def act(sitting: Sitting, fields: Fields) -> Response:
        sitting.console.cookies.forms.check_form(sitting.request, fields.one("token"))
        return change(sitting, fields.without("token"))

    async def answer(request: Request) -> Response:
        sitting = await run_in_threadpool(_admitted, request, needs)
        if sitting is None:
            return sign_in_first(request)
        return await run_in_threadpool(act, sitting, await read_fields(request))

    return Route(path, answer, methods=["POST"], name=f"change {path}")


def uploaded(path: str, take: Take, most: int, needs: Permission = Permission.EDIT) -> Route:
    """The target of a form with one file of at most ``most`` bytes: POST, for whoever has ``needs``.

    Who asks is settled, and the length is checked, before the body is read; then the form's token.
    """

    def first(sitting: Sitting, fields: dict[str, str], files: dict[str, UploadFile]) -> Response:
        return take(sitting, fields, next(iter(files.values()), None))

    return many_uploaded(path, first, most, 1, needs)


def many_uploaded(
    path: str, take: TakeMany, most: int, count: int, needs: Permission = Permission.EDIT
) -> Route:
    """As ``uploaded``, for up to ``count`` files of together ``most`` bytes, by the names of their fields.

    The further files of a field that takes several are named ``field 2``, ``field 3`` ...
    """

    def act(sitting: Sitting, fields: dict[str, str], files: dict[str, UploadFile]) -> Response:
        sitting.console.cookies.forms.check_form(sitting.request, fields.pop("token", ""))
        return take(sitting, fields, files)

    async def answer(request: Request) -> Response:
        sitting = await run_in_threadpool(_admitted, request, needs)
        if sitting is None:
            return sign_in_first(request)
        _check_length(request, most)
        try:
            async with request.form(max_files=count, max_fields=40, max_part_size=8000) as sent:
                fields = {name: value for name, value in sent.multi_items() if isinstance(value, str)}
                files: dict[str, UploadFile] = {}
                for name, one in sent.multi_items():
                    if isinstance(one, UploadFile):
                        same = sum(known.partition(" ")[0] == name for known in files)
                        files[f"{name} {same + 1}" if same else name] = one
                return await run_in_threadpool(act, sitting, fields, files)
        except MultiPartException as error:
            raise HTTPException(400) from error

    return Route(path, answer, methods=["POST"], name=f"change {path}")


def _admitted(request: Request, needs: Permission) -> Sitting | None:
    sitting = Sitting.begin(request)
    if sitting is not None:
        sitting.actor.require(needs)
    return sitting


def _check_length(request: Request, most: int) -> None:
    """Refuses other bodies than forms with a file, too large ones, and those that hide their length."""
    if request.headers.get("content-type", "").partition(";")[0] != "multipart/form-data":
        raise HTTPException(415)
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411)
    if int(length) > most + _FORM_BYTES:
        raise HTTPException(413)


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
