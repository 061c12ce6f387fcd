"""``white-space``: spaces at the ends of lines, two in a row, or empty lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["WHITE_SPACE", "WHITE_SPACE_PATTERN"]

WHITE_SPACE_PATTERN = re.compile(r"  |\t|^ | $|\n\n|\A\n|\n\Z", re.MULTILINE)


def _find(sheet: Sheet) -> Iterator[Finding]:
    search = WHITE_SPACE_PATTERN.search
    for place, text in enumerate(sheet.texts):
        if text and search(text):
            yield Finding(
                place, "spaces", "single", "It has doubled, leading or trailing spaces, or an empty line."
            )


WHITE_SPACE = Rule(
    "white-space", "SubtitleEdit's Netflix quality check, white space", date(2026, 8, 7), True, _find
)
