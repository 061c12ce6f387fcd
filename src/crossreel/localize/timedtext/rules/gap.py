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
    latest = None
    starts, ends = sheet.starts, sheet.ends
    for place in sheet.order:
        start = starts[place]
        if latest is not None and 0 <= start - latest < least:
            value = round((start - latest) / sheet.frame, 2)
            yield Finding(place, value, frames, f"{value:g} frames after the cue before it; {frames} are needed.")
        if latest is None or ends[place] > latest:
            latest = ends[place]


GAP = Rule("gap", "Netflix Partner Help 360051554394, two frames", date(2026, 8, 7), True, _find)
