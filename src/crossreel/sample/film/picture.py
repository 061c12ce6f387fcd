"""The frames: a countdown leader, a title card, orbits, waves, a city at night, a last card."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from crossreel.sample.film.drawing import HEIGHT, WIDTH, Picture, letters

__all__ = ["FRAMES", "FRAME_RATE", "draw_frame"]

FRAME_RATE = 24
FRAMES = 24 * FRAME_RATE

_NIGHT, _INK, _AMBER, _DEEP, _DIM, _RED = "#15171a", "#f3ecdf", "#e0aa45", "#24505f", "#2c3036", "#c8452f"
_MIDDLE = (WIDTH / 2, HEIGHT / 2)
_COLUMNS = np.arange(WIDTH, dtype=np.float32) + 0.5


def draw_frame(number: int) -> NDArray[np.uint8]:
    """Frame ``number`` (0 to FRAMES - 1) as RGB, 360 x 640 x 3."""
    at = number / FRAME_RATE
    for end, scene, start in _SCENES:
        if at < end:
            picture = scene(at - start)
            fade = min(1.0, (at - start) / 0.4, (end - at) / 0.4) if start >= 5 else 1.0
            if fade < 1:
                picture.paint(np.ones((HEIGHT, WIDTH), dtype=np.float32), "#000000", 1 - max(fade, 0.0))
            return picture.to_array()
    raise ValueError(f"the film has {FRAMES} frames")


def _countdown(at: float) -> Picture:
    x, y = _MIDDLE
    picture = Picture("#d9d2c3")
    picture.sweep(x, y, 400, at % 1, "#bdb5a4")
    picture.block(0, y - 1, WIDTH, 2, _NIGHT)
    picture.block(x - 1, 0, 2, HEIGHT, _NIGHT)
    picture.ring(x, y, 150, 4, _NIGHT)
    picture.ring(x, y, 132, 4, _NIGHT)
    picture.paint(letters(str(5 - int(at)), 190, x, y + 68, 800), _NIGHT)
    return picture


def _title(at: float) -> Picture:
    x, y = _MIDDLE
    picture = Picture(_NIGHT)
    reach = min(1.0, at / 1.2)
    picture.block(x - 150 * reach, y + 28, 300 * reach, 2, _AMBER)
    picture.paint(letters("Crossreel", 74, x, y + 4, 700), _INK)
    picture.paint(letters("sample film", 30, x, y + 70, 400), _INK)
    return picture


def _orbits(at: float) -> Picture:
    x, y = _MIDDLE
    picture = Picture("#0d1f2b")
    for ring in range(1, 5):
        picture.ring(x, y, 40 + ring * 34, 1.5, _DEEP)
    picture.disc(x, y, 44, _AMBER)
    picture.disc(x + 18 * math.cos(at), y - 12, 40, "#0d1f2b", 0.18)
    for ring, (size, color) in enumerate(((7, _INK), (11, _RED), (6, _INK), (15, _AMBER)), start=1):
        angle = at * (2.4 / ring) + ring * 1.9
        r = 40 + ring * 34
        picture.disc(x + r * math.cos(angle), y + r * math.sin(angle), size, color)
    return picture


def _waves(at: float) -> Picture:
    picture = Picture("#4d1f2c")
    for line in range(8):
        phase = at * (0.9 + line * 0.07) + line * 0.8
        edge = 34 + line * 42 + 15 * np.sin(phase + _COLUMNS / 74) + 6 * np.sin(phase * 1.7 + _COLUMNS / 31)
        thick = 9 + 5 * math.sin(at * 1.3 + line)
        picture.above(edge.astype(np.float32), thick, "#e3a48c" if line % 3 == 1 else "#773648")
    return picture


def _city(at: float) -> Picture:
    picture = Picture("#1e2438")
    picture.disc(470 - at * 16, 120 + at * 5, 58, _AMBER)
    for house in range(9):
        floors = 4 + (house * 5) % 6
        left, top = house * 74 - 14 - at * 5, HEIGHT - floors * 32 - 10
        picture.block(left, top, 66, HEIGHT - top, "#43466b")
        for floor in range(floors):
            for column in range(3):
                chance = (house * 31 + floor * 17 + column * 7) % 23
                lit = chance < 2 + at * 2.2
                picture.block(
                    left + 9 + column * 18, top + 10 + floor * 32, 12, 17, _AMBER if lit else "#1e2438"
                )
    return picture


def _last(at: float) -> Picture:
    x, y = _MIDDLE
    picture = Picture(_NIGHT)
    picture.disc(x, y - 34, 30 * min(1.0, at / 0.8), _AMBER)
    picture.paint(letters("Made by a program", 28, x, y + 44, 500), _INK)
    picture.paint(letters("CC0 1.0", 22, x, y + 82, 400), "#b9b2a4")
    return picture


_SCENES = (
    # until second, scene, from second
    (5.0, _countdown, 0.0),
    (8.0, _title, 5.0),
    (12.5, _orbits, 8.0),
    (17.0, _waves, 12.5),
    (21.0, _city, 17.0),
    (24.0, _last, 21.0),
)
