"""What a viewer says about a title: stars, thumbs, the list, a review, how far it was watched."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crossreel.audience.event import Event, EventKind, Scale
from crossreel.catalog.title import Title
from crossreel.errors import BadValue, NotAllowed, UnknownId
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.web.cards import title_url
from crossreel.web.guard import read_form
from crossreel.web.past import STARS, THUMBS
from crossreel.web.visit import Visit

__all__ = [
    "REVIEW_LENGTH",
    "change_list",
    "find_title",
    "keep_progress",
    "local_path",
    "rate",
    "write_review",
]

REVIEW_LENGTH = 2000
"""Characters of a review at most."""

Form = dict[str, str]
Said = Callable[[Visit, Form, Title], Event]


def find_title(visit: Visit, text: str) -> Title:
    """The title that an address names.

    Raises:
        BadValue: not of the form source:id.
        UnknownId: the catalog has no such title; nothing near it is named, as that may be closed here.
    """
    asked = TitleId.parse(text)
    merged = visit.app.catalog.resolve([asked]).get(asked)
    title = visit.titles([merged]).get(merged) if merged else None
    if title is None:
        raise UnknownId("title", text, advice="Search for it by name.")
    return title


def local_path(asked: str, default: str) -> str:
    """``asked`` if it is a path of this site, else ``default``; other sites are never led to."""
    parts = urlsplit(asked)
    is_local = asked.startswith("/") and not asked.startswith(("//", "/\\")) and not parts.netloc
    return asked.partition("#")[0] if is_local and asked.isprintable() and len(asked) < 2000 else default


async def rate(request: Request) -> Response:
    """``POST /rate``: ``stars`` (1 to 5) or ``thumb`` (-1 or 1) of ``title``, then back to ``next``."""
    return await _answer(request, _rating, "#rate")


async def change_list(request: Request) -> Response:
    """``POST /list/change``: puts ``title`` on the list (``keep`` 1) or takes it off (0)."""
    return await _answer(request, _listing, "#list")


async def write_review(request: Request) -> Response:
    """``POST /review``: ``text`` (1 to 2000 characters) in ``language``, with ``stars`` or without."""
    return await _answer(request, _review, "#reviews")


async def keep_progress(request: Request) -> Response:
    """``POST /progress``: the share of ``title`` that was watched, 0 to 1; answers without content."""
    return await _answer(request, _view, "")


async def _answer(request: Request, said: Said, place: str) -> Response:
    form = await read_form(request)
    return await run_in_threadpool(_keep, request, form, said, place)


def _keep(request: Request, form: Form, said: Said, place: str) -> Response:
    """Logs what was said; a newcomer becomes somebody, whom the cookie remembers."""
    visit = Visit.begin(request)
    visit.site.cookies.check_form(request, form.get("token", ""))
    title = find_title(visit, form.get("title", ""))
    visit.app.events.append([said(visit, form, title)])
    response: Response = Response(status_code=204)
    if place:
        response = RedirectResponse(local_path(form.get("next", ""), title_url(title.id)) + place, 303)
    visit.site.cookies.keep(response, visit.acting[0])
    return response


def _event(
    visit: Visit,
    kind: EventKind,
    title: Title,
    value: float | None,
    scale: Scale | None = None,
    *,
    text: str = "",
    language: Language | None = None,
) -> Event:
    return Event(
        kind,
        visit.acting[1],
        title.id,
        visit.now,
        value,
        scale,
        territory=visit.territory,
        device="web",
        text=text,
        language=language,
    )


def _rating(visit: Visit, form: Form, title: Title) -> Event:
    stars, thumb = form.get("stars"), form.get("thumb")
    if stars in _STARS:
        return _event(visit, EventKind.RATING, title, float(stars), STARS)
    if stars is None and thumb in {"-1", "1"}:
        return _event(visit, EventKind.THUMBS, title, float(thumb), THUMBS)
    raise BadValue("rating", stars if stars is not None else thumb, "1 to 5 stars, or a thumb up or down")


_STARS = {"1", "2", "3", "4", "5"}


def _listing(visit: Visit, form: Form, title: Title) -> Event:
    keep = form.get("keep", "")
    if keep not in {"0", "1"}:
        raise BadValue("keep", keep, "1 to put it on the list or 0 to take it off")
    return _event(visit, EventKind.LIST_ADD, title, float(keep))


def _review(visit: Visit, form: Form, title: Title) -> Event:
    text = form.get("text", "").replace("\r\n", "\n").strip()
    if not 1 <= len(text) <= REVIEW_LENGTH:
        raise BadValue("review", text[:80], f"1 to {REVIEW_LENGTH} characters")
    stars = form.get("stars", "")
    if stars and stars not in _STARS:
        raise BadValue("stars", stars, "1 to 5, or none")
    language = Language.parse(form["language"]) if form.get("language") else visit.reading[0]
    value, scale = (float(stars), STARS) if stars else (None, None)
    return _event(visit, EventKind.REVIEW, title, value, scale, text=text, language=language)


def _view(visit: Visit, form: Form, title: Title) -> Event:
    try:
        progress = float(form.get("progress", ""))
    except ValueError:
        progress = -1.0
    if not 0 <= progress <= 1:
        raise BadValue("progress", form.get("progress"), "a share from 0 to 1")
    if not visit.is_open([title.id]):
        raise NotAllowed(f"{title.id} is not open in {visit.territory} any more.", advice="Stop playing it.")
    return _event(visit, EventKind.VIEW, title, progress)
