"""``min-duration``: a cue stands too briefly to be noticed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["MIN_DURATION"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    least = sheet.limits.min_duration * sheet.second - sheet.tolerance
    limit = round(float(sheet.limits.min_duration), 3)
    for place, (start, end) in enumerate(zip(sheet.starts, sheet.ends, strict=True)):
        if end - start < least and end > start:
            value = sheet.seconds(end - start)
            yield Finding(place, value, limit, f"It stands {value:g} seconds; at least {limit:g} are needed.")


MIN_DURATION = Rule(
    "min-duration", "Netflix Partner Help 215758617, 5/6 of a second", date(2026, 8, 7), True, _find
)
