"""``crossreel rights``: licenses, and what may be shown where."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from crossreel.cli.terminal import Home, Json, announce, emit, emit_items, opened, progress_bar, table
from crossreel.errors import WrongUse

__all__ = ["VERBS"]

SHORT_GAP_DAYS = 31
_FINDINGS = 3
"""The exit code of ``--strict`` with findings."""
_SHOWN = 100
_LIST = "repeat it, or separate with commas"


def _words(values: list[str] | None) -> tuple[str, ...]:
    return tuple(word.strip() for value in values or () for word in value.split(",") if word.strip())


def check(
    title: Annotated[str, typer.Argument(help="Title id, source:id.")],
    territory: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2 code.")],
    mode: Annotated[str, typer.Option(help="SVOD, TVOD (rent), EST (buy), AVOD or DOWNLOAD.")] = "SVOD",
    at: Annotated[str | None, typer.Option(help="ISO 8601 instant; default is now.")] = None,
    language: Annotated[str | None, typer.Option(help="A language version, BCP 47.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say whether a title is available here, now, this way, and why."""
    from crossreel.rights.license import Mode
    from crossreel.values.language import Language
    from crossreel.values.territory import Territory
    from crossreel.values.window import parse_instant

    with opened(home) as app:
        where, way = Territory.parse(territory), Mode.read(mode)
        instant = parse_instant(at) if at else app.clock()
        version = Language.parse(language) if language else None
        id_ = app.title_id(title)
        decision = app.rights.check(id_, where, way, instant, version)
        document: dict[str, Any] = {
            "title": str(id_),
            "territory": where.code,
            "mode": way.value,
            "at": instant.isoformat().replace("+00:00", "Z"),
            "available": decision.available,
            "because": [
                {"code": because.code, "text": because.text, "license": because.license}
                for because in decision.because
            ],
            "until": decision.until and decision.until.isoformat().replace("+00:00", "Z"),
            "opens": decision.opens and decision.opens.isoformat().replace("+00:00", "Z"),
        }

        def human() -> None:
            typer.echo("available" if decision.available else "not available")
            for because in decision.because:
                typer.echo(f"  {because.text}")

        emit(document, as_json, human)


