"""The pictures on drawn posters: flat shapes in few colors, one idea each.

Every design fills a 600 x 560 field and returns SVG elements. What varies inside a design comes
from ``Dice``, seeded by the title's id, so that a poster never changes.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["FIELD", "Dice", "Palette", "design_for", "palette_for", "palettes"]

FIELD = (600, 560)
"""Width and height of the picture field."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Ground, lettering and two colors for shapes, as hex; ink on ground keeps 7:1."""

    ground: str
    ink: str
    bright: str
    deep: str


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


def _circle(x: float, y: float, r: float, fill: str) -> str:
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.1f}" fill="{fill}"/>'


def _box(x: float, y: float, w: float, h: float, fill: str) -> str:
    return f'<path d="M{x:.0f} {y:.0f}h{w:.0f}v{h:.0f}h{-w:.0f}z" fill="{fill}"/>'


def _shape(points: list[tuple[float, float]], fill: str) -> str:
    return f'<path d="M{"L".join(f"{x:.0f} {y:.0f}" for x, y in points)}z" fill="{fill}"/>'


def _moon(p: Palette, dice: Dice) -> list[str]:
    x, y, r = dice.between(220, 400), dice.between(240, 300), dice.between(165, 205)
    side = -1 if dice.roll(2) else 1
    hills = [
        (0, 560),
        (0, 470),
        (dice.between(90, 170), 420),
        (300, 490),
        (dice.between(400, 500), 400),
        (600, 460),
    ]
    return [
        _circle(x, y, r, p.bright),
        _circle(x + side * r * 0.42, y - r * 0.16, r * 0.88, p.ground),
        _shape([*hills, (600, 560)], p.deep),
    ]


def _slats(p: Palette, dice: Dice) -> list[str]:
    lit = dice.between(2, 6)
    parts = []
    for row in range(9):
        height = 16 + 3 * abs(row - lit)
        fill = p.bright if row == lit else p.deep
        parts.append(_box(0, 40 + row * 58, 600, 52 - height * 0.55, fill))
    edge = dice.between(150, 390)
    return [*parts, _shape([(edge, 0), (edge + 70, 0), (edge + 130, 560), (edge - 20, 560)], p.ground)]


def _arches(p: Palette, dice: Dice) -> list[str]:
    center, parts = 300, []
    fills = [p.deep, p.ground, p.bright, p.ground, p.deep, p.ground]
    start = dice.between(250, 275)
    for ring, fill in enumerate(fills):
        r = start - ring * 42
        parts.append(f'<path d="M{center - r} 560V{330}a{r} {r} 0 0 1 {2 * r} 0V560z" fill="{fill}"/>')
    return [*parts, _circle(center, 330, 16, p.bright)]


def _wedge(p: Palette, dice: Dice) -> list[str]:
    flip = dice.roll(2)
    tilt = dice.between(-40, 40)
    points: list[tuple[float, float]] = [(0, 60 + tilt), (0, 500 + tilt), (430, 300 + tilt / 2)]
    parts = [
        _circle(385, 285, 190, p.deep),
        _shape(points, p.bright),
        _shape([(60, 560), (600, 420), (600, 446), (160, 560)], p.ink),
        _shape([(0, 0), (26, 0), (600, 150), (600, 176)], p.deep),
    ]
    return [f'<g transform="translate(600 0) scale(-1 1)">{"".join(parts)}</g>'] if flip else parts


def _dots(p: Palette, dice: Dice) -> list[str]:
    fx, fy = dice.between(120, 480), dice.between(140, 420)
    chosen = (dice.roll(8), dice.roll(7))
    parts = []
    for column in range(8):
        for row in range(7):
            x, y = 55 + column * 70, 70 + row * 70
            r = 6 + 24 * math.exp(-((x - fx) ** 2 + (y - fy) ** 2) / 42000)
            parts.append(_circle(x, y, r, p.bright if (column, row) == chosen or r > 24 else p.deep))
    return parts


