"""For anybody: what is open in a territory, without a word about viewers or about what is closed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from crossreel.catalog.title import ShownText, Title, TitleKind
from crossreel.errors import UnknownId
from crossreel.rights.license import Mode as Way
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.api.answers import answer, instant, turn_page
from crossreel.web.api.context import Cursor, Guest, InTerritory, Limit, TitlePath, Visiting
from crossreel.web.api.cursors import read_cursor, write_cursor
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document, Page
from crossreel.web.api.routing import noun, operation
from crossreel.web.negotiation import accepted_languages, reading_order
from crossreel.web.recommended import show_rows
from crossreel.web.visit import NEWCOMER

__all__ = ["router"]

router = noun("storefront")

PUBLIC = "public, no-cache"
"""Caches may keep an answer but ask each time whether it still holds: rights end at a second."""
_READ = 5000
_CHUNK = 500
_ALL = tuple(Way)

LanguageParameter = Annotated[
    str, Query(max_length=64, description="Of names and texts; default is the header Accept-Language.")
]


class PublicWords(Document):
    """A text, the language it is really in, and whether a machine wrote it that nobody has accepted yet."""

    text: str
    language: str
    machine: bool = False


class Card(Document):
    """An open title in a list."""

    id: str
    kind: TitleKind
    name: PublicWords
    original_name: str
    year: int | None
    countries: list[str]
    genres: list[str]
    runtime_minutes: int | None


class Offer(Document):
    """A way the title can be had; `until` is null without an end."""

    mode: Way
    until: str | None


class PublicCredit(Document):
    """A person's part."""

    name: str
    role: str
    character: str


class OpenTitle(Card):
    """An open title with its texts and offers."""

    synopsis: PublicWords | None
    credits: list[PublicCredit]
    original_languages: list[str]
    parent: str | None
    number: int | None
    offers: list[Offer]


class FoundCards(Document):
    """What a search found, best first."""

    query: str
    items: list[Card]


class PublicReason(Document):
    """Why a title stands in a row."""

    code: str
    text: str
    titles: list[str]


class PublicItem(Document):
    """A title of a row."""

    id: str
    name: str
    reasons: list[PublicReason]


class PublicRow(Document):
    """A row; its heading is its reason."""

    code: str = Field(examples=["popular-in"])
    heading: str
    items: list[PublicItem]


class PublicRows(Document):
    """The rows that a visitor sees of whom nothing is known."""

    territory: str
    rows: list[PublicRow]


def _reading(guest: Guest, language: str) -> tuple[Language, ...]:
    chosen = Language.parse(language) if language else None
    return reading_order(chosen, accepted_languages(guest.request.headers.get("accept-language", "")))


def _words(shown: ShownText | None) -> dict[str, Any] | None:
    if shown is None:
        return None
    told: dict[str, Any] = {"text": shown.text, "language": shown.language.tag}
    return {**told, "machine": True} if shown.is_machine else told


def _card(title: Title, reading: Sequence[Language], where: Territory) -> dict[str, Any]:
    return {
        "id": str(title.id),
        "kind": title.kind.value,
        "name": _words(title.shown_name(reading, where)),
        "original_name": title.name,
        "year": title.year,
        "countries": [country.code for country in title.countries],
        "genres": list(title.genres),
        "runtime_minutes": title.runtime_minutes,
    }


