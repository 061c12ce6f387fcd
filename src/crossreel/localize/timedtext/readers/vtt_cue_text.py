"""WebVTT cue text: tokenizer and tree builder (W3C WebVTT, 2019-04-04, sections 6.4 and 6.5)."""

from __future__ import annotations

import re
from fractions import Fraction
from html.entities import html5

from crossreel.localize.timedtext.model import Node, Span, SpanKind, Stamp, Text

__all__ = ["SPACES", "parse_cue_text", "parse_timestamp"]

SPACES = "\t\n\f\r "
"""ASCII whitespace, as HTML defines it."""

MAX_DEPTH = 200
"""Spans inside spans; deeper ones keep their text and lose the span."""

_TIMESTAMP = re.compile(r"([0-9]{1,4000}):([0-9]{2})(?::([0-9]{2}))?\.([0-9]{3})(?![0-9])")
_REFERENCE = re.compile(r"&(?:#([0-9]+);?|#[xX]([0-9a-fA-F]+);?|([a-zA-Z0-9]{1,32};?))")
_WINDOWS = dict(
    zip(range(0x80, 0xA0), bytes(range(0x80, 0xA0)).decode("cp1252", "replace"), strict=True),
)
_LEAF_KINDS: dict[str, SpanKind] = {"c": "c", "i": "i", "b": "b", "u": "u", "ruby": "ruby", "v": "v"}


def parse_timestamp(text: str, position: int = 0) -> tuple[Fraction, int] | None:
    """Collects a WebVTT timestamp at ``position``: (seconds, position after it), or None."""
    found = _TIMESTAMP.match(text, position)
    if found is None:
        return None
    first, second, third, thousandths = found.groups()
    if third is None:
        if len(first) != 2:
            return None
        hours, minutes, seconds = 0, int(first), int(second)
    else:
        hours, minutes, seconds = int(first), int(second), int(third)
    if minutes > 59 or seconds > 59:
        return None
    whole = ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(thousandths)
    return Fraction(whole, 1000), found.end()


def _code_point(number: int) -> str:
    if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return "\ufffd"
    named = _WINDOWS.get(number)
    return named if named and named != "\ufffd" else chr(number)


def _referenced(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if decimal:
        return _code_point(int(decimal) if len(decimal) < 20 else 0)
    if hexadecimal:
        return _code_point(int(hexadecimal, 16) if len(hexadecimal) < 20 else 0)
    if name in html5:
        return html5[name]
    for length in range(len(name) - 1, 1, -1):
        if name[:length] in html5:
            return html5[name[:length]] + name[length:]
    return found[0]


def _unescaped(text: str) -> str:
    """HTML character references resolved (HTML Standard, section 13.2.5.72)."""
    return _REFERENCE.sub(_referenced, text) if "&" in text else text


def _split_tag(inside: str) -> tuple[str, tuple[str, ...], str]:
    """(name, classes, annotation) of a start tag, given what stands between ``<`` and ``>``."""
    end = next((place for place, char in enumerate(inside) if char in "\t\n\f "), len(inside))
    name, *classes = inside[:end].split(".")
    annotation = " ".join(_unescaped(inside[end:]).translate(_TO_SPACE).split(" ")).strip()
    return name, tuple(part for part in classes if part), _collapsed(annotation)


_TO_SPACE = {ord(char): " " for char in SPACES}


def _collapsed(text: str) -> str:
    return " ".join(part for part in text.split(" ") if part)


class _Builder:
    """The stack of open spans; the innermost is last."""

    def __init__(self) -> None:
        self.open: list[tuple[SpanKind, tuple[str, ...], str, list[Node]]] = [("c", (), "", [])]

    def add(self, node: Node) -> None:
        self.open[-1][3].append(node)

    def start(self, inside: str) -> None:
        name, classes, annotation = _split_tag(inside)
        kind = _LEAF_KINDS.get(name)
        if name == "rt" and len(self.open) > 1 and self.open[-1][0] == "ruby":
            kind = "rt"
        elif name == "lang":
            kind = "lang"
        if kind is not None and len(self.open) <= MAX_DEPTH:
            self.open.append((kind, classes, annotation if kind in ("v", "lang") else "", []))

    def end(self, name: str) -> None:
        if len(self.open) == 1:
            return
        current = self.open[-1][0]
        if name == current:
            self._close()
        elif name == "ruby" and current == "rt":
            self._close()
            self._close()

    def _close(self) -> None:
        kind, classes, value, children = self.open.pop()
        self.add(Span(kind, tuple(children), classes, value))

    def tree(self) -> tuple[Node, ...]:
        while len(self.open) > 1:
            self._close()
        return tuple(self.open[0][3])


def parse_cue_text(text: str) -> tuple[Node, ...]:
    """The tree of a cue's text; every text has one, nothing is an error.

    Adjacent text nodes stay apart where an ignored tag stood between them, as the standard has it.
    """
    if "<" not in text and "&" not in text:
        return (Text(text),) if text else ()
    builder = _Builder()
    position, length = 0, len(text)
    while position < length:
        opening = text.find("<", position)
        if opening < 0:
            opening = length
        if opening > position:
            builder.add(Text(_unescaped(text[position:opening])))
        if opening == length:
            break
        closing = text.find(">", opening)
        if closing < 0:
            closing = length
        _tag(builder, text[opening + 1 : closing])
        position = closing + 1
    return builder.tree()


def _tag(builder: _Builder, inside: str) -> None:
    if inside.startswith("/"):
        builder.end(inside[1:])
    elif inside[:1].isdigit() and inside[:1].isascii():
        stamp = parse_timestamp(inside)
        if stamp is not None and stamp[1] == len(inside):
            builder.add(Stamp(stamp[0]))
    else:
        builder.start(inside)
