"""What a visitor chooses: country, language, and whose profile to look through."""

from __future__ import annotations

from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crossreel.errors import BadValue, UnknownId
from crossreel.values.ids import ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory, all_territories
from crossreel.web.choices import THEMES, Choices
from crossreel.web.guard import read_form
from crossreel.web.pages.saying import local_path
from crossreel.web.views import Option
from crossreel.web.visit import VISITOR, Visit

__all__ = ["keep_preferences", "preferences"]


def preferences(request: Request) -> Response:
    """``GET /preferences``: the form with every country, and any profile by its id."""
    visit = Visit.begin(request)
    named = sorted((visit.book.territory(one), one.code) for one in all_territories())
    everywhere = tuple(Option(code, name, code == visit.territory.code) for name, code in named)
    back = local_path(request.query_params.get("next", ""), "/")
    return visit.page("preferences.html", everywhere=everywhere, back=back)


async def keep_preferences(request: Request) -> Response:
    """``POST /preferences``: any of country, language, theme and viewer, then back to ``next``."""
    form = await read_form(request)
    return await run_in_threadpool(_keep, request, form)


def _keep(request: Request, form: dict[str, str]) -> Response:
    visit = Visit.begin(request)
    visit.site.cookies.check_form(request, form.get("token", ""))
    choices = _changed(visit, form)
    response = RedirectResponse(local_path(form.get("next", ""), "/"), 303)
    visit.site.cookies.keep(response, choices)
    return response


def _changed(visit: Visit, form: dict[str, str]) -> Choices:
    """The choices after this form; fields that were not sent stay as they were.

    Raises:
        BadValue: no such territory or language, or the interface does not speak it.
        UnknownId: no such viewer.
    """
    choices = visit.choices
    if "territory" in form:
        choices = replace(choices, territory=Territory.parse(form["territory"]))
    if "language" in form:
        if form["language"] not in visit.site.books:
            raise BadValue("language", form["language"], "one of " + ", ".join(visit.site.books))
        choices = replace(choices, language=Language.parse(form["language"]))
    if "theme" in form:
        if form["theme"] not in THEMES:
            raise BadValue("theme", form["theme"], "one of " + ", ".join(THEMES))
        choices = replace(choices, theme=form["theme"])
    viewer = form.get("viewer_id", "").strip() or form.get("viewer")
    if viewer is not None:
        choices = replace(choices, viewer=_profile(visit, viewer) if viewer else None)
    return choices


def _profile(visit: Visit, text: str) -> ViewerId | None:
    """The viewer to look through; somebody else's own profile counts as unknown."""
    viewer = visit.app.viewer_id(text)
    if viewer == visit.choices.own:
        return None  # one's own needs no choosing
    if viewer.source == VISITOR:
        raise UnknownId("viewer", text)
    return viewer