@router.get("/storefront/titles", **operation(None, Page[Card], errors=(409,)))
def list_open_titles(
    guest: Visiting,
    territory: InTerritory,
    language: LanguageParameter = "",
    kind: TitleKind | None = None,
    genre: Annotated[str, Query(max_length=60)] = "",
    limit: Limit = 40,
    cursor: Cursor = "",
) -> Response:
    """List the titles that are open in a territory now, by id."""
    where, reading = Territory.parse(territory), _reading(guest, language)
    filters = {"territory": where.code, "kind": kind and kind.value, "genre": genre}
    place = read_cursor("storefront", filters, cursor, (str,))
    everything = guest.everything.titles()
    start = bisect_right(everything.ids, TitleId.parse(place[0])) if place else 0
    mask = guest.app.rights.mask(everything, where, _ALL, guest.app.clock())
    open_ = [id_ for id_, is_open in zip(everything.ids[start:], mask[start:], strict=True) if is_open]
    kept: list[Title] = []
    looked = 0
    while looked < min(len(open_), _READ) and len(kept) < limit:
        for title in guest.app.catalog.get(open_[looked : looked + _CHUNK]).values():
            if len(kept) == limit:
                break
            looked += 1
            if (kind is None or title.kind is kind) and (not genre or genre in title.genres):
                kept.append(title)
    more = looked < len(open_)
    token = write_cursor("storefront", filters, [str(open_[looked - 1])]) if more and looked else None
    items = [_card(title, reading, where) for title in kept]
    return turn_page(guest.request, items, token, cache=PUBLIC)


@router.get("/storefront/titles/{title}", **operation(None, OpenTitle, errors=(409,)))
def get_open_title(
    guest: Visiting, title: TitlePath, territory: InTerritory, language: LanguageParameter = ""
) -> Response:
    """Get a title that is open in a territory now; one that is closed there is not found."""
    where, now = Territory.parse(territory), guest.app.clock()
    asked = TitleId.parse(path_value(title))
    merged = guest.app.catalog.resolve([asked]).get(asked)
    found = guest.app.catalog.get([merged]).get(merged) if merged else None
    ways = guest.app.rights.open_modes(found.id, where, now) if found else ()
    if found is None or not ways:
        raise UnknownId("title", asked, advice="Search for it by name.")
    reading = _reading(guest, language)
    document = {
        **_card(found, reading, where),
        "synopsis": _words(found.shown_synopsis(reading, where)),
        "credits": [
            {"name": credit.name, "role": credit.role.value, "character": credit.character}
            for credit in found.credits
        ],
        "original_languages": [tongue.tag for tongue in found.original_languages],
        "parent": found.parent and str(found.parent),
        "number": found.number,
        "offers": [_offer(guest, found.id, where, way, now) for way in ways],
    }
    return answer(guest.request, document, cache=PUBLIC)


def _offer(guest: Guest, id_: TitleId, where: Territory, way: Way, now: datetime) -> dict[str, Any]:
    return {"mode": way.value, "until": instant(guest.app.rights.check(id_, where, way, now).until)}


@router.get("/storefront/search", **operation(None, FoundCards, errors=(409,)))
def search_open_titles(
    guest: Visiting,
    q: Annotated[str, Query(max_length=200)],
    territory: InTerritory,
    language: LanguageParameter = "",
    limit: Annotated[int, Query(ge=1, le=60)] = 20,
) -> Response:
    """Find titles that are open in a territory now by name, people, keywords or text, in any script."""
    where, reading = Territory.parse(territory), _reading(guest, language)
    hits = guest.app.search(q, limit=limit, territory=where)
    titles = guest.app.catalog.get([hit.title for hit in hits])
    items = [_card(titles[hit.title], reading, where) for hit in hits if hit.title in titles]
    return answer(guest.request, {"query": q, "items": items}, cache=PUBLIC)


@router.get("/storefront/rows", **operation(None, PublicRows, errors=(409, 503)))
def get_open_rows(
    guest: Visiting,
    territory: InTerritory,
    language: LanguageParameter = "",
    n: Annotated[int, Query(ge=1, le=40, description="Titles in a row, at most.")] = 12,
) -> Response:
    """Get the home page's rows for a visitor of whom nothing is known."""
    where, reading = Territory.parse(territory), _reading(guest, language)
    rows = guest.app.shelf.rows(NEWCOMER, where, n)
    shown = show_rows(guest.app, rows, reading[0] if reading else Language("en"), where)
    public = [
        {
            "code": row["code"],
            "heading": row["heading"],
            "items": [
                {"id": item["title_id"], "name": item["title"], "reasons": item["reasons"]}
                for item in row["items"]
            ],
        }
        for row in shown
    ]
    return answer(guest.request, {"territory": where.code, "rows": public}, cache=PUBLIC)
