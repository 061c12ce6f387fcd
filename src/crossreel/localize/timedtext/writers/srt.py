r"""Writing SRT: numbers from 1, the tags that players know, ``{\\an8}`` for places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from crossreel.localize.timedtext.model import (
    DEFAULT_PLACEMENT,
    Cue,
    Document,
    Node,
    Placement,
    Raw,
    Span,
    Text,
    style_get,
)
from crossreel.localize.timedtext.readers.tagged import numpad
from crossreel.localize.timedtext.writers.losses import closed, losses, to_milliseconds

__all__ = ["CARRIED", "keypad", "write_srt"]

CARRIED = (
    "italic",
    "bold",
    "underline",
    "strikeout",
)

_KEYPAD = {numpad(place): place for place in range(1, 10)}
_BLANK_LINES = re.compile(r"\n[ \t]*(?=\n|\Z)")


def write_srt(document: Document) -> tuple[str, tuple[str, ...]]:
    """The file, and notes on what it does not carry."""
    notes = _notes(document)
    document = closed(document)
    parts = []
    for number, cue in enumerate(document.cues, 1):
        body = _markup(cue.tree)
        if "\n\n" in body or body[:1] == "\n" or body[-1:] == "\n":
            body = _BLANK_LINES.sub("", body).lstrip("\n")
        place = keypad(cue.placement)
        code = f"{{\\an{place}}}" if place and place != 2 else ""
        parts.append(f"{number}\n{_clock(cue)}\n{code}{body}\n")
    return "\n".join(parts), notes


def keypad(placement: Placement) -> int | None:
    """The numeric-keypad place (1 to 9) of a placement; None where it has none."""
    return 2 if placement is DEFAULT_PLACEMENT else _KEYPAD.get(placement)


def _notes(document: Document) -> tuple[str, ...]:
    notes = losses(_placed(document), CARRIED, "SRT")
    blank = sum(1 for cue in document.cues if "\n\n" in cue.text)
    if blank:
        notes = (*notes, f"SRT cannot carry blank lines inside a text ({blank} cues).")
    return notes


def _placed(document: Document) -> Document:
    """The document without the placements that SRT can say, and without colors it can say."""
    if all(cue.placement is DEFAULT_PLACEMENT for cue in document.cues):
        return document
    cues = tuple(
        cue if keypad(cue.placement) is None else replace(cue, placement=DEFAULT_PLACEMENT)
        for cue in document.cues
    )
    return replace(document, cues=cues)


def _clock(cue: Cue) -> str:
    return f"{_time(to_milliseconds(cue.start))} --> {_time(to_milliseconds(cue.end))}"


def _time(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{thousandths:03}"


def _markup(nodes: Sequence[Node]) -> str:
    parts = []
    for node in nodes:
        if isinstance(node, Text):
            parts.append(node.text.replace("\r", " "))
        elif isinstance(node, Span) and node.kind not in ("rt", "rtc", "rp"):
            inner = _markup(node.children)
            tag = node.kind if node.kind in ("b", "i", "u", "s") else ""
            parts.append(_colored(node, f"<{tag}>{inner}</{tag}>" if tag else inner))
        elif isinstance(node, Raw) and node.format == "ass":
            parts.append(node.text)
    return "".join(parts)


def _colored(span: Span, inner: str) -> str:
    if not span.style or not inner:
        return inner
    color = style_get(span.style, "color")
    face = style_get(span.style, "fontFamily")
    attributes = (f' color="{color}"' if color else "") + (f' face="{face}"' if face else "")
    for name, values, tag in (
        ("fontStyle", ("italic", "oblique"), "i"),
        ("fontWeight", ("bold",), "b"),
        ("textDecoration", ("underline",), "u"),
    ):
        if style_get(span.style, name) in values:
            inner = f"<{tag}>{inner}</{tag}>"
    return f"<font{attributes}>{inner}</font>" if attributes else inner
