"""Where a line may break: at spaces, and by phrase where the script writes none.

Phrases of Japanese, Chinese and Thai are found by BudouX (its models ship with it); what may not
begin or end a line follows JIS X 4051, the common part.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache

import budoux

from crossreel.artwork.clusters import clusters

__all__ = ["Piece", "clean", "letters", "phrases"]

_NOT_FIRST = set(
    "、。，．・：；？！」』）】〉》ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々ゝゞ…‥!?,.;:)]}»”’"
)
_NOT_LAST = set("「『（【〈《([{«“‘")
_KEPT_CONTROLS = "\u200c\u200d"

Piece = tuple[str, str]
"""A piece that is never broken, and what joins it to the next: a space or nothing."""


def clean(text: str) -> str:
    """``text`` on one line, composed (NFC).

    Characters that XML 1.0 (section 2.2) forbids or that would turn the line around are dropped;
    the joiners of Persian and Indic spelling stay.
    """
    kept = (
        character
        for character in unicodedata.normalize("NFC", " ".join(text.split()))
        if character.isprintable() or character in _KEPT_CONTROLS
    )
    return "".join(kept).strip()


def phrases(text: str, language: str = "und") -> list[Piece]:
    """``text`` as pieces: words of spaced scripts whole, unspaced scripts by phrase."""
    return _pieces(text, lambda word: _phrases_of(word, language))


def letters(text: str) -> list[Piece]:
    """The same, but unspaced scripts may break between any two visible characters."""
    return _pieces(text, lambda word: clusters(word) if _unspaced(word) else [word])


def _pieces(text: str, split: Callable[[str], list[str]]) -> list[Piece]:
    pieces: list[Piece] = []
    for word in text.split():
        if pieces and set(word) <= _NOT_FIRST:  # French sets a space before : ; ! ?
            pieces[-1] = (f"{pieces[-1][0]} {word}", "")
            continue
        if (
            pieces
            and len(pieces[-1][0].split()[-1]) == 1
            and pieces[-1][0][-1].isalpha()
            and not _unspaced(word)
        ):
            pieces[-1] = (f"{pieces[-1][0]} {word}", "")  # a word of one letter ends no line
            continue
        if pieces:
            pieces[-1] = (pieces[-1][0], " ")
        for part in split(word):
            if pieces and pieces[-1][1] == "" and (part[0] in _NOT_FIRST or pieces[-1][0][-1] in _NOT_LAST):
                pieces[-1] = (pieces[-1][0] + part, "")
            else:
                pieces.append((part, ""))
    return pieces


def _unspaced(word: str) -> bool:
    """Whether the word is of a script that writes no spaces between words."""
    return any(
        _is_han_or_kana(ord(c)) or 0x0E00 <= ord(c) <= 0x0EFF or 0x1780 <= ord(c) <= 0x17FF for c in word
    )


def _is_han_or_kana(code: int) -> bool:
    return (
        0x3040 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    )


def _phrases_of(word: str, language: str) -> list[str]:
    if any("\u0e00" <= character <= "\u0e7f" for character in word):
        return _parser("th").parse(word)
    if any("\u3040" <= character <= "\u30ff" for character in word):
        return _parser("ja").parse(word)
    if any(_is_han_or_kana(ord(character)) for character in word):
        if language.startswith("zh"):
            return _parser("zh-hant" if "Hant" in language else "zh-hans").parse(word)
        return _parser("ja").parse(word)
    return [word]


@cache
def _parser(model: str) -> budoux.Parser:
    loaders = {
        "ja": budoux.load_default_japanese_parser,
        "zh-hans": budoux.load_default_simplified_chinese_parser,
        "zh-hant": budoux.load_default_traditional_chinese_parser,
        "th": budoux.load_default_thai_parser,
    }
    return loaders[model]()
