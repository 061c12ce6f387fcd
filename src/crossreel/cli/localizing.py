"""``crossreel versions localize``: a film into another language by one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from crossreel.cli.terminal import Home, Json, announce, emit, opened, progress_bar, table
from crossreel.errors import WrongUse

__all__ = ["forced", "localize"]

_FINDINGS = 3
Analysis = Annotated[
    Path | None,
    typer.Option("--analysis", help="Of video analyze: its texts are forced narratives, its faces mouths."),
]


def localize(
    film: Annotated[Path, typer.Argument(help="The film.")],
    out: Annotated[Path, typer.Argument(help="Folder to work in; languages are added to it.")],
    to: Annotated[str, typer.Option("--to", help="BCP 47 tag of the language to make.")],
    from_: Annotated[
        str | None, typer.Option("--from", help="Language of the film; detected where it is transcribed.")
    ] = None,
    subtitles: Annotated[
        Path | None, typer.Option("--subtitles", help="Of the film in its language; else it is transcribed.")
    ] = None,
    stem: Annotated[Path | None, typer.Option("--stem", help="Music and effects.")] = None,
    cast: Annotated[Path | None, typer.Option("--cast", help="TOML cast book.")] = None,
    engine: Annotated[
        str, typer.Option("--engine", help="Of the translation, as in subtitles translate.")
    ] = "apertium",
    model: Annotated[str, typer.Option("--model", help="The engine's model (openai).")] = "",
    terms: Annotated[Path | None, typer.Option("--terms", help="Termbase: CSV or TBX.")] = None,
    memory: Annotated[Path | None, typer.Option("--memory", help="Translation memory: TMX.")] = None,
    analysis: Analysis = None,
    notes: Annotated[str, typer.Option("--notes", help="What the engine may know: title, synopsis.")] = "",
    back: Annotated[
        str, typer.Option("--back", help="Translate back by this engine, to find doubtful lines.")
    ] = "",
    voices: Annotated[str, typer.Option("--voices", help="kokoro, piper, espeak or http.")] = "kokoro",
    voice_dir: Annotated[Path | None, typer.Option("--voice-dir", help="Folder of the voice model.")] = None,
    whisper_dir: Annotated[
        Path | None, typer.Option("--whisper-dir", help="Folder of the recognizer.")
    ] = None,
    address: Annotated[str | None, typer.Option("--address", help="Of the voice service (http).")] = None,
    token: Annotated[str, typer.Option("--token", envvar="CROSSREEL_VOICE_TOKEN", help="For it.")] = "",
    offers: Annotated[
        list[str] | None,
        typer.Option("--offers", help="A voice of that service as LANGUAGE=VOICE; repeatable."),
    ] = None,
    target: Annotated[str, typer.Option("--target", help="ebu-r128, atsc-a85, netflix or web.")] = "ebu-r128",
    layout: Annotated[str, typer.Option("--layout", help="stereo or 5.1.")] = "stereo",
    profile: Annotated[str, typer.Option("--profile", help="Rules of the subtitles.")] = "netflix",
    title: Annotated[str | None, typer.Option("--title", help="Title id, for its version matrix.")] = None,
    territory: Annotated[str | None, typer.Option("--territory", help="Of the matrix.")] = None,
    only_estimate: Annotated[bool, typer.Option("--estimate", help="Only say what it will take.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 3 where lines are left out.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Transcribe or import, translate, fix, dub, mix and package a film; a second run does what changed."""
    from crossreel.app import translation_engine, translation_signs
    from crossreel.studio.localizing import LocalizeOrder, Localizer
    from crossreel.studio.localizing_cost import expected
    from crossreel.studio.transcribing import recognizer
    from crossreel.studio.voices import voice_engine
    from crossreel.values.language import Language

    if (title is None) != (territory is None):
        raise WrongUse(
            "A version matrix is of a title in a territory.", advice="Give both --title and --territory."
        )
    speaker = voice_engine(
        voices, home=home, folder=voice_dir, address=address, token=token, offered=tuple(offers or ())
    )
    work = Localizer(
        LocalizeOrder(
            film,
            out,
            Language.parse(from_) if from_ else None,
            Language.parse(to),
            translation_engine(engine, home, model=model),
            speaker,
            lambda: recognizer(home, whisper_dir),
            subtitles,
            stem,
            cast,
            terms,
            memory,
            target,
            layout,
            profile,
            notes,
            translation_signs(home),
            translation_engine(back, home) if back else None,
            analysis=analysis,
        )
    )
    coming = expected(work)
    announce(f"About {coming['seconds'] / 60:.1f} minutes of one core" + _leaves(coming))
    if only_estimate:
        columns = ("step", "state", "seconds")
        rows = [[one[column] for column in columns] for one in coming["steps"]]
        emit(coming, as_json, lambda: table(columns, rows))
        return
    with progress_bar() as progress:
        document = {**work.run(progress), "estimate": coming}
    if title is not None and territory is not None:
        document["matrix"] = _matrix(home, title, territory, out / "versions.json")
    emit(document, as_json, lambda: _print(document))
    for note in document["notes"]:
        announce(note)
    if strict and any(one.get("left_out") for one in document["steps"]):
        raise typer.Exit(_FINDINGS)


