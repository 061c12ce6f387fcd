"""Series, seasons and episodes: what a title belongs to, and what belongs to it."""

from __future__ import annotations

from collections import defaultdict

from crossreel.catalog.title import Title, TitleKind
from crossreel.values.ids import TitleId
from crossreel.web.cards import card
from crossreel.web.views import Card, Season
from crossreel.web.visit import Visit

__all__ = ["parent_card", "season_views"]


def parent_card(visit: Visit, title: Title) -> Card | None:
    """What a season or episode belongs to, if that is open here."""
    if title.parent is None:
        return None
    parent = visit.app.catalog.resolve([title.parent]).get(title.parent)
    known = visit.titles([parent]).get(parent) if parent else None
    return card(visit, known) if known and visit.is_open([known.id]) else None


def season_views(visit: Visit, title: Title) -> tuple[Season, ...]:
    """The open episodes of a series or season, by number; those outside of seasons come first."""
    if title.kind not in (TitleKind.SERIES, TitleKind.SEASON):
        return ()
    children: defaultdict[TitleId, list[TitleId]] = defaultdict(list)
    for child, parent in visit.app.catalog.family().items():
        children[parent].append(child)
    mine = _known(visit, children[title.id])
    seasons = [one for one in mine if one.kind is TitleKind.SEASON]
    found = [Season("", _cards(visit, [one for one in mine if one.kind is TitleKind.EPISODE]))]
    for season in seasons:
        heading = visit.book.gettext("Season %(number)s", number=visit.book.number(season.number or 0))
        found.append(Season(heading, _cards(visit, _known(visit, children[season.id]))))
    return tuple(season for season in found if season.episodes)


def _known(visit: Visit, ids: list[TitleId]) -> list[Title]:
    titles = visit.titles(visit.is_open(ids)).values()
    return sorted(titles, key=lambda title: (title.number or 0, title.id))


def _cards(visit: Visit, episodes: list[Title]) -> tuple[Card, ...]:
    def numbered(title: Title) -> str:
        if title.number is None:
            return ""
        return visit.book.gettext("Episode %(number)s", number=visit.book.number(title.number))

    return tuple(card(visit, title, why=numbered(title)) for title in episodes)
