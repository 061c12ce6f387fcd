"""What the pages for finding show: search, suggestions, browsing, people."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from crossreel.web.views import Card, Link, Option, Row, Words

__all__ = [
    "BrowseView",
    "FacetView",
    "FoundView",
    "PersonView",
    "SearchResult",
    "SearchView",
    "Span",
    "Suggestion",
    "SuggestionGroup",
]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text; ``hit`` when the query matched it."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A found title: its name cut into spans, what else matched, and its other names."""

    card: Card
    name: tuple[Span, ...]
    matched: tuple[Span, ...]
    others: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class SearchView:
    """The search page; ``summary`` counts what was found, ``advice`` helps when nothing was."""

    query: str
    summary: str
    results: tuple[SearchResult, ...] = ()
    advice: str = ""
    people: tuple[FoundView, ...] = ()
    keywords: tuple[FoundView, ...] = ()
    meant: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundView:
    """A found person or keyword; ``count`` says in how many open titles."""

    name: tuple[Span, ...]
    url: str
    count: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line under the search box; ``detail`` stands beside the name."""

    url: str
    name: tuple[Span, ...]
    detail: str = ""
    language: str = ""
    direction: str = "auto"
    poster: str = ""


@dataclass(frozen=True, slots=True)
class SuggestionGroup:
    """Suggestions of one kind."""

    key: str
    heading: str
    items: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class FacetView:
    """One filter of the browse page; the first option is "all"."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class BrowseView:
    """The browse page: filters that can be combined, and one page of what they leave.

    Attributes:
        filters: the filters as finished HTML, and the order.
        chosen: each filter in force, linking to the page without it.
        before, after: addresses of the neighboring pages, or "".
        place: which page this is, as a sentence; "" for a single one.
    """

    heading: str
    summary: str
    filters: Markup
    chosen: tuple[Link, ...]
    cards: tuple[Card, ...]
    before: str = ""
    after: str = ""
    place: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody's open titles, by what they did."""

    name: str
    summary: str
    groups: tuple[Row, ...]
