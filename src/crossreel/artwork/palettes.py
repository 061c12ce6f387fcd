"""Colors by genre: four to a palette, chosen so that letters are legible wherever they stand."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Palette", "palettes", "palettes_for"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Ground, lettering and two colors for shapes, as hex.

    Contrast (WCAG 2.2): ink on ground is at least 7:1, ink on deep at least 4.5:1.
    """

    ground: str
    ink: str
    bright: str
    deep: str


_PALETTES: dict[str, tuple[Palette, ...]] = {
    "horror": (
        Palette("#15141a", "#f3e8d5", "#c8452f", "#43222a"),
        Palette("#101a18", "#eef0e2", "#b4bf68", "#2b4238"),
    ),
    "science-fiction": (
        Palette("#0d1f2b", "#eef2ea", "#e0aa45", "#24505f"),
        Palette("#171a2c", "#eceaf2", "#d9694a", "#3a4066"),
        Palette("#dadfd4", "#10222b", "#bf4f2c", "#a9bab1"),
    ),
    "comedy": (
        Palette("#e4b452", "#1c1712", "#b23d28", "#f2dfb4"),
        Palette("#efe5d0", "#1f1a17", "#cc5430", "#dfcba3"),
        Palette("#a9c6b9", "#13201e", "#b0402b", "#cfdccb"),
        Palette("#203a3c", "#f7eedd", "#e8a13e", "#35605f"),
    ),
    "romance": (
        Palette("#4d1f2c", "#f9ebdf", "#e3a48c", "#773648"),
        Palette("#efdbcd", "#2b1319", "#a33547", "#dfb9a8"),
        Palette("#1e2438", "#f6ece6", "#e08f86", "#43466b"),
    ),
    "western": (
        Palette("#dcb27c", "#1f140d", "#8e3a1c", "#c99659"),
        Palette("#3a1f14", "#f8ead2", "#e08c3c", "#6b3a22"),
    ),
    "war": (
        Palette("#2b2d26", "#f2ecdc", "#c2ad68", "#4d5042"),
        Palette("#1c1f23", "#efece4", "#c4533a", "#41464d"),
        Palette("#ddd3bf", "#1a1714", "#a63a26", "#bcae92"),
    ),
    "crime": (
        Palette("#131518", "#ece8dd", "#cdbb90", "#34383e"),
        Palette("#211e18", "#f3ecd9", "#dcae3e", "#4a412f"),
        Palette("#15202b", "#eef0ee", "#cf5a45", "#33475a"),
    ),
    "documentary": (
        Palette("#ddd6c6", "#161c20", "#2f6078", "#bfb7a2"),
        Palette("#26352f", "#f2efe2", "#d8b25c", "#4a6253"),
        Palette("#e3e0d8", "#1b1b1b", "#b5452f", "#c3beb2"),
    ),
    "animation": (
        Palette("#164048", "#f9f2de", "#ecb94f", "#27666b"),
        Palette("#f0cba5", "#2a1a12", "#c0462d", "#e2b48c"),
        Palette("#1f3059", "#f4f1e4", "#f0c25c", "#3c568c"),
        Palette("#e8e3d3", "#1d2430", "#d0643c", "#bccac3"),
    ),
    "adventure": (
        Palette("#163833", "#f5edd8", "#e2a144", "#32604f"),
        Palette("#cfd9c7", "#17231d", "#b9532a", "#a5bba1"),
        Palette("#12293a", "#f2efe4", "#e0b05a", "#2c566c"),
    ),
    "fantasy": (
        Palette("#1a2747", "#f3eee2", "#dcbb66", "#3a4b7a"),
        Palette("#113032", "#eff1e3", "#e39a78", "#29595a"),
        Palette("#e6dcc8", "#1c2233", "#41558a", "#cabb9d"),
        Palette("#2b1d3a", "#f4ecf0", "#e2a86a", "#533a66"),
    ),
    "history": (
        Palette("#38291a", "#f8efdf", "#c79a60", "#604830"),
        Palette("#d8c6a3", "#23180d", "#8c3b22", "#c2ab80"),
        Palette("#22302b", "#f4eddc", "#c9a24e", "#425a4c"),
    ),
    "music": (
        Palette("#5c1e18", "#faeeda", "#f2b862", "#833528"),
        Palette("#1d1b2b", "#f5eee2", "#e0a64c", "#443c63"),
    ),
    "experimental": (
        Palette("#141414", "#f1eee6", "#d8482f", "#3a3a3a"),
        Palette("#e9e6de", "#151515", "#1f1f1f", "#c5c0b4"),
        Palette("#e2d9c3", "#17181b", "#c43d26", "#b9b09a"),
    ),
    "drama": (
        Palette("#1c2932", "#f3ecdf", "#d2966a", "#3d5361"),
        Palette("#2a272b", "#f3ede4", "#c9b06f", "#504a52"),
        Palette("#d3d8d6", "#182126", "#a0442d", "#b3bfbf"),
        Palette("#e5dccb", "#201a16", "#8f4a2c", "#cdbfa4"),
        Palette("#182b2a", "#f0eee0", "#cf8f55", "#365552"),
    ),
}
"""Genre -> its palettes; what is quiet in one title is the ground of another."""


def palettes_for(genre: str) -> tuple[Palette, ...]:
    """The palettes of a genre group; drama's where it has none."""
    return _PALETTES.get(genre, _PALETTES["drama"])


def palettes() -> tuple[Palette, ...]:
    """Every palette, for checks of contrast."""
    return tuple(palette for group in _PALETTES.values() for palette in group)
