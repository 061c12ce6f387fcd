"""ASS and SSA, read by pysubs2 (MIT) into our model.

Italics, bold, underline, strike-out, color, font and keypad places become the model's; every other
override code is kept as ``Raw``, so that ASS to ASS loses nothing.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from typing import Any

from crossreel.errors import BadValue, MissingExtra
from crossreel.localize.timedtext.model import (
    DEFAULT_PLACEMENT,
    Cue,
    Document,
    NamedStyle,
    Node,
    Placement,
    Raw,
    Span,
    SpanKind,
    Style,
    Text,
)
from crossreel.localize.timedtext.readers.tagged import numpad

__all__ = ["parse_overrides", "read_substation"]

_BLOCK = re.compile(r"(?<!\\)\{([^}]*)\}")
_CODE = re.compile(r"\\(an[1-9]|[bius](?:[0-9]{1,3})?(?![a-z])|1?c(?:&H[0-9A-Fa-f]{1,8}&?)?|fn[^\\]*|[^\\]*)")
_ESCAPE = re.compile(r"\\([Nnh{}])")
_ESCAPED = {"N": "\n", "n": " ", "h": "\u00a0", "{": "{", "}": "}"}
_ORDER: tuple[SpanKind, ...] = ("b", "i", "u", "s")


def read_substation(text: str, kind: str) -> Document:
    """Reads an ASS or SSA file.

    Args:
        text: the decoded file.
        kind: ``ass`` or ``ssa``.

    Raises:
        BadValue: not such a file.
        MissingExtra: pysubs2 is not installed.
    """
    try:
        import pysubs2
    except ImportError as error:
        raise MissingExtra("pysubs2", "localize") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            file = pysubs2.SSAFile.from_string(text.replace("\0", "\ufffd"), format_=kind)
        except (pysubs2.Pysubs2Error, ValueError, IndexError, KeyError, TypeError) as error:
            raise BadValue("subtitle file", text[:20], f"{kind.upper()} ({error})") from error
    if not file.events and "[events]" not in text.lower():
        raise BadValue("subtitle file", text[:20], f"{kind.upper()}, with a section [Events]")
    styles = tuple(
        NamedStyle(name, _style(style), tuple(_fields(style))) for name, style in file.styles.items()
    )
    places = {name: numpad(min(max(int(style.alignment), 1), 9)) for name, style in file.styles.items()}
    cues: list[Cue] = []
    comments: list[tuple[int, str]] = []
    for event in file.events:
        if event.type == "Dialogue":
            cues.append(_cue(event, places))
        else:
            comments.append((len(cues), event.text))
    return Document(
        tuple(cues),
        format=kind,
        styles=styles,
        comments=tuple(comments),
        settings=tuple((f"info.{name}", value) for name, value in file.info.items()),
    )


def _cue(event: Any, places: Mapping[str, Placement]) -> Cue:
    tree, place = parse_overrides(event.text)
    if event.name:
        tree = (Span("v", tree, value=event.name),)
    return Cue(
        Fraction(max(event.start, 0), 1000),
        Fraction(max(event.end, 0), 1000),
        tree,
        placement=numpad(place) if place else places.get(event.style, DEFAULT_PLACEMENT),
        style_name=event.style,
        layer=event.layer or 0,
        extras=tuple((name, str(getattr(event, name))) for name in _EVENT_FIELDS if getattr(event, name)),
    )


_EVENT_FIELDS = ("marginl", "marginr", "marginv", "effect")


def _color(value: Any) -> str:
    alpha = 255 - value.a
    tail = "" if alpha == 255 else f"{alpha:02x}"
    return f"#{value.r:02x}{value.g:02x}{value.b:02x}{tail}"


def _fields(style: Any) -> Iterator[tuple[str, str]]:
    for name, value in style.as_dict().items():
        is_color = hasattr(value, "r")
        yield (
            name,
            f"{value.r},{value.g},{value.b},{value.a}"
            if is_color
            else str(int(value) if isinstance(value, bool) else value),
        )


def _style(style: Any) -> Style:
    found = [("color", _color(style.primarycolor)), ("fontFamily", style.fontname)]
    if style.italic:
        found.append(("fontStyle", "italic"))
    if style.bold:
        found.append(("fontWeight", "bold"))
    if style.underline:
        found.append(("textDecoration", "underline"))
    return tuple(sorted(found))


def parse_overrides(text: str) -> tuple[tuple[Node, ...], int]:
    """(the tree of an event's text, its keypad place or 0)."""
    place = 0
    state: dict[str, str] = {}
    runs: list[tuple[tuple[tuple[str, str], ...], Node]] = []
    position = 0
    for block in [*_BLOCK.finditer(text), None]:
        plain = text[position : block.start() if block else len(text)]
        if plain:
            words = _ESCAPE.sub(lambda found: _ESCAPED[found[1]], plain)
            runs.append((tuple(sorted(state.items())), Text(words)))
        if block is None:
            break
        position = block.end()
        left = ""
        if "\\" not in block[1]:
            left = block[1]
        for code in _CODE.findall(block[1]) if "\\" in block[1] else ():
            if code.startswith("an") and len(code) == 3:
                place = place or int(code[2])
            elif not _apply(state, code):
                left += f"\\{code}"
        if left:
            runs.append((tuple(sorted(state.items())), Raw("ass", f"{{{left}}}")))
    return _nested(runs), place


def _apply(state: dict[str, str], code: str) -> bool:
    """Changes the state by one code; False for codes the model has no words for."""
    name, value = code[:1], code[1:]
    if name in _ORDER and (not value or value.isdigit()):
        state.pop(name, None)
        if value and value != "0":
            state[name] = "1" if name != "b" or value == "1" else value
        return True
    if code.startswith("1c"):
        name, value = "c", code[2:]
    if name == "c":
        digits = value.removeprefix("&H").rstrip("&").rjust(6, "0")[-6:]
        state.pop("color", None)
        if value:
            state["color"] = f"#{digits[4:6]}{digits[2:4]}{digits[0:2]}".lower()
        return True
    if code.startswith("fn"):
        state.pop("fontFamily", None)
        if code[2:]:
            state["fontFamily"] = code[2:]
        return True
    return False


def _nested(runs: list[tuple[tuple[tuple[str, str], ...], Node]]) -> tuple[Node, ...]:
    """Runs of one state each as spans inside spans."""
    found: list[Node] = []
    for state, group in groupby(runs, lambda run: run[0]):
        nodes: tuple[Node, ...] = tuple(node for _, node in group)
        known = dict(state)
        style = tuple((name, known[name]) for name in ("color", "fontFamily") if name in known)
        if style:
            nodes = (Span("font", nodes, style=style),)
        for kind in reversed(_ORDER):
            if kind in known:
                nodes = (Span(kind, nodes),)
        found.extend(nodes)
    return tuple(found)
