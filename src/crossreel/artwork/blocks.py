"""Blocks of set text: what stands in them, how tall they are, and where their lines go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossreel.artwork.direction import is_right_to_left
from crossreel.artwork.fitting import Box, fit
from crossreel.artwork.fonts import Style
from crossreel.artwork.lettering import Line, path_of, shape

__all__ = ["Setting", "draw_settings", "height_of", "leading_of", "script_of", "set_row", "set_text"]

_SCRIPTS = (
    # script, first and last character, distance of baselines in ems where marks need more than Latin's
    ("Hebr", "\u0590", "\u05ff", 1.2),
    ("Arab", "\u0600", "\u08ff", 1.42),
    ("Deva", "\u0900", "\u097f", 1.36),
    ("Indic", "\u0980", "\u0dff", 1.36),
    ("Thai", "\u0e00", "\u0eff", 1.5),
    ("Han", "\u3040", "\u9fff", 1.2),
    ("Hang", "\uac00", "\ud7af", 1.2),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Text set in lines of one size.

    Attributes:
        lines: shaped, in reading order.
        size: of an em.
        leading: distance of baselines in ems.
        before: space above, in units.
        right_to_left: whether lines start at the right.
    """

    lines: tuple[Line, ...]
    size: float
    leading: float
    before: float = 0.0
    right_to_left: bool = False

    @property
    def height(self) -> float:
        """With the space above."""
        return self.before + len(self.lines) * self.size * self.leading


def script_of(text: str) -> str:
    """The first script of ``text`` that needs more room than Latin; ``Latn`` for all others."""
    for character in text:
        for script, low, high, _ in _SCRIPTS:
            if low <= character <= high:
                return script
    return "Latn"


def leading_of(text: str) -> float:
    """The distance of baselines that the text's tallest script asks for, in ems."""
    found = (ems for _, low, high, ems in _SCRIPTS if any(low <= character <= high for character in text))
    return max(found, default=1.1)


def set_text(text: str, style: Style, box: Box, language: str, before: float = 0.0) -> Setting:
    """Sets a cleaned text as large as the box lets it."""

    def measure(piece: str) -> float:
        return shape(piece, style, language).length

    done = fit(text, measure, box, language)
    lines = tuple(shape(line, style, language) for line in done.lines if line)
    return Setting(lines, done.size, box.leading, before, is_right_to_left(text))


def set_row(parts: Sequence[str], style: Style, width: float, size: float, before: float) -> Setting:
    """One line of facts with spaced dots between, made smaller where it is too long."""
    text = "  ·  ".join(parts)
    line = shape(text, style)
    fitted = min(size, width / max(line.length, 0.1))
    return Setting((line,) if parts else (), fitted, 1.5, before, False)


def height_of(settings: Sequence[Setting]) -> float:
    """Of settings under one another."""
    return sum(setting.height for setting in settings)


def draw_settings(
    settings: Sequence[Setting], left: float, right: float, top: float, fill: str, align: str
) -> str:
    """Draws settings under one another from ``top``, as one SVG group.

    Args:
        settings: topmost first.
        left: the column's left edge.
        right: its right edge.
        top: where the first begins.
        fill: the color.
        align: ``left``, ``right`` or ``center``.
    """
    paths = []
    for setting in settings:
        top += setting.before
        for line in setting.lines:
            length = line.length * setting.size
            x = {"left": left, "right": right - length, "center": (left + right - length) / 2}[align]
            baseline = top + setting.size * (setting.leading / 2 + 0.34)
            paths.append(path_of(line, x, baseline, setting.size))
            top += setting.size * setting.leading
    drawn = "".join(f'<path d="{path}"/>' for path in paths if path)
    return f'<g fill="{fill}" transform="scale(.1)">{drawn}</g>'
