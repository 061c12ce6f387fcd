"""Posters and stills, drawn: a picture for the genre and the title in its own script.

Every drawing is a complete SVG document without fonts, scripts, links or raster images. The same
title gives the same bytes.
"""

from __future__ import annotations

import hashlib
from html import escape
from typing import Literal

from crossreel.artwork.canvas import Canvas, Dice
from crossreel.artwork.fonts import fingerprint
from crossreel.artwork.layouts import LAYOUTS, Sheet, choose_layout, suits_capitals
from crossreel.artwork.phrases import clean
from crossreel.artwork.subjects import choose_design, choose_palette
from crossreel.artwork.wording import language_of, wording_of
from crossreel.catalog.title import CreditRole, Title
from crossreel.values.language import Language

__all__ = ["SHAPES", "VERSION", "Shape", "artwork_tag", "draw_picture", "draw_poster", "draw_still"]

VERSION = "5"
"""Changes when the same title would be drawn differently, so that stored copies are not used."""

Shape = Literal["2:3", "16:9", "1:1"]

SHAPES: dict[Shape, tuple[int, int]] = {"2:3": (600, 900), "16:9": (1280, 720), "1:1": (720, 720)}
"""Width and height of each shape, in units."""


def artwork_tag(title: Title, *, shape: Shape = "2:3", language: Language | None = None) -> str:
    """A short name for what ``draw_poster`` would show, without drawing; another where it differs."""
    shown = (
        VERSION,
        fingerprint(),
        str(title.id),
        title.name,
        title.genres,
        title.keywords,
        title.year,
        [credit.name for credit in title.credits if credit.role is CreditRole.DIRECTOR][:2],
        [(text.language.tag, text.name) for text in title.texts],
        title.aliases,
        language_of(title),
        shape,
        language.tag if language else "",
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def draw_poster(title: Title, *, shape: Shape = "2:3", language: Language | None = None) -> str:
    """The poster of ``title`` as an SVG document.

    Args:
        title: what it is for; its genres, keywords, year and id choose the design.
        shape: ``2:3`` (600 x 900 units), ``16:9`` (1280 x 720) or ``1:1`` (720 x 720).
        language: the reader's; the name in it stands under the original one where it differs.

    Raises:
        Missing: the fonts are not in this installation.
    """
    dice = Dice(str(title.id))
    palette, design = choose_palette(title, dice), choose_design(title, dice)
    wording = wording_of(title, language)
    capitals = suits_capitals(title, wording, dice.roll(12))
    sheet = Sheet(*SHAPES[shape], wording, palette, title.year, capitals)
    layout = LAYOUTS[choose_layout(sheet, dice.roll(12))](sheet)

    def picture(width: float, height: float, room: tuple[float, float, float, float]) -> str:
        canvas = Canvas(width, height, room, palette, Dice(f"{title.id}/picture"))
        design(canvas)
        return "".join(canvas.parts)

    return _document(title, sheet.width, sheet.height, palette.ground, layout.compose(picture))


def draw_still(title: Title, *, language: Language | None = None) -> str:
    """The picture alone, 16:9 (1280 x 720), quiet on the side where a page sets its text.

    Needs no fonts. The picture stands at the end side of ``language`` (right for None), and is
    the same picture as the poster's, never mirrored.
    """
    dice = Dice(str(title.id))
    palette, design = choose_palette(title, dice), choose_design(title, dice)
    width, height = SHAPES["16:9"]
    at_left = language is not None and language.is_right_to_left
    room = (
        (0.0, 0.0, width * 0.54, float(height))
        if at_left
        else (width * 0.46, 0.0, float(width), float(height))
    )
    canvas = Canvas(width, height, room, palette, Dice(f"{title.id}/picture"))
    design(canvas)
    return _document(title, width, height, palette.ground, "".join(canvas.parts))


def draw_picture(title: Title, *, shape: Shape = "2:3") -> str:
    """The poster's picture on its whole sheet, without letters. Needs no fonts."""
    dice = Dice(str(title.id))
    palette, design = choose_palette(title, dice), choose_design(title, dice)
    width, height = SHAPES[shape]
    canvas = Canvas(width, height, (0.0, 0.0, width, height * 0.82), palette, Dice(f"{title.id}/picture"))
    design(canvas)
    return _document(title, width, height, palette.ground, "".join(canvas.parts))


def _document(title: Title, width: float, height: float, ground: str, inside: str) -> str:
    name = escape(clean(title.name).encode("utf-8", "ignore").decode())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}"><title>{name}</title>'
        f'<path d="M0 0h{width}v{height}H0z" fill="{ground}"/>{inside}</svg>'
    )