def forced(
    out: Annotated[Path, typer.Argument(help="The subtitle file to write.")],
    language: Annotated[str, typer.Option("--language", "-l", help="BCP 47 tag of the track.")],
    subtitles: Annotated[
        Path | None, typer.Option("--subtitles", help="In that language; its marked cues are taken.")
    ] = None,
    analysis: Annotated[
        Path | None, typer.Option("--analysis", help="Of video analyze; its texts are drafted.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="Language of the texts in the picture, to translate them.")
    ] = None,
    engine: Annotated[str, typer.Option("--engine", help="Of the translation.")] = "apertium",
    model: Annotated[str, typer.Option("--model", help="The engine's model.")] = "",
    profile: Annotated[str, typer.Option("--profile", help="Rules of the subtitles.")] = "netflix",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write a track of forced narratives: cues marked so, and drafts of text seen in the picture."""
    from crossreel.app import translation_engine
    from crossreel.localize.translate.machine import Task
    from crossreel.studio.narratives import forced_track
    from crossreel.values.language import Language

    tongue, picture = Language.parse(language), Language.parse(from_) if from_ else None

    def task() -> Task:
        assert picture is not None
        return Task(picture, tongue, translation_engine(engine, home, model=model), profile=profile)

    told = forced_track(
        out,
        tongue,
        subtitles=subtitles,
        analysis=analysis,
        task=task if picture is not None and picture != tongue else None,
        profile=profile,
    )
    rows = [(one["id"], one["start"], one["end"], one["text"]) for one in told["cues"]]
    emit(told, as_json, lambda: table(("id", "start", "end", "text"), rows))
    for note in told["notes"]:
        announce(note)


def _leaves(coming: dict[str, Any]) -> str:
    costs = [one["cost"] + " " + one["currency"] for one in coming["steps"] if one.get("cost")]
    return (", " + ", ".join(costs) if costs else "") + (
        "; texts are sent away." if coming["sends_away"] else "; nothing leaves this machine."
    )


def _matrix(home: Path | None, title: str, territory: str, assets: Path) -> dict[str, Any]:
    from crossreel.studio.version_matrix import read_assets, title_matrix
    from crossreel.values.territory import Territory

    with opened(home) as app:
        return title_matrix(app, app.title_id(title), Territory.parse(territory), read_assets(assets))


def _print(document: dict[str, Any]) -> None:
    table(
        ("step", "state", "seconds"),
        [(one["step"], one["state"], one["seconds"]) for one in document["steps"]],
    )
    table(("kind", "language", "quality", "file"), [tuple(one.values())[:4] for one in document["assets"]])
