"""Text as outlines: shaped by HarfBuzz and drawn as SVG paths, so that a reader needs no font.

A picture that a page loads cannot use the page's fonts, and a reader's machine may lack the
script. Shaping joins Arabic letters, forms Devanagari conjuncts and stacks Thai marks; where no
font has a character, ``covers`` says so before anything is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import uharfbuzz as hb  # type: ignore[import-untyped]  # ships no types

from crossreel.artwork.clusters import clusters
from crossreel.artwork.direction import is_right_to_left, visual_runs
from crossreel.artwork.fonts import Style, file_with, open_font, units_per_em

__all__ = ["Glyph", "Line", "contours_of", "covers", "drawable", "path_of", "shape"]

Point = tuple[float, float]
_GRAIN = 10
"""Path coordinates are whole tenths of the drawing's unit; finer is not seen."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph of a font file, at (x, y) in ems from the line's start; y grows downward."""

    file: str
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A shaped line: its glyphs from left to right (or top to bottom) and its length in ems."""

    glyphs: tuple[Glyph, ...]
    length: float
    style: Style


def covers(text: str, style: Style) -> bool:
    """Whether the fonts have every character of ``text``."""
    return all(cluster.isspace() or file_with(cluster, style.families) for cluster in clusters(text))


def drawable(text: str, style: Style) -> str:
    """``text`` without the characters that no font has."""
    kept = (part for part in clusters(text) if part.isspace() or file_with(part, style.families))
    return " ".join("".join(kept).split())


@lru_cache(maxsize=8192)
def shape(text: str, style: Style, language: str = "und") -> Line:
    """Shapes one line. Characters that no font has are left out.

    Args:
        text: one line, cleaned.
        style: its letters.
        language: BCP 47 tag, which chooses local forms.

    Raises:
        Missing: the fonts are not in this installation.
    """
    glyphs: list[Glyph] = []
    pen = 0.0
    for run in visual_runs(text, right_to_left=is_right_to_left(text)):
        pieces = _by_file(run.text, style)
        for file, piece in reversed(pieces) if run.right_to_left else pieces:
            pen = _shape_piece(glyphs, pen, file, piece, style, run.right_to_left, language)
    return Line(tuple(glyphs), pen, style)


def _by_file(text: str, style: Style) -> list[tuple[str, str]]:
    """``text`` cut into (file, piece) by which font has the characters."""
    pieces: list[tuple[str, str]] = []
    for cluster in clusters(text):
        last = pieces[-1][0] if pieces else ""
        file = file_with(cluster, style.families) or (last if cluster.isspace() else "")
        if cluster.isspace() and last:
            file = last  # a space keeps the words around it in one run
        if not file:
            continue
        if file == last:
            pieces[-1] = (file, pieces[-1][1] + cluster)
        else:
            pieces.append((file, cluster))
    return pieces


def _shape_piece(
    glyphs: list[Glyph], pen: float, file: str, piece: str, style: Style, backward: bool, language: str
) -> float:
    buffer = hb.Buffer()
    buffer.add_str(piece)
    buffer.guess_segment_properties()
    buffer.direction = "ttb" if style.vertical else "rtl" if backward else "ltr"
    if language != "und":
        buffer.language = language
    hb.shape(open_font(file, style.weight, style.width), buffer)
    unit = 1 / units_per_em(file)
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        across, along = place.x_offset * unit, -place.y_offset * unit
        if style.vertical:
            glyphs.append(Glyph(file, info.codepoint, across, pen + along))
            pen -= place.y_advance * unit
        else:
            glyphs.append(Glyph(file, info.codepoint, pen + across, along))
            pen += place.x_advance * unit
    return pen


class _Outline:
    """Collects one glyph's contours in font units, as (command, points)."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, tuple[Point, ...]]] = []

    def moveTo(self, to: Point) -> None:
        self.steps.append(("m", (to,)))

    def lineTo(self, to: Point) -> None:
        self.steps.append(("l", (to,)))

    def qCurveTo(self, *points: Point) -> None:
        self.steps.append(("q", points))

    def curveTo(self, *points: Point) -> None:
        self.steps.append(("c", points))

    def closePath(self) -> None:
        self.steps.append(("z", ()))

    def endPath(self) -> None:
        """HarfBuzz ends every contour by closing it."""


@lru_cache(maxsize=16384)
def _outline(file: str, weight: int, width: float, number: int) -> list[tuple[str, tuple[Point, ...]]]:
    outline = _Outline()
    open_font(file, weight, width).draw_glyph_with_pen(number, outline)
    return outline.steps


def path_of(line: Line, x: float, y: float, size: float) -> str:
    """The line as SVG path data in tenths of a unit (draw it under ``scale(.1)``).

    Args:
        line: a shaped line.
        x: where it starts (its left end; for vertical lines its middle axis).
        y: its baseline (for vertical lines its top).
        size: the em, in units.
    """
    writer = _PathWriter()
    for glyph in line.glyphs:
        scale = size * _GRAIN / units_per_em(glyph.file)
        left, base = (x + glyph.x * size) * _GRAIN, (y + glyph.y * size) * _GRAIN
        for command, points in _outline(glyph.file, line.style.weight, line.style.width, glyph.number):
            writer.add(command, [(round(left + px * scale), round(base - py * scale)) for px, py in points])
    return "".join(writer.parts)


def contours_of(line: Line, *, steps: int = 6) -> list[list[Point]]:
    """The line's closed contours as polygons, in ems from its start, y downward.

    Args:
        line: a shaped line.
        steps: pieces that each curve is cut into.
    """
    contours: list[list[Point]] = []
    for glyph in line.glyphs:
        scale = 1 / units_per_em(glyph.file)
        for command, points in _outline(glyph.file, line.style.weight, line.style.width, glyph.number):
            placed = [(glyph.x + px * scale, glyph.y - py * scale) for px, py in points]
            if command == "m":
                contours.append(placed)
            elif command == "l":
                contours[-1] += placed
            elif command in "qc":
                contours[-1] += _curve([contours[-1][-1], *placed], steps)
    return contours


def _curve(control: list[Point], steps: int) -> list[Point]:
    """A Bezier curve of any degree as points after its first (de Casteljau)."""
    found = []
    for step in range(1, steps + 1):
        part, left = step / steps, control
        while len(left) > 1:
            left = [(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part) for (x0, y0), (x1, y1) in pairwise(left)]
        found.append(left[0])
    return found


class _PathWriter:
    """Writes relative path data, as short as SVG 1.1 (section 8.3) allows in whole numbers."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._last = ""
        self._at = (0, 0)
        self._start = (0, 0)

    def add(self, command: str, points: list[tuple[int, int]]) -> None:
        if command == "z":
            self._write("z", [])
            self._at = self._start
            return
        x, y = self._at
        if command == "l":
            dx, dy = points[0][0] - x, points[0][1] - y
            if dx == 0 and dy == 0:
                return
            if dx == 0 or dy == 0:
                self._write("h" if dy == 0 else "v", [dx or dy])
            else:
                self._write("l", [dx, dy])
        else:
            self._write(command, [value for px, py in points for value in (px - x, py - y)])
        self._at = points[-1]
        if command == "m":
            self._start = self._at

    def _write(self, command: str, values: list[Any]) -> None:
        text = "".join(f" {value}" if value >= 0 else str(value) for value in values)
        repeated = command == self._last and command in "lqchv"
        self.parts.append(text if repeated else command + text.lstrip())
        self._last = command
