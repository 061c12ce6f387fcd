"""``crossreel subtitles inspect | convert | check | fix`` (no workspace needed)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossreel.cli.subtitles.options import (
    FINDINGS,
    Children,
    Encoding,
    File,
    Format,
    Fps,
    Profile,
    Sdh,
    Shots,
    Strict,
    Tongue,
    doubted_script,
    language_of,
    profile_note,
    rate_of,
    read,
    shots_of,
    tell,
)
from crossreel.cli.terminal import Home, Json, announce, emit, table
from crossreel.errors import WrongUse
from crossreel.studio.shown_cues import fit_json
from crossreel.studio.whole_files import write_whole

if TYPE_CHECKING:
    from crossreel.localize.timedtext import Document, Fixed
    from crossreel.localize.translate.roles import TranslationEngine
    from crossreel.values.language import Language

__all__ = ["check", "convert", "fix", "inspect"]


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

    document = read(file, format_, encoding, language, fps)
    shown = document_to_dict(document)

    def human() -> None:
        typer.echo(f"{file}: {document.format}, {document.encoding}, {len(document.cues)} cues")
        rows = [
            (cue["id"], cue["start"], cue["end"], cue["text"].replace("\n", " | ")) for cue in shown["cues"]
        ]
        table(("id", "start", "end", "text"), rows)

    if as_json:
        fit_json(shown)
    emit(shown, as_json, human)
    tell(document.notes)


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
    document = read(file, format_, encoding, language, fps)
    written = write_bytes(document, target.name, encoding=out_encoding, rate=rate_of(fps))
    write_whole(out, written.data)
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
    tell(notes)


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

    document = read(file, format_, encoding, language, fps)
    tongue = language_of(file, document, language)
    report = check_document(
        document,
        tongue,
        profile,
        audience=Audience(children, sdh),
        rate=rate_of(fps),
        shots=shots_of(shots, document, fps),
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
    tell((*document.notes, *profile_note(profile, report.profile, tongue), *doubted_script(document, tongue)))
    announce(f"{report.cues} cues, {len(rows)} violations ({report.profile}, {tongue}).")
    if strict and rows:
        raise typer.Exit(FINDINGS)


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
    condense: Annotated[
        str, typer.Option("--condense", help="Allow fewer words where time is short: rules, openai, own.")
    ] = "",
    model: Annotated[str, typer.Option("--model", help="Of the condensing engine (openai).")] = "",
    format_: Format = None,
    encoding: Encoding = None,
    strict: Strict = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Repair breaks and times of a subtitle file; no word is changed unless ``--condense`` allows it."""
    from crossreel.localize.timedtext import Audience, write_bytes
    from crossreel.localize.timedtext import fix as fix_document
    from crossreel.localize.timedtext.formats import format_for
    from crossreel.studio.condensing import Condensed, condensed

    document = read(file, format_, encoding, language, fps)
    tongue = language_of(file, document, language)
    target = format_for(out) if out is not None else None
    audience, starts = Audience(children, sdh), shots_of(shots, document, fps)

    def repair(one: Document) -> Fixed:
        return fix_document(one, tongue, profile, audience=audience, rate=rate_of(fps), shots=starts)

    shorter = Condensed(repair(document), ())
    if condense:
        shorter = condensed(document, tongue, repair, _condenser(condense, model, tongue, home))
    fixed = shorter.fixed
    notes = [*document.notes, *profile_note(profile, fixed.after.profile, tongue), *fixed.notes]
    if out is not None and target is not None:
        written = write_bytes(fixed.document, target.name, rate=rate_of(fps))
        write_whole(out, written.data)
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
        **({"condensed": shorter.to_dict()} if condense else {}),
        "notes": notes,
    }
    names = list(dict.fromkeys((*fixed.before.summary, *fixed.after.summary)))
    rows = [(name, fixed.before.summary.get(name, 0), fixed.after.summary.get(name, 0)) for name in names]
    emit(result, as_json, lambda: table(("rule", "before", "after"), rows))
    tell(notes)
    announce(f"{fixed.changed} of {len(fixed.document.cues)} cues changed, {len(fixed.unsolved)} unsolved.")
    if strict and fixed.after.violations:
        raise typer.Exit(FINDINGS)


def _condenser(name: str, model: str, language: Language, home: Path | None) -> TranslationEngine | None:
    """The engine that says it shorter, or None for the rules alone.

    Raises:
        WrongUse: it cannot be told how long its answer may be, or there are no rules for the language.
    """
    from crossreel.app import translation_engine
    from crossreel.localize.dub.condense import condensable

    if name == "rules":
        if language.primary not in condensable():
            raise WrongUse(
                f"There are no rules for shorter wordings in {language}.",
                advice=f"Languages with rules: {', '.join(condensable())}; or name an engine.",
            )
        return None
    engine = translation_engine(name, home, model=model)
    if not engine.facts.uses_context:
        raise WrongUse(
            f"{engine.facts.name} cannot be told how long a line may be.",
            advice="Condense by rules, openai or own.",
        )
    if engine.facts.sends_away:
        announce(f"The texts are sent away, to {engine.facts.name}.")
    return engine
