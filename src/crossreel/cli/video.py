"""``crossreel video``: what a film file is, and what is in its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossreel.cli.terminal import Json, emit, table

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


VERBS = {"probe": probe}
