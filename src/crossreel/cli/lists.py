"""``crossreel lists``: editors' picks and viewers' lists, which can be followed."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crossreel.cli.rows import read_documents
from crossreel.cli.terminal import Home, Json, emit, opened, table

__all__ = ["VERBS"]

Id = Annotated[str, typer.Argument(metavar="ID", help="List id.")]
ViewerOption = Annotated[str, typer.Option(help="Viewer id.")]


def list_(
    territory: Annotated[str | None, typer.Option(help="Only editors' picks there.")] = None,
    viewer: Annotated[str | None, typer.Option(help="Only what this viewer follows.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List the lists, with their followers."""
    from crossreel.values.territory import Territory

    with opened(home) as app:
        found = app.lists.all()
        if viewer:
            found = app.lists.followed(app.viewer_id(viewer, must_exist=False))
        if territory:
            picks = {one.id for one in app.lists.picks(Territory.parse(territory))}
            found = tuple(one for one in found if one.id in picks)
        counts = app.lists.counts()
        documents = [one.to_dict() | {"followers": counts.get(one.id, 0)} for one in found]
        columns = ("id", "name", "owner", "territories", "titles", "followers")
        rows = [
            (
                one["id"],
                one["name"],
                one["owner"],
                " ".join(one["territories"]),
                len(one["titles"]),
                one["followers"],
            )
            for one in documents
        ]
        emit({"lists": documents}, as_json, lambda: table(columns, rows))


def show(id_: Id, home: Home = None, as_json: Json = False) -> None:
    """Show a list with its titles."""
    from crossreel.desk.lists import find_list

    with opened(home) as app:
        found = find_list(app, id_, staff=True)
        document = found.to_dict() | {"followers": app.lists.counts().get(id_, 0)}
        titles = app.catalog.get(found.titles)
        rows = [
            (place, str(one), titles[one].shown_name(()).text if one in titles else "")
            for place, one in enumerate(found.titles, 1)
        ]
        emit(document, as_json, lambda: table(("", "id", "title"), rows, title=found.name))


def write(
    list_: Annotated[
        str, typer.Argument(metavar="LIST", help="A list as JSON, or a file that holds one or several.")
    ],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write lists, new or in place of those with their ids; all of them or none."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.lists import put_list

    documents = read_documents(list_, "list")
    with opened(home) as app:
        with app.atomic():
            written = [put_list(app, COMMAND_LINE, document).to_dict() for document in documents]
        emit({"lists": written}, as_json, lambda: typer.echo(f"{len(written)} written."))


def remove(id_: Id, home: Home = None, as_json: Json = False) -> None:
    """Remove a list; nobody follows it any more."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.lists import remove_list

    with opened(home) as app:
        remove_list(app, COMMAND_LINE, id_)
        emit({"removed": id_}, as_json, lambda: typer.echo(f"{id_} is removed."))


def follow(id_: Id, viewer: ViewerOption, home: Home = None, as_json: Json = False) -> None:
    """Let a viewer follow a list: its titles become a row of the viewer's home page."""
    from crossreel.desk.lists import follow as begin

    with opened(home) as app:
        who = app.viewer_id(viewer, must_exist=False)
        begin(app, who, id_)
        _told(id_, str(who), True, as_json)


def unfollow(id_: Id, viewer: ViewerOption, home: Home = None, as_json: Json = False) -> None:
    """End it."""
    from crossreel.desk.lists import unfollow as end

    with opened(home) as app:
        who = app.viewer_id(viewer, must_exist=False)
        end(app, who, id_)
        _told(id_, str(who), False, as_json)


def _told(id_: str, viewer: str, follows: bool, as_json: bool) -> None:
    document: dict[str, Any] = {"list": id_, "viewer": viewer, "follows": follows}
    words = "follows" if follows else "does not follow"
    emit(document, as_json, lambda: typer.echo(f"{viewer} {words} {id_}."))


VERBS = {
    "list": list_,
    "show": show,
    "write": write,
    "remove": remove,
    "follow": follow,
    "unfollow": unfollow,
}
