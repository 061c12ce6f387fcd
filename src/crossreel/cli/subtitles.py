"""``crossreel subtitles``: look at subtitle files, convert, check and repair them (no workspace needed)."""

from __future__ import annotations

import os
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossreel.cli.terminal import Json, announce, emit, table
from crossreel.errors import BadFile, BadValue, WrongUse

if TYPE_CHECKING:
    from crossreel.localize.timedtext import Document
    from crossreel.values.language import Language
    from crossreel.values.timing import FrameRate

__all__ = ["VERBS"]

_FINDINGS = 3
"""The exit code of ``--strict`` with violations."""

File = Annotated[Path, typer.Argument(help="A subtitle file.")]
Format = Annotated[str | None, typer.Option("--format", help="Its format, where the file does not tell it.")]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Its character encoding; otherwise it is detected.")
]
Fps = Annotated[str | None, typer.Option("--fps", help="Frames a second: 24, 23.976, 29.97 DF, 24000/1001.")]
Tongue = Annotated[
    str | None,
    typer.Option("--language", help="BCP 47 tag; else the file's own, or its name's (film.es.srt)."),
]
Profile = Annotated[
    str, typer.Option("--profile", help="netflix, ted, bbc, dcmp, default, or a TOML file of your own.")
]
Shots = Annotated[Path | None, typer.Option("--shots", help="JSON: the seconds at which shots begin.")]
Children = Annotated[bool, typer.Option("--children", help="Reading speed for children.")]
Sdh = Annotated[bool, typer.Option("--sdh", help="For the deaf and hard of hearing.")]
Strict = Annotated[bool, typer.Option("--strict", help="End with exit code 3 where violations are left.")]


def inspect(
    file: File,
    format_: Format = None,
    encoding: Encoding = None,
    language: Tongue = None,
    fps: Fps = None,
    as_json: Json = False,
) -> None:
    """Show what is in a subtitle file."""
    from crossreel.localize.timedtext import document_to_dict

    document = _read(file, format_, encoding, language, fps)
    shown = document_to_dict(document)

    def human() -> None:
        typer.echo(f"{file}: {document.format}, {document.encoding}, {len(document.cues)} cues")
        rows = [
            (cue["id"], cue["start"], cue["end"], cue["text"].replace("\n", " | ")) for cue in shown["cues"]
        ]
        table(("id", "start", "end", "text"), rows)

    if as_json:
        _fit_json(shown)
    emit(shown, as_json, human)
    _announce(document.notes)


def convert(
    file: File,
    out: Annotated[Path, typer.Argument(help="The file to write; its suffix names the format.")],
    format_: Format = None,
    to: Annotated[str | None, typer.Option("--to", help="The format to write.")] = None,
    encoding: Encoding = None,
    out_encoding: Annotated[str, typer.Option("--out-encoding", help="Of the written file.")] = "utf-8",
    language: Tongue = None,
    fps: Fps = None,
    as_json: Json = False,
) -> None:
    """Write a subtitle file in another format, and say what that cannot carry."""
    from crossreel.localize.timedtext import write_bytes
    from crossreel.localize.timedtext.formats import format_for

    target = format_for(out, to)
    document = _read(file, format_, encoding, language, fps)
    written = write_bytes(document, target.name, encoding=out_encoding, rate=_rate(fps))
    _write(out, written.data)
    notes = [*document.notes, *written.notes]
    result = {
        "file": str(file),
        "output": str(out),
        "from": document.format,
        "to": target.name,
        "encoding": document.encoding,
        "cues": len(document.cues),
        "notes": notes,
    }
    emit(result, as_json, lambda: typer.echo(f"{len(document.cues)} cues written to {out} ({target.title})."))
    _announce(notes)


