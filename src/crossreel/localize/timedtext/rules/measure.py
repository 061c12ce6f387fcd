"""How long a line is, as each language counts it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

__all__ = ["BIDI_CONTROLS", "counter", "graphemes", "shown"]

BIDI_CONTROLS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2060\ufeff\u200b"
_GONE = dict.fromkeys(map(ord, BIDI_CONTROLS))
_VIRAMAS = frozenset("\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d")
"""Linkers of UAX 29 rule GB9c (Unicode 15.1): Devanagari, Bengali, Gujarati, Oriya, Telugu, Malayalam."""

Measure = Callable[[str], float]


def shown(text: str) -> str:
    """Text without the characters that only steer direction and breaking."""
    return text if text.isascii() else text.translate(_GONE)


def _characters(text: str) -> float:
    if text.isascii():
        return len(text)
    return len(unicodedata.normalize("NFC", text.translate(_GONE)))


@lru_cache(maxsize=65536)
def _is_full(char: str, ambiguous: bool) -> bool:
    width = unicodedata.east_asian_width(char)
    return width in ("W", "F") or (ambiguous and width == "A")


def _half_width(text: str) -> float:
    """Full-width 1, half-width 1/2 (UAX 11; ambiguous ones are full-width in these fonts)."""
    if text.isascii():
        return len(text) / 2
    normal = unicodedata.normalize("NFC", text.translate(_GONE))
    return sum(1.0 if _is_full(char, True) else 0.5 for char in normal if not unicodedata.combining(char))


def _half_width_ko(text: str) -> float:
    """Hangul and Han 1; Latin, spaces and punctuation 1/2 (Netflix Partner Help 216001127)."""
    if text.isascii():
        return len(text) / 2
    normal = unicodedata.normalize("NFC", text.translate(_GONE))
    return sum(1.0 if _is_full(char, False) and char.isalnum() else 0.5 for char in normal)


@lru_cache(maxsize=65536)
def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me", "Cf")


def _no_marks(text: str) -> float:
    """Unicode Mn is not counted: Thai tones and vowels above or below, Arabic diacritics."""
    return len(text) if text.isascii() else sum(not _is_mark(char) for char in text)


def graphemes(text: str) -> int:
    """Extended grapheme clusters (UAX 29), as far as letters, marks, conjuncts, jamo and emoji need."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    count = 0
    before = ""
    linked = False
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        extends = category in ("Mn", "Me", "Mc") or char in "\u200c\u200d" or 0x1F3FB <= ord(char) <= 0x1F3FF
        joined = before == "\u200d" and category == "So"
        conjunct = linked and category == "Lo"
        if not (extends or joined or conjunct) and category != "Cf":
            count += 1
        linked = char in _VIRAMAS or (linked and extends)
        before = char
    return count


_MEASURES: dict[str, Measure] = {
    "characters": _characters,
    "half-width": _half_width,
    "half-width-ko": _half_width_ko,
    "no-marks": _no_marks,
    "graphemes": graphemes,
}


def counter(counting: str) -> Measure:
    """The function that counts a line (see ``profile.COUNTINGS``); halves are exact in a float."""
    return _MEASURES[counting]
