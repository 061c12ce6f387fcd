"""``empty``: a cue has no words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.measure import shown
from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["EMPTY"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    for place, total in enumerate(sheet.totals):
        if not total or not shown(sheet.texts[place]).strip():
            yield Finding(place, 0, 1, "It has no words.")


EMPTY = Rule("empty", "Netflix Partner Help 215758617, quality control", date(2026, 8, 7), False, _find)
