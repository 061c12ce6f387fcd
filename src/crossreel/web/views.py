"""What the pages show: frozen, finished text; templates only arrange it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Card",
    "CreditGroup",
    "Frame",
    "Hero",
    "HomeView",
    "Offer",
    "Option",
    "ProblemView",
    "Row",
    "SearchResult",
    "SearchView",
    "Span",
    "TitleView",
    "Words",
]


@dataclass(frozen=True, slots=True)
class Words:
    """Text of the catalog with the language it is in (a BCP 47 tag) and its direction."""

    text: str
    language: str
    direction: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list."""

    value: str
    label: str
    chosen: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page.

    Attributes:
        language, direction: of the interface, for ``<html>``.
        here: path and query of this page; forms come back to it.
        token: guards the page's forms.
        simulated: the profile looked through belongs to a simulated viewer.
        sheets: stylesheets of the scripts that this page's titles are written in.
    """

    language: str
    direction: str
    here: str
    token: str
    territory: str
    language_name: str
    profile: str
    simulated: bool
    territories: tuple[Option, ...]
    languages: tuple[Option, ...]
    profiles: tuple[Option, ...]
    query: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A title in a row: poster, name, the original name where it differs, and why it is there."""

    url: str
    poster: str
    name: Words
    original: Words | None
    facts: str
    why: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Cards under a heading that is their reason; ``note`` says where the row comes from."""

    key: str
    heading: str
    cards: tuple[Card, ...]
    note: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Hero:
    """The first title of the home page."""

    card: Card
    why: str
    synopsis: Words | None
    fallback: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class HomeView:
    """The home page; ``welcome`` is said to visitors nothing is known of, ``empty`` if nothing is open."""

    hero: Hero | None
    rows: tuple[Row, ...]
    welcome: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A way the title can be had here; ``moment`` is the exact end, for hovering."""

    text: str
    moment: str = ""


@dataclass(frozen=True, slots=True)
class CreditGroup:
    """People of one role: (name, character or "")."""

    role: str
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TitleView:
    """The page of one title.

    Attributes:
        offers: what can be done here; empty when it is closed here.
        refusals: why it is closed here.
        licenses: the reasons that its licenses state, as they were written.
        elsewhere: where it is open instead, one sentence.
        stars: the viewer's rating, 1 to 5; 0 when there is none.
        thumb: the viewer's thumb, -1 or 1; 0 when there is none.
        simulated: what is similar rests on a simulated audience.
    """

    id: str
    url: str
    poster: str
    name: Words
    original: Words | None
    facts: str
    genres: tuple[str, ...]
    synopsis: Words | None
    fallback: str
    offers: tuple[Offer, ...]
    refusals: tuple[str, ...]
    licenses: tuple[Words, ...]
    elsewhere: str
    credits: tuple[CreditGroup, ...]
    languages: tuple[str, ...]
    other_names: tuple[Words, ...]
    stars: int
    stars_sentence: str
    thumb: int
    similar: tuple[Card, ...] = ()
    simulated: bool = False


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


@dataclass(frozen=True, slots=True)
class ProblemView:
    """An error page: what happened, in the interface language; the detail as it was raised."""

    status: int
    heading: str
    text: str
    detail: str = ""
    advice: str = ""
    reference: str = ""
