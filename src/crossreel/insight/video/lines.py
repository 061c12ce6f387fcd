"""Text burned into the picture: lines seen in one picture after another, what they say, in which language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Any

from crossreel.insight.video.tracks import Sighting, Track, tracks_of
from crossreel.values.media_roles import Shot

__all__ = ["lines_of"]

_ALIKE = 0.6
"""Likeness of two readings of one line (difflib's ratio)."""


def lines_of(
    sightings: Sequence[Sighting], shots: Sequence[Shot], language_of: Callable[[str], str | None]
) -> list[dict[str, Any]]:
    """Lines of text with their times and boxes, as ``onscreen_text`` of the analysis lists them.

    A line that stays through a cut is told once for each shot. Where a line changes in its place, as
    subtitles do, another begins.

    Args:
        sightings: lines of single pictures, in order.
        shots: in order.
        language_of: a BCP 47 tag, or None where it cannot be told.
    """
    lines = []
    for track in tracks_of(sightings, shots, same_label=False):
        for part in _apart(track):
            text = _surest(part)
            told = Track.to_dict(_narrowed(track, part))
            told["label"] = text
            lines.append({"text": text, "language": language_of(text), "place": _place(part[0].box), **told})
    return sorted(lines, key=lambda line: (line["start"], line["boxes"][0]["box"][1]))


def _apart(track: Track) -> list[list[Sighting]]:
    parts: list[list[Sighting]] = [[track.sightings[0]]]
    for one in track.sightings[1:]:
        like = SequenceMatcher(None, parts[-1][-1].label, one.label, autojunk=False).ratio()
        if like >= _ALIKE:
            parts[-1].append(one)
        else:
            parts.append([one])
    return parts


def _surest(part: Sequence[Sighting]) -> str:
    """The reading that most pictures share; of several the surest."""
    counts = Counter(one.label for one in part)
    return max(part, key=lambda one: (counts[one.label], one.score)).label


def _narrowed(track: Track, part: Sequence[Sighting]) -> Track:
    if len(part) == len(track.sightings):
        return track
    per_frame = (track.end - track.start) / max(1, track.end_frame - track.start_frame)
    first = track.start_frame if part[0] is track.sightings[0] else part[0].frame
    last = track.end_frame if part[-1] is track.sightings[-1] else part[-1].frame + 1
    start = track.start + (first - track.start_frame) * per_frame
    end = track.start + (last - track.start_frame) * per_frame
    score = sum(one.score for one in part) / len(part)
    return Track(track.shot, track.label, first, last, start, end, score, tuple(part))


def _place(box: tuple[float, float, float, float]) -> str:
    """Where it stands: ``lower third`` is where subtitles go."""
    middle = box[1] + box[3] / 2
    return "upper third" if middle < 1 / 3 else "lower third" if middle > 2 / 3 else "middle"
