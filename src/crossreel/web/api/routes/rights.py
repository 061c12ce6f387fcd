"""Rights: whether a title may be shown, why, and where whole lists are open."""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from typing import Annotated, Any

import numpy as np
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.errors import UnknownId
from crossreel.rights.conflict import conflict_to_dict
from crossreel.rights.decision import Because
from crossreel.rights.license import Mode as Way
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory, all_territories
from crossreel.values.vocabulary import Vocabulary
from crossreel.values.window import FOREVER_END, FOREVER_START, parse_instant
from crossreel.web.api.answers import answer, instant, turn_page
from crossreel.web.api.context import At, Calling, Cursor, InTerritory, Limit, read_at
from crossreel.web.api.cursors import read_cursor, write_cursor
from crossreel.web.api.forms import Document, Form, Page
from crossreel.web.api.routes.licenses import StoredLicense
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("rights")

MOST_TITLES = 1000
TitleParameter = Annotated[str, Query(min_length=1, max_length=265, examples=["tmdb:653"])]
WayParameter = Annotated[str, Query(max_length=20, description="SVOD, TVOD, EST, AVOD or DOWNLOAD.")]


class RightsReason(Document):
    """One reason of a decision."""

    code: str = Field(examples=["license-open"])
    text: str
    license: str | None


class Decision(Document):
    """Whether a title is available, and why."""

    title: str
    territory: str
    mode: str
    at: str
    available: bool
    because: list[RightsReason]
    until: str | None
    opens: str | None


class OpenWindow(Document):
    """A half-open stretch of time; null has no end there."""

    start: str | None
    end: str | None


class Windows(Document):
    """When a title is open, in order."""

    title: str
    territory: str
    mode: str
    windows: list[OpenWindow]


class MatrixQuestion(Form):
    """Which of these titles are open in which of these territories?"""

    titles: list[Annotated[str, Field(max_length=265)]] = Field(min_length=1, max_length=MOST_TITLES)
    territories: list[Annotated[str, Field(max_length=2)]] = Field(
        default_factory=list, max_length=300, description="Columns; all territories if none."
    )
    modes: list[Annotated[str, Field(max_length=20)]] = Field(
        default_factory=list, max_length=20, description="Open in at least one of these; any if none."
    )
    at: str | None = Field(None, max_length=40)


class Matrix(Document):
    """`open[i][j]`: whether `titles[i]` is open in `territories[j]`."""

    at: str
    modes: list[str]
    titles: list[str]
    territories: list[str]
    open: list[list[bool]]


class LicenseConflict(Document):
    """Licenses that stand in each other's way.

    Days of `start` and `end` are each territory's own, an end day is included; null has no end there.
    """

    kind: str = Field(
        description="never-opens, languages, duplicate; no-effect, overlap and gap are notes.",
        examples=["languages"],
    )
    severity: str = Field(description="conflict, or note where it may well be meant.", examples=["conflict"])
    title: str
    titles: list[str] = Field(description="The title, and those that the licenses are written for.")
    licenses: list[StoredLicense]
    territories: list[str]
    modes: list[str]
    start: str | None
    end: str | None
    why: str
    advice: str


def _because(reason: Because) -> dict[str, Any]:
    return {"code": reason.code, "text": reason.text, "license": reason.license}


@router.get("/rights/check", **operation(Permission.READ, Decision, errors=(404, 409)))
def check_rights(
    call: Calling,
    title: TitleParameter,
    territory: InTerritory,
    mode: WayParameter = "SVOD",
    at: At = None,
    language: Annotated[str, Query(max_length=64, description="A language version, BCP 47.")] = "",
) -> Response:
    """Say whether a title is available there, then, this way, and why."""
    where, way = Territory.parse(territory), Way.read(mode)
    when = read_at(at) or call.app.clock()
    version = Language.parse(language) if language else None
    id_ = call.app.title_id(title)
    decision = call.app.rights.check(id_, where, way, when, version)
    document = {
        "title": str(id_),
        "territory": where.code,
        "mode": way.value,
        "at": instant(when),
        "available": decision.available,
        "because": [_because(reason) for reason in decision.because],
        "until": instant(decision.until),
        "opens": instant(decision.opens),
    }
    return answer(call.request, document)


