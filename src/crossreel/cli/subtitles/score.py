"""``crossreel subtitles score``: a subtitle file beside a reference."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossreel.cli.subtitles.options import Encoding, File, Format, Fps, Tongue, language_of, read, tell
from crossreel.cli.terminal import Json, emit, table

__all__ = ["score"]


def score(
    file: File,
    reference: Annotated[Path, typer.Argument(help="What it should be: a subtitle file.")],
    language: Tongue = None,
    format_: Format = None,
    encoding: Encoding = None,
    fps: Fps = None,
    as_json: Json = False,
) -> None:
    """Score a subtitle file: SubER, chrF and BLEU of its words, milliseconds of its times."""
    from crossreel.localize.timedtext.scoring.score import score as score_documents

    document = read(file, format_, encoding, language, fps)
    wanted = read(reference, format_, encoding, language, fps)
    tongue = language_of(file, document, language, other=reference)
    result = {"file": str(file), "reference": str(reference), **score_documents(document, wanted, tongue)}
    timing = result["timing"]

    def human() -> None:
        rows: list[tuple[str, object]] = [(name, result[name]) for name in ("suber", "chrf", "bleu")]
        for which in ("start", "end"):
            if timing[which] is not None:
                rows += [(f"{which} {name} (ms)", value) for name, value in timing[which].items()]
        table(("measure", "value"), rows)

    emit(result, as_json, human)
    tell([*document.notes, *wanted.notes])
