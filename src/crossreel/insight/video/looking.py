"""What is looked for in the large pictures of a film, and how what was seen is written down until the end."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.insight.video.tracks import Sighting
from crossreel.values.media_roles import (
    EyeReader,
    FaceDetector,
    NudityScorer,
    ObjectDetector,
    Picture,
    SeenFace,
    TextReader,
)

__all__ = ["Looker", "sightings_of"]

_TEXT_EVERY = 2
"""Text is read in every second picture: what is to be read stays at least a second."""


@dataclass(frozen=True, slots=True)
class Looker:
    """The detectors that are on; None is off."""

    faces: FaceDetector | None = None
    objects: ObjectDetector | None = None
    text: TextReader | None = None
    nudity: NudityScorer | None = None
    eyes: EyeReader | None = None

    def look(self, picture: Picture, number: int) -> dict[str, Any]:
        """What a picture shows, JSON-serializable; ``number`` counts the pictures looked at."""
        seen: dict[str, Any] = {}
        if self.faces is not None:
            faces = self.faces.look(picture.rgb)
            seen["faces"] = [self._face(picture, self.faces, face) for face in faces]
        if self.objects is not None:
            seen["objects"] = [_box(one) for one in self.objects.look(picture.rgb)]
        if self.text is not None and number % _TEXT_EVERY == 0:
            seen["text"] = [_box(one) for one in self.text.look(picture.rgb)]
        if self.nudity is not None:
            seen["nudity"] = round(self.nudity.score(picture.rgb), 4)
        return seen

    def _face(self, picture: Picture, by: FaceDetector, face: SeenFace) -> dict[str, Any]:
        told = {**_box(face), "vector": _packed(by.describe(picture.rgb, face))}
        wide = self.eyes.openness(picture.rgb, face) if self.eyes else None
        return told if wide is None else {**told, "eyes": round(wide, 3)}


def _box(one: Any) -> dict[str, Any]:
    box = [round(side, 5) for side in (one.x, one.y, one.width, one.height)]
    return {"label": one.label, "score": round(one.score, 4), "box": box}


def _packed(vector: NDArray[np.float32] | None) -> str | None:
    return None if vector is None else base64.b64encode(vector.astype("<f2").tobytes()).decode()


def _unpacked(text: str | None) -> NDArray[np.float32] | None:
    return None if text is None else np.frombuffer(base64.b64decode(text), "<f2").astype(np.float32)


def sightings_of(
    looks: Sequence[dict[str, Any]], part: str, time_of: Callable[[int], float]
) -> list[Sighting]:
    """What the looks hold of one part (``faces``, ``objects``, ``text``), in order of the pictures."""
    found = []
    number = 0
    for look in looks:
        if part not in look:
            continue
        for one in look[part]:
            more = {"vector": _unpacked(one["vector"])} if "vector" in one else {}
            box = tuple(one["box"])
            frame = look["frame"]
            found.append(Sighting(frame, time_of(frame), number, one["label"], one["score"], box, more))
        number += 1
    return found
