"""Tracks of faces into people without names: who looks alike is one, and how long each is seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.insight.video.tracks import Track

__all__ = ["ALIKE", "people_of"]

ALIKE = 0.52
"""Cosine from which two tracks are one person; set on few faces (same .61, others up to .48)."""
_MOST = 2000
"""Tracks that are compared with one another; later ones only with the people found by then."""


def people_of(tracks: Sequence[Track], alike: float = ALIKE) -> tuple[list[int | None], list[dict[str, Any]]]:
    """Groups tracks by their faces' vectors: average linkage on the cosine, never two seen at once.

    Args:
        tracks: of faces; ``more["vector"]`` of a sighting, where there is one, describes the face.
        alike: cosine from which two groups become one.

    Returns:
        for each track its person's number from 1, or None where no face could be described; and the people,
        those seen longest first: ``person``, ``screen_time`` (seconds), ``tracks`` (places), ``first``
            (seconds).
    """
    vectors = [_mean_vector(track) for track in tracks]
    known = [place for place, vector in enumerate(vectors) if vector is not None]
    groups = _grouped([tracks[at] for at in known[:_MOST]], [vectors[at] for at in known[:_MOST]], alike)
    members = [[known[at] for at in group] for group in groups]
    for place in known[_MOST:]:
        _join(place, members, vectors, alike)
    members.sort(key=lambda group: -sum(tracks[at].end - tracks[at].start for at in group))
    who: list[int | None] = [None] * len(tracks)
    people = []
    for number, group in enumerate(members, 1):
        for at in group:
            who[at] = number
        people.append(
            {
                "person": number,
                "screen_time": round(sum(tracks[at].end - tracks[at].start for at in group), 3),
                "first": round(min(tracks[at].start for at in group), 3),
                "tracks": sorted(group),
            }
        )
    return who, people


def _mean_vector(track: Track) -> NDArray[np.float32] | None:
    """The mean of the three surest sightings' vectors, of unit length."""
    told = [one for one in track.sightings if one.more.get("vector") is not None]
    if not told:
        return None
    best = sorted(told, key=lambda one: -one.score)[:3]
    mean = np.mean([one.more["vector"] for one in best], axis=0)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length, np.float32) if length else None


def _grouped(tracks: Sequence[Track], vectors: Sequence[Any], alike: float) -> list[list[int]]:
    if not tracks:
        return []
    likeness = np.stack(vectors) @ np.stack(vectors).T
    for a, one in enumerate(tracks):
        for b, other in enumerate(tracks[:a]):
            if one.start < other.end and other.start < one.end:  # seen at once, so two people
                likeness[a, b] = likeness[b, a] = -1e6
    np.fill_diagonal(likeness, -np.inf)
    likeness = likeness.astype(np.float64)
    sizes = np.ones(len(tracks))
    groups: list[list[int]] = [[at] for at in range(len(tracks))]
    while True:
        a, b = (int(at) for at in np.unravel_index(likeness.argmax(), likeness.shape))
        if likeness[a, b] < alike:
            return [group for group in groups if group]
        mean = (likeness[a] * sizes[a] + likeness[b] * sizes[b]) / (sizes[a] + sizes[b])
        likeness[a], likeness[:, a] = mean, mean
        likeness[b], likeness[:, b] = -np.inf, -np.inf
        likeness[a, a] = -np.inf
        sizes[a] += sizes[b]
        groups[a] += groups[b]
        groups[b] = []


def _join(place: int, members: list[list[int]], vectors: Sequence[Any], alike: float) -> None:
    scores = [float(np.mean([vectors[place] @ vectors[at] for at in group[:20]])) for group in members]
    best = int(np.argmax(scores)) if scores else -1
    if best >= 0 and scores[best] >= alike:
        members[best].append(place)
    else:
        members.append([place])
