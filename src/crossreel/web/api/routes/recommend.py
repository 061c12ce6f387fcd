"""Recommending: lists and rows of titles with reasons, for anybody anywhere."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.app import App
from crossreel.recommend.top import TopList
from crossreel.rights.license import Mode as Way
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.api.answers import answer
from crossreel.web.api.context import At, Calling, InTerritory, Mode, Reading, read_at
from crossreel.web.api.forms import Document, Recommended, RecommendedList
from crossreel.web.api.routing import noun, operation
from crossreel.web.recommended import show_items, show_page, show_why_not
from crossreel.web.wording import Wording

__all__ = ["RecommendedRow", "Rows", "router"]

router = noun("recommend")

Count = Annotated[int, Query(ge=1, le=1000, description="How many titles, at most.")]
ViewerParameter = Annotated[
    str,
    Query(
        min_length=1,
        max_length=265,
        description="Anybody; who is not known gets what is popular.",
        examples=["app:42"],
    ),
]


Device = Annotated[
    str,
    Query(
        max_length=64,
        description="On what it is asked for, as events name it; minded by contextual models.",
        examples=["tv"],
    ),
]


class RecommendedRow(Document):
    """One row of a home page; its heading is its reason."""

    code: str
    heading: str
    anchor: str | None
    list_id: str | None
    items: list[Recommended]


class QuotaDocument(Document):
    """How a page stands to a quota: `shown` of `of` titles where `share` was asked for."""

    rule: str
    share: float
    shown: int
    of: int
    met: bool


class Rows(Document):
    """The rows of a home page."""

    viewer: str | None
    territory: str
    rows: list[RecommendedRow]
    quotas: list[QuotaDocument]


class ContextFactor(Document):
    """One outside factor: its category now, and what it multiplies the score with."""

    category: str
    times: float


class WhyNot(Document):
    """Where one title stands for a viewer, and what keeps it off the list."""

    viewer: str
    territory: str
    title_id: str
    title: str | None
    algorithm: str
    because: str = Field(
        description="Empty where it is on the list, else not-offered, closed, seen, excluded, no-evidence "
        "or ranked-below."
    )
    text: str
    rights: list[str]
    excluded_by: list[str]
    boosted_by: list[str]
    place: int | None
    rank: int | None
    open_rank: int | None
    score: float
    path: str
    parts: dict[str, float] = Field(
        description="What each part of a blend adds to the score, largest first; empty for other models."
    )
    context: dict[str, ContextFactor] = Field(
        description="Hour, weekday, season, holiday, device and country, where the model minds them."
    )


def _listed(app: App, found: TopList, language: str) -> dict[str, Any]:
    asked = Language.parse(language)
    wording = Wording.in_language(asked, app.catalog)
    return {
        "viewer": found.viewer and str(found.viewer),
        "territory": found.territory.code,
        "algorithm": found.algorithm,
        "items": show_items(app, found.items, wording, asked, found.territory),
    }


@router.get("/recommend/top", **operation(Permission.READ, RecommendedList, errors=(409, 503)))
def recommend_top(
    call: Calling,
    viewer: ViewerParameter,
    territory: InTerritory,
    n: Count = 10,
    mode: Mode = None,
    algorithm: Annotated[str | None, Query(max_length=64, description="Default is the active model.")] = None,
    at: At = None,
    device: Device = "",
    language: Reading = "en",
) -> Response:
    """Recommend titles to a viewer in a territory, with reasons."""
    found = call.app.shelf.top(
        call.app.viewer_id(viewer, must_exist=False),
        Territory.parse(territory),
        n,
        mode=Way.read(mode) if mode else None,
        at=read_at(at),
        algorithm=algorithm or None,
        device=device,
    )
    return answer(call.request, _listed(call.app, found, language))


@router.get("/recommend/similar", **operation(Permission.READ, RecommendedList, errors=(404, 409, 503)))
def recommend_similar(
    call: Calling,
    title: Annotated[str, Query(min_length=1, max_length=265, examples=["tmdb:653"])],
    territory: InTerritory,
    n: Count = 10,
    at: At = None,
    language: Reading = "en",
) -> Response:
    """List what is most like a title, among what is open in a territory."""
    id_ = call.app.title_id(title)
    found = call.app.shelf.similar(id_, Territory.parse(territory), n, at=read_at(at))
    return answer(call.request, _listed(call.app, found, language))


@router.get("/recommend/popular", **operation(Permission.READ, RecommendedList, errors=(409, 503)))
def recommend_popular(
    call: Calling, territory: InTerritory, n: Count = 10, at: At = None, language: Reading = "en"
) -> Response:
    """List what is popular in a territory, among what is open there."""
    found = call.app.shelf.popular(Territory.parse(territory), n, at=read_at(at))
    return answer(call.request, _listed(call.app, found, language))


@router.get("/recommend/rows", **operation(Permission.READ, Rows, errors=(409, 503)))
def recommend_rows(
    call: Calling,
    viewer: ViewerParameter,
    territory: InTerritory,
    n: Annotated[int, Query(ge=1, le=100, description="Titles in a row, at most.")] = 12,
    at: At = None,
    device: Device = "",
    language: Reading = "en",
) -> Response:
    """Get the rows of a viewer's home page."""
    id_, where = call.app.viewer_id(viewer, must_exist=False), Territory.parse(territory)
    asked = Language.parse(language)
    page = call.app.shelf.page(id_, where, n, at=read_at(at), device=device)
    return answer(call.request, show_page(call.app, page, id_, where, asked))


@router.get("/recommend/why", **operation(Permission.READ, WhyNot, errors=(404, 409, 503)))
def recommend_why(
    call: Calling,
    viewer: ViewerParameter,
    territory: InTerritory,
    title: Annotated[str, Query(min_length=1, max_length=265, examples=["tmdb:653"])],
    n: Count = 10,
    algorithm: Annotated[str | None, Query(max_length=64, description="Default is the active model.")] = None,
    at: At = None,
    device: Device = "",
    language: Reading = "en",
) -> Response:
    """Say where a title stands for a viewer, and what keeps it off the list."""
    who, id_ = call.app.viewer_id(viewer, must_exist=False), call.app.title_id(title)
    where, instant, asked = (
        Territory.parse(territory),
        read_at(at) or call.app.clock(),
        Language.parse(language),
    )
    found = call.app.shelf.inspect(who, where, n, at=instant, algorithm=algorithm or None, device=device)
    return answer(call.request, show_why_not(call.app, found, id_, who, instant, asked))
