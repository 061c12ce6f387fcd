"""Lists that people make: the page of all, the page of one, and what a visitor does with them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crossreel.desk.lists import (
    find_list,
    follow,
    keep_own_list,
    new_own_list,
    remove_own_list,
    unfollow,
)
from crossreel.errors import BadValue
from crossreel.recommend.lists import TitleList
from crossreel.values.ids import TitleId
from crossreel.web.cards import card
from crossreel.web.guard import read_form
from crossreel.web.pages.saying import find_title, local_path
from crossreel.web.paging import paged
from crossreel.web.views import ListLink, ListsView, ListView
from crossreel.web.visit import Visit

__all__ = ["SAID", "all_lists", "list_url", "one_list"]

_A_PAGE = 36
_OTHERS = 30
"""Lists of other viewers that the page of all shows, the most followed first."""


def list_url(id_: str) -> str:
    """The address of a list's page."""
    return f"/lists/{quote(id_, safe='')}"


def all_lists(request: Request) -> Response:
    """``GET /lists``: the visitor's own, those followed, the editors' here, the most followed others."""
    visit = Visit.begin(request)
    book, counts, me = visit.app.lists, visit.app.lists.counts(), visit.viewer
    own, followed = book.owned(me), book.followed(me)
    picks = book.picks(visit.territory)
    shown = {one.id for one in (*own, *followed, *picks)}
    others = [one for one in book.all() if one.public and one.titles and one.id not in shown]
    others.sort(key=lambda one: (-counts.get(one.id, 0), one.id))
    say = visit.book.gettext
    groups = (
        ("own", say("Lists you made"), own),
        ("followed", say("Lists you follow"), followed),
        ("picks", say("Chosen by the editors"), picks),
        ("others", say("More lists"), others[:_OTHERS]),
    )
    view = ListsView(
        groups=tuple(
            (key, heading, tuple(_link(visit, one, counts) for one in lists))
            for key, heading, lists in groups
            if lists
        )
    )
    return visit.page("lists.html", view=view)


def _link(visit: Visit, one: TitleList, counts: dict[str, int]) -> ListLink:
    book, followers = visit.book, counts.get(one.id, 0)
    told = [book.ngettext("%(num)s title", "%(num)s titles", len(one.titles)), _by(visit, one)]
    if followers:
        told.append(book.ngettext("%(num)s follower", "%(num)s followers", followers))
    return ListLink(one.id, list_url(one.id), one.name, " · ".join(told))


def _by(visit: Visit, one: TitleList) -> str:
    say = visit.book.gettext
    if one.owner is None:
        return say("by the editors")
    return say("by you") if one.owner == visit.viewer else say("by another viewer")


def one_list(request: Request) -> Response:
    """``GET /lists/{id}``: its titles that are open here, in its own order."""
    visit = Visit.begin(request)
    one = find_list(visit.app, request.path_params["id"], visit.viewer)
    resolved = visit.app.catalog.resolve(one.titles)
    titles = list(dict.fromkeys(resolved[id_] for id_ in one.titles if id_ in resolved))
    open_ = visit.is_open(titles)
    page = paged(request, visit.book, open_, _A_PAGE)
    found = visit.titles(open_[page.part])
    cards = tuple(card(visit, title) for title in found.values())
    closed = len(titles) - len(open_)
    note = visit.book.ngettext(
        "%(num)s more title is not open here now.", "%(num)s more titles are not open here now.", closed
    )
    view = ListView(
        id=one.id,
        name=one.name,
        text=one.note,
        facts=_link(visit, one, visit.app.lists.counts()).facts,
        is_own=one.owner == visit.viewer,
        is_public=one.public,
        follows=one.id in {other.id for other in visit.app.lists.followed(visit.viewer)},
        cards=cards,
        note=note if closed else "",
        before=page.before,
        after=page.after,
        place=page.place,
    )
    names = [words for shown in cards for words in (shown.name, shown.original) if words]
    return visit.page("list.html", view=view, names=names)


Done = Callable[[Visit, dict[str, str]], str]


def _posted(done: Done) -> Callable[[Request], object]:
    """A form's endpoint: checks it, does what it asks, and leads to the address that this returns."""

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        return await run_in_threadpool(_answer, request, form, done)

    return endpoint


def _answer(request: Request, form: dict[str, str], done: Done) -> Response:
    visit = Visit.begin(request)
    visit.site.cookies.check_form(request, form.get("token", ""))
    url = done(visit, form)
    response = RedirectResponse(local_path(form.get("next", ""), url) if form.get("next") else url, 303)
    visit.site.cookies.keep(response, visit.acting[0])
    return response


def _new(visit: Visit, form: dict[str, str]) -> str:
    made = new_own_list(visit.app, visit.acting[1], form.get("name", ""))
    if form.get("title"):
        keep_own_list(visit.app, visit.acting[1], made.id, add=find_title(visit, form["title"]).id)
    return list_url(made.id)


def _follow(visit: Visit, form: dict[str, str]) -> str:
    id_ = form.get("list", "")
    if _flag(form, "follow"):
        follow(visit.app, visit.acting[1], id_)
    else:
        unfollow(visit.app, visit.acting[1], id_)
    return list_url(id_)


def _keep(visit: Visit, form: dict[str, str]) -> str:
    id_, title = form.get("list", ""), TitleId.parse(form.get("title", ""))
    if _flag(form, "keep"):
        keep_own_list(visit.app, visit.acting[1], id_, add=find_title(visit, str(title)).id)
    else:
        keep_own_list(visit.app, visit.acting[1], id_, remove=title)
    return list_url(id_)


def _show(visit: Visit, form: dict[str, str]) -> str:
    id_ = form.get("list", "")
    keep_own_list(visit.app, visit.acting[1], id_, public=_flag(form, "public"))
    return list_url(id_)


def _remove(visit: Visit, form: dict[str, str]) -> str:
    remove_own_list(visit.app, visit.acting[1], form.get("list", ""))
    return "/lists"


def _flag(form: dict[str, str], name: str) -> bool:
    value = form.get(name, "")
    if value not in {"0", "1"}:
        raise BadValue(name, value, "1 or 0")
    return value == "1"


SAID = {
    "/lists/new": _posted(_new),
    "/lists/follow": _posted(_follow),
    "/lists/keep": _posted(_keep),
    "/lists/show": _posted(_show),
    "/lists/remove": _posted(_remove),
}
"""The forms' addresses: ``POST`` only."""
