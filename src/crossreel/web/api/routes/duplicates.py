"""Titles that may be the same work: the list, and what staff decide of a pair."""

from __future__ import annotations

from bisect import bisect_right
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.desk.duplicates import join_titles, mark_different, reopen_pair, review_list
from crossreel.values.ids import TitleId
from crossreel.web.api.answers import answer, turn_page
from crossreel.web.api.context import Calling, Cursor, Limit
from crossreel.web.api.cursors import read_cursor, write_cursor
from crossreel.web.api.forms import Document, Form, Page, TitleDocument
from crossreel.web.api.routes.titles import show_title
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("titles")

TitleField = Annotated[str, Field(min_length=3, max_length=265, examples=["tmdb:653"])]


class DoubtfulPair(Document):
    """Two titles that may be the same work."""

    first: str
    second: str
    why: str


class Pair(Form):
    """A pair of the list."""

    first: TitleField
    second: TitleField


class Joining(Pair):
    """Two titles that are one work."""

    keep: TitleField = Field(description="One of the two: whose facts go first.")


class Decided(Document):
    """A pair that was decided."""

    first: str
    second: str


@router.get("/titles/doubtful", **operation(Permission.READ, Page[DoubtfulPair]))
def list_doubtful_pairs(
    call: Calling,
    different: Annotated[bool, Query(description="Those found to be different works instead.")] = False,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Response:
    """List pairs of titles that may be the same work, for review."""
    review = review_list(call.app)
    pairs = review.different if different else review.open
    ordered = sorted((str(pair.first), str(pair.second), pair.why) for pair in pairs)
    filters = {"different": different}
    place = read_cursor("doubtful", filters, cursor, (str, str, str))
    start = bisect_right(ordered, (place[0], place[1], place[2])) if place else 0
    kept = ordered[start : start + limit]
    token = write_cursor("doubtful", filters, kept[-1]) if start + limit < len(ordered) else None
    items = [dict(zip(("first", "second", "why"), key, strict=True)) for key in kept]
    return turn_page(call.request, items, token)


@router.post("/titles/doubtful/join", **operation(Permission.EDIT, TitleDocument, errors=(404, 409)))
def join_pair(call: Calling, form: Joining) -> Response:
    """Make one title of two; the answer is that title. It can be undone in its history."""
    first, second = (call.app.title_id(str(TitleId.parse(text))) for text in (form.first, form.second))
    title = join_titles(
        call.app,
        call.actor,
        first,
        second,
        keep=call.app.title_id(str(TitleId.parse(form.keep))),
        request_id=call.request_id,
    )
    document, tag = show_title(call.app, title.id)
    return answer(call.request, document, tag=tag)


@router.post("/titles/doubtful/different", **operation(Permission.EDIT, Decided, errors=(404,)))
def part_pair(call: Calling, form: Pair) -> Response:
    """Take a pair from the list: they are different works."""
    first, second = TitleId.parse(form.first), TitleId.parse(form.second)
    mark_different(call.app, call.actor, first, second, request_id=call.request_id)
    return answer(call.request, {"first": str(first), "second": str(second)})


@router.post("/titles/doubtful/reopen", **operation(Permission.EDIT, Decided, errors=(404,)))
def look_at_pair_again(call: Calling, form: Pair) -> Response:
    """Put a pair on the list again."""
    first, second = TitleId.parse(form.first), TitleId.parse(form.second)
    reopen_pair(call.app, call.actor, first, second, request_id=call.request_id)
    return answer(call.request, {"first": str(first), "second": str(second)})
