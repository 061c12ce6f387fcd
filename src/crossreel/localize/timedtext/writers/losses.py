"""What a target format cannot carry, said in words before it is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from crossreel.localize.timedtext.model import (
    DEFAULT_PLACEMENT,
    FOREVER,
    Cue,
    Document,
    Node,
    Raw,
    Span,
    Stamp,
    Text,
)

__all__ = ["FEATURES", "closed", "losses", "merged", "to_milliseconds"]

FEATURES = {
    "italic": "italics",
    "bold": "bold text",
    "underline": "underlines",
    "strikeout": "struck-through text",
    "ruby": "ruby (the reading is left out, its base text stays)",
    "speaker": "speaker names",
    "language": "languages of parts of the text",
    "class": "style classes",
    "style": "colors and other styles of text",
    "stamp": "times inside a cue",
    "vertical": "vertical text",
    "placement": "positions on the picture",
    "region": "regions",
    "stylesheet": "style sheets",
    "named-style": "named styles",
    "comment": "comments",
    "id": "cue ids",
    "forced": "forced-narrative marks",
    "layer": "layers",
    "raw": "markup that only another format has",
    "forever": "an end that never comes",
}
"""Feature of a document: the words a conversion note has for it."""

_SPANS = {
    "i": "italic",
    "b": "bold",
    "u": "underline",
    "s": "strikeout",
    "ruby": "ruby",
    "v": "speaker",
    "lang": "language",
}


def _tree_features(nodes: Iterable[Node], own_raw: str) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Span):
            if node.kind in _SPANS:
                yield _SPANS[node.kind]
            if node.classes:
                yield "class"
            if node.style:
                yield "style"
            yield from _tree_features(node.children, own_raw)
        elif isinstance(node, Stamp):
            yield "stamp"
        elif isinstance(node, Raw) and node.format != own_raw:
            yield "raw"


def _cue_features(cue: Cue, own_raw: str) -> Iterator[str]:
    tree = cue.tree
    if not (len(tree) == 1 and type(tree[0]) is Text):
        yield from _tree_features(tree, own_raw)
    if cue.placement is not DEFAULT_PLACEMENT and cue.placement != DEFAULT_PLACEMENT:
        if cue.placement.vertical:
            yield "vertical"
        if replace(cue.placement, vertical="") != DEFAULT_PLACEMENT:
            yield "placement"
    for feature, there in (
        ("region", cue.region),
        ("style", cue.style),
        ("language", cue.language),
        ("forced", cue.forced),
        ("layer", cue.layer),
        ("forever", cue.end == FOREVER),
    ):
        if there:
            yield feature


def _numbered(cues: tuple[Cue, ...]) -> bool:
    """Whether the ids are only the numbers that a format counts by itself."""
    return all(not cue.id or cue.id == str(place) for place, cue in enumerate(cues, 1))


def losses(document: Document, carried: Iterable[str], target: str) -> tuple[str, ...]:
    """One note for each feature the document has and the target does not carry.

    Args:
        document: what is going to be written.
        carried: names of ``FEATURES`` that the target keeps.
        target: the target's name as people write it; also the format of ``Raw`` it keeps.
    """
    counts: Counter[str] = Counter()
    for cue in document.cues:
        counts.update(set(_cue_features(cue, target)))
    counts["stylesheet"] = len(document.stylesheets)
    counts["comment"] = len(document.comments)
    counts["named-style"] = len(document.styles)
    if not _numbered(document.cues):
        counts["id"] = sum(1 for cue in document.cues if cue.id)
    kept = set(carried)
    notes = []
    for feature, words in FEATURES.items():
        if counts[feature] and feature not in kept:
            what = "cue" if counts[feature] == 1 else "cues"
            where = (
                "" if feature in ("stylesheet", "comment", "named-style") else f" ({counts[feature]} {what})"
            )
            notes.append(f"{target} cannot carry {words}{where}.")
    return tuple(notes)


def closed(document: Document) -> Document:
    """The document with an end for every cue: of an endless one, the next start or 10 seconds on."""
    if all(cue.end != FOREVER for cue in document.cues):
        return document
    starts = sorted({cue.start for cue in document.cues})
    following = dict(pairwise(starts))
    cues = tuple(
        cue if cue.end != FOREVER else replace(cue, end=following.get(cue.start, cue.start + 10))
        for cue in document.cues
    )
    return replace(document, cues=cues)


def merged(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """A tree with neighboring texts joined and empty ones gone."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, Span):
            found.append(replace(node, children=merged(node.children)))
        elif isinstance(node, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(found[-1].text + node.text)
        elif not isinstance(node, Text) or node.text:
            found.append(node)
    return tuple(found)


def to_milliseconds(time: Fraction) -> int:
    """Whole milliseconds, to the nearest, halves up."""
    if time.denominator == 1000:
        return time.numerator
    return int((time * 2000 + 1) // 2)
