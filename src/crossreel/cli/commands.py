"""The tree of commands; each noun is a file beside this one."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Annotated, Any

import typer

from crossreel import __version__

__all__ = ["NOUNS", "commands"]

NOUNS = {
    "catalog": "Titles in and out, and finding them.",
    "audience": "Viewers and what they do.",
    "rights": "Licenses, and what may be shown where.",
    "recommend": "Train models, and ask them.",
    "audio": "Transcribe, speak, dub, and loudness.",
    "experiment": "Live experiments in the storefront.",
    "lists": "Editors' picks and viewers' lists, which can be followed.",
    "subtitles": "Inspect, convert, check and fix timed text.",
    "insight": "What to change in a title for a country.",
    "reviews": "Reviews in, models taught by them, what a country thinks.",
    "text": "Language, sentiment and summaries of texts.",
    "versions": "Language versions of a title.",
    "video": "What a film file is, and what is in its pictures.",
    "models": "Pretrained models: list, bring here, check.",
    "operator": "The staff, their passwords and their API tokens.",
}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"crossreel {__version__}")
        raise typer.Exit()


def commands() -> Callable[..., Any]:
    """The whole command line as one click command."""
    from crossreel.cli import doctor, safety, workspace

    root = typer.Typer(
        name="crossreel",
        help="Takes a film and TV catalog across borders.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @root.callback()
    def _root(
        version: Annotated[
            bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
        ] = False,
    ) -> None:
        pass

    verbs = (workspace.demo, workspace.serve, doctor.doctor, safety.backup, safety.restore, safety.sweep)
    for verb in verbs:
        root.command()(verb)
    for noun, text in NOUNS.items():
        module = importlib.import_module(f"crossreel.cli.{noun}")
        group = typer.Typer(help=text, no_args_is_help=True)
        for name, verb in module.VERBS.items():
            group.command(name)(verb)
        root.add_typer(group, name=noun)
    return typer.main.get_command(root)
