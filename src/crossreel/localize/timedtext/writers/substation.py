"""Writing ASS and SSA through pysubs2."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crossreel.errors import MissingExtra
from crossreel.localize.timedtext.model import (
    DEFAULT_PLACEMENT,
    Cue,
    Document,
    Node,
    Placement,
    Raw,
    Span,
    Text,
    speakers,
    style_get,
)
from crossreel.localize.timedtext.readers.tagged import numpad
from crossreel.localize.timedtext.writers.losses import closed, losses, to_milliseconds
from crossreel.localize.timedtext.writers.srt import keypad

__all__ = ["CARRIED", "write_substation"]

CARRIED = (
    "italic",
    "bold",
    "underline",
    "strikeout",
    "speaker",
    "layer",
    "named-style",
    "comment",
    "style",
)
_MOST = 36_000_000 - 10
_STYLED = (("fontStyle", "i"), ("fontWeight", "b"), ("textDecoration", "u"))


def write_substation(document: Document, kind: str) -> tuple[str, tuple[str, ...]]:
    """The file, and notes on what it does not carry; ``kind`` is ``ass`` or ``ssa``."""
    try:
        import pysubs2
    except ImportError as error:
        raise MissingExtra("pysubs2", "localize") from error
    notes = list(losses(_without_places(document), CARRIED, kind.upper()))
    document = closed(document)
    file = pysubs2.SSAFile()
    for name, value in document.settings:
        if name.startswith("info."):
            file.info[name[5:]] = value
    for style in document.styles:
        if style.fields:
            file.styles[style.name] = _style(pysubs2, dict(style.fields))
    beyond = 0
    comments = list(document.comments)
    for place, cue in enumerate(document.cues):
        while comments and comments[0][0] <= place:
            file.events.append(_comment(pysubs2, comments.pop(0)[1]))
        event = _event(pysubs2, cue, file.styles)
        beyond += event.end > _MOST
        file.events.append(event)
    file.events += [_comment(pysubs2, text) for _, text in comments]
    if beyond:
        notes.append(f"{kind.upper()} cannot carry times beyond 9:59:59.99 ({beyond} cues).")
    inexact = sum(1 for cue in document.cues if 100 % cue.start.denominator or 100 % cue.end.denominator)
    if inexact:
        notes.append(f"{kind.upper()} rounds times to hundredths of a second ({inexact} cues).")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return file.to_string(kind), tuple(notes)


def _without_places(document: Document) -> Document:
    cues = tuple(
        replace(cue, placement=DEFAULT_PLACEMENT) if keypad(cue.placement) else cue for cue in document.cues
    )
    return replace(document, cues=cues)


def _comment(pysubs2: Any, text: str) -> Any:
    return pysubs2.SSAEvent(type="Comment", text=text.replace("\n", "\\N"))


def _style(pysubs2: Any, fields: dict[str, str]) -> Any:
    style = pysubs2.SSAStyle()
    for name, value in fields.items():
        old = getattr(style, name, None)
        if isinstance(old, bool):
            setattr(style, name, value not in ("0", "False"))
        elif isinstance(old, pysubs2.Color):
            setattr(style, name, pysubs2.Color(*map(int, value.split(","))))
        elif isinstance(old, int | float):
            setattr(style, name, type(old)(float(value)))
        elif isinstance(old, str):
            setattr(style, name, value)
    return style


def _event(pysubs2: Any, cue: Cue, styles: Any) -> Any:
    tree = cue.tree
    names = speakers(tree)
    if len(tree) == 1 and isinstance(tree[0], Span) and tree[0].kind == "v":
        tree = tree[0].children
    style = cue.style_name if cue.style_name in styles else "Default"
    usual = numpad(int(styles[style].alignment)) if style in styles else DEFAULT_PLACEMENT
    place = keypad(cue.placement)
    code = f"{{\\an{place}}}" if place and not _equal(cue.placement, usual) else ""
    text = _markup(tree)
    for name, letter in _STYLED:
        if style_get(cue.style, name) in ("italic", "oblique", "bold", "underline"):
            text = f"{{\\{letter}1}}{text}{{\\{letter}0}}"
    extras = {
        name: int(value) if name != "effect" else value for name, value in cue.extras if name in _FIELDS
    }
    return pysubs2.SSAEvent(
        start=min(to_milliseconds(cue.start), _MOST),
        end=min(to_milliseconds(cue.end), _MOST + 1),
        text=code + text,
        style=style,
        name=", ".join(dict.fromkeys(names)).replace(",", ";") if names else "",
        layer=cue.layer,
        **extras,
    )


_FIELDS = ("marginl", "marginr", "marginv", "effect")


def _equal(first: Placement, second: Placement) -> bool:
    return first == second


def _words(text: str) -> str:
    escaped = text.replace("\r", " ").replace("{", "\\{").replace("}", "\\}").replace("\u00a0", "\\h")
    # A backslash before N, n or h would break a line: a word joiner keeps them apart.
    escaped = re.sub(r"\\(?=[Nn])", "\\\\\u2060", escaped)
    return escaped.replace("\n", "\\N")


def _markup(nodes: Sequence[Node]) -> str:
    parts = []
    for node in nodes:
        if isinstance(node, Text):
            parts.append(_words(node.text))
        elif isinstance(node, Raw) and node.format == "ass":
            parts.append(node.text)
        elif isinstance(node, Span) and node.kind not in ("rt", "rtc", "rp"):
            inner = _markup(node.children)
            if node.kind in ("b", "i", "u", "s"):
                inner = f"{{\\{node.kind}1}}{inner}{{\\{node.kind}0}}"
            parts.append(_styled(node, inner))
    return "".join(parts)


def _styled(span: Span, inner: str) -> str:
    color = style_get(span.style, "color") or ""
    if re.fullmatch(r"#[0-9a-fA-F]{6,8}", color):
        inner = f"{{\\c&H{color[5:7]}{color[3:5]}{color[1:3]}&}}{inner}{{\\c}}".replace("&h", "&H")
    face = style_get(span.style, "fontFamily")
    if face:
        inner = f"{{\\fn{face}}}{inner}{{\\fn}}"
    for name, letter in _STYLED:
        if style_get(span.style, name) in ("italic", "oblique", "bold", "underline"):
            inner = f"{{\\{letter}1}}{inner}{{\\{letter}0}}"
    return inner
