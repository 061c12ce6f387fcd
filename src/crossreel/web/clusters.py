"""What a reader sees as one character."""

from __future__ import annotations

import unicodedata

__all__ = ["clusters"]


def clusters(text: str) -> list[str]:
    """What a reader sees as characters: a base with its marks, joiners and selectors.

    A close approximation of the extended grapheme clusters of UAX #29 that needs no tables; it
    errs only on the side of keeping characters together.
    """
    found: list[str] = []
    for character in text:
        joins = unicodedata.category(character)[0] == "M" or character in "\u200c\u200d"
        after_joiner = bool(found) and found[-1][-1] in "\u200d\u094d\u09cd"
        if found and (joins or after_joiner) and not found[-1].isspace():
            found[-1] += character
        else:
            found.append(character)
    return found
