"""``chaining``: a gap of 3 frames to half a second flickers; it is closed to the least gap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["CHAINING"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    limits = sheet.limits
    if not limits.chaining:
        return
    # From half a frame above the least gap, so that times rounded to milliseconds do not count.
    least = (2 * limits.gap_frames + 1) * sheet.frame // 2 + sheet.tolerance
    most = (2 * sheet.half - 1) * sheet.frame // 2
    for place, (start, before) in enumerate(zip(sheet.starts, sheet.before, strict=True)):
        if before is not None and least <= start - before < most:
            value = sheet.frames(start - before)
            wanted = f"close it to {limits.gap_frames}, or leave {sheet.half}"
            message = f"{value} frames after the cue before it; {wanted}."
            yield Finding(place, value, limits.gap_frames, message)


CHAINING = Rule(
    "chaining", "Netflix Partner Help 360051554394, 3 to H-1 frames become 2", date(2026, 8, 7), True, _find
)
