"""``numbers``: 1 to 10 are spelled out, and no sentence begins with a digit; Arabic keeps 0 to 9."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["NUMBERS"]

_ANY = re.compile(r"[0-9]")
_SMALL = re.compile(
    r"(?<![\w.,:;/#$€£¥%°+*=^−–-])(10|[1-9])(?![\w:/%°€£¥$+*=^–-]|[.,][0-9]|\s?(?:%|°|€|£|\$|h\b|km\b|m\b|cm\b|mm\b|kg\b|g\b|"
    r"[ap]\.?m\b|o'clock|Uhr\b|min\b|s\b|x\b|[ªº]))"
)
_FIRST = re.compile(r"(?:\A|[.!?]\s+)[-–—\"“«¿¡(]?\s?([0-9]+)(?![0-9:/%°]|[.,][0-9]|\.?[ªº])")
_EASTERN = re.compile(r"[\u0660-\u0669\u06f0-\u06f9]")


def _find(sheet: Sheet) -> Iterator[Finding]:
    if sheet.limits.western_digits:
        for place, text in enumerate(sheet.texts):
            digit = _EASTERN.search(text)
            if digit:
                yield Finding(place, digit[0], "0-9", "Digits are 0 to 9.")
    if not sheet.limits.numbers:
        return
    for place, text in enumerate(sheet.texts):
        if not _ANY.search(text):
            continue
        small = _SMALL.search(text)
        first = _FIRST.search(text)
        if small:
            yield Finding(place, small[1], "a word", f"The number {small[1]} is spelled out.")
        elif first:
            yield Finding(
                place, first[1], "a word", f"A sentence begins with the number {first[1]}: spell it out."
            )


NUMBERS = Rule(
    "numbers",
    "Netflix Partner Help 217350977, numbers 1 to 10; 215517947, digits",
    date(2026, 8, 7),
    False,
    _find,
)
