"""What detectors share: pictures fitted into a square, and of overlapping boxes the likeliest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["apart", "fitted", "resized"]


def resized(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """A picture at another size: means of areas when it shrinks, bilinear when it grows."""
    for axis, size in ((0, height), (1, width)):
        factor = rgb.shape[axis] // size
        if factor > 1:
            kept = rgb.shape[axis] // factor * factor
            rgb = np.take(rgb, range(kept), axis=axis) if kept != rgb.shape[axis] else rgb
            shape = [*rgb.shape[:axis], kept // factor, factor, *rgb.shape[axis + 1 :]]
            rgb = rgb.reshape(shape).mean(axis=axis + 1, dtype=np.float32).astype(np.uint8)
    rows, columns = _places(rgb.shape[0], height), _places(rgb.shape[1], width)
    across = _mixed(rgb.astype(np.float32), columns, 1)
    return np.asarray(np.clip(_mixed(across, rows, 0) + 0.5, 0, 255), np.uint8)


def _places(size: int, wanted: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    at = np.clip((np.arange(wanted) + 0.5) * size / wanted - 0.5, 0, size - 1)
    low = np.floor(at).astype(np.int64)
    return low, np.minimum(low + 1, size - 1), (at - low).astype(np.float32)


def _mixed(
    values: NDArray[np.float32],
    places: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]],
    axis: int,
) -> NDArray[np.float32]:
    low, high, share = places
    shape = [1] * values.ndim
    shape[axis] = len(share)
    part = share.reshape(shape)
    return np.asarray(values.take(low, axis) * (1 - part) + values.take(high, axis) * part, np.float32)


def fitted(rgb: NDArray[np.uint8], size: int) -> tuple[NDArray[np.uint8], float]:
    """The picture at the upper left of a black square, and by what it was scaled."""
    height, width = rgb.shape[:2]
    scale = size / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    square = np.zeros((size, size, 3), np.uint8)
    square[:rows, :columns] = resized(rgb, columns, rows)
    return square, scale


def apart(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    overlap: float,
    kinds: NDArray[np.int64] | None = None,
) -> list[int]:
    """Places of the boxes to keep, likeliest first: none shares more than ``overlap`` with a likelier one.

    Args:
        boxes: n x 4: left, top, right, bottom.
        scores: n.
        overlap: intersection over union.
        kinds: boxes of different kinds do not compete.
    """
    order = np.argsort(-scores, kind="stable")
    areas = np.maximum(boxes[:, 2] - boxes[:, 0], 0) * np.maximum(boxes[:, 3] - boxes[:, 1], 0)
    kept: list[int] = []
    while len(order):
        first, order = int(order[0]), order[1:]
        kept.append(first)
        left, top = np.maximum(boxes[first, :2], boxes[order, :2]).T
        right, bottom = np.minimum(boxes[first, 2:], boxes[order, 2:]).T
        shared = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
        near = shared > overlap * (areas[first] + areas[order] - shared)
        if kinds is not None:
            near &= kinds[order] == kinds[first]
        order = order[~near]
    return kept
