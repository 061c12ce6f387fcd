"""Key frames: the picture of each shot that serves best, and the best N of a title, unlike one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.values.media_roles import Picture, Shot

__all__ = ["Candidate", "best_of", "crops_of", "eyes_of", "look_at", "of_shots", "worth_of"]

_SHUT, _OPEN = 0.22, 0.28
"""Height over width of eyes: shut below the first, open from the second; set by eye on two clips' faces."""
_SHAPES = {"2:3": 2 / 3, "16:9": 16 / 9, "1:1": 1.0}


_UNLIKE = 32
"""Bits in which hashes of pictures differ that have nothing in common."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture that may become a key frame.

    Attributes:
        frame, time: which one; seconds.
        score: 0 to 1, higher is better.
        hash: 64 bits; near pictures differ in few.
        busy: 6 x 8 shares of fine detail, rows from above: where a title would not be read.
        width, height: of the picture.
    """

    frame: int
    time: float
    score: float
    hash: int
    busy: tuple[float, ...]
    width: int
    height: int


def look_at(picture: Picture) -> dict[str, Any]:
    """What a large picture says of its own quality: ``score`` and the ``busy`` map.

    Sharpness is the spread of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield
    microscopy", ICPR 2000), color Hasler and Suesstrunk's colorfulness (SPIE 2003); both are taken as shares
    of what good stills reach. Clipped darks and lights and flat pictures cost.
    """
    rgb = picture.rgb[::2, ::2].astype(np.float32)
    gray = rgb @ np.array([0.299, 0.587, 0.114], np.float32)
    if min(gray.shape) < 3:
        return {"score": 0.0, "busy": [0.0] * 48}
    laplacian = gray[1:-1, :-2] + gray[1:-1, 2:] + gray[:-2, 1:-1] + gray[2:, 1:-1] - 4 * gray[1:-1, 1:-1]
    sharp = min(float(laplacian.std()) / 25, 1.0)
    contrast = min(float(gray.std()) / 60, 1.0)
    clipped = float(((gray < 12) | (gray > 245)).mean())
    light = 1 - min(abs(float(gray.mean()) - 115) / 115, 1.0)
    opponent = rgb[..., 0] - rgb[..., 1], (rgb[..., 0] + rgb[..., 1]) / 2 - rgb[..., 2]
    colorful = min(float(np.hypot(opponent[0].std(), opponent[1].std())) / 60, 1.0)
    score = 0.4 * sharp + 0.25 * contrast + 0.2 * light + 0.15 * colorful
    busy = _regions(np.abs(laplacian), 6, 8)
    top = float(busy.max()) or 1.0
    return {
        "score": round(score * (1 - 0.7 * clipped), 4),
        "busy": [round(float(value) / top, 2) for value in busy.ravel()],
    }


def eyes_of(look: Mapping[str, Any]) -> str | None:
    """``open`` or ``shut``: the eyes of the faces that a picture is about, None where none could be judged.

    A picture is about its largest face and those at least half as wide.

    Args:
        look: of a large picture: ``faces`` with ``box`` and, where they could be judged, ``eyes``.
    """
    wide = _widths(look)
    return None if not wide else "shut" if min(wide) < _SHUT else "open"


def worth_of(look: Mapping[str, Any]) -> float:
    """The score of a picture, less where somebody blinks: down to four tenths where eyes are shut."""
    wide = _widths(look)
    if not wide:
        return float(look["score"])
    shut = float(np.clip((_OPEN - min(wide)) / (_OPEN - _SHUT), 0, 1))
    return round(float(look["score"]) * (1 - 0.6 * shut), 4)


def _widths(look: Mapping[str, Any]) -> list[float]:
    faces = look.get("faces", ())
    largest = max((face["box"][2] for face in faces), default=0.0)
    return [face["eyes"] for face in faces if "eyes" in face and face["box"][2] >= largest / 2]


def _regions(values: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float64]:
    parts = [np.array_split(band, columns, axis=1) for band in np.array_split(values, rows, axis=0)]
    return np.array([[part.mean() if part.size else 0.0 for part in band] for band in parts])


def of_shots(shots: Sequence[Shot], candidates: Sequence[Candidate]) -> list[Candidate | None]:
    """The best candidate of each shot outside its transitions; None where none was taken in it."""
    chosen: list[Candidate | None] = []
    for place, shot in enumerate(shots):
        end = shots[place + 1].transition_start if place + 1 < len(shots) else shot.end_frame
        start = max(shot.start_frame, shot.transition_end)
        inside = [c for c in candidates if start <= c.frame < max(end, start + 1)]
        within = inside or [c for c in candidates if shot.start_frame <= c.frame < shot.end_frame]
        chosen.append(max(within, key=lambda c: c.score) if within else None)
    return chosen


