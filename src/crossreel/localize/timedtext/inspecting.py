"""A document as JSON, for people and programs to look at."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from crossreel.localize.timedtext.model import FOREVER, Cue, Document, Node, Region, Span, Stamp, Text

__all__ = ["cue_to_dict", "document_to_dict", "tree_to_list"]


def document_to_dict(document: Document) -> dict[str, Any]:
    """``{"format", "encoding", "cues": [...], "notes": [...]}``; times in decimal seconds."""
    return {
        "format": document.format,
        "encoding": document.encoding,
        "cues": [cue_to_dict(document, cue) for cue in document.cues],
        "notes": list(document.notes),
    }


def cue_to_dict(document: Document, cue: Cue) -> dict[str, Any]:
    """A cue. ``text`` is the text as a WebVTT file has it, tags included; elsewhere the plain words.

    ``end`` is null where the cue never ends. ``settings`` has WebVTT's DOM attribute names and values
    (``line`` and ``position`` are ``"auto"`` or numbers; ``region`` is null or the whole region); what
    only other formats have (styles, speakers' forced narratives ...) is added where it is there.
    """
    return {
        "id": cue.id,
        "start": _number(cue.start),
        "end": None if cue.end == FOREVER else _number(cue.end),
        "text": cue.raw if cue.raw is not None else cue.text,
        "settings": _settings(document, cue),
        "tree": tree_to_list(cue.tree),
    }


def _number(value: Fraction) -> int | float:
    """The number as a browser has it and writes it: a double, whole numbers below 10^21 without a point."""
    if value.denominator == 1 and abs(value.numerator) < 2**53:
        return value.numerator
    double = float(value)
    return int(Decimal(repr(double))) if double.is_integer() and abs(double) < 1e21 else double


def _settings(document: Document, cue: Cue) -> dict[str, Any]:
    placement = cue.placement
    region = document.region(cue.region) if cue.region else None
    found: dict[str, Any] = {
        "vertical": placement.vertical,
        "line": "auto" if placement.line is None else _number(placement.line),
        "snapToLines": placement.snap_to_lines,
        "lineAlign": placement.line_align,
        "position": "auto" if placement.position is None else _number(placement.position),
        "positionAlign": placement.position_align,
        "size": _number(placement.size),
        "align": placement.align,
        "region": None if region is None else _region(region),
    }
    for name, value in (
        ("style", dict(cue.style)),
        ("styleName", cue.style_name),
        ("language", "" if cue.language is None else str(cue.language)),
        ("forced", cue.forced),
        ("sdh", cue.has_sdh_marks),
        ("layer", cue.layer),
    ):
        if value:
            found[name] = value
    return found


def _region(region: Region) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": region.id,
        "width": _number(region.width),
        "lines": _number(Fraction(region.lines)) if region.lines.bit_length() < 1000 else 1e300,
        "regionAnchorX": _number(region.anchor[0]),
        "regionAnchorY": _number(region.anchor[1]),
        "viewportAnchorX": _number(region.viewport_anchor[0]),
        "viewportAnchorY": _number(region.viewport_anchor[1]),
        "scroll": "up" if region.scroll else "",
    }
    if region.style:
        found["style"] = dict(region.style)
    return found


def tree_to_list(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    """The tree: ``{"type": "text" | "timestamp" | "raw" | a span kind, ...}`` with ``children``."""
    found: list[dict[str, Any]] = []
    for node in nodes:
        if isinstance(node, Text):
            found.append({"type": "text", "text": node.text})
        elif isinstance(node, Stamp):
            found.append({"type": "timestamp", "time": _number(node.time)})
        elif isinstance(node, Span):
            span: dict[str, Any] = {"type": node.kind, "classes": list(node.classes)}
            if node.kind in ("v", "lang"):
                span["annotation"] = node.value
            if node.style:
                span["style"] = dict(node.style)
            found.append({**span, "children": tree_to_list(node.children)})
        else:
            found.append({"type": "raw", "format": node.format, "text": node.text})
    return found
