"""A line as it will stand on the picture, as HTML: italics, ruby, direction, vertical text, its edge.

The film's own track is drawn by the browser; this is for lines beside or without a film.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from crossreel.localize.timedtext import Cue
from crossreel.localize.timedtext.model import Node, Placement, Span, Text
from crossreel.values.language import Language

__all__ = ["DrawnCue", "draw_cue"]

_TAGS = {"i": "i", "b": "b", "u": "u", "s": "s", "ruby": "ruby", "rt": "rt", "rp": "rp", "rb": "span"}
_COLORS = frozenset({"white", "lime", "cyan", "red", "yellow", "magenta", "blue", "black"})


@dataclass(frozen=True, slots=True)
class DrawnCue:
    """A drawn line: its HTML, language, direction, and the classes that place it."""

    html: Markup
    language: str
    direction: str
    classes: str


def draw_cue(cue: Cue, language: Language) -> DrawnCue:
    """Draws a line of a document in that language."""
    own = cue.language or language
    place = cue.placement
    classes = [_edge(place), f"align-{place.align}"]
    if place.vertical:
        classes.append(f"vertical-{place.vertical}")
    return DrawnCue(
        _html(cue.tree),
        own.tag,
        "rtl" if own.is_right_to_left else "ltr",
        " ".join(classes),
    )


def _edge(place: Placement) -> str:
    if place.line is None:
        return "edge-end"
    near = place.line >= 0 if place.snap_to_lines else place.line < 50
    return "edge-start" if near else "edge-end"


def _html(nodes: Sequence[Node]) -> Markup:
    return Markup("").join(_node(node) for node in nodes)


def _node(node: Node) -> Markup:
    if isinstance(node, Text):
        return Markup("<br>").join(escape(line) for line in node.text.split("\n"))
    if not isinstance(node, Span):
        return Markup("")
    inner = _html(node.children)
    if node.kind == "lang" and node.value:
        return Markup('<span lang="{}">{}</span>').format(node.value, inner)
    tag = _TAGS.get(node.kind)
    if tag:
        return Markup(f"<{tag}>") + inner + Markup(f"</{tag}>")
    colors = [f"cue-{name}" for name in node.classes if name in _COLORS]
    if colors:
        return Markup('<span class="{}">{}</span>').format(" ".join(colors), inner)
    return inner
