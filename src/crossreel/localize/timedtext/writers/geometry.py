"""Regions between WebVTT's numbers and TTML's boxes.

A line of a WebVTT region is 5.33 % of the picture high (W3C WebVTT, 2019-04-04, section 3.4).
"""

from __future__ import annotations

from fractions import Fraction

from crossreel.localize.timedtext.model import Placement, Region, Style, style_get

__all__ = ["LINE_HEIGHT", "box_of", "placement_box", "region_numbers"]

LINE_HEIGHT = Fraction(533, 100)
"""Percent of the picture's height."""

Pair = tuple[Fraction, Fraction]


def _percent_pair(text: str | None) -> Pair | None:
    parts = (text or "").split()
    if len(parts) != 2 or not all(part.endswith("%") for part in parts):
        return None
    try:
        first, second = (Fraction(part[:-1]) for part in parts)
    except (ValueError, ZeroDivisionError):
        return None
    return first, second


def region_numbers(region: Region) -> tuple[Fraction, int, Pair, Pair]:
    """(width, lines, anchor, viewport anchor) of a region; a TTML box in percents is converted."""
    extent = _percent_pair(style_get(region.style, "extent"))
    origin = _percent_pair(style_get(region.style, "origin"))
    if extent is None or origin is None:
        return region.width, region.lines, region.anchor, region.viewport_anchor
    down = {"before": 0, "center": 50}.get(style_get(region.style, "displayAlign") or "before", 100)
    anchor = (Fraction(0), Fraction(down))
    viewport = (_within(origin[0]), _within(origin[1] + extent[1] * down / 100))
    return _within(extent[0]), max(1, round(extent[1] / LINE_HEIGHT)), anchor, viewport


def _within(value: Fraction) -> Fraction:
    return min(max(value, Fraction(0)), Fraction(100))


def box_of(region: Region) -> Style:
    """A region's TTML style; WebVTT's numbers become a box where it has none."""
    if style_get(region.style, "extent") or region.style:
        return region.style
    height = min(region.lines * LINE_HEIGHT, Fraction(100))
    x = _within(region.viewport_anchor[0] - region.anchor[0] * region.width / 100)
    y = _within(region.viewport_anchor[1] - region.anchor[1] * height / 100)
    return _box(x, y, min(region.width, 100 - x), min(height, 100 - y), "after", "")


def _box(x: Fraction, y: Fraction, width: Fraction, height: Fraction, align: str, mode: str) -> Style:
    style = [
        ("displayAlign", align),
        ("extent", f"{float(width):.6g}% {float(height):.6g}%"),
        ("origin", f"{float(x):.6g}% {float(y):.6g}%"),
    ]
    return (*style, ("writingMode", mode)) if mode else tuple(style)


def placement_box(placement: Placement) -> Style:
    """The TTML region that stands where a WebVTT cue of this placement stands (approximately).

    A cue fills the picture from its line to the far edge; without a line it stands at the bottom.
    Line numbers count from the top (0, 1 ...) or the bottom (-1, -2 ...).
    """
    hundred = Fraction(100)
    mode = {"": "", "rl": "tbrl", "lr": "tblr"}[placement.vertical]
    width = placement.size
    position = placement.position if placement.position is not None else Fraction(50)
    left = _within(min(position - width / 2, hundred - width))
    offset, align = Fraction(0), "after"
    if placement.line is not None:
        line = placement.line
        percent = line * LINE_HEIGHT if placement.snap_to_lines else line
        if placement.snap_to_lines and line < 0:
            return _turned(left, Fraction(0), width, _within(hundred + percent + LINE_HEIGHT), "after", mode)
        offset, align = min(_within(percent), Fraction(90)), "before"
    return _turned(left, offset, width, hundred - offset, align, mode)


def _turned(
    along: Fraction, across: Fraction, length: Fraction, depth: Fraction, align: str, mode: str
) -> Style:
    """Lines of vertical text run down, so the box is turned by a quarter."""
    if mode:
        return _box(across, along, depth, length, align, mode)
    return _box(along, across, length, depth, align, mode)