def _horizon(p: Palette, dice: Dice) -> list[str]:
    x, lift = dice.between(180, 420), dice.between(0, 60)
    parts = [_circle(x, 330 - lift, 150, p.bright)]
    parts += [_box(x - 170, 285 - lift + step * 34, 340, 5 + step * 3, p.ground) for step in range(5)]
    ridge = [(0, 430), (110, 380), (230, 440), (340, 395), (470, 450), (600, 390)]
    parts.append(_shape([(0.0, 560.0), *[(float(a), float(b)) for a, b in ridge], (600.0, 560.0)], p.deep))
    return parts


def _door(p: Palette, dice: Dice) -> list[str]:
    lean = dice.between(-60, 60)
    left, right, top = 215 + lean, 385 + lean, 130
    return [
        _box(0, 0, 600, 560, p.deep),
        _shape([(left, top), (right, top - 26), (right, 430), (left, 430)], p.bright),
        _shape([(left, 430), (right, 430), (right + 190, 560), (left - 60, 560)], p.bright),
        _shape([(left, top), (left + 62, top + 26), (left + 62, 462), (left, 430)], p.ground),
        _box((left + right) / 2 + 20, 262, 22, 168, p.ground),
        _circle((left + right) / 2 + 31, 244, 20, p.ground),
    ]


def _waves(p: Palette, dice: Dice) -> list[str]:
    phase, parts = dice.roll(100) / 16, []
    for band in range(7):
        y = 110 + band * 68
        top = [(step * 30, y + 24 * math.sin(phase + step / 3.1 + band * 0.7)) for step in range(21)]
        bottom = [(x, value + 12 + band * 5) for x, value in reversed(top)]
        parts.append(_shape([*top, *bottom], p.bright if band % 3 == 1 else p.deep))
    return parts


def _beam(p: Palette, dice: Dice) -> list[str]:
    y, flip = dice.between(90, 200), dice.roll(2)
    parts = [
        _shape([(70, y), (600, 120), (600, 540)], p.deep),
        _shape([(70, y), (600, 215), (600, 445)], p.bright),
        _circle(70, y, 46, p.ink),
        _circle(70, y, 20, p.ground),
        _box(452, 286, 20, 118, p.ground),
        _circle(462, 268, 19, p.ground),
    ]
    return [f'<g transform="translate(600 0) scale(-1 1)">{"".join(parts)}</g>'] if flip else parts


def _stairs(p: Palette, dice: Dice) -> list[str]:
    flip, parts = dice.roll(2), []
    for step in range(9):
        x, y = step * 68, 506 - step * 52
        parts.append(_shape([(x, y), (x + 70, y - 14), (x + 70, 560), (x, 560)], p.deep))
        parts.append(_shape([(x, y), (x + 70, y - 14), (x + 70, y + 2), (x, y + 16)], p.bright))
    parts.append(_circle(150, 150, 74, p.bright))
    return [f'<g transform="translate(600 0) scale(-1 1)">{"".join(parts)}</g>'] if flip else parts


def _eye(p: Palette, dice: Dice) -> list[str]:
    look, lid = dice.between(-60, 60), dice.between(150, 190)
    lens = f"M40 290Q300 {290 - 2 * lid} 560 290Q300 {290 + 2 * lid} 40 290z"
    return [
        f'<path d="{lens}" fill="{p.deep}"/>',
        _circle(300 + look, 290, 118, p.bright),
        _circle(300 + look, 290, 58, p.ground),
        _circle(324 + look, 262, 16, p.ink),
    ]


def _windows(p: Palette, dice: Dice) -> list[str]:
    heights = [dice.between(5, 11) for _ in range(5)]
    parts = []
    for house, floors in enumerate(heights):
        left, top = 12 + house * 116, 560 - floors * 46
        parts.append(_box(left, top, 110, 560 - top, p.deep))
        for floor in range(floors):
            for column in range(3):
                lit = dice.roll(5) == 0
                fill = p.bright if lit else p.ground
                parts.append(_box(left + 12 + column * 31, top + 14 + floor * 46, 22, 26, fill))
    return parts


