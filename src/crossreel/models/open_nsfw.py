"""How likely a picture shows nudity, by Yahoo's Open NSFW (2016, BSD-2-Clause)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossreel.models.boxes import resized
from crossreel.models.runtime import open_graph

__all__ = ["OpenNsfw"]

_MEAN = np.array([104.0, 117.0, 123.0], np.float32)


class OpenNsfw:
    """Plays ``NudityScorer``.

    Args:
        weights: ``open-nsfw.onnx``.

    Raises:
        MissingExtra, MissingModel: see ``open_graph``.
    """

    name = "open-nsfw"

    def __init__(self, weights: Path) -> None:
        self._session = open_graph(weights, extra="vision")
        self._input = self._session.get_inputs()[0].name

    def score(self, rgb: NDArray[np.uint8]) -> float:
        """0 to 1 for a picture (height x width x 3), of which the middle 224 of 256 pixels are looked at."""
        middle = resized(rgb, 256, 256)[16:240, 16:240, ::-1].astype(np.float32) - _MEAN
        odds = self._session.run(None, {self._input: np.ascontiguousarray(middle[None])})[0]
        return float(odds[0][1])
