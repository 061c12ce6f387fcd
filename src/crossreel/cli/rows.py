"""``crossreel recommend rows | why | rules ...``: home pages, and the rules that shape them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from crossreel.cli.terminal import Home, Json, emit, opened, table
from crossreel.errors import BadFile, BadValue

__all__ = ["VERBS", "read_documents"]

At = Annotated[str | None, typer.Option(help="ISO 8601 instant; default is now.")]
InTerritory = Annotated[str, typer.Option(help="ISO 3166-1 alpha-2 code.")]
InLanguage = Annotated[str, typer.Option(help="Language of names and reasons, BCP 47.")]
ViewerOption = Annotated[str, typer.Option(help="Viewer id; an unknown one gets what is popular there.")]
Device = Annotated[str, typer.Option(help="On what, as events name it; minded by contextual models.")]
_LARGEST = 1_000_000


def rows(
    viewer: ViewerOption,
    territory: InTerritory,
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="Titles in a row, at most.")] = 12,
    at: At = None,
    device: Device = "",
    language: InLanguage = "en",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Get the rows of a viewer's home page, with reasons, after rights and rules."""
    from crossreel.values.language import Language
    from crossreel.values.territory import Territory
    from crossreel.values.window import parse_instant
    from crossreel.web.recommended import show_page

    with opened(home) as app:
        id_, where = app.viewer_id(viewer, must_exist=False), Territory.parse(territory)
        page = app.shelf.page(id_, where, count, parse_instant(at) if at else None, device=device)
        document = show_page(app, page, id_, where, Language.parse(language))
        emit(document, as_json, lambda: _print_rows(document))


def _print_rows(document: dict[str, Any]) -> None:
    for row in document["rows"]:
        shown = [
            (
                place,
                item["title"],
                item["title_id"],
                item["path"],
                "; ".join(reason["text"] for reason in item["reasons"]),
                ", ".join(item["rules"]),
            )
            for place, item in enumerate(row["items"], 1)
        ]
        table(("", "title", "id", "path", "why", "rules"), shown, title=row["heading"])
    for one in document["quotas"]:
        state = "met" if one["met"] else "not met"
        typer.echo(f"quota {one['rule']}: {one['shown']} of {one['of']}, asked {one['share']:.0%}: {state}")


def why(
    title: Annotated[str, typer.Argument(help="Title id, source:id.")],
    viewer: ViewerOption,
    territory: InTerritory,
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="Length of the list asked about.")] = 10,
    algorithm: Annotated[
        str | None, typer.Option(help="Which trained model; default is the active one.")
    ] = None,
    at: At = None,
    device: Device = "",
    language: InLanguage = "en",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say where a title stands for a viewer, and what keeps it off the list."""
    from crossreel.values.language import Language
    from crossreel.values.territory import Territory
    from crossreel.values.window import parse_instant
    from crossreel.web.recommended import show_why_not

    with opened(home) as app:
        who, id_ = app.viewer_id(viewer, must_exist=False), app.title_id(title)
        instant = parse_instant(at) if at else app.clock()
        where = Territory.parse(territory)
        found = app.shelf.inspect(who, where, count, at=instant, algorithm=algorithm, device=device)
        document = show_why_not(app, found, id_, who, instant, Language.parse(language))
        emit(document, as_json, lambda: table(("", ""), [(key, _told(one)) for key, one in document.items()]))


def shown(
    countries: Annotated[
        str, typer.Option(help="Of which production: codes, groups, EUROPEAN or LOCAL, comma-separated.")
    ] = "EUROPEAN",
    since: Annotated[str | None, typer.Option(help="ISO 8601 instant; default is all of the log.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say what share of the titles that viewers were shown is of some origin, by territory."""
    from crossreel.audience.event import EventKind
    from crossreel.recommend.rules import Selection
    from crossreel.recommend.shown import shown_shares
    from crossreel.values.window import parse_instant

    names = [name.strip() for name in countries.split(",") if name.strip()]
    select = Selection.read({"countries": names})
    with opened(home) as app:
        app.impressions.flush()
        start = parse_instant(since) if since else None
        columns = app.events.columns(kinds=[EventKind.IMPRESSION], since=start)
        aliases = app.catalog.aliases()
        records = app.catalog.get([aliases.get(id_, id_) for id_ in columns.title_ids])
        found = shown_shares(columns, records, aliases, select)
    document = {"countries": names, "since": since, "territories": [one.to_dict() for one in found]}
    emit(document, as_json, lambda: _print_shown(document["territories"]))


def _print_shown(found: Any) -> None:
    columns = ("territory", "shown", "of them", "share", "titles", "of them", "share", "no country known")
    rows_ = [
        (
            one["territory"] or "unknown",
            one["impressions"],
            one["selected"],
            f"{one['share']:.1%}",
            one["titles"],
            one["selected_titles"],
            f"{one['share_of_titles']:.1%}",
            one["unknown"],
        )
        for one in found
    ]
    table(columns, rows_)


def _told(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    told = ((k, v["times"] if isinstance(v, dict) else v, v) for k, v in value.items())
    return ", ".join(
        f"{key} ({whole['category']}) x{number:.2f}" if isinstance(whole, dict) else f"{key} {number:+.3f}"
        for key, number, whole in told
    )


def rules(
    territory: Annotated[str | None, typer.Option(help="Only those in force there now.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List the rules of what is shown: pins, boosts, exclusions, quotas, variety, exploration."""
    from crossreel.values.territory import Territory

    with opened(home) as app:
        found = app.shelf.rules(Territory.parse(territory) if territory else None)
        documents = [rule.to_dict() for rule in found]
        columns = ("id", "kind", "territories", "start", "end", "note")
        shown = [tuple(str(one[column]) for column in columns) for one in documents]
        emit({"rules": documents}, as_json, lambda: table(columns, shown))


def set_rule(
    rule: Annotated[str, typer.Argument(help="A rule as JSON, or a file that holds one or a list of them.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write rules, new or in place of those with their ids; all of them or none."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.rules import put_rule

    documents = read_documents(rule, "rule")
    with opened(home) as app:
        with app.atomic():
            written = [put_rule(app, COMMAND_LINE, document).to_dict() for document in documents]
        emit({"rules": written}, as_json, lambda: typer.echo(f"{len(written)} written."))


def remove_rule(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Rule id, from `recommend rules`.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Remove a rule."""
    from crossreel.accounts.operator import COMMAND_LINE
    from crossreel.desk.rules import remove_rule as remove

    with opened(home) as app:
        remove(app, COMMAND_LINE, id_)
        emit({"removed": id_}, as_json, lambda: typer.echo(f"{id_} is removed."))


def read_documents(text: str, what: str) -> list[dict[str, Any]]:
    """JSON objects from the words themselves or a file."""
    if not text.lstrip().startswith(("{", "[")):
        path = Path(text)
        try:
            with path.open(encoding="utf-8") as file:
                text = file.read(_LARGEST)
        except (OSError, ValueError) as error:
            raise BadFile(
                path, "cannot be read", advice=f"Name a file that holds the {what} as JSON."
            ) from error
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadValue(what, text[:80], "a JSON object, or a list of them") from error
    documents = found if isinstance(found, list) else [found]
    if not documents or not all(isinstance(one, dict) for one in documents):
        raise BadValue(what, text[:80], "a JSON object, or a list of them")
    return documents


VERBS = {
    "rows": rows,
    "why": why,
    "shown": shown,
    "rules": rules,
    "set-rule": set_rule,
    "remove-rule": remove_rule,
}