def grant(
    titles: Annotated[list[str] | None, typer.Argument(help="Title ids; or --all.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every title of the catalog.")] = False,
    territory: Annotated[
        list[str] | None, typer.Option(help=f"Codes or groups such as WORLD, EU; {_LIST}.")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option(help=f"Codes or groups to leave out; {_LIST}.")] = None,
    mode: Annotated[list[str] | None, typer.Option(help=f"SVOD, TVOD, EST, AVOD, DOWNLOAD; {_LIST}.")] = None,
    language: Annotated[
        list[str] | None, typer.Option(help=f"Language versions; all if none; {_LIST}.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="First day (each territory's own midnight) or instant.")
    ] = None,
    end: Annotated[str | None, typer.Option(help="Last day included, or the first instant outside.")] = None,
    reason: Annotated[str, typer.Option(help="Why this right exists.")] = "granted on the command line",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write license rows: one for each title."""
    from crossreel.rights.granting import grant as write
    from crossreel.rights.license import Mode
    from crossreel.values.language import Language

    if every == bool(titles):
        raise WrongUse(
            "Name titles, or say --all.",
            advice="For example: crossreel rights grant --all --territory WORLD --mode SVOD.",
        )
    if not territory or not mode:
        raise WrongUse(
            "A grant needs --territory and --mode.", advice="For example: --territory WORLD --mode SVOD."
        )
    with opened(home) as app:
        ids = app.catalog.ids() if every else [app.title_id(text) for text in titles or ()]
        report = write(
            app.licenses,
            ids,
            territories=_words(territory),
            excluded=_words(exclude),
            modes=[Mode.read(word) for word in _words(mode)],
            languages=[Language.parse(word) for word in _words(language)],
            start=start,
            end=end,
            reason=reason,
        )
        document = {"titles": len(ids), "granted": report.added, "already": report.unchanged}
        emit(
            document,
            as_json,
            lambda: typer.echo(f"{report.added} licenses written, {report.unchanged} already there."),
        )


def import_(
    path: Annotated[Path, typer.Argument(help="Licenses as JSON Lines.")],
    source: Annotated[str, typer.Option(help="Put before title ids that name no source.")],
    replace: Annotated[bool, typer.Option(help="Let licenses with known ids replace the old ones.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read licenses from JSON Lines."""
    from crossreel.rights.feed import import_licenses

    with opened(home) as app, progress_bar() as progress:
        report = import_licenses(
            path,
            source=source,
            store=app.licenses,
            resolve=app.catalog.resolve,
            replace=replace,
            progress=progress,
        )
        document = {
            "read": report.read,
            "added": report.added,
            "unchanged": report.unchanged,
            "replaced": report.replaced,
        }
        emit(
            document,
            as_json,
            lambda: typer.echo(f"{report.added} licenses added, {report.unchanged} already there."),
        )


def export(
    path: Annotated[Path, typer.Argument(help="File to write, JSON Lines.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write every license as JSON Lines."""
    from crossreel.rights.feed import export_licenses

    with opened(home) as app:
        count = export_licenses(path, app.licenses)
        emit(
            {"licenses": count, "path": str(path)}, as_json, lambda: typer.echo(f"{count} licenses written.")
        )


def show(
    title: Annotated[str, typer.Argument(help="Title id.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List a title's licenses."""
    with opened(home) as app:
        id_ = app.title_id(title)
        names = [record for record, merged in app.catalog.aliases().items() if merged == id_]
        rows = [
            (
                license_.id,
                ",".join(license_.territories),
                ",".join(license_.excluded),
                ",".join(license_.modes),
                str(license_.start),
                str(license_.end),
                license_.reason,
            )
            for license_ in app.licenses.of({id_, *names})
        ]
        columns = ("id", "territories", "excluded", "modes", "start", "end", "reason")
        document = {"title": str(id_), "licenses": [dict(zip(columns, row, strict=True)) for row in rows]}
        emit(document, as_json, lambda: table(columns, rows, title=str(id_)))


def conflicts(
    title: Annotated[str | None, typer.Option(help="Only this title's licenses (and its series').")] = None,
    territory: Annotated[str | None, typer.Option(help="Only what touches it: ISO 3166-1 alpha-2.")] = None,
    gap_days: Annotated[
        int, typer.Option(min=0, max=36500, help="The longest gap between two licenses that is told.")
    ] = SHORT_GAP_DAYS,
    ahead: Annotated[
        bool, typer.Option("--ahead", help="Leave out what lies in the past everywhere.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 3 where there is a conflict.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List licenses that stand in each other's way: undone limits, doubles, overlaps, short gaps."""
    from crossreel.rights.conflict import conflict_to_dict
    from crossreel.values.territory import Territory

    where = Territory.parse(territory) if territory else None
    with opened(home) as app:
        id_ = app.title_id(title) if title else None
        found = app.rights.conflicts(id_, where, short_gap=timedelta(gap_days))
        if ahead:
            now = app.clock()
            found = tuple(one for one in found if not one.is_over(now))
        notes = sum(one.kind.is_note for one in found)
        document = {
            "title": None if id_ is None else str(id_),
            "territory": where and where.code,
            "licenses": app.licenses.count(),
            "conflicts": len(found) - notes,
            "notes": notes,
            "kinds": Counter(one.kind.value for one in found),
        }
        if as_json:
            emit_items(document, map(conflict_to_dict, found))
        for one in () if as_json else found[:_SHOWN]:
            typer.echo(f"{one.kind}  {one.title}\n  {one.why}\n  {one.advice}")
    more = f"; the first {_SHOWN} are shown, --json gives all" if len(found) > _SHOWN else ""
    announce(f"{document['conflicts']} conflicts and {notes} notes in {document['licenses']} licenses{more}.")
    if strict and document["conflicts"]:
        raise typer.Exit(_FINDINGS)


VERBS = {
    "check": check,
    "grant": grant,
    "import": import_,
    "export": export,
    "show": show,
    "conflicts": conflicts,
}
