"""``crossreel insight``: what to change in a title for a country."""

from __future__ import annotations

from typing import Annotated

import typer

from crossreel.cli.terminal import Home, Json, emit, opened, progress_bar, table
from crossreel.errors import BadInput, UnknownId

__all__ = ["VERBS"]


def advise(
    title: Annotated[str, typer.Argument(help="Title id, source:id.")],
    territory: Annotated[str, typer.Option("--territory", help="The country (ISO 3166-1 alpha-2).")],
    against: Annotated[
        str | None,
        typer.Option("--against", help="Home, to compare with; default is the title's own country."),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Rank what to change in a title for a country, each with its evidence and a test."""
    from crossreel.app import text_tools
    from crossreel.insight.advise import advise as advice_for
    from crossreel.insight.text.reviews.report import make_report
    from crossreel.values.territory import Territory

    with opened(home) as app, progress_bar() as progress:
        id_ = app.title_id(title)
        stored = app.catalog.get([id_]).get(id_)
        if stored is None:
            raise UnknownId("title", title)
        country = Territory.parse(territory)
        other = Territory.parse(against) if against else next(iter(stored.countries), None)
        places = [country] if other is None or other == country else [country, other]
        records = [record.title.id for record in app.catalog.siblings([id_]).get(id_, ())] or [id_]
        try:
            report = make_report(app.events, records, places, text_tools(app.home), progress)
        except BadInput:
            report = None
        if report is not None and not report["countries"][0]["reviews"]:
            report = None
        document = advice_for(stored, country, report)
    rows = [(n + 1, one["what"], one["kind"]) for n, one in enumerate(document["advice"])]
    emit(document, as_json, lambda: table(("", "what to change", "kind"), rows, title=document["name"]))


VERBS = {"advise": advise}
"""Verbs in the order that help lists them."""
