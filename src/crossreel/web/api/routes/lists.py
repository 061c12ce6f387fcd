"""Lists that people make: editors' picks and viewers' own, and who follows them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.app import App
from crossreel.desk.lists import find_list, follow, put_list, remove_list, unfollow
from crossreel.recommend.lists import TitleList
from crossreel.values.territory import Territory
from crossreel.web.api.answers import answer
from crossreel.web.api.context import Calling
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("lists")

ListPath = Annotated[str, Path(min_length=1, max_length=80, description="List id.")]
Word = Annotated[str, Field(max_length=265)]
FollowerPath = Annotated[str, Path(min_length=1, max_length=265, description="Viewer id.")]


class ListForm(Form):
    """A list of the staff, or a viewer's whose owner stays."""

    name: str = Field(max_length=80)
    titles: Annotated[list[Word], Field(max_length=1000)] = Field(default_factory=list)
    note: str = Field("", max_length=500)
    owner: str = Field("", max_length=265, description="Empty for the staff.")
    territories: Annotated[list[Word], Field(max_length=300)] = Field(
        default_factory=list, description="Where it is a row of the home page: codes and groups."
    )
    public: bool = True


class ListDocument(Document):
    """A list with the number of its followers."""

    id: str
    name: str
    titles: list[str]
    note: str
    owner: str
    territories: list[str]
    public: bool
    followers: int


class ListDocuments(Document):
    """Lists, by id; those that a viewer follows, the latest first."""

    items: list[ListDocument]


class Following(Document):
    """Whether a viewer follows a list."""

    list: str
    viewer: str
    follows: bool


class RemovedList(Document):
    """What is gone."""

    removed: str


def _shown(app: App, found: TitleList, counts: dict[str, int] | None = None) -> dict[str, Any]:
    followers = (app.lists.counts() if counts is None else counts).get(found.id, 0)
    return found.to_dict() | {"followers": followers}


@router.get("/lists", **operation(Permission.READ, ListDocuments))
def list_lists(
    call: Calling,
    territory: Annotated[str | None, Query(max_length=10, description="Only editors' picks there.")] = None,
    viewer: Annotated[str | None, Query(max_length=265, description="Only what this viewer follows.")] = None,
) -> Response:
    """List the lists, with their followers."""
    book, counts = call.app.lists, call.app.lists.counts()
    found = book.followed(call.app.viewer_id(viewer, must_exist=False)) if viewer else book.all()
    if territory:
        picks = {one.id for one in book.picks(Territory.parse(territory))}
        found = tuple(one for one in found if one.id in picks)
    return answer(call.request, {"items": [_shown(call.app, one, counts) for one in found]})


@router.get("/lists/{list}", **operation(Permission.READ, ListDocument))
def get_list(call: Calling, list: ListPath) -> Response:
    """Get one list."""
    return answer(call.request, _shown(call.app, find_list(call.app, path_value(list), staff=True)))


@router.put("/lists/{list}", **operation(Permission.EDIT, ListDocument, errors=(404, 409)))
def write_list(call: Calling, list: ListPath, form: ListForm) -> Response:
    """Write a list, new or in place of the one with that id."""
    document = {"id": path_value(list), **form.model_dump()}
    written = put_list(call.app, call.actor, document, request_id=call.request_id)
    return answer(call.request, _shown(call.app, written))


@router.delete("/lists/{list}", **operation(Permission.EDIT, RemovedList))
def delete_list(call: Calling, list: ListPath) -> Response:
    """Remove a list; nobody follows it any more."""
    id_ = path_value(list)
    remove_list(call.app, call.actor, id_, request_id=call.request_id)
    return answer(call.request, {"removed": id_})


@router.put("/lists/{list}/followers/{viewer}", **operation(Permission.EDIT, Following))
def follow_list(call: Calling, list: ListPath, viewer: FollowerPath) -> Response:
    """Let a viewer follow a list: its titles become a row of the viewer's home page."""
    id_, who = path_value(list), call.app.viewer_id(path_value(viewer), must_exist=False)
    call.actor.require(Permission.EDIT)
    follow(call.app, who, id_)
    return answer(call.request, {"list": id_, "viewer": str(who), "follows": True})


@router.delete("/lists/{list}/followers/{viewer}", **operation(Permission.EDIT, Following))
def unfollow_list(call: Calling, list: ListPath, viewer: FollowerPath) -> Response:
    """End it."""
    id_, who = path_value(list), call.app.viewer_id(path_value(viewer), must_exist=False)
    call.actor.require(Permission.EDIT)
    unfollow(call.app, who, id_)
    return answer(call.request, {"list": id_, "viewer": str(who), "follows": False})
