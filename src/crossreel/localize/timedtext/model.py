"""The neutral model of timed text: what every reader makes and every writer takes.

A ``Document`` holds cues in file order. A cue is shown from ``start`` until ``end`` (exact seconds;
``FOREVER`` where a document never takes it away), and its words are a tree: ``Text``, ``Span`` (what
surrounds text: italics, ruby, a speaker, a language, styles), ``Stamp`` (a time inside the text, as
karaoke has) and ``Raw`` (markup of one format that means nothing elsewhere).

Style properties have the names and the value syntax of TTML2 (W3C Recommendation, 2018-11-08, section
10), without prefix: ``("color", "#ffff00")``. Placement is WebVTT's (W3C Candidate Recommendation,
2019-04-04, section 3); regions carry both WebVTT's numbers and TTML's style properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from crossreel.values.language import Language
from crossreel.values.timing import FrameRate

__all__ = [
    "DEFAULT_PLACEMENT",
    "FOREVER",
    "Cue",
    "Document",
    "NamedStyle",
    "Node",
    "Placement",
    "Raw",
    "Region",
    "Span",
    "SpanKind",
    "Stamp",
    "Style",
    "Text",
    "cue_of",
    "leaves",
    "plain",
    "speakers",
    "style_get",
]

FOREVER: Final = Fraction(10**9)
"""The end of a cue that its document never takes away (about 31 years)."""

Style: TypeAlias = tuple[tuple[str, str], ...]
"""Style properties, (TTML2 name, TTML2 value), sorted by name."""

_SDH = re.compile(
    r"\[[^\]\n]+\]|^\s*-?\s*\([^)\n]+\)\s*$|[♪♫]|^-?\s?[A-ZÀ-ÞА-Я][A-ZÀ-ÞА-Я .'0-9]+:\s", re.MULTILINE
)
"""Sounds in brackets, a line in parentheses, music, ``NAME:`` in capitals."""

SpanKind = Literal["c", "i", "b", "u", "s", "v", "lang", "ruby", "rb", "rt", "rbc", "rtc", "rp", "font"]
"""``c`` a class or style, ``v`` a speaker, ``s`` struck through, ``font`` styles written on the text."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words; a line feed is a line break."""

    text: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """The time from which the text after it counts as said (seconds of media time)."""

    time: Fraction


@dataclass(frozen=True, slots=True)
class Raw:
    """Markup that only its own format understands, kept word for word for writing it back."""

    format: str
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """What surrounds a part of the text.

    Args:
        kind: see ``SpanKind``.
        children: in reading order.
        classes: WebVTT class names.
        value: the speaker of a ``v``, the language tag of a ``lang``, as written.
        style: style properties of this part.
    """

    kind: SpanKind
    children: tuple[Node, ...] = ()
    classes: tuple[str, ...] = ()
    value: str = ""
    style: Style = ()


Node: TypeAlias = Text | Stamp | Raw | Span


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a cue stands, in WebVTT's terms.

    Args:
        vertical: ``""`` horizontal, ``"rl"`` or ``"lr"``: vertical growing left or right.
        line: line number (``snap_to_lines``) or percentage; None means auto.
        snap_to_lines: whether ``line`` counts lines.
        line_align: ``start``, ``center``, ``end``.
        position: percentage; None means auto.
        position_align: ``auto``, ``line-left``, ``center``, ``line-right``.
        size: percentage of the picture, 0 to 100.
        align: ``start``, ``center``, ``end``, ``left``, ``right``.
    """

    vertical: Literal["", "rl", "lr"] = ""
    line: Fraction | None = None
    snap_to_lines: bool = True
    line_align: str = "start"
    position: Fraction | None = None
    position_align: str = "auto"
    size: Fraction = Fraction(100)
    align: str = "center"


DEFAULT_PLACEMENT: Final = Placement()


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the picture that cues are put into.

    Args:
        id: unique in a document; cues name it.
        width: percentage of the picture (WebVTT).
        lines: height in lines (WebVTT).
        anchor: (x, y) percentages inside the region.
        viewport_anchor: (x, y) percentages of the picture at which the anchor stands.
        scroll: whether lines scroll up.
        style: TTML style properties (``origin``, ``extent``, ``displayAlign``, ``writingMode`` ...).
    """

    id: str
    width: Fraction = Fraction(100)
    lines: int = 3
    anchor: tuple[Fraction, Fraction] = (Fraction(0), Fraction(100))
    viewport_anchor: tuple[Fraction, Fraction] = (Fraction(0), Fraction(100))
    scroll: bool = False
    style: Style = ()


