"""``overlap``: a cue begins while the one before it still stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["OVERLAP"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    for place, (start, before) in enumerate(zip(sheet.starts, sheet.before, strict=True)):
        if before is not None and start < before:
            value = sheet.seconds(before - start)
            yield Finding(place, value, 0, f"It begins {value:g} seconds before another cue ends.")


OVERLAP = Rule("overlap", "Netflix Partner Help 215758617, gap of two frames", date(2026, 8, 7), True, _find)
