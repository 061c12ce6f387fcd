"""``full-width``: punctuation beside Han and kana is full-width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["FULL_WIDTH"]

_HAN = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_NARROW = re.compile(
    rf"[{_HAN}]([,;:?!](?![0-9A-Za-z])|\.(?![.0-9A-Za-z]))|(?<![0-9A-Za-z])([,;:?!])[{_HAN}]"
)


def _find(sheet: Sheet) -> Iterator[Finding]:
    if not sheet.limits.full_width:
        return
    for place, text in enumerate(sheet.texts):
        found = _NARROW.search(text)
        if found:
            mark = found[1] or found[2]
            yield Finding(place, mark, "full-width", f"The mark {mark} beside Han or kana is full-width.")


FULL_WIDTH = Rule(
    "full-width", "Netflix Partner Help 215986007 and 215767517, punctuation", date(2026, 8, 7), False, _find
)
