"""A sheet to draw flat shapes on, the room a picture has there, and repeatable choices."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from crossreel.artwork.palettes import Palette

__all__ = ["Box", "Canvas", "Dice", "Point"]

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, width and height."""


class Dice:
    """Repeatable choices for one title."""

    def __init__(self, seed: str) -> None:
        self._bytes = hashlib.sha256(seed.encode()).digest()
        self._at = 0

    def roll(self, sides: int) -> int:
        """A number from 0 to ``sides - 1``."""
        if self._at + 2 > len(self._bytes):
            self._bytes, self._at = hashlib.sha256(self._bytes).digest(), 0
        value = int.from_bytes(self._bytes[self._at : self._at + 2], "big")
        self._at += 2
        return value % sides

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.roll(high - low + 1)


@dataclass(slots=True)
class Canvas:
    """Collects SVG shapes for one picture.

    Bright shapes belong inside the room (left, top, right, bottom), because letters may stand
    beside it; ``ground`` and ``deep`` may fill the whole sheet, since letters are legible on both.

    Attributes:
        width: of the sheet.
        height: of the sheet.
        room: left, top, right and bottom of the picture's own part.
        palette: the colors.
        dice: what varies from title to title.
    """

    width: float
    height: float
    room: tuple[float, float, float, float]
    palette: Palette
    dice: Dice
    parts: list[str] = field(default_factory=list)

    @property
    def x(self) -> float:
        """The middle of the room."""
        return (self.room[0] + self.room[2]) / 2

    @property
    def y(self) -> float:
        """The middle of the room."""
        return (self.room[1] + self.room[3]) / 2

    @property
    def wide(self) -> float:
        """The room's width."""
        return self.room[2] - self.room[0]

    @property
    def tall(self) -> float:
        """The room's height."""
        return self.room[3] - self.room[1]

    @property
    def r(self) -> float:
        """Half the room's shorter side."""
        return min(self.wide, self.tall) / 2

    def disc(self, x: float, y: float, r: float, fill: str) -> None:
        """A filled circle."""
        self.parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="{fill}"/>')

    def ring(self, x: float, y: float, r: float, line: float, fill: str) -> None:
        """A circle's outline, ``line`` thick."""
        self.parts.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="none" stroke="{fill}" '
            f'stroke-width="{line:.1f}"/>'
        )

    def block(self, x: float, y: float, wide: float, tall: float, fill: str) -> None:
        """A rectangle from its upper left corner."""
        self.parts.append(f'<path d="M{x:.0f} {y:.0f}h{wide:.0f}v{tall:.0f}h{-wide:.0f}z" fill="{fill}"/>')

    def blocks(self, boxes: Iterable[Box], fill: str) -> None:
        """Many rectangles of one color."""
        path = "".join(f"M{x:.0f} {y:.0f}h{w:.0f}v{h:.0f}h{-w:.0f}z" for x, y, w, h in boxes)
        if path:
            self.parts.append(f'<path d="{path}" fill="{fill}"/>')

    def shape(self, points: Iterable[Point], fill: str) -> None:
        """A polygon."""
        path = "L".join(f"{x:.0f} {y:.0f}" for x, y in points)
        self.parts.append(f'<path d="M{path}z" fill="{fill}"/>')

    def path(self, data: str, fill: str) -> None:
        """Any path."""
        self.parts.append(f'<path d="{data}" fill="{fill}"/>')

    def land(self, ridge: Iterable[Point], fill: str) -> None:
        """Everything below a ridge, to the sheet's lower edge."""
        points = list(ridge)
        self.shape([(points[0][0], self.height), *points, (points[-1][0], self.height)], fill)

    def turned(self, degrees: float, mark: int) -> None:
        """Turns everything drawn since ``len(parts)`` was ``mark`` about the room's middle."""
        inside = "".join(self.parts[mark:])
        del self.parts[mark:]
        self.parts.append(f'<g transform="rotate({degrees} {self.x:.0f} {self.y:.0f})">{inside}</g>')

    def clipped(self, mark: int) -> None:
        """Keeps everything drawn since ``len(parts)`` was ``mark`` inside the room."""
        inside = "".join(self.parts[mark:])
        del self.parts[mark:]
        box = f"{self.room[0]:.0f} {self.room[1]:.0f} {self.wide:.0f} {self.tall:.0f}"
        self.parts.append(
            f'<svg x="{self.room[0]:.0f}" y="{self.room[1]:.0f}" width="{self.wide:.0f}" '
            f'height="{self.tall:.0f}" viewBox="{box}" overflow="hidden">{inside}</svg>'
        )
