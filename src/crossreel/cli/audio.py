"""``crossreel audio``: loudness of sound files (no workspace needed)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossreel.cli.terminal import Json, announce, emit, progress_bar, table
from crossreel.errors import WrongUse

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


VERBS = {"loudness": loudness}
