"""What a reader sees as one character."""

from __future__ import annotations

import unicodedata

__all__ = ["clusters"]

_VIRAMA = 9
"""The canonical combining class of the signs that join Indic consonants (Unicode, section 4.3)."""


def clusters(text: str) -> list[str]:
    """Bases with their marks, joiners and the consonants that a virama ties to them.

    A close approximation of the extended grapheme clusters of UAX #29 (and its Indic conjunct
    rule GB9c) that needs no tables; it errs only on the side of keeping characters together.
    """
    found: list[str] = []
    for character in text:
        mark = unicodedata.category(character)[0] == "M" or character in "\u200c\u200d"
        tied = bool(found) and (
            found[-1][-1] == "\u200d"
            or (unicodedata.combining(found[-1][-1]) == _VIRAMA and character.isalpha())
        )
        if found and (mark or tied) and not found[-1].isspace():
            found[-1] += character
        else:
            found.append(character)
    return found
