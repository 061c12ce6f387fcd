"""Titles: listing, reading and finding them."""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from crossreel.accounts.operator import Permission
from crossreel.app import App
from crossreel.catalog.documents import content_hash, title_to_dict
from crossreel.catalog.importing import export_catalog
from crossreel.catalog.title import Title, TitleKind
from crossreel.rights.license import Mode as Way
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.api.answers import answer, quoted_tag, turn_page
from crossreel.web.api.context import Calling, Cursor, Limit, Mode, Reading, TitlePath
from crossreel.web.api.cursors import read_cursor, write_cursor
from crossreel.web.api.forms import Document, Page, TitleDocument
from crossreel.web.api.routing import noun, operation

__all__ = ["router", "show_title"]

router = noun("titles")

_READ = 5000
"""Titles looked at for one page; a rare filter is spread over several pages."""
_CHUNK = 500


class Shown(Document):
    """A name as it is shown, and the language it is really in."""

    text: str
    language: str


class TitleSummary(Document):
    """A title in a list."""

    id: str = Field(examples=["tmdb:653"])
    kind: str
    name: str = Field(description="The original name, in its own script.")
    shown: Shown = Field(description="The name for readers of `language`.")
    year: int | None
    original_languages: list[str]
    countries: list[str]
    genres: list[str]
    etag: str


class Found(Document):
    """A found title and the name that matched."""

    title_id: str
    title: str
    year: int | None
    matched: str
    score: float


class FoundTitles(Document):
    """What a search found, best first."""

    query: str
    items: list[Found]


def show_title(app: App, id_: TitleId) -> tuple[dict[str, Any], str]:
    """A title's document and its tag."""
    title = app.catalog.get([id_])[id_]
    return title_to_dict(title), content_hash(title)


@router.get("/titles", **operation(Permission.READ, Page[TitleSummary], errors=(409,)))
def list_titles(
    call: Calling,
    kind: TitleKind | None = None,
    genre: Annotated[str, Query(max_length=60, examples=["comedy"])] = "",
    country: Annotated[str, Query(max_length=2, description="Of production.")] = "",
    language: Annotated[str, Query(max_length=64, description="Original language.")] = "",
    source: Annotated[str, Query(max_length=64, description="Of the title's id.")] = "",
    parent: Annotated[str, Query(max_length=265, description="Only what hangs under it.")] = "",
    from_year: Annotated[int, Query(ge=0, le=9999)] = 0,
    to_year: Annotated[int, Query(ge=0, le=9999)] = 9999,
    open_in: Annotated[str, Query(max_length=2, description="Only what is open there now.")] = "",
    mode: Mode = None,
    names_in: Reading = "en",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Response:
    """List titles by id, filtered.

    Filters are joined by "and". Titles that appear or go while pages are turned do not make others
    appear twice or be left out.
    """
    filters = {
        "kind": kind and kind.value,
        "genre": genre,
        "country": Territory.parse_origin(country).code if country else "",
        "language": Language.parse(language).tag if language else "",
        "source": source,
        "parent": str(call.app.title_id(parent)) if parent else "",
        "years": [from_year, to_year],
        "open_in": Territory.parse(open_in).code if open_in else "",
        "mode": Way.read(mode).value if mode else "",
    }
    reading = (Language.parse(names_in),)
    place = read_cursor("titles", filters, cursor, (str,))
    after = TitleId.parse(place[0]) if place else None
    looked = 0
    kept: list[dict[str, Any]] = []
    last: TitleId | None = None
    more = False
    for title in _from(call, filters, after):
        if looked >= _READ or len(kept) == limit:
            more = True
            break
        looked, last = looked + 1, title.id
        if _fits(title, filters):
            kept.append(_summary(title, reading))
    token = write_cursor("titles", filters, [str(last)]) if more and last else None
    return turn_page(call.request, kept, token)


def _from(call: Calling, filters: dict[str, Any], after: TitleId | None) -> Iterator[Title]:
    """Titles after an id, read piece by piece; of a territory only what is open there."""
    everything = call.everything.titles()
    start = bisect_right(everything.ids, after) if after else 0
    ids = everything.ids[start:]
    if filters["open_in"]:
        modes = (Way(filters["mode"]),) if filters["mode"] else tuple(Way)
        now = call.app.clock()
        mask = call.app.rights.mask(everything, Territory(filters["open_in"]), modes, now)
        ids = tuple(id_ for id_, is_open in zip(ids, mask[start:], strict=True) if is_open)
    wanted = iter([id_ for id_ in ids if filters["source"] in ("", id_.source)])
    while chunk := list(islice(wanted, _CHUNK)):
        yield from call.app.catalog.get(chunk).values()


def _fits(title: Title, filters: dict[str, Any]) -> bool:
    first, last = filters["years"]
    return (
        (not filters["kind"] or title.kind.value == filters["kind"])
        and (not filters["genre"] or filters["genre"] in title.genres)
        and (not filters["country"] or Territory(filters["country"]) in title.countries)
        and (not filters["language"] or Language(filters["language"]) in title.original_languages)
        and (not filters["parent"] or str(title.parent) == filters["parent"])
        and ((first, last) == (0, 9999) or (title.year is not None and first <= title.year <= last))
    )


def _summary(title: Title, reading: tuple[Language, ...]) -> dict[str, Any]:
    shown = title.shown_name(reading)
    return {
        "id": str(title.id),
        "kind": title.kind.value,
        "name": title.name,
        "shown": {"text": shown.text, "language": shown.language.tag},
        "year": title.year,
        "original_languages": [language.tag for language in title.original_languages],
        "countries": [country.code for country in title.countries],
        "genres": list(title.genres),
        "etag": quoted_tag(content_hash(title)),
    }


@router.get("/titles/search", **operation(Permission.READ, FoundTitles, errors=(409,)))
def search_titles(
    call: Calling,
    q: Annotated[str, Query(max_length=200, description="Words in any script, with or without accents.")],
    territory: Annotated[str, Query(max_length=2, description="Only what is open there now.")] = "",
    limit: Limit = 20,
) -> Response:
    """Find titles by name, people, keywords or text."""
    where = Territory.parse(territory) if territory else None
    hits = call.app.search(q, limit=limit, territory=where)
    titles = call.app.catalog.get([hit.title for hit in hits])
    items = [
        {
            "title_id": str(hit.title),
            "title": titles[hit.title].name,
            "year": titles[hit.title].year,
            "matched": hit.matched,
            "score": round(hit.score, 4),
        }
        for hit in hits
        if hit.title in titles
    ]
    return answer(call.request, {"query": q, "items": items})


@router.get("/titles/export", **operation(Permission.READ, media="application/x-ndjson"))
def export_titles(call: Calling) -> Response:
    """Get every title as Crossreel JSON Lines, as of one moment."""
    with tempfile.NamedTemporaryFile(prefix="crossreel-titles-", suffix=".jsonl", delete=False) as file:
        path = Path(file.name)
    export_catalog(path, call.app.catalog)
    return FileResponse(
        path,
        media_type="application/x-ndjson",
        filename="titles.jsonl",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


@router.get("/titles/{title}", **operation(Permission.READ, TitleDocument))
def get_title(call: Calling, title: TitlePath) -> Response:
    """Get all that is known of a title; the id of any of its records leads to it."""
    document, tag = show_title(call.app, call.title(title))
    return answer(call.request, document, tag=tag)
