"""``crossreel subtitles sync``: in time with another subtitle, or with a film's sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossreel.cli.subtitles.options import (
    FINDINGS,
    Encoding,
    File,
    Format,
    Fps,
    Tongue,
    rate_of,
    read,
    tell,
)
from crossreel.cli.terminal import Home, Json, announce, emit, progress_bar, table
from crossreel.errors import WrongUse
from crossreel.studio.whole_files import write_whole

if TYPE_CHECKING:
    from crossreel.localize.timedtext.syncing.evidence import Reference

__all__ = ["sync"]


def sync(
    file: File,
    out: Annotated[
        Path | None, typer.Argument(help="The file to write; without it only what would change is told.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", "--reference", help="What to be in time with: the film, or a subtitle file of it."
        ),
    ] = None,
    most_shift: Annotated[
        float, typer.Option("--max-shift", min=0.1, max=36000, help="Seconds a cue may move at most.")
    ] = 600.0,
    language: Tongue = None,
    format_: Format = None,
    encoding: Encoding = None,
    fps: Fps = None,
    stream: Annotated[int, typer.Option("--stream", min=0, help="Which audio stream, from 0.")] = 0,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Bring a subtitle file in time with its film's sound or another subtitle; refuse what does not fit.

    A refusal writes nothing and ends with exit code 3.
    """
    from crossreel.localize.timedtext import write_bytes
    from crossreel.localize.timedtext.formats import format_for
    from crossreel.localize.timedtext.syncing.sync import sync as sync_document

    if to is None:
        raise WrongUse("Nothing says what to be in time with.", advice="Name it with --to FILE.")
    target = format_for(out) if out is not None else None
    document = read(file, format_, encoding, language, fps)
    reference, kind = _reference(to, home, stream)
    synced = sync_document(document, reference, most_shift=most_shift)
    notes = list(document.notes)
    refused = synced.action == "refused"
    if out is not None and target is not None and not refused:
        written = write_bytes(synced.document, target.name, rate=rate_of(fps))
        write_whole(out, written.data)
        notes += written.notes
    if synced.unplaced:
        notes.append(
            f"{len(synced.unplaced)} cues stand where the film was cut away; they were left out: "
            + ", ".join(map(str, synced.unplaced[:20]))
            + (" ..." if len(synced.unplaced) > 20 else "")
        )
    result = {
        "file": str(file),
        "reference": str(to),
        "reference_kind": kind,
        "output": None if out is None or refused else str(out),
        "cues": len(synced.document.cues),
        **synced.to_dict(),
        "notes": notes,
    }
    rows = [(piece.first, piece.last, round(piece.shift, 3)) for piece in synced.pieces]
    emit(result, as_json, lambda: table(("first cue", "last cue", "shift (s)"), rows))
    tell(notes)
    announce(
        f"{synced.action}: rate {float(synced.rate):.6f}, confidence {synced.confidence:.2f}. {synced.reason}"
    )
    if refused:
        raise typer.Exit(FINDINGS)


def _reference(path: Path, home: Path | None, stream: int) -> tuple[Reference, str]:
    """The reference of a subtitle or media file, and which of the two it is."""
    from crossreel.localize.timedtext.formats import FORMATS
    from crossreel.localize.timedtext.syncing.evidence import Reference
    from crossreel.localize.timedtext.syncing.sync import spoken
    from crossreel.studio.syncing import speech_reference

    if any(path.suffix.lower() in one.suffixes for one in FORMATS.values()):
        return Reference.of_intervals(spoken(read(path, None, None, None, None).cues)), "subtitle"
    with progress_bar() as progress:
        return speech_reference(path, home, stream=stream, progress=progress), "sound"
