"""Shot lists as files: where shots begin."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile
from crossreel.values.timing import FrameRate

__all__ = ["read_shots"]

_MOST = 1_000_000


def read_shots(path: Path, rate: FrameRate) -> tuple[Fraction, ...]:
    """Reads where shots begin, ascending, in seconds.

    Args:
        path: JSON: a list, or an object with the list under ``shots`` (or ``frames``: frame numbers;
            ``fps`` beside it names their rate). An entry is a number of seconds, or an object with
            ``start`` (seconds) or ``start_frame``.
        rate: frames a second, for frame numbers.

    Raises:
        BadFile: not there, not JSON, or an entry is not such a number.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_float=Fraction)
    except OSError as error:
        raise BadFile(path, f"cannot be read ({error.strerror or error})") from error
    except (ValueError, RecursionError) as error:
        raise BadFile(
            path, "is not JSON", advice="Write a list of the seconds at which shots begin."
        ) from error
    in_frames = False
    if isinstance(document, dict):
        if "fps" in document:
            rate = FrameRate.parse(
                str(document["fps"]) if not isinstance(document["fps"], Fraction) else document["fps"]
            )
        in_frames = "shots" not in document
        document = document.get("shots", document.get("frames"))
    if not isinstance(document, list) or len(document) > _MOST:
        raise BadFile(path, "has no list of shots", advice='Write [1.5, 4.25] or {"frames": [36, 102]}.')
    return tuple(
        sorted({_seconds(path, place, entry, rate, in_frames) for place, entry in enumerate(document, 1)})
    )


def _seconds(path: Path, place: int, entry: Any, rate: FrameRate, in_frames: bool) -> Fraction:
    if isinstance(entry, dict):
        in_frames = "start" not in entry
        entry = entry.get("start", entry.get("start_frame", entry.get("frame")))
    if isinstance(entry, bool) or not isinstance(entry, int | Fraction) or not 0 <= entry < 10**9:
        raise BadFile(path, f"shot {place} is not a number of seconds from 0 up")
    return Fraction(entry) / rate.rate if in_frames else Fraction(entry)
