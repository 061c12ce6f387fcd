"""``overlap``: a cue begins while the one before it still stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["OVERLAP"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    latest = 0
    starts, ends = sheet.starts, sheet.ends
    for place in sheet.order:
        start = starts[place]
        if start < latest:
            value = sheet.seconds(latest - start)
            yield Finding(place, value, 0, f"It begins {value:g} seconds before another cue ends.")
        if ends[place] > latest:
            latest = ends[place]


OVERLAP = Rule("overlap", "Netflix Partner Help 215758617, gap of two frames", date(2026, 8, 7), True, _find)