def best_of(candidates: Sequence[Candidate], count: int, least_bits: int = 14) -> list[Candidate]:
    """Up to ``count`` candidates: good ones that differ, the best first.

    Each time the one is taken whose score, less what it resembles those taken before, is highest (maximal
    marginal relevance: Carbonell and Goldstein, SIGIR 1998); no two are nearer than ``least_bits`` of their
    hashes, of which pictures that have nothing in common differ in about 32.
    """
    kept: list[Candidate] = []
    left = sorted(candidates, key=lambda c: -c.score)
    nearest = [_UNLIKE] * len(left)
    while left and len(kept) < count:
        gains = [one.score - (_UNLIKE - bits) / _UNLIKE / 2 for one, bits in zip(left, nearest, strict=True)]
        taken = left[max(range(len(left)), key=gains.__getitem__)]
        kept.append(taken)
        nearest = [
            min(bits, (one.hash ^ taken.hash).bit_count()) for one, bits in zip(left, nearest, strict=True)
        ]
        left = [one for one, bits in zip(left, nearest, strict=True) if bits >= least_bits]
        nearest = [bits for bits in nearest if bits >= least_bits]
    return kept


def crops_of(candidate: Candidate, keep: Sequence[Sequence[float]] = ()) -> dict[str, Any]:
    """Crops for a poster, a card and a tile, with where a title may stand.

    Args:
        candidate: the picture.
        keep: boxes (x, y, width, height, shares of the picture) that no crop may cut, faces; where a crop
            has no room for all, those that come first.

    Returns:
        by shape: ``box`` (x, y, width, height in pixels), ``keeps_all`` and ``title``: the calmest
        third of the crop for each reading direction (``ltr`` prefers the left, ``rtl`` the right).
    """
    return {name: _crop(candidate, shape, keep) for name, shape in _SHAPES.items()}


def _crop(candidate: Candidate, shape: float, keep: Sequence[Sequence[float]]) -> dict[str, Any]:
    width, height = candidate.width, candidate.height
    wide, tall = (width, round(width / shape)) if width / height < shape else (round(height * shape), height)
    busy = np.array(candidate.busy).reshape(6, 8)
    center_x = _center(busy.sum(axis=0)) * width
    center_y = _center(busy.sum(axis=1)) * height
    if keep:
        center_x, center_y = _middle_of(keep, width, height, wide, tall)
    x = int(np.clip(center_x - wide / 2, 0, width - wide))
    y = int(np.clip(center_y - tall / 2, 0, height - tall))
    across = [b for b in keep if b[0] * width < x - 1 or (b[0] + b[2]) * width > x + wide + 1]
    down = [b for b in keep if b[1] * height < y - 1 or (b[1] + b[3]) * height > y + tall + 1]
    cut = across or down
    return {
        "box": [x, y, wide, tall],
        "keeps_all": not cut,
        "title": {way: _title_place(busy, x / width, wide / width, way, keep) for way in ("ltr", "rtl")},
    }


def _middle_of(
    keep: Sequence[Sequence[float]], width: int, height: int, wide: int, tall: int
) -> tuple[float, float]:
    """Middle, in pixels, of as many boxes, the first first, as fit a crop together."""
    left, top, right, bottom = 1.0, 1.0, 0.0, 0.0
    for number, (x, y, across, down) in enumerate(keep):
        wider = min(left, x), min(top, y), max(right, x + across), max(bottom, y + down)
        if number and ((wider[2] - wider[0]) * width > wide or (wider[3] - wider[1]) * height > tall):
            continue
        left, top, right, bottom = wider
    return (left + right) / 2 * width, (top + bottom) / 2 * height


def _center(weights: NDArray[np.float64]) -> float:
    total = float(weights.sum())
    return float((weights * (np.arange(len(weights)) + 0.5)).sum()) / total / len(weights) if total else 0.5


def _title_place(
    busy: NDArray[np.float64], left: float, wide: float, way: str, keep: Sequence[Sequence[float]]
) -> str:
    """Upper or lower third, at the start or end of reading: where there is least detail and no face."""
    columns = np.arange(8) / 8
    inside = (columns >= left - 0.06) & (columns < left + wide)
    part = busy[:, inside] if inside.any() else busy
    half = max(1, part.shape[1] // 2)
    costs: dict[str, float] = {}
    for name, rows, third in (("upper", slice(0, 2), 0.0), ("lower", slice(4, 6), 2 / 3)):
        for side, place in (("left", slice(0, half)), ("right", slice(part.shape[1] - half, None))):
            faces = sum(b[1] < third + 1 / 3 and b[1] + b[3] > third for b in keep)
            away = 0.08 if side != ("left" if way == "ltr" else "right") else 0.0
            costs[f"{name} {side}"] = float(part[rows, place].mean()) + faces + away
    return min(costs, key=lambda name: costs[name])
