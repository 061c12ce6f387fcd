"""``italics``: the language has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from crossreel.localize.timedtext.model import Node, Span, Text, style_get
from crossreel.localize.timedtext.rules.rule import Finding, Rule
from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["ITALICS"]


def _has_italics(nodes: Iterable[Node]) -> bool:
    return any(
        isinstance(node, Span)
        and (
            node.kind == "i" or style_get(node.style, "fontStyle") == "italic" or _has_italics(node.children)
        )
        for node in nodes
    )


def _find(sheet: Sheet) -> Iterator[Finding]:
    if sheet.limits.italics:
        return
    for place, cue in enumerate(sheet.cues):
        simple = len(cue.tree) == 1 and type(cue.tree[0]) is Text and not cue.style
        if not simple and (style_get(cue.style, "fontStyle") == "italic" or _has_italics(cue.tree)):
            yield Finding(place, "italics", "none", "This language is not set in italics.")


ITALICS = Rule("italics", "Netflix Partner Help, italics, language pages", date(2026, 8, 7), False, _find)