def _tracks(p: Palette, dice: Dice) -> list[str]:
    x = dice.between(230, 370)
    parts = [_circle(x, 168, 118, p.bright), _box(0, 196, 600, 364, p.ground)]
    for sleeper in range(9):
        depth = (sleeper + 1) ** 2 / 81
        y, half = 200 + 360 * depth, 14 + 300 * depth
        parts.append(_box(x - half, y - 10 * depth - 3, 2 * half, 4 + 18 * depth, p.deep))
    for side in (-1, 1):
        rail = [(x + side * 8, 198), (x + side * 214, 560), (x + side * 246, 560), (x + side * 12, 198)]
        parts.append(_shape([(float(a), float(b)) for a, b in rail], p.ink))
    return parts


def _curtain(p: Palette, dice: Dice) -> list[str]:
    gap = dice.between(90, 150)
    parts = [_circle(300, 330, 150 + gap * 0.3, p.bright)]
    for side in (0, 1):
        for fold in range(4):
            reach = 300 - gap - fold * 52
            edge = f"M0 0H{reach + 60}Q{reach - 20} 300 {reach - 60} 560H0z"
            fill = p.deep if fold % 2 == 0 else p.ground
            flip = ' transform="translate(600 0) scale(-1 1)"' if side else ""
            parts.append(f'<path d="{edge}" fill="{fill}"{flip}/>')
    return parts


def _frames(p: Palette, dice: Dice) -> list[str]:
    lit, tilt = dice.roll(4), dice.between(-9, 9)
    parts = [_box(170, -60, 260, 700, p.deep)]
    for number in range(5):
        y = -40 + number * 138
        parts.append(_box(208, y, 184, 112, p.bright if number == lit + 1 else p.ground))
        parts += [_box(x, y + 8 + hole * 34, 14, 20, p.ground) for x in (182, 404) for hole in range(4)]
    return [f'<g transform="rotate({tilt} 300 280)">{"".join(parts)}</g>']


_Design = Callable[[Palette, Dice], list[str]]

