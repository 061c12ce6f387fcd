"""Suggestions while a visitor types: titles, people, keywords, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from crossreel.catalog.search import fold, parse_query
from crossreel.catalog.title import Title
from crossreel.web.cards import card, person_url
from crossreel.web.finding_views import Suggestion, SuggestionGroup
from crossreel.web.found import FoundWord, matching_keywords, matching_people
from crossreel.web.highlight import highlighted
from crossreel.web.pages.search import LONGEST, search_url, typed
from crossreel.web.visit import Visit

__all__ = ["suggest", "suggestions"]

_READ = 60
_TITLES, _PEOPLE, _KEYWORDS = 6, 4, 3


def suggest(request: Request) -> Response:
    """``GET /search/suggest?q=``: an HTML fragment for the list under the search box."""
    visit = Visit.begin(request)
    query = typed(request)[:LONGEST]
    groups = tuple(group for group in suggestions(visit, query) if group.items) if query else ()
    count = sum(len(group.items) for group in groups)
    summary = visit.book.ngettext("%(num)s suggestion", "%(num)s suggestions", count)
    return visit.fragment("suggestions.html", groups=groups, summary=summary if query else "")


def suggestions(visit: Visit, query: str) -> Iterator[SuggestionGroup]:
    """What is offered for a query, only of titles that are open here."""
    say = visit.book.gettext
    hits = visit.app.search(query, limit=_READ, territory=visit.territory, at=visit.now)
    titles = visit.titles(hit.title for hit in hits)
    wanted = ["".join(term.tokens) for term in parse_query(query).terms]
    if not titles:
        near = visit.site.corrections.near(query, visit.territory, visit.now)
        meant = tuple(Suggestion(search_url(name), highlighted(name, (), fold)) for name in near)
        yield SuggestionGroup("meant", say("Did you mean"), meant)
        return
    matched = {hit.title: hit.matched for hit in hits}
    named = [titles[id_] for id_ in titles][:_TITLES]
    found = tuple(_title(visit, title, matched[title.id], wanted) for title in named)
    people = matching_people(query, titles.values(), _PEOPLE)
    keywords = matching_keywords(query, titles.values(), _KEYWORDS)
    yield SuggestionGroup("titles", say("Titles"), found)
    yield SuggestionGroup(
        "people", say("People"), tuple(_word(visit, one, person_url(one.text), wanted) for one in people)
    )
    yield SuggestionGroup(
        "keywords",
        say("Keywords"),
        tuple(_word(visit, one, search_url(one.text), wanted) for one in keywords),
    )


def _title(visit: Visit, title: Title, matched: str, wanted: list[str]) -> Suggestion:
    """A title by the name the visitor reads; beside it the name that matched, where it is another."""
    shown = card(visit, title)
    spans = highlighted(shown.name.text, wanted, fold)
    hit = any(span.hit for span in spans)
    other = matched if not hit and matched != shown.name.text else ""
    detail = " · ".join(part for part in (other, shown.facts) if part)
    return Suggestion(shown.url, spans, detail, shown.name.language, shown.name.direction, shown.poster)


def _word(visit: Visit, found: FoundWord, url: str, wanted: list[str]) -> Suggestion:
    count = visit.book.ngettext("%(num)s title", "%(num)s titles", found.titles)
    return Suggestion(url, highlighted(found.text, wanted, fold), count)
