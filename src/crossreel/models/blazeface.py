"""Finds faces by BlazeFace, 256 pixels (Bazarevsky et al. 2019, arXiv 1907.05047), and describes them.

Each of 896 anchors (two to a cell of 16 pixels, six to one of 32) tells the odds of a face, its box and six
points:
both eyes, nose, mouth, both ears. A description is the pooled vector of HSE-FaceRes (Savchenko 2019, arXiv
1807.07718) of the upright face; what that network says of age and gender is cut off and never computed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.models.boxes import apart, fitted, resized
from crossreel.models.runtime import open_graph
from crossreel.models.tfjs_graph import write_graph
from crossreel.values.media_roles import SeenFace

__all__ = ["DESCRIBER", "DETECTOR", "BlazeFace", "convert"]

DETECTOR, DESCRIBER = "blazeface.onnx", "faceres.onnx"
_SIZE, _FACE = 256, 224
_GRIDS = ((16, 2), (8, 6))
_LEAST, _OVERLAP = 0.6, 0.3
_SMALLEST = 20
"""Pixels of a face below which its description says nothing."""


def convert(folder: Path) -> None:
    """Writes both graphs beside the TensorFlow.js models in ``folder``. Raises as ``write_graph``."""
    outputs = {"Identity": "odds16", "Identity_1": "odds32", "Identity_2": "boxes16", "Identity_3": "boxes32"}
    write_graph(folder / "blazeface-back.json", folder / DETECTOR, outputs)
    write_graph(folder / "faceres.json", folder / DESCRIBER, {"global_pooling/Mean": "vector"})


def _anchors() -> NDArray[np.float32]:
    parts = []
    for across, each in _GRIDS:
        y, x = np.mgrid[0:across, 0:across]
        parts.append(np.repeat(np.stack([x, y], -1).reshape(-1, 2), each, axis=0) / across + 0.5 / across)
    return np.concatenate(parts).astype(np.float32)


def _views(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Left, top, width, height of the whole, and of squares that overlap by a fifth."""
    views = [(0, 0, width, height)]
    short, long = min(width, height), max(width, height)
    if long > 1.25 * short and short >= 64:
        count = max(2, round((long - 0.2 * short) / (0.8 * short)))
        for place in np.linspace(0, long - short, count).astype(int).tolist():
            views.append((place, 0, short, short) if width > height else (0, place, short, short))
    return views


class BlazeFace:
    """Plays ``FaceDetector``.

    Args:
        folder: holds both graphs, as ``convert`` writes them.
        least: scores below are left out.

    Raises:
        MissingExtra, MissingModel: see ``open_graph``.
    """

    name = "blazeface-back, faceres"

    def __init__(self, folder: Path, least: float = _LEAST) -> None:
        self._detector = open_graph(folder / DETECTOR, extra="vision")
        self._describer = open_graph(folder / DESCRIBER, extra="vision")
        self._anchors = _anchors()
        self._least = least

    def look(self, rgb: NDArray[np.uint8]) -> list[SeenFace]:
        """Faces in a picture (height x width x 3), likeliest first.

        The picture is looked at whole, and, as small faces are lost in that, in overlapping squares.
        """
        height, width = rgb.shape[:2]
        parts = [self._boxes(rgb[y : y + h, x : x + w], x, y) for x, y, w, h in _views(width, height)]
        boxes, scores, points = (np.concatenate(part) for part in zip(*parts, strict=True))
        size = np.array([width, height], np.float32)
        found = []
        for at in apart(boxes, scores, _OVERLAP):
            left, top, right, bottom = np.clip(boxes[at] / np.tile(size, 2), 0, 1).tolist()
            if right - left <= 0 or bottom - top <= 0:
                continue
            marks = tuple((float(x), float(y)) for x, y in points[at] / size)
            found.append(SeenFace("face", float(scores[at]), left, top, right - left, bottom - top, marks))
        return found

    def _boxes(
        self, rgb: NDArray[np.uint8], x: int, y: int
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Boxes (n x 4), odds (n) and points (n x 6 x 2) of one view in pixels of the whole picture."""
        square, scale = fitted(rgb, _SIZE)
        given = square.astype(np.float32)[None] / 127.5 - 1
        odds16, odds32, boxes16, boxes32 = self._detector.run(
            ["odds16", "odds32", "boxes16", "boxes32"], {self._detector.get_inputs()[0].name: given}
        )
        raw = np.concatenate([odds16[0], odds32[0]])[:, 0]
        scores = 1 / (1 + np.exp(-np.clip(raw, -80, 80)))
        likely = np.flatnonzero(scores >= self._least)
        told = np.concatenate([boxes16[0], boxes32[0]])[likely].reshape(-1, 8, 2) / _SIZE
        middles, sizes = told[:, 0] + self._anchors[likely], np.abs(told[:, 1])
        points = told[:, 2:] + self._anchors[likely, None]
        boxes = np.concatenate([middles - sizes / 2, middles + sizes / 2], axis=1)
        pixels, corner = _SIZE / scale, np.array([x, y], np.float32)
        return boxes * pixels + np.tile(corner, 2), scores[likely], points * pixels + corner

    def describe(self, rgb: NDArray[np.uint8], face: SeenFace) -> NDArray[np.float32] | None:
        """A vector of unit length, near for the same face; None where it is too small to tell."""
        height, width = rgb.shape[:2]
        if min(face.width * width, face.height * height) < _SMALLEST:
            return None
        x = _upright(rgb, face).astype(np.float32)[None]
        vector = self._describer.run(None, {self._describer.get_inputs()[0].name: x})[0][0]
        length = float(np.linalg.norm(vector))
        return np.asarray(vector / length, np.float32) if length else None


def _upright(rgb: NDArray[np.uint8], face: SeenFace) -> NDArray[np.uint8]:
    """The face turned so that its eyes are level, at 224 x 224."""
    height, width = rgb.shape[:2]
    (left_x, left_y), (right_x, right_y) = face.points[:2]
    across, down = (right_x - left_x) * width, (right_y - left_y) * height
    angle = np.arctan2(down, across)
    center_x, center_y = (face.x + face.width / 2) * width, (face.y + face.height / 2) * height
    half = max(face.width * width, face.height * height) * 0.55
    steps = (np.arange(_FACE) + 0.5) / _FACE * 2 - 1
    u, v = np.meshgrid(steps * half, steps * half)
    x = center_x + u * np.cos(angle) - v * np.sin(angle)
    y = center_y + u * np.sin(angle) + v * np.cos(angle)
    if half > _FACE:  # means of areas, so that nothing flickers
        factor = _FACE / half
        rgb = resized(rgb, max(1, round(width * factor)), max(1, round(height * factor)))
        x, y = x * rgb.shape[1] / width, y * rgb.shape[0] / height
    columns = np.clip(np.rint(x - 0.5), 0, rgb.shape[1] - 1).astype(np.int64)
    rows = np.clip(np.rint(y - 0.5), 0, rgb.shape[0] - 1).astype(np.int64)
    return np.asarray(rgb[rows, columns], np.uint8)