_PALETTES: dict[str, tuple[Palette, ...]] = {
    "horror": (
        Palette("#17161b", "#f3e8d5", "#cf4a32", "#4a2527"),
        Palette("#141d1a", "#eef0e2", "#b9c46a", "#35493a"),
    ),
    "science-fiction": (
        Palette("#0f2430", "#eef2ea", "#e0aa45", "#2d6474"),
        Palette("#d9dfd6", "#10222b", "#c6532f", "#8fa39b"),
    ),
    "comedy": (
        Palette("#e7b54e", "#1c1712", "#b23d28", "#f5e6c2"),
        Palette("#efe3cb", "#1f1a17", "#d3592f", "#d9c49a"),
        Palette("#9fc1b4", "#13201e", "#b8412c", "#e8e4cc"),
    ),
    "romance": (
        Palette("#5d2431", "#f9ebdf", "#e3aa93", "#8c4254"),
        Palette("#f0d9cb", "#2b1319", "#a8384a", "#d9ab99"),
    ),
    "western": (Palette("#d69a56", "#1f140d", "#f5dca8", "#7b3f1f"),),
    "war": (
        Palette("#33352b", "#f2ecdc", "#c2ad68", "#5c5f4b"),
        Palette("#1f2226", "#efece4", "#c8553a", "#4b5057"),
    ),
    "crime": (
        Palette("#15171a", "#ece8dd", "#cdbb90", "#3b4046"),
        Palette("#232019", "#f3ecd9", "#e0b23e", "#564c36"),
    ),
    "documentary": (
        Palette("#ddd6c6", "#161c20", "#2f6078", "#b3aa94"),
        Palette("#2a3a35", "#f2efe2", "#d8b25c", "#56705f"),
    ),
    "animation": (
        Palette("#17474f", "#f9f2de", "#ecb94f", "#2f7f83"),
        Palette("#f2c9a0", "#2a1a12", "#c8492e", "#e3a878"),
        Palette("#22345f", "#f4f1e4", "#f0c25c", "#4a6aa8"),
    ),
    "adventure": (
        Palette("#173c37", "#f5edd8", "#e2a144", "#3f7a63"),
        Palette("#cfd9c7", "#17231d", "#c2592c", "#8da68c"),
    ),
    "fantasy": (
        Palette("#1b2a4d", "#f3eee2", "#dcbb66", "#44598e"),
        Palette("#123436", "#eff1e3", "#e39a78", "#2f6663"),
        Palette("#e6dcc8", "#1c2233", "#44598e", "#c3b28f"),
    ),
    "history": (
        Palette("#3d2c19", "#f8efdf", "#c79a60", "#6b4f2e"),
        Palette("#d8c6a3", "#23180d", "#8c3b22", "#b39a6c"),
    ),
    "music": (Palette("#6a2219", "#faeeda", "#f2b862", "#99402f"),),
    "drama": (
        Palette("#1f2d37", "#f3ecdf", "#d2966a", "#49606f"),
        Palette("#2d2a2e", "#f3ede4", "#c9b06f", "#5b545c"),
        Palette("#d3d8d6", "#182126", "#a5482f", "#9cabab"),
    ),
}
"""Genre -> its palettes; what is quiet in one title is the ground of another."""

_DESIGNS: dict[str, tuple[_Design, ...]] = {
    "horror": (_moon, _stairs, _door, _eye),
    "science-fiction": (_dots, _beam, _moon, _eye, _tracks),
    "comedy": (_waves, _arches, _dots, _curtain, _frames),
    "romance": (_arches, _waves, _moon, _curtain),
    "western": (_horizon, _tracks, _wedge),
    "war": (_wedge, _horizon, _slats, _tracks),
    "crime": (_slats, _door, _beam, _windows, _eye),
    "documentary": (_horizon, _beam, _tracks, _frames, _windows),
    "animation": (_dots, _waves, _arches, _frames),
    "adventure": (_horizon, _wedge, _waves, _tracks, _moon),
    "fantasy": (_moon, _stairs, _curtain, _eye, _arches),
    "history": (_arches, _wedge, _door, _horizon, _curtain),
    "music": (_waves, _beam, _arches, _curtain),
    "drama": (_door, _beam, _arches, _slats, _windows, _stairs, _wedge),
}
_SAME_AS = {
    "thriller": "crime", "mystery": "crime", "film-noir": "crime", "noir": "crime",
    "family": "animation", "children": "animation", "musical": "music",
    "biography": "history", "action": "adventure", "sport": "adventure",
    "experimental": "documentary", "melodrama": "romance",
}  # fmt: skip


def _group(genres: tuple[str, ...]) -> str:
    known = (_SAME_AS.get(genre, genre) for genre in genres)
    named = [genre for genre in known if genre in _DESIGNS]
    return next((genre for genre in named if genre != "drama"), "drama")


def palette_for(genres: tuple[str, ...], dice: Dice) -> Palette:
    """Colors of the first telling genre; drama's where there is none."""
    palettes = _PALETTES[_group(genres)]
    return palettes[dice.roll(len(palettes))]


def design_for(genres: tuple[str, ...], dice: Dice) -> _Design:
    """One of the designs of the first telling genre."""
    designs = _DESIGNS[_group(genres)]
    return designs[dice.roll(len(designs))]


def palettes() -> tuple[Palette, ...]:
    """Every palette, for checks of contrast."""
    return tuple(palette for group in _PALETTES.values() for palette in group)