def check(
    file: File,
    language: Tongue = None,
    profile: Profile = "netflix",
    fps: Fps = None,
    shots: Shots = None,
    children: Children = False,
    sdh: Sdh = False,
    format_: Format = None,
    encoding: Encoding = None,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Check a subtitle file against the rules of a profile."""
    from crossreel.localize.timedtext import Audience
    from crossreel.localize.timedtext import check as check_document

    document = _read(file, format_, encoding, language, fps)
    tongue = _language(file, document, language)
    report = check_document(
        document,
        tongue,
        profile,
        audience=Audience(children, sdh),
        rate=_rate(fps),
        shots=_shots(shots, document, fps),
    )
    result = {
        "file": str(file),
        "language": str(tongue),
        "profile": report.profile,
        "cues": report.cues,
        "violations": [violation.to_dict() for violation in report.violations],
        "summary": report.summary,
    }
    rows = [(v.cue, v.rule, v.value, v.limit, v.message) for v in report.violations]
    emit(result, as_json, lambda: table(("cue", "rule", "value", "limit", "message"), rows))
    _announce((*document.notes, *_profile_note(profile, report.profile, tongue)))
    announce(f"{report.cues} cues, {len(rows)} violations ({report.profile}, {tongue}).")
    if strict and rows:
        raise typer.Exit(_FINDINGS)


def fix(
    file: File,
    out: Annotated[
        Path | None, typer.Argument(help="The file to write; without it only what would change is told.")
    ] = None,
    language: Tongue = None,
    profile: Profile = "netflix",
    fps: Fps = None,
    shots: Shots = None,
    children: Children = False,
    sdh: Sdh = False,
    format_: Format = None,
    encoding: Encoding = None,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Repair breaks and times of a subtitle file; no word is changed."""
    from crossreel.localize.timedtext import Audience, write_bytes
    from crossreel.localize.timedtext import fix as fix_document
    from crossreel.localize.timedtext.formats import format_for

    document = _read(file, format_, encoding, language, fps)
    tongue = _language(file, document, language)
    target = format_for(out) if out is not None else None
    fixed = fix_document(
        document,
        tongue,
        profile,
        audience=Audience(children, sdh),
        rate=_rate(fps),
        shots=_shots(shots, document, fps),
    )
    notes = [*document.notes, *_profile_note(profile, fixed.after.profile, tongue), *fixed.notes]
    if out is not None and target is not None:
        written = write_bytes(fixed.document, target.name, rate=_rate(fps))
        _write(out, written.data)
        notes += written.notes
    result: dict[str, Any] = {
        "file": str(file),
        "output": None if out is None else str(out),
        "language": str(tongue),
        "profile": fixed.after.profile,
        "cues": len(fixed.document.cues),
        "changed": fixed.changed,
        "before": fixed.before.summary,
        "after": fixed.after.summary,
        "unsolved": [violation.to_dict() for violation in fixed.unsolved],
        "notes": notes,
    }
    names = list(dict.fromkeys((*fixed.before.summary, *fixed.after.summary)))
    rows = [(name, fixed.before.summary.get(name, 0), fixed.after.summary.get(name, 0)) for name in names]
    emit(result, as_json, lambda: table(("rule", "before", "after"), rows))
    _announce(notes)
    announce(f"{fixed.changed} of {len(fixed.document.cues)} cues changed, {len(fixed.unsolved)} unsolved.")
    if strict and fixed.after.violations:
        raise typer.Exit(_FINDINGS)


def _read(
    file: Path, format_: str | None, encoding: str | None, language: str | None, fps: str | None
) -> Document:
    from crossreel.localize.timedtext import read_file
    from crossreel.values.language import Language

    tongue = Language.parse(language) if language else None
    return read_file(file, format=format_, encoding=encoding, language=tongue, rate=_rate(fps))


def _rate(fps: str | None) -> FrameRate | None:
    from crossreel.values.timing import FrameRate

    return FrameRate.parse(fps) if fps else None


def _language(file: Path, document: Document, asked: str | None) -> Language:
    """The language asked for, else the document's, else the one in the file's name."""
    from crossreel.values.language import Language

    if asked:
        return Language.parse(asked)
    if document.language is not None:
        return document.language
    named = Path(file.stem).suffix.removeprefix(".")
    try:
        return Language.parse(named)
    except BadValue as error:
        raise WrongUse(
            f"Nothing tells the language of {file.name}.",
            advice="Name it with --language, such as --language es.",
        ) from error


def _shots(path: Path | None, document: Document, fps: str | None) -> tuple[Fraction, ...]:
    from crossreel.localize.timedtext import read_shots
    from crossreel.localize.timedtext.rules.sheet import ASSUMED_RATE

    if path is None:
        return ()
    return read_shots(path, _rate(fps) or document.frame_rate or ASSUMED_RATE)


def _profile_note(asked: str, used: str, language: Language) -> tuple[str, ...]:
    if used != "default" or asked == "default":
        return ()
    return (f"The profile {asked} has no rules for {language}: the profile default was used.",)


def _fit_json(shown: dict[str, Any]) -> None:
    """Heights of regions may be whole numbers beyond 64 bits, which orjson takes only as text."""
    import orjson

    for cue in shown["cues"]:
        region = cue["settings"]["region"]
        if region is not None and isinstance(region["lines"], int) and region["lines"] >= 1 << 63:
            region["lines"] = orjson.Fragment(str(region["lines"]))


def _announce(notes: list[str] | tuple[str, ...]) -> None:
    for note in notes:
        announce(note)


def _write(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadFile(path, f"cannot be written ({error.strerror or error})") from error


VERBS = {"inspect": inspect, "convert": convert, "check": check, "fix": fix}
