"""``gap``: fewer frames between two cues than a viewer needs to see the change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["GAP"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    frames = sheet.limits.gap_frames
    least = frames * sheet.frame - sheet.tolerance
    for place, (start, before) in enumerate(zip(sheet.starts, sheet.before, strict=True)):
        if before is not None and 0 <= start - before < least:
            value = round((start - before) / sheet.frame, 2)
            yield Finding(
                place, value, frames, f"{value:g} frames after the cue before it; {frames} are needed."
            )


GAP = Rule("gap", "Netflix Partner Help 360051554394, two frames", date(2026, 8, 7), True, _find)
