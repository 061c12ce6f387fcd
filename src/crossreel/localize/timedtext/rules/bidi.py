"""``bidi``: text of right-to-left languages is kept in logical order, its controls come in pairs.

Punctuation that ends a sentence but stands first on the line was put there for players that draw
lines left to right; in logical order it belongs last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["BIDI"]

_VISUAL = re.compile(r"^[\u200e\u202a\u202b]?[.!?؟،,:;](?!\.|…)\s*[\u0590-\u08ff]")
_OPENERS, _CLOSERS = "\u202a\u202b\u202d\u202e", "\u202c"
_ISOLATES, _END = "\u2066\u2067\u2068", "\u2069"


def _unpaired(line: str) -> bool:
    embeddings = sum(line.count(char) for char in _OPENERS)
    isolates = sum(line.count(char) for char in _ISOLATES)
    return embeddings != line.count(_CLOSERS) or isolates != line.count(_END)


def _find(sheet: Sheet) -> Iterator[Finding]:
    right_to_left = sheet.limits.language.is_right_to_left
    for place, text in enumerate(sheet.texts):
        if text.isascii():
            continue
        for line in text.split("\n"):
            if _unpaired(line):
                yield Finding(
                    place, "unpaired", "paired", "A control of text direction is not closed on its line."
                )
                break
            if right_to_left and _VISUAL.match(line) and line[-1:] not in ".!?؟":
                message = "Punctuation stands first that ends the sentence: the line is in visual order."
                yield Finding(place, line[:1], "last", message)
                break


BIDI = Rule(
    "bidi",
    "Unicode UAX 9 (revision 50, 2024); W3C TTML2 section 10.2.10, logical order",
    date(2024, 9, 2),
    False,
    _find,
)
