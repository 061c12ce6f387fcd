"""``crossreel audio``: transcribe, speak, dub, and loudness (no workspace needed)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossreel.cli.terminal import Home, Json, announce, emit, progress_bar, table
from crossreel.errors import WrongUse
from crossreel.studio.whole_files import write_whole

__all__ = ["VERBS"]

_FINDINGS = 3
"""The exit code of ``--strict`` with findings."""

File = Annotated[Path, typer.Argument(help="Any file with sound: film, WAV, FLAC, MP3 ...")]
Stream = Annotated[int, typer.Option("--stream", min=0, help="Which of its audio streams, from 0.")]


def loudness(
    file: File,
    target: Annotated[
        str | None, typer.Option("--target", help="ebu-r128, atsc-a85, netflix or web: judge by this one.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write it leveled to the target (.wav, .flac, .m4a, .opus).")
    ] = None,
    stream: Stream = 0,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 3 where the target is missed.")] = False,
    as_json: Json = False,
) -> None:
    """Measure loudness by BS.1770 and EBU R 128: integrated, range, true peak; or bring it to a target."""
    from crossreel.studio.loudness import level_file, measure_file, target_named

    wanted = target_named(target) if target is not None else None
    if out is not None and wanted is None:
        raise WrongUse("--out needs a target to level to.", advice="Add --target ebu-r128, or another.")
    with progress_bar() as progress:
        measured = measure_file(file, stream=stream, progress=progress)
    document = measured.to_dict()
    passed = True
    if wanted is not None:
        verdict = measured.verdict(wanted)
        document["target"] = wanted.name
        passed = bool(verdict["loudness_ok"] and verdict["true_peak_ok"])
        document["passed"] = passed
    if out is not None and wanted is not None:
        leveled = level_file(file, out, wanted, stream=stream)
        document["output"] = {
            "file": str(out),
            "gain_db": round(leveled.gain, 2),
            "limited_share": round(leveled.limited, 6),
            **leveled.after.to_dict(),
        }
    shown = [(name, value) for name, value in document.items() if not isinstance(value, dict)]
    shown += [(f"output {name}", value) for name, value in document.get("output", {}).items()]
    emit(document, as_json, lambda: table(("", ""), shown))
    if wanted is not None and out is None:
        announce(f"{file}: {'meets' if passed else 'misses'} {wanted.name} ({wanted.source}).")
    if strict and not passed and out is None:
        raise typer.Exit(_FINDINGS)


Tongue = Annotated[str, typer.Option("--language", help="BCP 47 tag: es, pt-BR, ja.")]
Engine = Annotated[str, typer.Option("--engine", help="kokoro, piper, espeak or http.")]
ModelDir = Annotated[
    Path | None, typer.Option("--model-dir", help="Folder of the model, instead of the pulled one.")
]
Address = Annotated[
    str | None, typer.Option("--address", help="Of the voice service (engine http); text is sent there.")
]
Token = Annotated[str, typer.Option("--token", envvar="CROSSREEL_VOICE_TOKEN", help="For that service.")]
Offered = Annotated[
    list[str] | None, typer.Option("--offers", help="A voice of that service as LANGUAGE=VOICE; repeatable.")
]


def transcribe(
    file: File,
    out: Annotated[
        Path | None, typer.Argument(help="Subtitles to write; the suffix names the format.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="What is spoken; otherwise it is detected.")
    ] = None,
    profile: Annotated[
        str, typer.Option("--profile", help="Rules the cues are fixed by; none leaves them as heard.")
    ] = "netflix",
    turns: Annotated[
        bool,
        typer.Option("--speakers", help="Tell speakers apart by their voices, and name them in the cues."),
    ] = False,
    model_dir: ModelDir = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write down what is said in a file, with word times, as subtitles."""
    from crossreel.localize.timedtext import write_bytes
    from crossreel.localize.timedtext.formats import format_for
    from crossreel.studio.transcribing import recognizer, transcribe
    from crossreel.values.language import Language

    tongue = Language.parse(language) if language else None
    target = format_for(out) if out is not None else None
    listener = recognizer(home, model_dir)
    rules = None if profile == "none" else profile
    heard = transcribe(file, listener, tongue, profile=rules, turns=turns)
    document = {"file": str(file), "output": None if out is None else str(out), **heard.to_dict()}
    if out is not None and target is not None:
        write_whole(out, write_bytes(heard.document, target.name).data)
    rows = [(cue["id"], cue["start"], cue["end"], cue["text"]) for cue in document["cues"]]
    emit(document, as_json, lambda: table(("id", "start", "end", "text"), rows))
    for note in heard.notes:
        announce(note)


