"""What the pages show: frozen, finished text; templates only arrange it.

Over 400 lines: one dataclass a page or part of a page, no logic.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Card",
    "CreditGroup",
    "Frame",
    "Hero",
    "HomeView",
    "Link",
    "ListLink",
    "ListView",
    "ListsView",
    "MineView",
    "Offer",
    "Option",
    "Person",
    "ProblemView",
    "ProfileView",
    "ReviewView",
    "Row",
    "Season",
    "TitleView",
    "WatchView",
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
        room: the first part of the path, for marking where the visitor is.
        theme: ``dark`` or ``light``.
        menu: the four lists to choose from, as finished HTML.
        simulated: the profile looked through belongs to a simulated viewer.
        sheets: stylesheets of the scripts that this page's titles are written in.
    """

    language: str
    direction: str
    territory: str
    language_name: str
    profile: str
    simulated: bool
    territories: tuple[Option, ...]
    languages: tuple[Option, ...]
    profiles: tuple[Option, ...]
    theme: str
    themes: tuple[Option, ...]
    menu: str = ""
    here: str = ""
    token: str = ""
    room: str = ""
    query: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A title in a row: poster, name, the original name where it differs, and why it is there.

    ``id`` is for forms; ``watched`` is in whole percent, 0 for none.
    """

    url: str
    poster: str
    name: Words
    original: Words | None
    facts: str
    why: str = ""
    until: str = ""
    id: str = ""
    watched: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere; ``count`` as written, or "" where nothing is counted."""

    label: str
    url: str
    count: str = ""


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
    """The first title of the home page, before a wide picture."""

    card: Card
    still: str
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
class Person:
    """Somebody's part in a title; ``url`` leads to all their open titles."""

    name: str
    character: str
    url: str


@dataclass(frozen=True, slots=True)
class CreditGroup:
    """People of one role."""

    role: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Season:
    """The episodes of a season; ``heading`` is "" for a series without seasons."""

    heading: str
    episodes: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One review; ``stars`` is 1 to 5, or 0 for none; ``when`` a day, or ""."""

    who: str
    simulated: bool
    stars: int
    stars_text: str
    text: Words
    language: str
    when: str


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
        by_machine: a machine wrote the synopsis and nobody has accepted it yet.
        watch: where it plays, or "" where nothing does; ``watch_text`` says what the button does;
            ``trailer`` where its trailer plays.
        on_list: the viewer has it on their list.
        own_lists: the viewer's own lists; ``chosen`` are those that hold it.
        part_of: the series or season it belongs to.
        reviews_summary: counts them; ``more_reviews`` leads to older ones, or is "".
        review_languages: in which a review may be written.
    """

    id: str
    url: str
    poster: str
    name: Words
    original: Words | None
    facts: str
    genres: tuple[Link, ...]
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
    by_machine: bool = False
    watch: str = ""
    watch_text: str = ""
    trailer: str = ""
    on_list: bool = False
    own_lists: tuple[Option, ...] = ()
    part_of: Card | None = None
    seasons: tuple[Season, ...] = ()
    reviews: tuple[ReviewView, ...] = ()
    reviews_summary: str = ""
    more_reviews: str = ""
    review_languages: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class ListLink:
    """A list among others: its name as its maker wrote it, and what it is in one line."""

    id: str
    url: str
    name: str
    facts: str


@dataclass(frozen=True, slots=True)
class ListsView:
    """Groups of lists: key, heading, lists; no group is empty."""

    groups: tuple[tuple[str, str, tuple[ListLink, ...]], ...]


@dataclass(frozen=True, slots=True)
class ListView:
    """One list with its titles that are open here; ``text`` is its maker's note."""

    id: str
    name: str
    text: str
    facts: str
    is_own: bool
    is_public: bool
    follows: bool
    cards: tuple[Card, ...]
    note: str = ""
    before: str = ""
    after: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class MineView:
    """One of the viewer's own pages.

    Attributes:
        kind: ``list``, ``ratings`` or ``history``.
        note: how many more there are that are not open here, or "".
    """

    kind: str
    heading: str
    cards: tuple[Card, ...]
    empty: str
    note: str = ""
    before: str = ""
    after: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The visitor's own profile, and the others that can be looked through."""

    name: str
    birth_year: str
    years: tuple[int, int]
    is_child: bool
    age: str
    child_note: str
    others: tuple[Option, ...]
    ages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchView:
    """The player, or why it does not play here.

    Attributes:
        film: what plays: (address, media type), or None.
        tracks: subtitles; ``value`` is the address, ``language`` the tag.
        stream: address of its package in several languages, or empty.
        resume: the share from which it goes on, as a decimal number.
        is_trailer: how far it got is nobody's progress through the title.
    """

    title: str
    name: Words
    poster: str
    back: str
    film: tuple[str, str] | None
    tracks: tuple[Option, ...] = ()
    stream: str = ""
    resume: str = "0"
    is_trailer: bool = False
    note: str = ""
    refusals: tuple[str, ...] = ()
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class ProblemView:
    """An error page: what happened, in the interface language; the detail as it was raised."""

    status: int
    heading: str
    text: str
    detail: str = ""
    advice: str = ""
    reference: str = ""
