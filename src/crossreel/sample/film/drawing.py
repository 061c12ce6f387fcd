"""Anti-aliased flat shapes and letters on a small picture, by NumPy alone."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from crossreel.artwork.fonts import sans
from crossreel.artwork.lettering import contours_of, shape

__all__ = ["HEIGHT", "WIDTH", "Picture", "letters"]

WIDTH, HEIGHT = 640, 360
_FINER = 4
"""Letters are sampled this many times finer each way."""

Mask = NDArray[np.float32]
_Y, _X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32) + 0.5


def _color(text: str) -> NDArray[np.float32]:
    return np.array([int(text[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.float32)


class Picture:
    """One frame, painted shape over shape; colors are hex, places in pixels."""

    def __init__(self, ground: str) -> None:
        self._rgb = np.broadcast_to(_color(ground), (HEIGHT, WIDTH, 3)).copy()

    def paint(self, cover: Mask, color: str, strength: float = 1.0) -> None:
        """Lays a color over the frame, as far as ``cover`` (HEIGHT x WIDTH, 0 to 1) says."""
        self._rgb += (_color(color) - self._rgb) * (cover * np.float32(strength))[..., None]

    def disc(self, x: float, y: float, r: float, color: str, strength: float = 1.0) -> None:
        """A filled circle."""
        self.paint(np.clip(r - np.hypot(_X - x, _Y - y) + 0.5, 0, 1), color, strength)

    def ring(self, x: float, y: float, r: float, line: float, color: str) -> None:
        """A circle's outline, ``line`` thick."""
        self.paint(np.clip(line / 2 - np.abs(np.hypot(_X - x, _Y - y) - r) + 0.5, 0, 1), color)

    def block(self, x: float, y: float, wide: float, tall: float, color: str) -> None:
        """A rectangle from its upper left corner."""
        across = np.clip(np.minimum(_X - x, x + wide - _X) + 0.5, 0, 1)
        down = np.clip(np.minimum(_Y - y, y + tall - _Y) + 0.5, 0, 1)
        self.paint(across * down, color)

    def sweep(self, x: float, y: float, r: float, turn: float, color: str) -> None:
        """A sector that opens clockwise from twelve; ``turn`` from 0 to 1."""
        angle = np.mod(np.arctan2(_X - x, y - _Y) / (2 * np.pi), 1.0)
        near = np.clip(r - np.hypot(_X - x, _Y - y) + 0.5, 0, 1)
        self.paint(near * (angle < turn), color)

    def above(self, edge: NDArray[np.float32], thick: float, color: str) -> None:
        """A ribbon ``thick`` high whose upper edge is ``edge`` (y for each of WIDTH columns)."""
        self.paint(np.clip(np.minimum(_Y - edge, edge + thick - _Y) + 0.5, 0, 1), color)

    def to_array(self) -> NDArray[np.uint8]:
        """RGB, HEIGHT x WIDTH x 3."""
        return np.clip(np.rint(self._rgb), 0, 255).astype(np.uint8)


@cache
def letters(text: str, size: float, x: float, y: float, weight: int = 600) -> Mask:
    """How far each pixel is covered by ``text``, centered at x, its baseline at y."""
    line = shape(text, sans("en", weight))
    left = x - line.length * size / 2
    edges = [
        (np.array(contour) * size + (left, y)) * _FINER for contour in contours_of(line) if len(contour) > 2
    ]
    winding = np.zeros((HEIGHT * _FINER, WIDTH * _FINER + 1), dtype=np.int32)
    for contour in edges:
        for (x0, y0), (x1, y1) in zip(contour, np.roll(contour, -1, axis=0), strict=True):
            if y0 == y1:
                continue
            low, high, sign = (y0, y1, 1) if y0 < y1 else (y1, y0, -1)
            rows = np.arange(max(0, int(np.ceil(low - 0.5))), min(winding.shape[0], int(np.ceil(high - 0.5))))
            at = x0 + (rows + 0.5 - y0) * (x1 - x0) / (y1 - y0)
            columns = np.clip(np.ceil(at - 0.5), 0, WIDTH * _FINER).astype(np.intp)
            np.add.at(winding, (rows, columns), sign)
    filled = (np.cumsum(winding, axis=1)[:, :-1] != 0).astype(np.float32)
    fine = filled.reshape(HEIGHT, _FINER, WIDTH, _FINER)
    mask: Mask = fine.mean(axis=(1, 3), dtype=np.float32)
    return mask
