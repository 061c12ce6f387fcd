"""MicroDVD: times are frames, so a frame rate is needed; our own reader keeps them exact."""

from __future__ import annotations

import re

from crossreel.errors import BadValue
from crossreel.localize.timedtext.model import Cue, Document, Node, Span, SpanKind, Text
from crossreel.values.timing import FrameRate

__all__ = ["read_microdvd"]

_LINE = re.compile(r"^\{(-?[0-9]{1,12})\}\{(-?[0-9]{0,12})\}(.*)$")
_RATE = re.compile(r"\{[01]\}\{[01]?\}\s*([0-9]{1,3}(?:[.,][0-9]{1,6})?)\s*")
_CODE = re.compile(r"\{([YyCcFfSsPpHo]):([^}]*)\}|^/")
_KINDS: dict[str, SpanKind] = {"i": "i", "b": "b", "u": "u", "s": "s"}


def read_microdvd(text: str, rate: FrameRate | None) -> Document:
    """Reads a MicroDVD file.

    Args:
        text: the decoded file.
        rate: frames a second; None takes the rate that the file's first line may give.

    Raises:
        BadValue: no such line, or no frame rate anywhere.
    """
    notes = []
    text = text.removeprefix("\ufeff").replace("\0", "\ufffd")
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues: list[Cue] = []
    refused = 0
    for row in rows:
        found = _LINE.match(row)
        if found is None:
            refused += bool(row.strip())
            continue
        given = _RATE.fullmatch(row) if not cues else None
        if given is not None:
            rate = rate or FrameRate.parse(given[1].replace(",", "."))
            continue
        if rate is None:
            raise BadValue(
                "frame rate",
                "",
                "known, since MicroDVD counts frames",
                advice="Name it with --fps, such as --fps 23.976.",
            )
        start = max(int(found[1]), 0)
        end = max(int(found[2]), 0) if found[2] else start + int(rate.rate * 3)
        cues.append(Cue(start / rate.rate, end / rate.rate, _tree(found[3])))
    if not cues:
        raise BadValue("subtitle file", text[:30], "MicroDVD, with lines such as {100}{160}Text")
    if refused:
        notes.append(f"{refused} lines are not MicroDVD and were left out.")
    return Document(tuple(cues), format="microdvd", frame_rate=rate, notes=tuple(notes))


def _tree(text: str) -> tuple[Node, ...]:
    """``{Y:i}`` holds for the whole cue, ``{y:i}`` for its line; ``|`` breaks lines."""
    whole: list[SpanKind] = []
    lines: list[tuple[Node, ...]] = []
    for line in text.split("|"):
        kinds: list[SpanKind] = []
        color = ""
        for name, value in _CODE.findall(line):
            kind = _KINDS.get(value.lower()[:1]) if name in ("y", "Y") else None
            if kind:
                (whole if name == "Y" else kinds).append(kind)
            elif name in ("c", "C") and re.fullmatch(r"\$[0-9A-Fa-f]{6}", value):
                color = f"#{value[5:7]}{value[3:5]}{value[1:3]}".lower()
        nodes: tuple[Node, ...] = (Text(_CODE.sub("", line)),)
        if color:
            nodes = (Span("font", nodes, style=(("color", color),)),)
        for kind in kinds:
            nodes = (Span(kind, nodes),)
        lines.append(nodes)
    tree: list[Node] = []
    for place, nodes in enumerate(lines):
        for node in ((Text("\n"),) if place else ()) + nodes:
            if isinstance(node, Text) and tree and isinstance(tree[-1], Text):
                tree[-1] = Text(tree[-1].text + node.text)
            elif not isinstance(node, Text) or node.text:
                tree.append(node)
    found = tuple(tree)
    for kind in dict.fromkeys(whole):
        found = (Span(kind, found),)
    return found
