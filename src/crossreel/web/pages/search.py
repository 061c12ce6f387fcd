"""Search: open titles by any of their names, people, keywords or words."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crossreel.catalog.repository import SearchHit
from crossreel.catalog.search import fold, parse_query
from crossreel.catalog.title import Title
from crossreel.errors import BadValue
from crossreel.values.language import Language
from crossreel.web.cards import card, words
from crossreel.web.highlight import highlighted
from crossreel.web.views import SearchResult, SearchView, Span, Words
from crossreel.web.visit import Visit

__all__ = ["search", "search_view"]

_MOST = 60
_LONGEST = 200


def search(request: Request) -> Response:
    """``GET /search?q=``."""
    visit = Visit.begin(request)
    query = " ".join(request.query_params.get("q", "").split())
    if len(query) > _LONGEST:
        raise BadValue("search", query, f"at most {_LONGEST} characters")
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
        advice = say.gettext(
            "Check the spelling, try fewer letters, or choose another country: only what is open here "
            "(%(territory)s) is found.",
            territory=where,
        )
        summary = say.gettext(
            "Nothing open here (%(territory)s) matches “%(query)s”.", territory=where, query=query
        )
        return SearchView(query, summary, (), advice)
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
    return SearchView(query, summary, results)


def _result(visit: Visit, query: str, hit: SearchHit, title: Title) -> SearchResult:
    wanted = ["".join(term.tokens) for term in parse_query(query).terms]
    shown = card(visit, title)
    name = highlighted(shown.name.text, wanted, fold)
    also: tuple[Span, ...] = ()
    if not any(span.hit for span in name) and hit.matched and hit.matched != shown.name.text:
        other = highlighted(hit.matched, wanted, fold)
        also = other if any(span.hit for span in other) else ()
    return SearchResult(shown, name, also, _others(title, shown.name.text, hit.matched if also else ""))


def _others(title: Title, *shown: str) -> tuple[Words, ...]:
    """Up to four of its names in other languages, the original one first."""
    original = title.original_languages[0] if title.original_languages else Language("und")
    named = [(title.name, original), *((text.name, text.language) for text in title.texts)]
    first: dict[str, Language] = {}
    for name, language in named:
        if name and name not in shown:
            first.setdefault(name, language)
    return tuple(words(name, language) for name, language in list(first.items())[:4])
