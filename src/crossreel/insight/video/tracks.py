"""From what single pictures show to what a shot shows: tracks of the same thing."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crossreel.values.media_roles import Shot

__all__ = ["Sighting", "Track", "tracks_of"]

_NEAR = 0.25
"""Least overlap (intersection over union) of a thing's boxes in two pictures that follow one another."""
_FORGOTTEN = 2
"""Pictures a thing may be missed in."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing in one picture.

    Attributes:
        frame, time: which picture; seconds.
        look: the picture's place among those that were looked at.
        label: what.
        score: 0 to 1.
        box: x, y, width, height in shares of the picture.
        more: whatever else was told of it.
    """

    frame: int
    time: float
    look: int
    label: str
    score: float
    box: Box
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Track:
    """One thing through one shot.

    Attributes:
        shot: number of the shot, from 0.
        label: what.
        start_frame, end_frame: frames, end exclusive: half the distance to the pictures before and after.
        start, end: the same in seconds.
        score: the mean of the sightings'.
        sightings: at least one, in order.
    """

    shot: int
    label: str
    start_frame: int
    end_frame: int
    start: float
    end: float
    score: float
    sightings: tuple[Sighting, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "label": self.label,
            "shot": self.shot,
            "start_frame": self.start_frame,
            "end_frame": self.end_frame,
            "start": round(self.start, 3),
            "end": round(self.end, 3),
            "score": round(self.score, 3),
            "boxes": [
                {
                    "frame": one.frame,
                    "time": round(one.time, 3),
                    "box": [round(side, 4) for side in one.box],
                    "score": round(one.score, 3),
                }
                for one in self.sightings
            ],
        }


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    tall = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if wide <= 0 or tall <= 0:
        return 0.0
    shared = wide * tall
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def tracks_of(
    sightings: Sequence[Sighting],
    shots: Sequence[Shot],
    *,
    same_label: bool = True,
    least: float = 0.0,
    alone: float = 0.0,
) -> list[Track]:
    """Links sightings within each shot; likelier ones choose first.

    Args:
        sightings: in order of their pictures.
        shots: in order.
        same_label: only what has the same label is linked.
        least: mean score of a track that counts.
        alone: a thing seen in one picture of a shot only needs this score.
    """
    tracks: list[Track] = []
    at = 0
    for number, shot in enumerate(shots):
        within = []
        while at < len(sightings) and sightings[at].frame < shot.end_frame:
            within.append(sightings[at])
            at += 1
        for chain in _chains(within, same_label):
            track = _track(number, shot, chain)
            if track.score >= (least if len(chain) > 1 else alone):
                tracks.append(track)
    return tracks


def _chains(within: Sequence[Sighting], same_label: bool) -> list[list[Sighting]]:
    chains: list[list[Sighting]] = []
    for look in sorted({one.look for one in within}):
        taken: set[int] = set()
        for one in sorted((s for s in within if s.look == look), key=lambda s: -s.score):
            best, place = _NEAR, -1
            for number, chain in enumerate(chains):
                last = chain[-1]
                if number in taken or look - last.look > _FORGOTTEN + 1 or last.look == look:
                    continue
                if same_label and last.label != one.label:
                    continue
                shared = overlap(last.box, one.box)
                if shared > best:
                    best, place = shared, number
            if place >= 0:
                chains[place].append(one)
                taken.add(place)
            else:
                chains.append([one])
                taken.add(len(chains) - 1)
    return chains


def _track(number: int, shot: Shot, chain: list[Sighting]) -> Track:
    """Widens the times by half the distance between pictures, within the shot."""
    gaps = [b.frame - a.frame for a, b in itertools.pairwise(chain)]
    frames = max(1, shot.end_frame - shot.start_frame)
    per_frame = float(shot.end - shot.start) / frames
    half = (min(gaps) if gaps else round(0.5 / per_frame) if per_frame else 1) // 2
    first = max(shot.start_frame, chain[0].frame - half)
    last = min(shot.end_frame, chain[-1].frame + half + 1)
    return Track(
        number,
        max(chain, key=lambda one: one.score).label,
        first,
        last,
        max(float(shot.start), chain[0].time - (chain[0].frame - first) * per_frame),
        min(float(shot.end), chain[-1].time + (last - chain[-1].frame) * per_frame),
        sum(one.score for one in chain) / len(chain),
        tuple(chain),
    )
