"""Browsing: open titles by genre, country, decade and language, in any combination."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from crossreel.errors import BadValue
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.cards import ALL_MODES, browse_url, card
from crossreel.web.facets import Bools, Facet, Facets
from crossreel.web.finding_views import BrowseView, FacetView
from crossreel.web.paging import paged
from crossreel.web.phrasebook import N_
from crossreel.web.views import Link, Option
from crossreel.web.visit import Visit

__all__ = ["browse", "browse_view"]

_A_PAGE = 40
_LONGEST = 40
_LABELS = {
    Facet.GENRE: (N_("Genre"), N_("All genres")),
    Facet.COUNTRY: (N_("Country of origin"), N_("All countries")),
    Facet.DECADE: (N_("Decade"), N_("All decades")),
    Facet.LANGUAGE: (N_("Original language"), N_("All languages")),
}
_ORDERS = {"newest": N_("Newest first"), "oldest": N_("Oldest first")}


def browse(request: Request) -> Response:
    """``GET /browse?genre=&country=&decade=&language=&order=&page=``, all of them optional."""
    visit = Visit.begin(request)
    view = browse_view(visit)
    names = [words for card in view.cards for words in (card.name, card.original) if words]
    return visit.page("browse.html", view=view, names=names)


def browse_view(visit: Visit) -> BrowseView:
    """What the browse page shows on this visit; only open titles are shown and counted."""
    book, query = visit.book, visit.request.query_params
    chosen = {facet: query[facet.value] for facet in Facet if query.get(facet.value)}
    order = query.get("order") or "newest"
    if order not in _ORDERS or any(len(value) > _LONGEST for value in chosen.values()):
        raise BadValue("filter", str(query), "order newest or oldest, and values of the lists on this page")
    facets = visit.site.facets.get()
    ids, filters = _left(visit, facets, chosen, order)
    page = paged(visit.request, book, ids, _A_PAGE)
    titles = visit.titles(ids[page.part])
    labels = [_label(visit, facet, value) for facet, value in chosen.items()]
    return BrowseView(
        heading=book.listed(labels) if labels else book.gettext("All titles"),
        summary=book.ngettext(
            "%(num)s title open here: %(territory)s",
            "%(num)s titles open here: %(territory)s",
            len(ids),
            territory=book.territory(visit.territory),
        ),
        filters=filters,
        chosen=_chosen(visit, chosen, order),
        cards=tuple(card(visit, title) for title in titles.values()),
        before=page.before,
        after=page.after,
        place=page.place,
        empty="" if ids else book.gettext("Nothing open here has all of this. Take a filter away."),
    )


def _left(
    visit: Visit, facets: Facets, chosen: Mapping[Facet, str], order: str
) -> tuple[tuple[TitleId, ...], Markup]:
    """The open titles that the filters leave, in order, and the filters; the same while the mask is."""
    open_ = visit.app.rights.mask(facets.titles, visit.territory, ALL_MODES, visit.now)

    def work_out() -> tuple[tuple[TitleId, ...], Markup]:
        ids = facets.in_order(facets.having(chosen) & open_, oldest=order == "oldest")
        shown = [_facet_view(visit, facets, facet, chosen, open_) for facet in Facet]
        return tuple(ids), visit.piece("filters.html", facets=[*shown, _order_view(visit, order)])

    state = hashlib.blake2b(open_.tobytes(), digest_size=16).digest()
    key = ("browse", visit.variant, tuple(chosen.items()), order, state)
    return visit.site.fragments.get(key, facets, work_out)


def _order_view(visit: Visit, order: str) -> FacetView:
    say = visit.book.gettext
    options = (Option(key, say(text), key == order) for key, text in _ORDERS.items())
    return FacetView("order", say("Order"), tuple(options))


def _facet_view(
    visit: Visit, facets: Facets, facet: Facet, chosen: Mapping[Facet, str], open_: Bools
) -> FacetView:
    label, everything = _LABELS[facet]
    counts = facets.counts(facet, chosen, open_)
    if facet in chosen:
        counts.setdefault(chosen[facet], 0)
    named = [(_label(visit, facet, value), value, count) for value, count in counts.items()]
    if facet is Facet.DECADE:
        named.sort(key=lambda one: one[1], reverse=True)
    else:
        named.sort(key=lambda one: one[0].casefold())
    options = tuple(
        Option(value, f"{name} ({visit.book.number(count)})", chosen.get(facet) == value)
        for name, value, count in named
    )
    first = Option("", visit.book.gettext(everything), facet not in chosen)
    return FacetView(facet.value, visit.book.gettext(label), (first, *options))


def _label(visit: Visit, facet: Facet, value: str) -> str:
    """A facet's value in words; one that does not exist as it was asked."""
    try:
        match facet:
            case Facet.GENRE:
                return visit.wording.genre(value)
            case Facet.COUNTRY:
                return visit.book.territory(Territory(value))  # former ones too
            case Facet.DECADE:
                return visit.book.gettext("%(decade)ss", decade=value)
            case Facet.LANGUAGE:
                return visit.wording.language(Language.parse(value))
    except BadValue:
        return value


def _chosen(visit: Visit, chosen: Mapping[Facet, str], order: str) -> tuple[Link, ...]:
    """Each filter in force, leading to the page without it."""
    links = []
    for facet, value in chosen.items():
        rest = {other.value: kept for other, kept in chosen.items() if other is not facet}
        if order != "newest":
            rest["order"] = order
        links.append(Link(_label(visit, facet, value), browse_url(**rest)))
    return tuple(links)
