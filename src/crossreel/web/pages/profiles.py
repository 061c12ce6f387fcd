"""Profiles: the visitor's own, with a name and an age, and those that can be looked through."""

from __future__ import annotations

from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crossreel.audience.event import Viewer
from crossreel.errors import BadValue
from crossreel.values.ids import ViewerId
from crossreel.web.frame import profile_name
from crossreel.web.guard import read_form
from crossreel.web.views import Option, ProfileView
from crossreel.web.visit import VISITOR, Visit

__all__ = ["CHILD", "is_child", "keep_profile", "profiles"]

CHILD = "child"
"""The age band of a profile for children whose year of birth is not told."""
_CHILDREN_UNDER = 13
_OLDEST = 120
_NAME_LENGTH = 60


def is_child(viewer: Viewer, year: int) -> bool:
    """Whether a profile is a child's in ``year``: by its year of birth, else by its age band."""
    if viewer.birth_year is not None:
        return year - viewer.birth_year < _CHILDREN_UNDER
    return viewer.age_band == CHILD


def profiles(request: Request) -> Response:
    """``GET /profiles``."""
    visit = Visit.begin(request)
    own = visit.app.viewers.get(visit.choices.own) if visit.choices.own else None
    return visit.page("profiles.html", view=_view(visit, own))


def _view(visit: Visit, own: Viewer | None) -> ProfileView:
    year, book = visit.now.year, visit.book
    child = own is not None and is_child(own, year)
    others = visit.site.profiles.in_territory(visit.territory)
    note = book.gettext(
        "This is a child's profile. No title carries an age rating yet, so nothing is left out for it."
    )
    return ProfileView(
        name=own.name if own else "",
        birth_year=str(own.birth_year) if own and own.birth_year else "",
        years=(year - _OLDEST, year),
        is_child=child,
        age=_age(visit, own) if own else "",
        child_note=note if child else "",
        others=tuple(
            Option(str(one.id), profile_name(one, book), one.id == visit.choices.viewer) for one in others
        ),
        ages=tuple(_age(visit, one) for one in others),
    )


def _age(visit: Visit, viewer: Viewer) -> str:
    if viewer.birth_year is None:
        return ""
    return visit.book.gettext("Age %(age)s", age=visit.book.number(visit.now.year - viewer.birth_year))


async def keep_profile(request: Request) -> Response:
    """``POST /profiles``: ``name``, ``birth_year`` and ``child`` of the visitor's own profile."""
    form = await read_form(request)
    return await run_in_threadpool(_keep, request, form)


def _keep(request: Request, form: dict[str, str]) -> Response:
    visit = Visit.begin(request)
    visit.site.cookies.check_form(request, form.get("token", ""))
    choices = visit.choices if visit.choices.own else replace(visit.choices, viewer=None)
    own = choices.own or replace(visit, choices=choices).acting[1]
    year = _birth_year(form.get("birth_year", "").strip(), visit.now.year)
    viewer = Viewer(
        _checked(own),
        _name(form.get("name", "")),
        territory=visit.territory,
        languages=visit.reading[:3],
        birth_year=year,
        age_band=CHILD if form.get("child") == "1" and year is None else "",
    )
    visit.app.viewers.put([viewer])
    response = RedirectResponse("/profiles", 303)
    visit.site.cookies.keep(response, replace(choices, own=own, viewer=None))
    return response


def _checked(own: ViewerId) -> ViewerId:
    if own.source != VISITOR:  # a signed cookie cannot say so
        raise BadValue("profile", own, "the visitor's own")
    return own


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= _NAME_LENGTH or not name.isprintable():
        raise BadValue("name", text[:_NAME_LENGTH], f"1 to {_NAME_LENGTH} printable characters")
    return name


def _birth_year(text: str, now: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and now - _OLDEST <= int(text[:6]) <= now):
        raise BadValue("year of birth", text[:20], f"a year from {now - _OLDEST} to {now}")
    return int(text)
