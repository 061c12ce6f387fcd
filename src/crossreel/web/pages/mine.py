"""The viewer's own pages: the list, the ratings, the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from crossreel.web.cards import card
from crossreel.web.paging import paged
from crossreel.web.past import FINISHED, Met
from crossreel.web.views import Card, MineView
from crossreel.web.visit import Visit

__all__ = ["history", "my_list", "ratings"]

_A_PAGE = 36


def my_list(request: Request) -> Response:
    """``GET /list``: what the viewer keeps for later, the latest first."""
    visit = Visit.begin(request)
    say = visit.book.gettext
    empty = say("Your list is empty. Add titles from their pages.")
    return _page(visit, "list", say("My list"), empty, visit.past.on_list, lambda _met: "")


def ratings(request: Request) -> Response:
    """``GET /ratings``: what the viewer gave stars, the latest first."""
    visit = Visit.begin(request)
    book = visit.book

    def stars(met: Met) -> str:
        return book.gettext("%(stars)s of 5 stars", stars=book.number(int(met.value)))

    empty = book.gettext("You have not rated anything yet.")
    return _page(visit, "ratings", book.gettext("My ratings"), empty, visit.past.stars, stars)


def history(request: Request) -> Response:
    """``GET /history``: what the viewer watched, and how far, the latest first."""
    visit = Visit.begin(request)
    book = visit.book

    def watched(met: Met) -> str:
        day = book.day(met.time, visit.territory) if met.time else ""
        share = book.gettext("%(share)s watched", share=book.percent(met.value))
        far = book.gettext("Watched") if met.value >= FINISHED else share
        return " · ".join(part for part in (far, day) if part)

    empty = book.gettext("You have not watched anything yet.")
    return _page(visit, "history", book.gettext("Watch history"), empty, visit.past.watched, watched)


def _page(
    visit: Visit, kind: str, heading: str, empty: str, met: Sequence[Met], said: Callable[[Met], str]
) -> Response:
    open_ = set(visit.is_open([one.title for one in met]))
    shown = [one for one in met if one.title in open_]
    closed = len(met) - len(shown)
    note = visit.book.ngettext(
        "%(num)s more title is not open here now.", "%(num)s more titles are not open here now.", closed
    )
    page = paged(visit.request, visit.book, shown, _A_PAGE)
    cards = _cards(visit, shown[page.part], said)
    view = MineView(
        kind=kind,
        heading=heading,
        cards=cards,
        empty="" if shown else empty,
        note=note if closed else "",
        before=page.before,
        after=page.after,
        place=page.place,
    )
    names = [words for card in cards for words in (card.name, card.original) if words]
    return visit.page("mine.html", view=view, names=names)


def _cards(visit: Visit, met: Sequence[Met], said: Callable[[Met], str]) -> tuple[Card, ...]:
    titles = visit.titles(one.title for one in met)
    return tuple(card(visit, titles[one.title], why=said(one)) for one in met if one.title in titles)
