"""Recommending: lists and rows of titles with reasons, for anybody anywhere."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.app import App
from crossreel.recommend.top import Recommendation, TopList
from crossreel.rights.license import Mode as Way
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.api.answers import answer
from crossreel.web.api.context import At, Calling, InTerritory, Mode, Reading, read_at
from crossreel.web.api.forms import Document, Recommended, RecommendedList
from crossreel.web.api.routing import noun, operation
from crossreel.web.wording import Wording

__all__ = ["RecommendedRow", "Rows", "router", "show_items", "show_rows"]

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


class RecommendedRow(Document):
    """One row of a home page; its heading is its reason."""

    code: str
    heading: str
    anchor: str | None
    items: list[Recommended]


class Rows(Document):
    """The rows of a home page."""

    viewer: str | None
    territory: str
    rows: list[RecommendedRow]


def show_items(
    app: App, items: tuple[Recommendation, ...], wording: Wording, asked: Language, where: Territory
) -> list[dict[str, Any]]:
    """Recommended titles as JSON, names and reasons in words."""
    titles = app.catalog.get([item.title for item in items])
    return [
        {
            "title_id": str(item.title),
            "title": titles[item.title].shown_name((asked,), where).text,
            "score": item.score,
            "path": item.path,
            "reasons": [
                {
                    "code": reason.code,
                    "text": wording.reason(reason),
                    "titles": [str(id_) for id_ in reason.titles],
                }
                for reason in item.reasons
            ],
        }
        for item in items
        if item.title in titles
    ]


def _listed(app: App, found: TopList, language: str) -> dict[str, Any]:
    asked = Language.parse(language)
    wording = Wording.in_language(asked, app.catalog)
    return {
        "viewer": found.viewer and str(found.viewer),
        "territory": found.territory.code,
        "algorithm": found.algorithm,
        "items": show_items(app, found.items, wording, asked, found.territory),
    }


def show_rows(app: App, rows: list[Any], asked: Language, where: Territory) -> list[dict[str, Any]]:
    """The rows of a home page as JSON."""
    wording = Wording.in_language(asked, app.catalog)
    return [
        {
            "code": row.code,
            "heading": wording.heading(row.code, row.anchor, where),
            "anchor": row.anchor and str(row.anchor),
            "items": show_items(app, row.items, wording, asked, where),
        }
        for row in rows
    ]


@router.get("/recommend/top", **operation(Permission.READ, RecommendedList, errors=(409, 503)))
def recommend_top(
    call: Calling,
    viewer: ViewerParameter,
    territory: InTerritory,
    n: Count = 10,
    mode: Mode = None,
    algorithm: Annotated[str | None, Query(max_length=64, description="Default is the active model.")] = None,
    at: At = None,
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
    language: Reading = "en",
) -> Response:
    """Get the rows of a viewer's home page."""
    id_, where = call.app.viewer_id(viewer, must_exist=False), Territory.parse(territory)
    asked = Language.parse(language)
    rows = call.app.shelf.rows(id_, where, n, at=read_at(at))
    document = {"viewer": str(id_), "territory": where.code, "rows": show_rows(call.app, rows, asked, where)}
    return answer(call.request, document)
