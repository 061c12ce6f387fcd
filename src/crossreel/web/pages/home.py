"""The home page: one title to start with, then rows of titles, each headed by its reason."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from crossreel.desk.experiments import deal
from crossreel.recommend import reasons
from crossreel.recommend.rows import FOR_YOU
from crossreel.recommend.top import Row as ShelfRow
from crossreel.values.vocabulary import Vocabulary
from crossreel.web.cards import (
    ALL_MODES,
    card,
    recommended_cards,
    shown_words,
    still_url,
    title_url,
    watch_url,
)
from crossreel.web.film import film_of
from crossreel.web.showing import note_shown
from crossreel.web.views import Hero, HomeView, Row
from crossreel.web.visit import NEWCOMER, Visit

__all__ = ["home", "home_view"]

_A_ROW = 12


def home(request: Request) -> Response:
    """``GET /``."""
    visit = Visit.begin(request)
    view = home_view(visit)
    cards = [one for row in view.rows for one in row.cards]
    shown = [view.hero.card, *cards] if view.hero else cards
    names = [one.name for one in shown]  # original names use the system's fonts: the first page stays light
    return visit.page("home.html", view=view, names=names)


def home_view(visit: Visit) -> HomeView:
    """What the home page shows on this visit."""
    viewer = None if visit.viewer == NEWCOMER else visit.viewer
    dealt = deal(visit.app, viewer, visit.now) if viewer else None
    variant = dealt.variant if dealt else None
    algorithm, ruled = (variant.algorithm or None, variant.rules) if variant else (None, True)
    page = visit.app.shelf.page(
        viewer, visit.territory, _A_ROW, visit.now, algorithm=algorithm, ruled=ruled, device="web"
    )
    shelf_rows = list(page.rows)
    rows = [row for row in (_row(visit, number, row) for number, row in enumerate(shelf_rows)) if row.cards]
    if not rows:
        return HomeView(None, (), empty=_nothing_left(visit))
    note_shown(visit, ((row.code, row.items) for row in shelf_rows), dealt)
    hero = _hero(visit, shelf_rows, rows)
    rest = replace(rows[0], cards=rows[0].cards[1:])
    rows = [*_continue(visit), *([rest] if rest.cards else []), *rows[1:]]
    return HomeView(hero, tuple(rows), _welcome(visit))


def _continue(visit: Visit) -> list[Row]:
    """What was begun and is still open here, the latest first; the cards lead to the player."""
    started = {met.title: met.value for met in visit.past.started}
    titles = visit.titles(visit.is_open(list(started))[:_A_ROW])
    cards = []
    for id_, title in titles.items():
        share = visit.book.gettext("%(share)s watched", share=visit.book.percent(started[id_]))
        url = watch_url(id_) if film_of(title, visit.reading, visit.territory) else title_url(id_)
        percent = max(1, round(100 * started[id_]))
        cards.append(replace(card(visit, title, why=share), url=url, watched=percent))
    heading = visit.book.gettext("Continue watching")
    return [Row("row-continue", heading, tuple(cards))] if cards else []


def _row(visit: Visit, number: int, row: ShelfRow) -> Row:
    heading = visit.wording.heading(row.code, row.anchor, visit.territory, row.name)
    cards = recommended_cards(visit, row.items, with_why=row.code == FOR_YOU)
    return Row(
        f"row-{number}", heading, cards, simulated=row.code in _FROM_AUDIENCE and visit.rests_on_simulation
    )


_FROM_AUDIENCE = {FOR_YOU, reasons.BECAUSE_YOU_LIKED, reasons.POPULAR, reasons.POPULAR_IN}
"""Rows that rest on what other viewers did."""


def _hero(visit: Visit, shelf_rows: list[ShelfRow], rows: list[Row]) -> Hero:
    first = rows[0].cards[0]
    item = next(row for row in shelf_rows if row.items).items[0]
    title = visit.titles([item.title])[item.title]
    synopsis = title.shown_synopsis(visit.reading, visit.territory)
    return Hero(
        card=replace(first, facts=visit.wording.facts(title)),
        still=still_url(visit, title),
        why=visit.wording.reason(item.reasons[0]) if item.reasons else rows[0].heading,
        synopsis=shown_words(synopsis) if synopsis else None,
        simulated=rows[0].simulated,
        fallback=visit.wording.fallback(synopsis, visit.reading[0]) if synopsis else "",
    )


def _welcome(visit: Visit) -> str:
    """What is said to someone of whose taste nothing is known."""
    if visit.history:
        return ""
    return visit.book.gettext(
        "Nothing is known of your taste yet, so these rows are the same for everyone here (%(territory)s). "
        "Rate three films and the page becomes yours.",
        territory=visit.book.territory(visit.territory),
    )


def _nothing_left(visit: Visit) -> str:
    """Why there are no rows: nothing is open here, or all that is open has been seen."""
    where = visit.book.territory(visit.territory)
    titles = Vocabulary(visit.app.catalog.ids())
    if visit.app.rights.mask(titles, visit.territory, ALL_MODES, visit.now).any():
        return visit.book.gettext(
            "You have seen everything that is open here (%(territory)s).", territory=where
        )
    return visit.book.gettext(
        "No title is open here (%(territory)s) at the moment. Choose another country above.", territory=where
    )
