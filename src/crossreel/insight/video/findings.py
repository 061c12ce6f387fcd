"""What the large pictures of a film show, put together shot by shot: people, things, text, questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crossreel.insight.video.compliance import to_review
from crossreel.insight.video.lines import lines_of
from crossreel.insight.video.looking import sightings_of
from crossreel.insight.video.people import people_of
from crossreel.insight.video.tracks import tracks_of
from crossreel.values.media_roles import Shot

__all__ = ["findings_of"]

_FACE_ALONE, _OBJECT_ALONE, _OBJECT = 0.7, 0.55, 0.42
"""What is seen in one picture of a shot only has to be surer than what is seen again; set by eye."""


def findings_of(
    looks: Sequence[dict[str, Any]],
    shots: Sequence[Shot],
    times: Sequence[Any],
    language_of: Callable[[str], str | None],
) -> dict[str, Any]:
    """``faces``, ``people``, ``objects``, ``onscreen_text`` and ``compliance`` of the analysis.

    Args:
        looks: of the large pictures, in order.
        shots: in order.
        times: seconds of every frame.
        language_of: the language of a line, or None.
    """

    def time_of(frame: int) -> float:
        return float(times[frame])

    faces = tracks_of(sightings_of(looks, "faces", time_of), shots, alone=_FACE_ALONE)
    who, people = people_of(faces)
    objects = tracks_of(sightings_of(looks, "objects", time_of), shots, least=_OBJECT, alone=_OBJECT_ALONE)
    return {
        "faces": [
            {"track": number, "person": person, **track.to_dict()}
            for number, (track, person) in enumerate(zip(faces, who, strict=True))
        ],
        "people": people,
        "objects": [{"track": number, **track.to_dict()} for number, track in enumerate(objects)],
        "onscreen_text": lines_of(sightings_of(looks, "text", time_of), shots, language_of),
        "compliance": to_review(looks, [float(time) for time in times], objects),
    }
