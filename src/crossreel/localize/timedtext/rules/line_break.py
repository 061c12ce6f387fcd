"""``line-break``: a line ends where sense does not allow it, or two lines where one would do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crossreel.localize.timedtext.breaking import BINDS, Breaker, breaker
from crossreel.localize.timedtext.rules.dual_speaker import is_dialogue
from crossreel.localize.timedtext.rules.measure import counter
from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["LINE_BREAK"]


def _find(sheet: Sheet) -> Iterator[Finding]:
    usual, vertical = float(sheet.limits.line_length), float(sheet.limits.line_length_vertical)
    own = breaker(sheet.limits.language)
    for place, lines in enumerate(sheet.lines):
        if len(lines) < 2 or is_dialogue(lines):
            continue
        limit = vertical if sheet.cues[place].placement.vertical else usual
        glue = 0.0 if own.unspaced else 1.0
        total = sheet.totals[place] + glue * (len(lines) - 1)
        if total <= limit and all(lines):
            yield Finding(place, len(lines), 1, "It fits on one line.")
        elif own.binds(lines) and _better(own, sheet, place, limit):
            yield Finding(
                place, lines[0].split()[-1][-20:] if lines[0].split() else "", "another break", _MESSAGE
            )


_MESSAGE = "A line ends with a word that belongs to the next; a better break fits."


def _better(own: Breaker, sheet: Sheet, place: int, limit: float) -> bool:
    text = sheet.texts[place]
    atoms = own.atoms(text)
    if not atoms:
        return False
    ruler = own.ruler(text, atoms, counter(sheet.limits.counting))
    best = own.lines(atoms, ruler, range(len(atoms)), limit, sheet.limits.lines)
    return best is not None and all(atoms[end].cost < BINDS for end in best.ends)


LINE_BREAK = Rule(
    "line-break",
    "Netflix Partner Help 215758617, line treatment; JIS X 4051 for kinsoku",
    date(2026, 8, 7),
    True,
    _find,
)
