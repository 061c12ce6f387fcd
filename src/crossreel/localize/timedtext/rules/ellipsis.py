"""``ellipsis``: three dots are one character (or three, where a profile wants that)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["ELLIPSIS"]

_DOTS = re.compile(r"\.{2,}|…{2,}|…\.|\.…")


def _find(sheet: Sheet) -> Iterator[Finding]:
    wanted = sheet.limits.ellipsis
    if wanted == "any":
        return
    for place, text in enumerate(sheet.texts):
        if wanted == "…" and ".." not in text and "…" not in text:
            continue
        found = _DOTS.search(text) if wanted == "…" else re.search("…", text)
        if found:
            yield Finding(place, found[0], wanted, f"The ellipsis is written {wanted}.")


ELLIPSIS = Rule(
    "ellipsis", "Netflix Partner Help 215758617 and 215517947: U+2026", date(2026, 8, 7), False, _find
)
