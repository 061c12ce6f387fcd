"""Where the picture and the letters stand on a sheet.

``low`` and ``high`` set the name under or over the picture, ``card`` frames the picture like the
title card of a silent film, and ``column`` sets Chinese and Japanese from top to bottom. Wide
sheets set the name ``beside`` the picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crossreel.artwork.blocks import (
    Setting,
    draw_settings,
    height_of,
    leading_of,
    script_of,
    set_row,
    set_text,
)
from crossreel.artwork.fitting import Box
from crossreel.artwork.fonts import Style, sans, serif
from crossreel.artwork.lettering import path_of, shape
from crossreel.artwork.palettes import Palette
from crossreel.artwork.subjects import genre_group
from crossreel.artwork.wording import Wording
from crossreel.catalog.title import Title

__all__ = ["LAYOUTS", "Layout", "Sheet", "choose_layout", "suits_capitals"]

Room = tuple[float, float, float, float]
Picture = Callable[[float, float, Room], str]

_SMALL_SCRIPTS = {"Arab": 1.4, "Hebr": 1.2, "Deva": 1.1, "Thai": 1.15}
"""Scripts whose letters look small for their em: how much larger they are set."""
_CAPITAL_GENRES = {"war", "experimental", "crime", "film-noir", "science-fiction", "western"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be laid out."""

    width: int
    height: int
    wording: Wording
    palette: Palette
    year: int | None
    capitals: bool

    @property
    def unit(self) -> float:
        """1 on the 2:3 sheet; sizes of small text scale with it."""
        return self.width / 600 if self.height > self.width else self.height / 680

    @property
    def margin(self) -> float:
        """Clear space at the edges."""
        return round(44 * self.unit)


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet laid out; ``compose`` puts the picture under its letters."""

    compose: Callable[[Picture], str]


def suits_capitals(title: Title, wording: Wording, chance: int) -> bool:
    """Whether the name is set in narrow capitals, as on posters from the 1920s on (chance: 0 to 11)."""
    soviet = wording.language in {"ru", "uk"} and (title.year or 0) < 1936
    telling = soviet or genre_group(title) in _CAPITAL_GENRES
    return telling and wording.can_be_capitals and (title.year or 0) > 1915 and chance < 9


def choose_layout(sheet: Sheet, chance: int) -> str:
    """The layout for a title: by shape, script, era and genre, else by chance (0 to 11)."""
    if sheet.width > sheet.height:
        return "beside"
    if sheet.width == sheet.height:
        return "low"
    wording = sheet.wording
    if _is_column(wording) and chance < 8:
        return "column"
    if sheet.capitals:
        return "low"
    if (sheet.year or 2000) < 1930 and chance < 5:
        return "card"
    return "high" if chance % 4 == 3 else "low"


def _is_column(wording: Wording) -> bool:
    """Whether a name can stand from top to bottom: Chinese or Japanese, in at most two columns."""
    han = all("\u3041" <= c <= "\u9fff" for c in wording.name if not c.isspace())
    columns = wording.name.split()
    return bool(columns) and han and len(columns) <= 2 and max(map(len, columns)) <= 9


def _name(sheet: Sheet, width: float, height: float, largest: float) -> Setting:
    """The name, in the width of letters that lets it be largest."""
    wording, capitals = sheet.wording, sheet.capitals
    text = wording.name.upper() if capitals else wording.name
    largest *= 2 if capitals else _SMALL_SCRIPTS.get(script_of(text), 1.0)
    leading = 0.98 if capitals else leading_of(text)
    box = Box(width, height, largest, 26 * sheet.unit, leading)
    best: Setting | None = None
    for stretch in (62.5,) if capitals else (100, 84, 70):
        style: Style = (
            sans(wording.language, 800, stretch) if capitals else serif(wording.language, 640, stretch)
        )
        tried = set_text(text, style, box, wording.language)
        if best is None or tried.size > best.size * 1.18:
            best = tried
        if best.size > 0.7 * largest:
            break
    assert best is not None
    return best


def _below_name(sheet: Sheet, width: float) -> list[Setting]:
    """The reader's name and the facts."""
    wording, unit = sheet.wording, sheet.unit
    settings = []
    if wording.second:
        box = Box(width, 80 * unit, 27 * unit, 17 * unit, max(1.24, leading_of(wording.second)), 2)
        style = sans(wording.second_language, 500)
        settings.append(set_text(wording.second, style, box, wording.second_language, 16 * unit))
    # Capitals may hang below their line (J, Щ), and nothing stands between them and the facts.
    before = 30 if sheet.capitals and not wording.second else 14
    settings.append(set_row(wording.facts, sans("und", 460), width, 19.5 * unit, before * unit))
    return settings


