"""Draws a title's poster as SVG, 600 x 900: its name in its own script over a genre's picture."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from crossreel.catalog.title import CreditRole, Title
from crossreel.web.posters.designs import FIELD, Dice, Palette, design_for, palette_for
from crossreel.web.posters.lettering import DISPLAY, TEXT, Lettering, lettering
from crossreel.web.posters.wrapping import fit

__all__ = ["PAINTER_VERSION", "paint", "poster_tag"]

PAINTER_VERSION = "2"
"""Changes when the same title would be drawn differently, so that stored copies are not used."""

_WIDTH, _HEIGHT, _MARGIN = 600, 900, 48
_NAME_BOX = 252
_LEADING = 1.14


def poster_tag(title: Title) -> str:
    """A short name for what the poster shows; it changes exactly when the picture does."""
    shown = (PAINTER_VERSION, str(title.id), title.name, title.genres, title.year, _caption(title))
    language = title.original_languages[0].tag if title.original_languages else ""
    return hashlib.sha256(repr((shown, language)).encode()).hexdigest()[:16]


def paint(title: Title) -> str:
    """The poster of ``title`` as an SVG document, 600 x 900."""
    dice = Dice(str(title.id))
    palette = palette_for(title.genres, dice)
    design = design_for(title.genres, dice)
    name_first = dice.roll(3) == 0
    language = title.original_languages[0].primary if title.original_languages else ""
    picture_y = _HEIGHT - FIELD[1] if name_first else 0
    name_y = _MARGIN + 44 if name_first else FIELD[1] + 26
    caption_y = _MARGIN + 14 if name_first else _HEIGHT - _MARGIN + 6
    name = _set_name(title.name, _Hand(lettering(DISPLAY, 620, language), palette), name_y)
    caption = _set_row(_caption(title), _Hand(lettering(TEXT, 500, language), palette), caption_y)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}"><title>{escape(_clean(title.name))}</title>'
        f'<path d="M0 0h{_WIDTH}v{_HEIGHT}H0z" fill="{palette.ground}"/>'
        f'<svg y="{picture_y}" width="{FIELD[0]}" height="{FIELD[1]}" overflow="hidden">'
        f"{''.join(design(palette, dice))}</svg>"
        f"{name}{caption}</svg>"
    )


def _caption(title: Title) -> list[str]:
    """Year and directors, as far as known."""
    directors = [credit.name for credit in title.credits if credit.role is CreditRole.DIRECTOR]
    year = [str(title.year)] if title.year else []
    return [_clean(part) for part in (*year, *directors[:2])]


@dataclass(frozen=True, slots=True)
class _Hand:
    """Letters in one style and color: as outlines, or as plain text where there is no font."""

    letters: Lettering
    palette: Palette

    def width(self, text: str) -> float:
        measured = self.letters.measure(text)
        if measured is not None:
            return measured
        return sum(1.0 if ord(character) > 0x2E80 else 0.6 for character in text)

    def write(self, text: str, x: float, y: float, size: float) -> str:
        drawn = self.letters.draw(text)
        if drawn is None:
            family = "Noto Serif Display, Noto Serif, Georgia, serif"
            return (
                f'<text x="{x:.0f}" y="{y:.0f}" font-family="{family}" font-size="{size:.1f}" '
                f'fill="{self.palette.ink}">{escape(text)}</text>'
            )
        scale = size / 1000
        glyphs = "".join(
            f'<path transform="translate({gx:.0f} {gy:.0f})" d="{path}"/>' for path, gx, gy in drawn
        )
        return (
            f'<g fill="{self.palette.ink}" transform="translate({x:.1f} {y:.1f}) scale({scale:.4f})">'
            f"{glyphs}</g>"
        )


def _clean(text: str) -> str:
    """``text`` on one line, without characters that XML 1.0 (section 2.2) forbids."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def _set_name(name: str, hand: _Hand, top: float) -> str:
    width_of: Callable[[str], float] = hand.width
    lines = fit(
        _clean(name),
        width_of,
        width=_WIDTH - 2 * _MARGIN,
        height=_NAME_BOX - 30,
        leading=_LEADING,
        largest=112,
        smallest=34,
    )
    step = lines.size * _LEADING
    first = top + lines.size * 0.92
    return "".join(
        hand.write(line, _start(line, hand, lines.size), first + place * step, lines.size)
        for place, line in enumerate(lines.lines)
    )


def _start(line: str, hand: _Hand, size: float) -> float:
    """Where a line begins: at the left margin, or ending at the right one for Arabic and Hebrew."""
    if any("\u0590" <= character <= "\u08ff" for character in line):
        return _WIDTH - _MARGIN - hand.width(line) * size
    return _MARGIN


def _set_row(parts: list[str], hand: _Hand, baseline: float) -> str:
    """Parts side by side with a dot between; each keeps its own direction."""
    gap = 1.1
    total = sum(map(hand.width, parts)) + gap * (len(parts) - 1)
    size = min(25.0, (_WIDTH - 2 * _MARGIN) / max(total, 0.1))
    pen, written = float(_MARGIN), []
    for place, part in enumerate(parts):
        if place:
            dot_x, dot_y = pen - gap * size / 2, baseline - size * 0.28
            written.append(f'<circle cx="{dot_x:.0f}" cy="{dot_y:.0f}" r="2.4" fill="{hand.palette.ink}"/>')
        written.append(hand.write(part, pen, baseline, size))
        pen += (hand.width(part) + gap) * size
    return "".join(written)
