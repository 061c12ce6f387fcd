"""Shot lists for editing systems: CMX 3600 EDL and OpenTimelineIO."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from crossreel.values.media_roles import Shot
from crossreel.values.timing import FrameRate, Timecode

__all__ = ["to_edl", "to_otio"]

_DROP = {Fraction(30000, 1001), Fraction(60000, 1001)}
_WHOLE = (24, 25, 30, 48, 50, 60)


def to_edl(title: str, shots: Sequence[Shot], rate: Fraction, clip: str = "") -> str:
    """A CMX 3600 edit list of the shots as cuts; a transition's kind and extent stand in a comment.

    Rates that have no SMPTE addresses are counted at the nearest that has, by time, and the list says so.

    Args:
        title: of the list.
        shots: in order.
        rate: frames a second.
        clip: the film's file name, by which editing systems find it again; the title by default.
    """
    counted, note = _counted(rate)
    frames = counted.rate
    lines = [
        f"TITLE: {re.sub(r'[^ -~]', '_', title)[:70]}",
        f"FCM: {'' if counted.drop_frame else 'NON-'}DROP FRAME",
    ]
    if note:
        lines.append(f"* {note}")
    for number, shot in enumerate(shots, 1):
        start, end = (
            Timecode.from_frames(int(second * frames + Fraction(1, 2)), counted).smpte(counted)
            for second in (shot.start, shot.end)
        )
        lines.append(f"{number % 1000:03d}  AX       V     C        {start} {end} {start} {end}")
        lines.append(f"* FROM CLIP NAME: {' '.join((clip or title).split())}")
        if shot.transition not in {"none", "cut"}:
            lines.append(
                f"* {shot.transition.upper()} FRAMES {shot.transition_start} TO {shot.transition_end}"
            )
    return "\n".join(lines) + "\n"


def _counted(rate: Fraction) -> tuple[FrameRate, str]:
    exact = FrameRate(rate, drop_frame=rate in _DROP)
    try:
        _ = exact.count
    except Exception:
        nearest = min(_WHOLE, key=lambda one: abs(one - rate))
        return FrameRate(
            Fraction(nearest)
        ), f"COUNTED AT {nearest} FRAMES A SECOND, FILM HAS {float(rate):.3f}"
    return exact, ""


def to_otio(title: str, shots: Sequence[Shot], rate: Fraction, film: Path | None = None) -> str:
    """An OpenTimelineIO timeline (schema Timeline.1, Clip.2) with one clip a shot.

    Args:
        title: of the timeline.
        shots: in order.
        rate: frames a second.
        film: the file, referred to by its address; where it is None, as where a workspace keeps the film,
            the reference is a missing one (MissingReference.1) of the title's name, to be linked by the
            editing system.
    """
    fps = float(rate)

    def moment(frames: int) -> dict[str, Any]:
        return {"OTIO_SCHEMA": "RationalTime.1", "rate": fps, "value": float(frames)}

    def span(start: int, frames: int) -> dict[str, Any]:
        return {"OTIO_SCHEMA": "TimeRange.1", "start_time": moment(start), "duration": moment(frames)}

    total = shots[-1].end_frame if shots else 0
    media: dict[str, Any] = {
        "OTIO_SCHEMA": "ExternalReference.1" if film else "MissingReference.1",
        "name": film.name if film else title,
        "available_range": span(0, total),
        "metadata": {},
    }
    if film:
        media["target_url"] = film.resolve().as_uri()
    clips = [
        {
            "OTIO_SCHEMA": "Clip.2",
            "name": f"shot {number}",
            "source_range": span(shot.start_frame, shot.end_frame - shot.start_frame),
            "media_references": {"DEFAULT_MEDIA": media},
            "active_media_reference_key": "DEFAULT_MEDIA",
            "effects": [],
            "markers": [],
            "enabled": True,
            "metadata": {
                "crossreel": {
                    "transition": shot.transition,
                    "transition_start_frame": shot.transition_start,
                    "transition_end_frame": shot.transition_end,
                }
            },
        }
        for number, shot in enumerate(shots, 1)
    ]
    track: dict[str, Any] = {
        "OTIO_SCHEMA": "Track.1",
        "name": "shots",
        "kind": "Video",
        "source_range": None,
        "children": clips,
        "effects": [],
        "markers": [],
        "enabled": True,
        "metadata": {},
    }
    stack: dict[str, Any] = {
        "OTIO_SCHEMA": "Stack.1",
        "name": "tracks",
        "source_range": None,
        "children": [track],
        "effects": [],
        "markers": [],
        "enabled": True,
        "metadata": {},
    }
    timeline = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": title,
        "global_start_time": None,
        "tracks": stack,
        "metadata": {},
    }
    return json.dumps(timeline, ensure_ascii=False, indent=1)
