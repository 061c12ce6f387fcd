"""``crossreel versions``: language versions of a title."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossreel.cli.localizing import forced, localize
from crossreel.cli.terminal import Home, Json, announce, emit, opened, table

__all__ = ["VERBS"]


def package(
    film: Annotated[Path, typer.Argument(help="The film.")],
    out: Annotated[
        Path, typer.Argument(help="The file to write (.mp4, .mkv, .mov), or the master playlist (.m3u8).")
    ],
    audio: Annotated[
        list[str] | None, typer.Option("--audio", help="A sound track as LANGUAGE=FILE; repeatable.")
    ] = None,
    subtitles: Annotated[
        list[str] | None,
        typer.Option(
            "--subtitles", help="LANGUAGE=FILE, or LANGUAGE=FILE:forced; repeatable; not into .mp4."
        ),
    ] = None,
    default: Annotated[
        str | None, typer.Option("--default", help="Language of the sound that plays first.")
    ] = None,
    keep_sound: Annotated[
        bool, typer.Option("--keep-sound/--drop-sound", help="Whether the film's own sound stays.")
    ] = True,
    film_language: Annotated[
        str | None, typer.Option("--film-language", help="Of the film's own sound (.m3u8).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Add sound and subtitles to a film; its picture is copied bit by bit, and that is checked.

    Into ``.m3u8`` (HLS) languages are added to what is there; the picture's segments are written once.
    """
    from crossreel.studio.packaging import package_film, package_for_streaming
    from crossreel.values.language import Language

    if out.suffix.lower() == ".m3u8":
        streamed = package_for_streaming(
            film,
            out,
            audio or (),
            subtitles or (),
            own=Language.parse(film_language) if film_language else None,
            default=Language.parse(default) if default else None,
            keep_sound=keep_sound,
        )
        shown = [(one["type"], one["language"], one["name"], one["uri"]) for one in streamed["renditions"]]
        emit(streamed, as_json, lambda: table(("type", "language", "name", "playlist"), shown))
        return
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


def matrix(
    territory: Annotated[str, typer.Option("--territory", help="ISO 3166-1 alpha-2 code.")],
    title: Annotated[
        str | None, typer.Option("--title", help="Title id, source:id; without it a row for every title.")
    ] = None,
    assets: Annotated[
        Path | None, typer.Option("--assets", help="JSON list of what exists beside the catalog's texts.")
    ] = None,
    prices: Annotated[Path | None, typer.Option("--prices", help="JSON price list of your own.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What exists of a title, what a territory needs, what is missing and its cost, and what to make next."""
    from crossreel.errors import WrongUse
    from crossreel.studio.version_matrix import catalog_matrix, read_assets, read_prices, title_matrix
    from crossreel.values.territory import Territory

    place = Territory.parse(territory)
    if title is None:
        if assets is not None:
            raise WrongUse("--assets belong to one title.", advice="Name it with --title source:id.")
        with opened(home) as app:
            every = catalog_matrix(app, place, read_prices(prices) if prices else None)
        shown = [(row["title"], row["name"], len(row["missing"]), row["cost"]) for row in every["titles"]]
        emit(every, as_json, lambda: table(("title", "name", "missing", "cost"), shown))
        for note in every["notes"]:
            announce(note)
        return
    with opened(home) as app:
        document = title_matrix(
            app,
            app.title_id(title),
            place,
            read_assets(assets) if assets else (),
            read_prices(prices) if prices else None,
        )
    columns = ("kind", "language", "state", "quality", "cost", "needed")
    rows = [[row[column] for column in columns] for row in document["rows"]]
    emit(document, as_json, lambda: table(columns, rows))
    for note in document["notes"]:
        announce(note)


VERBS = {"forced": forced, "localize": localize, "matrix": matrix, "package": package}