@router.get("/rights/windows", **operation(Permission.READ, Windows, errors=(404, 409)))
def list_windows(
    call: Calling, title: TitleParameter, territory: InTerritory, mode: WayParameter = "SVOD"
) -> Response:
    """List when a title is open in a territory, licenses that follow each other joined."""
    where, way, id_ = Territory.parse(territory), Way.read(mode), call.app.title_id(title)
    windows = [
        {
            "start": None if window.start <= FOREVER_START else instant(window.start),
            "end": None if window.end >= FOREVER_END else instant(window.end),
        }
        for window in call.app.rights.windows(id_, where, way)
    ]
    document = {"title": str(id_), "territory": where.code, "mode": way.value, "windows": windows}
    return answer(call.request, document)


@router.post("/rights/matrix", **operation(Permission.READ, Matrix, errors=(404, 409)))
def check_matrix(call: Calling, form: MatrixQuestion) -> Response:
    """Say for up to 1000 titles and all territories at once what is open."""
    asked = [TitleId.parse(text) for text in dict.fromkeys(form.titles)]
    merged = call.app.catalog.resolve(asked)
    unknown = [id_ for id_ in asked if id_ not in merged]
    if unknown:
        raise UnknownId("title", unknown[0])
    columns = list(dict.fromkeys(Territory.parse(code) for code in form.territories)) or list(
        all_territories()
    )
    ways = tuple(dict.fromkeys(Way.read(word) for word in form.modes)) or tuple(Way)
    when = parse_instant(form.at) if form.at else call.app.clock()
    distinct = Vocabulary(dict.fromkeys(merged.values()))
    matrix = call.app.rights.matrix(distinct, when, ways)
    places = {territory: place for place, territory in enumerate(all_territories())}
    rows = distinct.encode([merged[id_] for id_ in asked])
    chosen = matrix[rows][:, [places[territory] for territory in columns]]
    document = {
        "at": instant(when),
        "modes": [way.value for way in ways],
        "titles": [str(id_) for id_ in asked],
        "territories": [territory.code for territory in columns],
        "open": np.ascontiguousarray(chosen),
    }
    return answer(call.request, document)


@router.get("/rights/conflicts", **operation(Permission.READ, Page[LicenseConflict], errors=(404, 409)))
def list_conflicts(
    call: Calling,
    title: Annotated[str, Query(max_length=265, description="Only this title's licenses.")] = "",
    territory: Annotated[str, Query(max_length=2, description="Only what touches it.")] = "",
    gap_days: Annotated[int, Query(ge=0, le=36500, description="The longest gap that is told.")] = 31,
    ahead: Annotated[bool, Query(description="Leave out what lies in the past everywhere.")] = False,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Response:
    """List licenses that stand in each other's way, the gravest first."""
    id_ = call.app.title_id(title) if title else None
    where = Territory.parse(territory) if territory else None
    found = call.app.rights.conflicts(id_, where, short_gap=timedelta(gap_days))
    if ahead:
        now = call.app.clock()
        found = tuple(one for one in found if not one.is_over(now))
    filters = {"title": str(id_ or ""), "territory": territory, "gap_days": gap_days, "ahead": ahead}
    place = read_cursor("conflicts", filters, cursor, (str,) * 7)
    start = bisect_right(found, tuple(place), key=lambda one: one.place) if place else 0
    kept = found[start : start + limit]
    token = write_cursor("conflicts", filters, kept[-1].place) if start + limit < len(found) else None
    return turn_page(call.request, [conflict_to_dict(one) for one in kept], token)
