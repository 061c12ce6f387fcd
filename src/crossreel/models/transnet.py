"""Runs TransNet V2: how likely each frame of a stretch belongs to a change of shot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossreel.models.runtime import open_graph

__all__ = ["TransNet"]

_COLORS = 512


class TransNet:
    """Plays ``TransitionOdds``.

    Args:
        graph: as ``crossreel.models.transnet_graph`` writes it.

    Raises:
        MissingExtra, MissingModel: see ``open_graph``.
    """

    name = "transnet-v2"

    def __init__(self, graph: Path) -> None:
        self._session = open_graph(graph, extra="vision")

    def odds(self, frames: NDArray[np.uint8]) -> NDArray[np.float32]:
        """N x 2 from n x 27 x 48 x 3 RGB: a transition's middle is right after it; it lies in one.

        The outermost 25 frames on either side see too little of their neighborhood.
        """
        pictures = np.ascontiguousarray(frames.transpose(0, 3, 1, 2), np.float32)
        answer: NDArray[np.float32] = self._session.run(
            None, {"frames": pictures, "colors": _color_counts(frames)}
        )[0]
        return answer


def _color_counts(frames: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How often each of 512 colors (three bits of red, green and blue) occurs in each frame."""
    bits = (frames >> 5).astype(np.int64)
    colors = (bits[..., 0] << 6) + (bits[..., 1] << 3) + bits[..., 2]
    colors = colors.reshape(len(frames), -1) + np.arange(len(frames))[:, None] * _COLORS
    counts = np.bincount(colors.ravel(), minlength=len(frames) * _COLORS)
    return counts.reshape(len(frames), _COLORS).astype(np.float32)
