"""``reading-speed``: more characters (or words) a second than the audience can read.

Characters are counted as for the length of a line; line breaks are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["READING_SPEED"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    limits = sheet.limits
    if limits.words_per_minute is not None:
        yield from _by_words(sheet, float(limits.words_per_minute))
        return
    if limits.cps is None:
        return
    limit, second, tolerance = float(limits.cps), sheet.second, sheet.tolerance
    for place, (total, start, end) in enumerate(zip(sheet.totals, sheet.starts, sheet.ends, strict=True)):
        # A millisecond may have been lost to rounding at either end.
        if total * second > limit * (end - start + tolerance) and end > start:
            speed = round(total * second / (end - start), 1)
            yield Finding(place, speed, limit, f"{speed:g} characters a second; {limit:g} are allowed.")


def _by_words(sheet: Sheet, limit: float) -> Iterator[Finding]:
    for place, (text, start, end) in enumerate(zip(sheet.texts, sheet.starts, sheet.ends, strict=True)):
        words = len(text.split())
        if words * 60 * sheet.second > limit * (end - start + sheet.tolerance) and end > start:
            speed = round(words * 60 * sheet.second / (end - start), 1)
            yield Finding(place, speed, limit, f"{speed:g} words a minute; {limit:g} are allowed.")


READING_SPEED = Rule(
    "reading-speed",
    "the profile's own figure (Netflix Partner Help, language pages)",
    date(2026, 8, 7),
    True,
    _find,
)
