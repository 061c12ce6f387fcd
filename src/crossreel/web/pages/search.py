"""Search: open titles by any of their names, people, keywords or words."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from crossreel.catalog.repository import SearchHit
from crossreel.catalog.search import fold, parse_query
from crossreel.catalog.title import Title
from crossreel.errors import BadValue
from crossreel.values.language import Language
from crossreel.web.cards import card, person_url, words
from crossreel.web.finding_views import FoundView, SearchResult, SearchView, Span
from crossreel.web.found import FoundWord, matching_keywords, matching_people
from crossreel.web.highlight import highlighted
from crossreel.web.views import Link, Words
from crossreel.web.visit import Visit

__all__ = ["LONGEST", "search", "search_url", "search_view", "typed"]

_MOST = 60
LONGEST = 200
"""Characters of a query at most."""
_PEOPLE, _KEYWORDS = 8, 8


def typed(request: Request) -> str:
    """The query of the address, its spaces put in order."""
    return " ".join(request.query_params.get("q", "").split())


def search_url(query: str) -> str:
    """The address of what is found for a query."""
    return f"/search?{urlencode({'q': query})}"


def search(request: Request) -> Response:
    """``GET /search?q=``."""
    visit = Visit.begin(request)
    query = typed(request)
    if len(query) > LONGEST:
        raise BadValue("search", query, f"at most {LONGEST} characters")
    view = search_view(visit, query)
    names = [name for result in view.results for name in (result.card.name, *result.others)]
    return visit.page("search.html", query=query, view=view, names=names)


def search_view(visit: Visit, query: str) -> SearchView:
    """What is found on this visit; titles closed here are never named or counted."""
    say = visit.book
    if not query:
        return SearchView("", "", advice=say.gettext("Type a title, a person or a keyword in any script."))
    hits = visit.app.search(query, limit=_MOST + 1, territory=visit.territory, at=visit.now)
    titles = visit.titles(hit.title for hit in hits)
    results = tuple(
        _result(visit, query, hit, titles[hit.title]) for hit in hits[:_MOST] if hit.title in titles
    )
    where = say.territory(visit.territory)
    if not results:
        return _nothing(visit, query, where)
    if len(hits) > _MOST:
        summary = say.gettext(
            "The best %(num)s titles for “%(query)s” (%(territory)s)",
            num=say.number(_MOST),
            territory=where,
            query=query,
        )
    else:
        summary = say.ngettext(
            "%(num)s title for “%(query)s” (%(territory)s)",
            "%(num)s titles for “%(query)s” (%(territory)s)",
            len(results),
            territory=where,
            query=query,
        )
    people = matching_people(query, titles.values(), _PEOPLE)
    keywords = matching_keywords(query, titles.values(), _KEYWORDS)
    return SearchView(
        query,
        summary,
        results,
        people=tuple(_found(visit, query, one, person_url(one.text)) for one in people),
        keywords=tuple(_found(visit, query, one, search_url(one.text)) for one in keywords),
    )


def _nothing(visit: Visit, query: str, where: str) -> SearchView:
    """What is said when nothing open matches: names that were perhaps meant, and advice."""
    say = visit.book
    advice = say.gettext(
        "Check the spelling, try fewer letters, or choose another country: only what is open here "
        "(%(territory)s) is found.",
        territory=where,
    )
    summary = say.gettext(
        "Nothing open here (%(territory)s) matches “%(query)s”.", territory=where, query=query
    )
    near = visit.site.corrections.near(query, visit.territory, visit.now)
    return SearchView(query, summary, advice=advice, meant=tuple(Link(one, search_url(one)) for one in near))


def _found(visit: Visit, query: str, found: FoundWord, url: str) -> FoundView:
    wanted = ["".join(term.tokens) for term in parse_query(query).terms]
    count = visit.book.ngettext("%(num)s title", "%(num)s titles", found.titles)
    return FoundView(highlighted(found.text, wanted, fold), url, count)


def _result(visit: Visit, query: str, hit: SearchHit, title: Title) -> SearchResult:
    wanted = ["".join(term.tokens) for term in parse_query(query).terms]
    shown = card(visit, title)
    name = highlighted(shown.name.text, wanted, fold)
    also: tuple[Span, ...] = ()
    if not any(span.hit for span in name) and hit.matched and hit.matched != shown.name.text:
        other = highlighted(hit.matched, wanted, fold)
        also = other if any(span.hit for span in other) else ()
    matched = hit.matched if also else ""
    key = ("others", visit.variant, title.id, matched)
    others = visit.site.fragments.get(key, title, lambda: _others(title, shown.name.text, matched))
    return SearchResult(shown, name, also, others)


def _others(title: Title, *shown: str) -> tuple[Words, ...]:
    """Up to four of its names in other languages, the original one first."""
    original = title.original_languages[0] if title.original_languages else Language("und")
    named = [(title.name, original), *((text.name, text.language) for text in title.texts)]
    first: dict[str, Language] = {}
    for name, language in named:
        if name and name not in shown:
            first.setdefault(name, language)
    return tuple(words(name, language) for name, language in list(first.items())[:4])