def _side(sheet: Sheet, text: Setting) -> str:
    return "right" if text.right_to_left else "left"


def _low(sheet: Sheet) -> Layout:
    margin, width = sheet.margin, sheet.width - 2 * sheet.margin
    share = 0.34 if sheet.capitals else 0.3
    name = _name(sheet, width, sheet.height * share, 104 * sheet.unit)
    block = [name, *_below_name(sheet, width)]
    top = sheet.height - margin * 0.8 - height_of(block)
    letters = draw_settings(block, margin, sheet.width - margin, top, sheet.palette.ink, _side(sheet, name))
    room = (0.0, 0.0, float(sheet.width), top - margin * 0.35)
    return Layout(lambda picture: picture(sheet.width, sheet.height, room) + letters)


def _high(sheet: Sheet) -> Layout:
    margin, width = sheet.margin, sheet.width - 2 * sheet.margin
    name = _name(sheet, width, sheet.height * 0.28, 104 * sheet.unit)
    block = [name, *_below_name(sheet, width)]
    letters = draw_settings(
        block, margin, sheet.width - margin, margin, sheet.palette.ink, _side(sheet, name)
    )
    room = (0.0, margin + height_of(block) + margin * 0.6, float(sheet.width), float(sheet.height))
    return Layout(lambda picture: picture(sheet.width, sheet.height, room) + letters)


def _card(sheet: Sheet) -> Layout:
    margin, ink = sheet.margin, sheet.palette.ink
    width = sheet.width - 2 * margin
    name = _name(sheet, width, sheet.height * 0.24, 82 * sheet.unit)
    block = [name, *_below_name(sheet, width)]
    top = sheet.height - margin * 0.9 - height_of(block)
    letters = draw_settings(block, margin, sheet.width - margin, top, ink, "center")
    tall = top - margin * 1.5

    def compose(picture: Picture) -> str:
        inside = picture(width, tall, (0.0, 0.0, width, tall))
        frame = (
            f'<path d="M{margin} {margin}h{width:.0f}v{tall:.0f}h{-width:.0f}z" fill="none" stroke="{ink}" '
            f'stroke-width="{2 * sheet.unit:.1f}"/>'
        )
        return (
            f'<svg x="{margin}" y="{margin}" width="{width:.0f}" height="{tall:.0f}" overflow="hidden">'
            f"{inside}</svg>{frame}{letters}"
        )

    return Layout(compose)


def _column(sheet: Sheet) -> Layout:
    margin, wording = sheet.margin, sheet.wording
    style = serif(wording.language, 680, vertical=True)
    columns = [shape(text, style, wording.language) for text in wording.name.split()]
    longest = max(column.length for column in columns)
    below = _below_name(sheet, sheet.width - 2 * margin)
    foot = sheet.height - margin * 0.8 - height_of(below)
    size = min(118.0 if len(columns) == 1 else 84.0, (foot - 1.6 * margin) / max(longest, 0.1))
    paths = []
    for number, column in enumerate(columns):
        x = sheet.width - margin - size * (0.5 + 1.22 * number)
        paths.append(path_of(column, x, margin + number * size * 0.6, size))
    drawn = "".join(f'<path d="{path}"/>' for path in paths)
    ink = sheet.palette.ink
    letters = f'<g fill="{ink}" transform="scale(.1)">{drawn}</g>'
    letters += draw_settings(below, margin, sheet.width - margin, foot, ink, "left")
    edge = sheet.width - margin - size * (1 + 1.22 * (len(columns) - 1)) - margin * 0.4
    room = (0.0, sheet.height * 0.12, edge, foot - margin * 0.4)
    return Layout(lambda picture: picture(sheet.width, sheet.height, room) + letters)


def _beside(sheet: Sheet) -> Layout:
    margin = sheet.margin * 1.25
    width = sheet.width * 0.41
    name = _name(sheet, width, sheet.height * 0.5, (76 if sheet.capitals else 104) * sheet.unit)
    block = [name, *_below_name(sheet, width)]
    top = sheet.height - margin - height_of(block)
    at_right = name.right_to_left
    left = sheet.width - margin - width if at_right else margin
    letters = draw_settings(block, left, left + width, top, sheet.palette.ink, _side(sheet, name))
    clear = margin + width + margin * 0.5
    low = float(sheet.height)
    room = (0.0, 0.0, sheet.width - clear, low) if at_right else (clear, 0.0, float(sheet.width), low)
    return Layout(lambda picture: picture(sheet.width, sheet.height, room) + letters)


LAYOUTS: dict[str, Callable[[Sheet], Layout]] = {
    "low": _low,
    "high": _high,
    "card": _card,
    "column": _column,
    "beside": _beside,
}
