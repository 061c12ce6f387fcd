"""``max-duration``: a cue stands so long that it is read again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.model import FOREVER
from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["MAX_DURATION"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    most = sheet.limits.max_duration * sheet.second + sheet.tolerance
    limit = float(sheet.limits.max_duration)
    for place, (start, end) in enumerate(zip(sheet.starts, sheet.ends, strict=True)):
        if end - start > most:
            endless = sheet.cues[place].end == FOREVER
            value = "endless" if endless else sheet.seconds(end - start)
            yield Finding(place, value, limit, f"It stands {value} seconds; at most {limit:g} are allowed.")


MAX_DURATION = Rule(
    "max-duration", "Netflix Partner Help 215758617, 7 seconds", date(2026, 8, 7), True, _find
)
