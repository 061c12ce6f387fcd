"""How far eyes are open, by the contour that MediaPipe Iris draws around an eye (Vakunov et al. 2020).

The network looks at 64 x 64 pixels around an eye and tells 71 points of its contour and brows; the first
nine run along the lower lid from corner to corner, the next seven along the upper lid. Openness is the height
between the middles of the lids over the width between the corners, the ratio by which Soukupova and Cech
("Real-time eye blink detection using facial landmarks", CVWW 2016) find blinks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.models.runtime import open_graph
from crossreel.models.tfjs_graph import write_graph
from crossreel.values.media_roles import SeenFace

__all__ = ["GRAPH", "Iris", "convert"]

GRAPH = "iris.onnx"
_SIZE = 64
_VIEW = 1.1
"""Width of the view around an eye in distances between the eyes."""
_SMALLEST = 20
"""Pixels between the eyes below which nothing is said."""
_CORNERS, _LOWER, _UPPER = (0, 8), 4, 12


def convert(folder: Path) -> None:
    """Writes the graph beside the TensorFlow.js model in ``folder``. Raises as ``write_graph``."""
    write_graph(folder / "iris.json", folder / GRAPH, {"Identity": "points"})


class Iris:
    """Plays ``EyeReader``.

    Args:
        folder: holds the graph, as ``convert`` writes it.

    Raises:
        MissingExtra, MissingModel: see ``open_graph``.
    """

    name = "mediapipe-iris"

    def __init__(self, folder: Path) -> None:
        self._network = open_graph(folder / GRAPH, extra="vision")

    def openness(self, rgb: NDArray[np.uint8], face: SeenFace) -> float | None:
        """Height over width of the eye that is open wider, about 0.1 to 0.5; None where eyes are too small.

        The wider one counts, as the other may be hidden, or winks.
        """
        height, width = rgb.shape[:2]
        eyes = np.array(face.points[:2]) * [width, height]
        across, down = eyes[1] - eyes[0]
        apart = float(np.hypot(across, down))
        if apart < _SMALLEST:
            return None
        angle = float(np.arctan2(down, across))
        views = np.stack(
            [_view(rgb, eye, _VIEW * apart / 2, angle, mirrored=bool(at)) for at, eye in enumerate(eyes)]
        )
        return max(self._ratio(view) for view in views)

    def _ratio(self, view: NDArray[np.float32]) -> float:
        (told,) = self._network.run(None, {self._network.get_inputs()[0].name: view[None] / np.float32(255)})
        points = told.reshape(-1, 3)[:, :2]
        wide = float(np.hypot(*(points[_CORNERS[1]] - points[_CORNERS[0]])))
        return float(np.hypot(*(points[_UPPER] - points[_LOWER]))) / max(wide, 1.0)


def _view(
    rgb: NDArray[np.uint8], eye: NDArray[Any], half: float, angle: float, *, mirrored: bool
) -> NDArray[np.float32]:
    """The eye with its corners level, 64 x 64 x 3; the right one mirrored, as the network knows left ones."""
    steps = (np.arange(_SIZE) + 0.5) / _SIZE * 2 - 1
    u, v = np.meshgrid(-steps * half if mirrored else steps * half, steps * half)
    x = np.clip(eye[0] + u * np.cos(angle) - v * np.sin(angle) - 0.5, 0, rgb.shape[1] - 1.001)
    y = np.clip(eye[1] + u * np.sin(angle) + v * np.cos(angle) - 0.5, 0, rgb.shape[0] - 1.001)
    left, top = x.astype(np.int64), y.astype(np.int64)
    across, down = (x - left)[..., None].astype(np.float32), (y - top)[..., None].astype(np.float32)
    upper = rgb[top, left] * (1 - across) + rgb[top, left + 1] * across
    lower = rgb[top + 1, left] * (1 - across) + rgb[top + 1, left + 1] * across
    mixed: NDArray[np.float32] = (upper * (1 - down) + lower * down).astype(np.float32)
    return mixed
