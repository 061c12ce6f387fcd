"""``crossreel video``: what a film file is, and what is in its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossreel.cli.terminal import Json, announce, emit, progress_bar, table

__all__ = ["VERBS"]

File = Annotated[Path, typer.Argument(help="A film file.")]


def probe(file: File, as_json: Json = False) -> None:
    """Say what a film file holds: picture, sound, times, 360-degree and stereo marks."""
    from crossreel.media.probe import probe_film

    document = probe_film(file).to_dict()

    def human() -> None:
        video = document["video"]
        rows: list[tuple[object, ...]] = [
            ("format", document["format"]),
            ("duration", f"{document['duration']:.3f} s"),
            ("picture", f"{video['codec']} {video['width']}x{video['height']} {video['pixel_format']}"),
            ("shown", f"{video['display_width']}x{video['display_height']}, turned {video['rotation']}°"),
            ("frames a second", f"{video['frame_rate']}{' (varies)' if video['is_variable'] else ''}"),
            ("scan", video["scan"]),
            ("360 / stereo", f"{video['surround']['projection']}, {video['surround']['stereo']}"),
        ]
        rows += [
            ("sound", f"{one['codec']} {one['sample_rate']} Hz {one['layout']} {one['language']}")
            for one in document["audio"]
        ]
        rows += [("note", note) for note in document["notes"]]
        table(("", ""), rows)

    emit(document, as_json, human)


def analyze(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="Folder for the report, pictures and lists.")],
    best: Annotated[int, typer.Option(min=0, help="Pictures to choose for artwork.")] = 10,
    threads: Annotated[int, typer.Option(min=0, help="Threads of the decoder; 0 lets FFmpeg choose.")] = 0,
    as_json: Json = False,
) -> None:
    """Find shots, key frames, black, freezes, bars and silences; an interrupted run goes on where it was."""
    from crossreel.studio.film import analyze_film

    with progress_bar() as progress:
        document = analyze_film(file, out, best=best, progress=progress, threads=threads)
    for hole in document["holes"]:
        announce(f"not read: {hole['problem']} (frame {hole['frame']}, {hole['start']:.3f} s)")

    def human() -> None:
        rows = [
            (number, shot["start_frame"], shot["end_frame"], f"{shot['start']:.3f}", shot["transition"])
            for number, shot in enumerate(document["shots"], 1)
        ]
        table(("shot", "first frame", "frame after", "start", "begins with"), rows)
        announce(f"The report is {out / 'report.html'}")

    emit(document, as_json, human)


VERBS = {"probe": probe, "analyze": analyze}
