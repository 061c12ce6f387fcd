"""``crossreel audience``: viewers and what they do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from crossreel.cli.terminal import Home, Json, announce, emit, opened, progress_bar, table
from crossreel.errors import WrongUse

__all__ = ["VERBS"]

_PAIRS = re.compile(r'(?:[^,"]|"[^"]*")+')
"""What stands between commas outside of double quotes."""


def _mapping(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    pairs = [pair.partition("=") for pair in _PAIRS.findall(text) if pair.strip()]
    named = {field.strip(): _unquoted(column) for field, _, column in pairs}
    if not all((*named, *named.values(), named)) or text.count('"') % 2:
        raise WrongUse(
            f"--map is a list of field=column, got {text!r}.",
            advice="For example: --map viewer=user_id,title=movie_id,value=rating,time=timestamp. "
            'A name with a comma stands in double quotes: time="time, local".',
        )
    return named


def _unquoted(column: str) -> str:
    """The name without the quotes around it; doubled quotes in it are one, as in CSV."""
    name = column.strip()
    return name[1:-1].replace('""', '"') if len(name) > 1 and name[0] == name[-1] == '"' else name


def import_(
    path: Annotated[Path, typer.Argument(help="A file or folder.")],
    format_: Annotated[str, typer.Option("--format", help="movielens, csv or parquet.")] = "movielens",
    source: Annotated[str | None, typer.Option(help="Names the import; default is the format.")] = None,
    map_: Annotated[
        str | None, typer.Option("--map", help="Which column is which: viewer=user_id,title=movie_id,...")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(help="What every row is: rating, positive, view, thumbs, list-add, review, impression."),
    ] = None,
    scale: Annotated[str | None, typer.Option(help="Range of the values, such as 1..5.")] = None,
    skip_bad: Annotated[
        Path | None, typer.Option(help="Write refused rows to this CSV and import the rest.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read events, and the titles and viewers beside them (the workspace is made if missing)."""
    from crossreel.audience.importing import import_audience

    with opened(home, create=True) as app, progress_bar() as progress:
        report = import_audience(
            path,
            format=format_,
            source=source,
            log=app.events,
            viewers=app.viewers,
            catalog=app.catalog,
            mapping=_mapping(map_),
            kind=kind,
            scale=scale,
            skip_bad=skip_bad,
            progress=progress,
        )
        document = report.to_dict()
        emit(document, as_json, lambda: table(("", ""), list(document.items())))
        if not app.licenses.count():
            announce(app.no_license_hint)


def summary(home: Home = None, as_json: Json = False) -> None:
    """Count events, viewers and titles, by kind, territory and source."""
    with opened(home) as app:
        found = app.events.summary()
        document = {
            "events": found.events,
            "viewers": found.viewers,
            "titles": found.titles,
            "first": found.first and found.first.isoformat(),
            "last": found.last and found.last.isoformat(),
            "by_kind": found.by_kind,
            "by_territory": found.by_territory,
            "by_source": found.by_source,
        }
        emit(document, as_json, lambda: table(("", ""), list(document.items())))


def engagement(
    completed_from: Annotated[
        float, typer.Option(help="Progress from which a view counts as complete, 0 to 1.")
    ] = 0.9,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Watch time per viewer, completion, and who comes back after 7 and 28 days, by territory."""
    from crossreel.desk.engaged import workspace_engagement

    with opened(home) as app:
        document = workspace_engagement(app, completed_from).to_dict()
        emit(document, as_json, lambda: _print_engagement(document))


def _print_engagement(document: dict[str, Any]) -> None:
    rows = []
    for one in (*document["markets"], document["all"]):
        figures = (
            one["completion"],
            one["returned"]["7"],
            one["returned"]["28"],
            one["returned_within"]["7"],
            one["returned_within"]["28"],
        )
        minutes = one["minutes_per_viewer"]["value"]
        shares = ["" if f["value"] is None else f"{f['value']:.1%}" for f in figures]
        rows.append((one["territory"], one["viewers"], "" if minutes is None else f"{minutes:.0f}", *shares))
    columns = (
        "territory", "viewers", "minutes a viewer", "complete",
        "on day 7", "on day 28", "within 7", "within 28",
    )  # fmt: skip
    table(columns, rows)


def compact(home: Home = None, as_json: Json = False) -> None:
    """Move live events into Parquet now (the server does it by itself)."""
    with opened(home) as app:
        moved = app.events.compact()
        emit({"moved": moved}, as_json, lambda: typer.echo(f"{moved} events moved."))


def export(
    viewer: Annotated[str, typer.Argument(help="Viewer id, source:id.")],
    path: Annotated[Path, typer.Argument(help="File to write, JSON Lines.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write all that is kept about one viewer."""
    with opened(home) as app:
        count = app.events.export(app.viewer_id(viewer), path)
        emit({"events": count, "path": str(path)}, as_json, lambda: typer.echo(f"{count} events written."))


def erase(
    viewer: Annotated[str, typer.Argument(help="Viewer id, source:id.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Remove a viewer: the profile, every event, lists made and followed, for good."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.audience import erase_viewer

    with opened(home) as app:
        id_ = app.viewer_id(viewer)
        found = erase_viewer(app, COMMAND_LINE, id_)
        events, profile = found.events, found.profile
        emit(
            {"viewer": str(id_), "events": events, "profile": profile},
            as_json,
            lambda: typer.echo(f"{events} events and {'the' if profile else 'no'} profile erased."),
        )


VERBS = {
    "import": import_,
    "summary": summary,
    "engagement": engagement,
    "compact": compact,
    "export": export,
    "erase": erase,
}
