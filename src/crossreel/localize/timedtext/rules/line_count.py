"""``line-count``: more lines than the profile allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["LINE_COUNT"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    limit = sheet.limits.lines
    for place, lines in enumerate(sheet.lines):
        if len(lines) > limit:
            yield Finding(place, len(lines), limit, f"It has {len(lines)} lines; {limit} are allowed.")


LINE_COUNT = Rule(
    "line-count", "Netflix Partner Help 215758617, two lines at most", date(2026, 8, 7), True, _find
)
