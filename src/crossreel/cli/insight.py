"""``crossreel insight``: what to change in a title for a country."""

from __future__ import annotations

from contextlib import suppress
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
    from crossreel.desk.reviews import advice_for, report_job
    from crossreel.insight.advise import home_of
    from crossreel.values.territory import Territory

    with opened(home) as app, progress_bar() as progress:
        id_ = app.title_id(title)
        stored = app.catalog.get([id_]).get(id_)
        if stored is None:
            raise UnknownId("title", title)
        country = Territory.parse(territory)
        other = Territory.parse(against) if against else home_of(stored)
        codes = list(dict.fromkeys([country.code, *([other.code] if other else [])]))
        with suppress(BadInput):  # without a review, advice rests on the catalog alone and says so
            report_job(app, {"title": title, "territories": codes}, progress)
        document = advice_for(app, title, territory)
    rows = [(n + 1, one["what"], one["kind"]) for n, one in enumerate(document["advice"])]
    emit(document, as_json, lambda: table(("", "what to change", "kind"), rows, title=document["name"]))


VERBS = {"advise": advise}
"""Verbs in the order that help lists them."""
