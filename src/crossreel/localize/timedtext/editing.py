"""Changing where a tree breaks, or cutting it in two, without touching a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from crossreel.localize.timedtext.model import Node, Raw, Span, Stamp, Text, plain

__all__ = ["cut", "joined", "substituted"]

_READINGS = ("rt", "rtc", "rp")


class _Walk:
    """How far into the plain text the walk is."""

    def __init__(self) -> None:
        self.at = 0


def substituted(tree: Sequence[Node], changes: Mapping[int, tuple[int, str]]) -> tuple[Node, ...]:
    """A tree with parts of its plain text replaced.

    Args:
        tree: the words.
        changes: place in the plain text: (length replaced, replacement). A part that crosses the end
            of a text node is replaced where it begins, and its rest dropped.
    """
    gone: dict[int, str] = {}
    for place, (length, text) in changes.items():
        for offset in range(length):
            gone[place + offset] = text if offset == 0 else ""
    return _substituted(tree, gone, _Walk()) if gone else tuple(tree)


def _substituted(tree: Sequence[Node], gone: Mapping[int, str], walk: _Walk) -> tuple[Node, ...]:
    nodes: list[Node] = []
    for node in tree:
        if isinstance(node, Text):
            text = node.text
            places = [place for place in gone if walk.at <= place < walk.at + len(text)]
            for place in sorted(places, reverse=True):
                offset = place - walk.at
                text = text[:offset] + gone[place] + text[offset + 1 :]
            walk.at += len(node.text)
            if text:
                nodes.append(Text(text))
        elif isinstance(node, Span) and node.kind not in _READINGS:
            nodes.append(replace(node, children=_substituted(node.children, gone, walk)))
        else:
            nodes.append(node)
    return tuple(nodes)


def cut(tree: Sequence[Node], start: int, end: int) -> tuple[Node, ...]:
    """The part of a tree that has the characters from ``start`` up to ``end`` of its plain text.

    What surrounds them is repeated on both sides of a cut; a ruby base that is cut keeps its reading
    on the side where it begins.
    """
    return _cut(tree, start, end, _Walk())


def _cut(tree: Sequence[Node], start: int, end: int, walk: _Walk) -> tuple[Node, ...]:
    nodes: list[Node] = []
    for node in tree:
        if isinstance(node, Text):
            begins, walk.at = walk.at, walk.at + len(node.text)
            text = node.text[max(0, start - begins) : max(0, end - begins)]
            if text:
                nodes.append(Text(text))
        elif isinstance(node, Span) and node.kind not in _READINGS:
            begins = walk.at
            if node.kind == "ruby":
                # A ruby with its readings is never cut: it goes where its base begins.
                walk.at += len(plain(node.children))
                if start <= begins < end:
                    nodes.append(node)
                continue
            inner = _cut(node.children, start, end, walk)
            if inner:
                nodes.append(replace(node, children=inner))
        elif start <= walk.at < end and isinstance(node, Stamp | Raw | Span):
            nodes.append(node)
    return tuple(nodes)


def joined(first: Sequence[Node], second: Sequence[Node], glue: str) -> tuple[Node, ...]:
    """Two trees as one, ``glue`` between them."""
    return (*first, Text(glue), *second)
