"""``time-order``: a cue ends before it begins, or stands in the file before an earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["TIME_ORDER"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    latest = -1
    for place, (start, end) in enumerate(zip(sheet.starts, sheet.ends, strict=True)):
        if end <= start:
            yield Finding(place, sheet.seconds(end - start), 0, "It ends when or before it begins.")
        if start < latest:
            limit = sheet.seconds(latest)
            yield Finding(
                place, sheet.seconds(start), limit, f"It begins before the cue above it ({limit:g} s)."
            )
        latest = max(latest, start)


TIME_ORDER = Rule(
    "time-order", "every format: times ascend (W3C WebVTT 2019, section 4.1)", date(2019, 4, 4), True, _find
)
