"""``crossreel versions``: language versions of a title."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossreel.cli.terminal import Json, emit

__all__ = ["VERBS"]


def package(
    film: Annotated[Path, typer.Argument(help="The film.")],
    out: Annotated[Path, typer.Argument(help="The file to write (.mp4, .mkv, .mov).")],
    audio: Annotated[
        list[str] | None, typer.Option("--audio", help="A sound track as LANGUAGE=FILE; repeatable.")
    ] = None,
    subtitles: Annotated[
        list[str] | None,
        typer.Option("--subtitles", help="LANGUAGE=FILE, or LANGUAGE=FILE:forced; repeatable; .mkv only."),
    ] = None,
    default: Annotated[
        str | None, typer.Option("--default", help="Language of the sound that plays first.")
    ] = None,
    keep_sound: Annotated[
        bool, typer.Option("--keep-sound/--drop-sound", help="Whether the film's own sound stays.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Add sound and subtitles to a film; its picture is copied bit by bit, and that is checked."""
    from crossreel.studio.packaging import package_film
    from crossreel.values.language import Language

    document = package_film(
        film,
        out,
        audio or (),
        subtitles or (),
        default=Language.parse(default) if default else None,
        keep_sound=keep_sound,
    )
    emit(
        document,
        as_json,
        lambda: typer.echo(f"{out}: {document['picture_packets']} picture packets copied unchanged."),
    )


VERBS = {"package": package}
