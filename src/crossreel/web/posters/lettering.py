"""Text as outlines: shaped by HarfBuzz, drawn from the site's own fonts.

A picture that a page loads cannot use the page's fonts, and a reader's machine may lack the
script; so posters carry outlines. Where the fonts were not built into the package, or none has a
character, ``Lettering.measure`` and ``Lettering.draw`` return None and the painter writes plain
SVG text in the system's fonts instead.
"""

from __future__ import annotations

import io
import json
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import uharfbuzz as hb  # type: ignore[import-untyped]  # ships no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

from crossreel.web.clusters import clusters

__all__ = ["DISPLAY", "TEXT", "Lettering", "lettering"]

DISPLAY = ("Noto Serif Display",)
TEXT = ("Noto Sans",)
_OTHERS = (
    "Noto Serif Devanagari",
    "Noto Serif Bengali",
    "Noto Naskh Arabic",
    "Noto Serif Hebrew",
    "Noto Serif Thai",
    "Noto Serif Georgian",
    "Noto Serif Armenian",
)
_JOINERS = "\u200c\u200d"
_HAN = {"ja": "Noto Serif JP", "zh": "Noto Serif SC", "ko": "Noto Serif KR"}


@dataclass(frozen=True, slots=True)
class _Subset:
    """One font file and the code points that are taken from it, as sorted closed spans."""

    file: str
    spans: tuple[tuple[int, int], ...]

    def has(self, codepoint: int) -> bool:
        place = bisect_right(self.spans, (codepoint, 0x110000)) - 1
        return place >= 0 and self.spans[place][0] <= codepoint <= self.spans[place][1]


def _vendor() -> Traversable:
    return files("crossreel.web").joinpath("static", "vendor")


@cache
def _subsets() -> dict[str, tuple[_Subset, ...]]:
    """The files of each family; none where the fonts are not built."""
    index = _vendor().joinpath("fonts.json")
    found: dict[str, tuple[_Subset, ...]] = {}
    if index.is_file():
        for entry in json.loads(index.read_text(encoding="utf-8")):
            subset = _Subset(entry["file"], _spans(entry["ranges"]))
            found[entry["family"]] = (*found.get(entry["family"], ()), subset)
    return found


@cache
def _by_file() -> dict[str, _Subset]:
    return {subset.file: subset for subsets in _subsets().values() for subset in subsets}


def _spans(ranges: str) -> tuple[tuple[int, int], ...]:
    """Reads a CSS ``unicode-range``: ``U+0-FF,U+131``."""
    spans = []
    for part in ranges.split(","):
        low, _, high = part.strip()[2:].partition("-")
        spans.append((int(low, 16), int(high or low, 16)))
    return tuple(sorted(spans))


@lru_cache(maxsize=64)
def _face(file: str) -> hb.Face:
    """The face of one woff2 subset, unpacked."""
    font = TTFont(io.BytesIO(_vendor().joinpath("fonts", file).read_bytes()))
    font.flavor = None
    unpacked = io.BytesIO()
    font.save(unpacked)
    return hb.Face(unpacked.getvalue())


@lru_cache(maxsize=256)
def _font(file: str, weight: int) -> hb.Font:
    font = hb.Font(_face(file))
    font.set_variations({"wght": weight})
    return font


class _Outline:
    """Collects one glyph as SVG path data, y downward, in font units (1000 an em)."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def moveTo(self, to: tuple[float, float]) -> None:
        self.parts.append(f"M{to[0]:.0f} {-to[1]:.0f}")

    def lineTo(self, to: tuple[float, float]) -> None:
        self.parts.append(f"L{to[0]:.0f} {-to[1]:.0f}")

    def qCurveTo(self, *points: tuple[float, float]) -> None:
        self.parts.append("Q" + " ".join(f"{x:.0f} {-y:.0f}" for x, y in points))

    def curveTo(self, *points: tuple[float, float]) -> None:
        self.parts.append("C" + " ".join(f"{x:.0f} {-y:.0f}" for x, y in points))

    def closePath(self) -> None:
        self.parts.append("Z")

    def endPath(self) -> None:
        """HarfBuzz ends every contour by closing it."""


@lru_cache(maxsize=8192)
def _glyph(file: str, weight: int, glyph: int) -> str:
    outline = _Outline()
    _font(file, weight).draw_glyph_with_pen(glyph, outline)
    return "".join(outline.parts)


@dataclass(frozen=True, slots=True)
class _Glyph:
    file: str
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Lettering:
    """Sets lines of text in one style.

    Attributes:
        families: font families in order of preference.
        weight: 100 to 900.
    """

    families: tuple[str, ...]
    weight: int

    def measure(self, text: str) -> float | None:
        """The width of ``text`` in ems, or None where it cannot be drawn."""
        shaped = self._shape(text)
        return None if shaped is None else shaped[1] / 1000

    def draw(self, text: str) -> list[tuple[str, float, float]] | None:
        """Its outlines: (path data, x, y) per glyph in thousandths of an em from the baseline."""
        shaped = self._shape(text)
        if shaped is None:
            return None
        drawn = [(_glyph(g.file, self.weight, g.number), g.x, g.y) for g in shaped[0]]
        return [(path, x, y) for path, x, y in drawn if path]

    def _shape(self, text: str) -> tuple[tuple[_Glyph, ...], float] | None:
        return _shaped(text, self.families, self.weight)

    def runs(self, text: str) -> list[tuple[str, str]] | None:
        """``text`` cut into (file, piece) by which font has the characters; None if none has one."""
        runs: list[tuple[str, str]] = []
        for cluster in clusters(text):
            last = runs[-1][0] if runs else ""
            file = last if last and (cluster.isspace() or _has(last, cluster)) else self._file(cluster)
            if file is None:
                return None
            if file == last:
                runs[-1] = (file, runs[-1][1] + cluster)
            else:
                runs.append((file, cluster))
        return runs

    def _file(self, cluster: str) -> str | None:
        """The first file, families in order of preference, that has all of a visible character."""
        for family in self.families:
            for subset in _subsets().get(family, ()):
                if _has(subset.file, cluster):
                    return subset.file
        return None


@lru_cache(maxsize=16384)
def _has(file: str, cluster: str) -> bool:
    return all(_by_file()[file].has(ord(character)) for character in cluster if character not in _JOINERS)


@lru_cache(maxsize=4096)
def _shaped(text: str, families: tuple[str, ...], weight: int) -> tuple[tuple[_Glyph, ...], float] | None:
    runs = Lettering(families, weight).runs(text)
    if not runs:
        return None
    if _is_right_to_left(text):
        runs.reverse()
    glyphs: list[_Glyph] = []
    pen = 0.0
    for file, piece in runs:
        buffer = hb.Buffer()
        buffer.add_str(piece)
        buffer.guess_segment_properties()
        font = _font(file, weight)
        hb.shape(font, buffer)
        if any(info.codepoint == 0 for info in buffer.glyph_infos):
            return None
        unit = 1000 / _face(file).upem
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            x, y = pen + position.x_offset * unit, -position.y_offset * unit
            glyphs.append(_Glyph(file, info.codepoint, x, y))
            pen += position.x_advance * unit
    return tuple(glyphs), pen


def _is_right_to_left(text: str) -> bool:
    """Whether the first strong character runs from right to left (UAX #9, rule P2)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def lettering(style: tuple[str, ...], weight: int, language: str) -> Lettering:
    """The lettering for text in ``language``: its own Han forms come before other countries'."""
    han = [_HAN[language]] if language in _HAN else []
    others = [family for family in _HAN.values() if family not in han]
    return Lettering((*style, *_OTHERS, *han, *others), weight)
