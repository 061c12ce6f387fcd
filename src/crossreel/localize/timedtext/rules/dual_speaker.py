"""``dual-speaker``: two speakers in one cue are not marked as the language wants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["DUAL_SPEAKER", "is_dialogue", "starts_with_dash"]

_DASH = re.compile(
    r"[\s\u200e\u200f\u202a-\u202e]*([-\u2010\u2011\u2012\u2013\u2014\u2015\uff0d])(\s?)(?!\1)"
)


def starts_with_dash(line: str) -> bool:
    """Whether a line begins with a speaker's dash."""
    found = _DASH.match(line)
    return found is not None and found.end() < len(line)


def is_dialogue(lines: Sequence[str]) -> bool:
    """Whether a cue's lines are of several speakers."""
    return len(lines) > 1 and any(starts_with_dash(line) for line in lines[1:])


def _fault(lines: Sequence[str], wanted: str) -> str:
    found = [_DASH.match(line) for line in lines]
    if wanted == "none":
        return "Speakers are not marked with dashes in this language."
    if wanted.endswith("second"):
        if found[0] is not None:
            return "Only the second speaker has a dash in this language."
    elif found[0] is None:
        return "Both speakers need a dash."
    for dash in found:
        if dash is None:
            continue
        if dash[1] != "-":
            return "The dash of a speaker is a hyphen."
        if bool(dash[2]) != wanted.startswith("- "):
            return "A space follows the dash." if not dash[2] else "No space follows the dash."
    return ""


def _find(sheet: Sheet) -> Iterator[Finding]:
    wanted = sheet.limits.dash
    if wanted == "any":
        return
    shape = {
        "- both": "- A / - B",
        "-both": "-A / -B",
        "- second": "A / - B",
        "-second": "A / -B",
        "none": "A / B",
    }
    for place, lines in enumerate(sheet.lines):
        if len(lines) > 1 and is_dialogue(lines):
            fault = _fault(lines, wanted)
            if fault:
                yield Finding(place, lines[0][:20], shape[wanted], fault)


DUAL_SPEAKER = Rule(
    "dual-speaker", "Netflix Partner Help, dual speakers, language pages", date(2026, 8, 7), False, _find
)