def speak(
    text: Annotated[str, typer.Argument(help="The words to say.")],
    out: Annotated[Path, typer.Argument(help="The sound to write (.wav, .flac, .m4a, .opus).")],
    language: Tongue = "en",
    voice: Annotated[str | None, typer.Option("--voice", help="One of the engine's voices.")] = None,
    rate: Annotated[float, typer.Option("--rate", min=0.5, max=2.0, help="1 is natural.")] = 1.0,
    engine: Engine = "kokoro",
    model_dir: ModelDir = None,
    address: Address = None,
    token: Token = "",
    offers: Offered = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say something in a voice."""
    from crossreel.studio.voices import say, voice_engine
    from crossreel.values.language import Language

    speaker = voice_engine(
        engine, home=home, folder=model_dir, address=address, token=token, offered=tuple(offers or ())
    )
    document = say(speaker, text, Language.parse(language), voice, rate, out)
    emit(document, as_json, lambda: typer.echo(f"{document['seconds']:.2f} s in {document['voice']}: {out}"))


def dub(
    film: Annotated[Path, typer.Argument(help="The film; its length is kept to the frame.")],
    subtitles: Annotated[Path, typer.Argument(help="Subtitles in the language of the dub.")],
    out: Annotated[Path, typer.Argument(help="The dubbed sound to write (.wav, .flac, .m4a).")],
    language: Tongue,
    stem: Annotated[
        Path | None, typer.Option("--stem", help="Music and effects; else the film's own sound is ducked.")
    ] = None,
    cast: Annotated[
        Path | None, typer.Option("--cast", help="TOML cast book: a voice for each character.")
    ] = None,
    cast_out: Annotated[
        Path | None, typer.Option("--cast-out", help="Write the cast book with all voices chosen.")
    ] = None,
    wordings: Annotated[
        Path | None, typer.Option("--wordings", help="JSON: shorter wordings by cue id, best first.")
    ] = None,
    faces: Annotated[
        Path | None, typer.Option("--faces", help="JSON of face tracks: [{start, end}] seconds seen.")
    ] = None,
    target: Annotated[str, typer.Option("--target", help="ebu-r128, atsc-a85, netflix or web.")] = "ebu-r128",
    layout: Annotated[str, typer.Option("--layout", help="stereo or 5.1.")] = "stereo",
    takes: Annotated[
        Path | None, typer.Option("--takes", help="Folder that spoken lines are kept in; default beside OUT.")
    ] = None,
    engine: Engine = "kokoro",
    model_dir: ModelDir = None,
    address: Address = None,
    token: Token = "",
    offers: Offered = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 3 where lines are left out.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Dub a film from subtitles: cast, speak, fit every line into its time, mix, level."""
    from crossreel.studio.dubbing import dub_film
    from crossreel.studio.voices import voice_engine
    from crossreel.values.language import Language

    speaker = voice_engine(
        engine, home=home, folder=model_dir, address=address, token=token, offered=tuple(offers or ())
    )
    with progress_bar() as progress:
        made = dub_film(
            film,
            subtitles,
            out,
            Language.parse(language),
            speaker,
            stem=stem,
            cast=cast,
            wordings=wordings,
            faces=faces,
            target=target,
            layout=layout,
            takes=takes or out.parent / f"{out.stem}.takes",
            progress=progress,
        )
    if cast_out is not None:
        write_whole(cast_out, made.cast.to_toml().encode())
    document = {"film": str(film), "language": language, "output": str(out), **made.to_dict()}
    shown = [(key, value) for key, value in document.items() if key not in ("placed", "notes")]
    emit(document, as_json, lambda: table(("", ""), shown))
    for note in made.notes:
        announce(note)
    if strict and made.plan.left_out:
        raise typer.Exit(_FINDINGS)


VERBS = {"transcribe": transcribe, "speak": speak, "dub": dub, "loudness": loudness}
