"""``line-length``: a line has more characters than the profile allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["LINE_LENGTH"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    usual, vertical = float(sheet.limits.line_length), float(sheet.limits.line_length_vertical)
    least = min(usual, vertical)
    for place, lengths in enumerate(sheet.lengths):
        longest = max(lengths)
        if longest <= least:
            continue
        limit = vertical if sheet.cues[place].placement.vertical else usual
        if longest > limit:
            yield Finding(place, longest, limit, f"A line has {longest:g} characters; {limit:g} are allowed.")


LINE_LENGTH = Rule(
    "line-length",
    "the profile's own figure (Netflix Partner Help, language pages)",
    date(2026, 8, 7),
    True,
    _find,
)
