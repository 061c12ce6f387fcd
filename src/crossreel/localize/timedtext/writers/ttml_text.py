"""The words of a cue as TTML elements."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from xml.etree import ElementTree as ET

from crossreel.localize.timedtext.model import Node, Span, Style, Text, plain
from crossreel.localize.timedtext.readers.ttml_styles import attribute_name

__all__ = ["Words", "clean"]

_TT = "http://www.w3.org/ns/ttml"
_TTS = "http://www.w3.org/ns/ttml#styling"
_TTM = "http://www.w3.org/ns/ttml#metadata"
_XML = "http://www.w3.org/XML/1998/namespace"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACE_MATTERS = re.compile(r"^[ \t]|[ \t]$|[ \t]{2}|\t|\r|[ \t]\n|\n[ \t]|\n\n")
_STYLES: dict[str, Style] = {
    "i": (("fontStyle", "italic"),),
    "b": (("fontWeight", "bold"),),
    "u": (("textDecoration", "underline"),),
    "s": (("textDecoration", "lineThrough"),),
}
_RUBY = {
    "ruby": "container",
    "rb": "base",
    "rt": "text",
    "rbc": "baseContainer",
    "rtc": "textContainer",
    "rp": "delimiter",
}


def clean(text: str) -> str:
    """Text without the characters that XML 1.0 forbids (they become U+FFFD)."""
    return _NOT_XML.sub("\ufffd", text)


class Words:
    """Fills one ``p``.

    Args:
        paragraph: the element.
        agents: ids of the speakers' agents by name.
    """

    def __init__(self, paragraph: ET.Element, agents: Mapping[str, str]) -> None:
        self.paragraph = paragraph
        self.agents = agents

    def fill(self, tree: Sequence[Node]) -> None:
        """Puts the tree into the paragraph."""
        if _SPACE_MATTERS.search(_whole(tree)):
            self.paragraph.set(f"{{{_XML}}}space", "preserve")
        if (
            len(tree) == 1
            and isinstance(tree[0], Span)
            and tree[0].kind == "v"
            and tree[0].value in self.agents
        ):
            self.paragraph.set(f"{{{_TTM}}}agent", self.agents[tree[0].value])
            tree = tree[0].children
        self._nodes(self.paragraph, tree)

    def _nodes(self, parent: ET.Element, nodes: Sequence[Node]) -> None:
        for node in nodes:
            if isinstance(node, Text):
                self._text(parent, node.text)
            elif isinstance(node, Span):
                self._span(parent, node)

    def _text(self, parent: ET.Element, text: str) -> None:
        for place, line in enumerate(clean(text).split("\n")):
            if place:
                ET.SubElement(parent, f"{{{_TT}}}br")
            if len(parent):
                parent[-1].tail = (parent[-1].tail or "") + line
            else:
                parent.text = (parent.text or "") + line

    def _span(self, parent: ET.Element, span: Span, outer: tuple[Span, ...] = ()) -> None:
        if span.kind == "ruby" and not any(_is(child, ("rb", "rbc")) for child in span.children):
            for container in _pairs(span):
                self._span(parent, container, outer)
            return
        if span.kind not in _RUBY and any(_has_ruby(child) for child in span.children):
            self._around_ruby(parent, span, outer)
            return
        element = ET.SubElement(parent, f"{{{_TT}}}span")
        for surrounding in (*outer, span):
            self._attributes(element, surrounding)
        self._nodes(element, span.children)

    def _around_ruby(self, parent: ET.Element, span: Span, outer: tuple[Span, ...]) -> None:
        """Ruby containers stand directly in the paragraph and take over what surrounded them."""
        for with_ruby, group in groupby(span.children, _has_ruby):
            if not with_ruby:
                self._span(parent, replace(span, children=tuple(group)), outer)
                continue
            for child in group:
                if isinstance(child, Span):
                    self._span(parent, child, (*outer, span))

    def _attributes(self, element: ET.Element, span: Span) -> None:
        for name, value in (*_STYLES.get(span.kind, ()), *span.style):
            element.set(attribute_name(name), value)
        if span.kind in _RUBY:
            element.set(f"{{{_TTS}}}ruby", _RUBY[span.kind])
        elif span.kind == "lang":
            element.set(f"{{{_XML}}}lang", clean(span.value))
        elif span.kind == "v" and span.value in self.agents:
            element.set(f"{{{_TTM}}}agent", self.agents[span.value])


def _has_ruby(node: Node) -> bool:
    return isinstance(node, Span) and (
        node.kind == "ruby" or any(_has_ruby(child) for child in node.children)
    )


def _is(node: Node, kinds: tuple[str, ...]) -> bool:
    return isinstance(node, Span) and node.kind in kinds


def _whole(nodes: Sequence[Node]) -> str:
    """All text, readings too, to see whether white space matters."""
    return "".join(
        node.text if isinstance(node, Text) else _whole(node.children) if isinstance(node, Span) else ""
        for node in nodes
    )


def _pairs(ruby: Span) -> list[Span]:
    """One container for each base and its reading, as TTML wants; text after the last has none."""
    found: list[Span] = []
    base: tuple[Node, ...] = ()
    for is_reading, group in groupby(ruby.children, lambda child: _is(child, ("rt",))):
        nodes = tuple(group)
        if not is_reading:
            base = nodes
            continue
        for reading in nodes:
            found.append(Span("ruby", (Span("rb", base), reading), style=ruby.style))
            base = ()
    if base and plain(base):
        found.append(Span("c", base, style=ruby.style))
    return found
