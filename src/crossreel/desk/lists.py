"""Lists that people make: the staff's with a trail, viewers' own within bounds, and who follows them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.desk.written import swap_document
from crossreel.errors import BadValue, Conflict, NotAllowed, UnknownId
from crossreel.recommend.lists import TitleList
from crossreel.values.ids import TitleId, ViewerId

__all__ = [
    "erase_lists",
    "find_list",
    "follow",
    "keep_own_list",
    "new_own_list",
    "put_list",
    "remove_list",
    "remove_own_list",
    "unfollow",
]

_OWN = 50
"""Lists that one viewer can make."""


def find_list(app: App, id_: str, viewer: ViewerId | None = None, *, staff: bool = False) -> TitleList:
    """A list that the viewer, or the staff, may see. Raises ``UnknownId``."""
    found = app.lists.get(id_)
    if found is None or not (staff or found.public or (viewer is not None and found.owner == viewer)):
        raise UnknownId("list", id_)
    return found


def put_list(app: App, actor: Actor, document: Mapping[str, Any], *, request_id: str = "") -> TitleList:
    """Writes a list of the staff, or changes a viewer's; the owner of a list stays who it was.

    Raises:
        NotAllowed: the actor may not edit.
        BadValue: the document is not a list.
        UnknownId: it names a title that is not in the catalog.
        Conflict: it would give the list to somebody else.
    """
    actor.require(Permission.EDIT)
    written = TitleList.read(document)
    _check_titles(app, written.titles)
    with app.atomic():
        before = app.documents.get(TitleList.KIND, written.id)
        owner = (before or {}).get("owner", "")
        if owner != written.to_dict()["owner"]:
            raise Conflict(
                f"The list {written.id} belongs to {owner or 'the staff'}, and stays with whom it is.",
                advice="Write it with its owner, or take another id.",
            )
        swap_document(
            app, actor, TitleList.KIND, written.id, written.to_dict(), "list.write", request_id=request_id
        )
    return written


def remove_list(app: App, actor: Actor, id_: str, *, request_id: str = "") -> None:
    """Removes any list; nobody follows it any more. Raises ``NotAllowed``, ``UnknownId``."""
    actor.require(Permission.EDIT)
    find_list(app, id_, staff=True)
    with app.atomic():
        swap_document(app, actor, TitleList.KIND, id_, None, "list.remove", request_id=request_id)
        app.followers.unfollow(id_)


def _check_titles(app: App, titles: tuple[TitleId, ...]) -> None:
    known = app.catalog.resolve(titles)
    for id_ in titles:
        if id_ not in known:
            raise UnknownId("title", id_)


def new_own_list(app: App, viewer: ViewerId, name: str, *, public: bool = False) -> TitleList:
    """A new list of a viewer's own.

    Raises:
        BadValue: the name is empty or too long, or the viewer has 50 lists already.
    """
    if len(app.lists.owned(viewer)) >= _OWN:
        raise BadValue("number of lists", _OWN + 1, f"at most {_OWN}", advice="Remove one first.")
    made = TitleList(f"own-{secrets.token_hex(8)}", name.strip(), owner=viewer, public=public)
    app.documents.put(TitleList.KIND, made.id, made.to_dict())
    return made


def keep_own_list(
    app: App,
    viewer: ViewerId,
    id_: str,
    *,
    add: TitleId | None = None,
    remove: TitleId | None = None,
    public: bool | None = None,
) -> TitleList:
    """Changes a list of the viewer's own: adds or takes off a title, shows it to others or not.

    Raises:
        UnknownId: there is no such list, or no such title.
        NotAllowed: it is somebody else's.
        BadValue: it is full.
    """
    with app.atomic():
        kept = _own(app, viewer, id_)
        if add is not None:
            _check_titles(app, (add,))
            kept = kept.with_title(add)
        if remove is not None:
            kept = kept.without_title(remove)
        if public is not None:
            kept = replace(kept, public=public)
        app.documents.put(TitleList.KIND, id_, kept.to_dict())
    return kept


def remove_own_list(app: App, viewer: ViewerId, id_: str) -> None:
    """Removes a list of the viewer's own. Raises ``UnknownId``, ``NotAllowed``."""
    with app.atomic():
        _own(app, viewer, id_)
        app.documents.remove(TitleList.KIND, id_)
        app.followers.unfollow(id_)


def _own(app: App, viewer: ViewerId, id_: str) -> TitleList:
    found = find_list(app, id_, viewer)
    if found.owner != viewer:
        raise NotAllowed(f"The list {id_} is not yours.", advice="Make one of your own.")
    return found


def follow(app: App, viewer: ViewerId, id_: str) -> TitleList:
    """Begins to follow a list: its titles are a row of the viewer's home page. Raises ``UnknownId``."""
    found = find_list(app, id_, viewer)
    app.followers.follow(id_, viewer, app.clock())
    return found


def unfollow(app: App, viewer: ViewerId, id_: str) -> None:
    """Ends it; that it was not followed is no error."""
    app.followers.unfollow(id_, viewer)


def erase_lists(app: App, viewer: ViewerId) -> int:
    """Removes what a viewer made and follows; returns how many lists were the viewer's own."""
    own = app.lists.owned(viewer)
    for one in own:
        app.documents.remove(TitleList.KIND, one.id)
        app.followers.unfollow(one.id)
    app.followers.erase(viewer)
    return len(own)
