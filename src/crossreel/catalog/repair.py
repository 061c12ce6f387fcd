"""Mojibake: UTF-8 text that was read in another encoding ("PokÃ©mon") is put right.

The work is done by ftfy (Robyn Speer), restricted to its encoding step: quotes, width, case and
line breaks stay as they are, so that a right text is never touched. Two Turkish sequences that
ftfy leaves alone, because Å can begin a word, are added.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Repairs", "repair_document", "repair_text"]

_TURKISH_S = re.compile("Å[\u0178\u017e]")
"""Ş and ş (C5 9E, C5 9F) read as Windows-1252; no language writes Å before Ÿ or ž."""


def repair_text(text: str) -> str:
    """``text``, or what it was before it was read in the wrong encoding."""
    if text.isascii():
        return text
    import ftfy

    if _TURKISH_S.search(text):
        text = _TURKISH_S.sub(lambda match: {"\u0178": "ş", "\u017e": "Ş"}[match[0][1]], text)
    fixed: str = ftfy.fix_encoding(text)
    return fixed


@dataclass(slots=True)
class Repairs:
    """What was repaired so far: how many texts, and the first examples (before, after)."""

    count: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)

    def text(self, text: str) -> str:
        """Repairs one text and remembers it."""
        fixed = repair_text(text)
        if fixed != text:
            self.count += 1
            if len(self.examples) < 20:
                self.examples.append((text[:200], fixed[:200]))
        return fixed


def repair_document(document: dict[str, Any], repairs: Repairs) -> None:
    """Repairs all texts of a title's document (``catalog.documents``) in place.

    Values of the wrong type are left for the document's own checks.
    """
    _repair_keys(document, ("name",), repairs)
    for key in ("keywords", "aliases"):
        values = document.get(key)
        if isinstance(values, list) and not all(isinstance(v, str) and v.isascii() for v in values):
            fixed = [repairs.text(value) if isinstance(value, str) else value for value in values]
            if fixed != values:
                document[key] = list(dict.fromkeys(fixed))
    for key, fields in (("texts", ("name", "synopsis", "tagline")), ("credits", ("name", "character"))):
        entries = document.get(key)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                _repair_keys(entry, fields, repairs)


def _repair_keys(entry: dict[str, Any], keys: tuple[str, ...], repairs: Repairs) -> None:
    for key in keys:
        value = entry.get(key)
        if isinstance(value, str) and not value.isascii():
            entry[key] = repairs.text(value)
