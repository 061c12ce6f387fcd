"""The site's posters: drawn by ``artwork``; in the reader's own letters where its fonts are missing."""

from __future__ import annotations

from functools import cache
from html import escape
from unicodedata import east_asian_width

import structlog

from crossreel.artwork.fonts import fonts_are_built
from crossreel.artwork.phrases import clean
from crossreel.artwork.poster import SHAPES, Shape, artwork_tag, draw_picture, draw_poster
from crossreel.catalog.title import Title
from crossreel.values.language import Language

__all__ = ["paint", "poster_tag"]


def poster_tag(title: Title, *, shape: Shape = "2:3", language: Language | None = None) -> str:
    """A short name for what the poster shows; it changes exactly when the picture does."""
    return artwork_tag(title, shape=shape, language=language)


def paint(title: Title, *, shape: Shape = "2:3", language: Language | None = None) -> str:
    """The poster of ``title`` as an SVG document.

    An installation without the poster fonts gets the picture and the name as SVG text, which the
    reader's system draws as well as it can; the log says so once.
    """
    if fonts_are_built():
        return draw_poster(title, shape=shape, language=language)
    _say_once()
    width, height = SHAPES[shape]
    name = clean(title.name)
    ems = sum(1.0 if east_asian_width(letter) in "WF" else 0.58 for letter in name)  # about
    size = min(34.0, (width - 56) / max(ems, 1))
    letters = (
        f'<path d="M0 {height - 96}h{width}v96h{-width}z" fill="#15171a"/>'
        f'<text x="28" y="{height - 38}" font-family="Noto Serif Display, Noto Serif, Georgia, serif" '
        f'font-size="{size:.1f}" fill="#f3ecdf">{escape(name)}</text>'
    )
    return draw_picture(title, shape=shape).removesuffix("</svg>") + letters + "</svg>"


@cache
def _say_once() -> None:
    structlog.get_logger().warning(
        "posters are plain", reason="the poster fonts are not installed", advice="run `make install`"
    )