@dataclass(frozen=True, slots=True)
class NamedStyle:
    """A style of a document that cues refer to by name (ASS/SSA), with that format's own fields."""

    name: str
    style: Style = ()
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle.

    Args:
        start: seconds, 0 or later.
        end: seconds; usually after ``start`` (files with other ends are read, and reported).
        tree: its words.
        id: as written; may be empty, may repeat.
        placement: where it stands.
        region: id of its region, or empty.
        style: style properties of the whole cue.
        style_name: the document's named style it uses.
        language: of the whole cue, where it is not the document's.
        forced: a forced narrative, shown even to those who switched subtitles off.
        layer: drawing order (ASS).
        raw: its text exactly as the WebVTT file has it; None where it was made or changed here.
        extras: fields that only its own format knows.
    """

    start: Fraction
    end: Fraction
    tree: tuple[Node, ...]
    id: str = ""
    placement: Placement = DEFAULT_PLACEMENT
    region: str = ""
    style: Style = ()
    style_name: str = ""
    language: Language | None = None
    forced: bool = False
    layer: int = 0
    raw: str | None = None
    extras: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The words as read, lines separated by line feeds; ruby readings are left out."""
        tree = self.tree
        if len(tree) == 1 and type(tree[0]) is Text:
            return tree[0].text
        return plain(tree)

    @property
    def has_sdh_marks(self) -> bool:
        """Whether it has a sound in brackets, music or a speaker's label (subtitles for the deaf)."""
        return _SDH.search(self.text) is not None

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of ``text``."""
        return tuple(self.text.split("\n"))


@dataclass(frozen=True, slots=True)
class Document:
    """A subtitle file.

    Args:
        cues: in file order.
        format: the name of the format it was read from (``webvtt``), empty when made here.
        encoding: the character encoding it was read in.
        language: of the whole, where the file says so.
        regions: in file order; of two with one id the last counts.
        styles: named styles (ASS).
        stylesheets: CSS of WebVTT ``STYLE`` blocks.
        comments: (number of cues before it, text) of WebVTT ``NOTE`` blocks.
        frame_rate: of times counted in frames, where the file or the caller says so.
        settings: facts of the whole document, (name, value), that its own format knows.
        notes: what reading repaired or could not carry, in words.
    """

    cues: tuple[Cue, ...]
    format: str = ""
    encoding: str = "utf-8"
    language: Language | None = None
    regions: tuple[Region, ...] = ()
    styles: tuple[NamedStyle, ...] = ()
    stylesheets: tuple[str, ...] = ()
    comments: tuple[tuple[int, str], ...] = ()
    frame_rate: FrameRate | None = None
    settings: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = field(default=())

    def region(self, id: str) -> Region | None:
        """The region of that id (the last so named), or None."""
        return next((region for region in reversed(self.regions) if region.id == id), None)


def cue_of(start: Fraction, end: Fraction, text: str, id: str = "") -> Cue:
    """A cue of plain words."""
    return Cue(start, end, (Text(text),) if text else (), id)


def leaves(tree: Iterable[Node]) -> Iterator[Text | Stamp | Raw]:
    """The leaves in reading order, whatever surrounds them."""
    stack = [iter(tree)]
    while stack:
        for node in stack[-1]:
            if isinstance(node, Span):
                stack.append(iter(node.children))
                break
            yield node
        else:
            stack.pop()


def plain(tree: Iterable[Node]) -> str:
    """The words of a tree, without ruby readings (``rt``, ``rp``)."""
    parts: list[str] = []
    stack = [iter(tree)]
    while stack:
        for node in stack[-1]:
            if type(node) is Text:
                parts.append(node.text)
            elif type(node) is Span and node.kind not in ("rt", "rtc", "rp"):
                stack.append(iter(node.children))
                break
        else:
            stack.pop()
    return "".join(parts)


def speakers(tree: Iterable[Node]) -> tuple[str, ...]:
    """The speakers named in a tree (``v`` spans), in reading order."""
    found: list[str] = []
    stack = list(reversed(tuple(tree)))
    while stack:
        node = stack.pop()
        if isinstance(node, Span):
            if node.kind == "v" and node.value:
                found.append(node.value)
            stack.extend(reversed(node.children))
    return tuple(found)


def style_get(style: Style, name: str) -> str | None:
    """A property of a style, or None."""
    return next((value for key, value in style if key == name), None)
