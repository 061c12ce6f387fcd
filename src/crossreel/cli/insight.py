"""``crossreel insight``: what to change in a title for a country."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from crossreel.cli.terminal import Home, Json, emit, opened, progress_bar

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
    from crossreel.desk.reviews import advice_for, report_for_advice

    with opened(home) as app, progress_bar() as progress:
        report_for_advice(app, title, territory, against, progress)
        document = advice_for(app, title, territory)
    emit(document, as_json, lambda: _print_advice(document))


def _print_advice(document: dict[str, Any]) -> None:
    """Each piece with what it rests on, its test and its command; then what was not looked at."""
    from crossreel.insight.advice import evidence_told

    _say(f"{document['name']}, {document['territory']}")
    for number, one in enumerate(document["advice"], 1):
        _say("")
        _say(one["what"], 3, f"{number}.")
        _say(f"{one['kind']}, urgency {one['urgency']:.2f} of 1", 3)
        _say("It rests on:", 3)
        for piece in one["evidence"]:
            _say(evidence_told(piece), 5)
        _say(f"To test it: {one['test']}", 3)
        if one["command"]:
            typer.echo(f"   {one['command']}")  # on one line, so that it can be copied
    if not document["advice"]:
        _say("Nothing is advised.")
    if document["not_looked_at"]:
        _say("")
        _say("Not looked at:")
    for line in document["not_looked_at"]:
        _say(line, 3)


def _say(text: str, indent: int = 0, mark: str = "") -> None:
    """Prints text that breaks between words, by the columns that its signs take, and goes on indented."""
    console = Console()
    for line in Text(text).wrap(console, console.width - indent):
        typer.echo((mark.ljust(indent) + line.plain).rstrip())
        mark = ""


VERBS = {"advise": advise}
"""Verbs in the order that help lists them."""
