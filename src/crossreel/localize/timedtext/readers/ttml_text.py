"""The words of one TTML paragraph at one moment: what is active, with its white space handled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import ttconv.model as tt
from ttconv.style_properties import DisplayType, StyleProperties

from crossreel.localize.timedtext.model import Node, Span, SpanKind, Style, Text
from crossreel.localize.timedtext.readers.ttml_styles import style_texts

__all__ = ["TreeMaker"]

Interval = tuple[Fraction, Fraction | None]

_KINDS: tuple[tuple[Any, SpanKind], ...] = (
    (tt.Ruby, "ruby"),
    (tt.Rb, "rb"),
    (tt.Rbc, "rbc"),
    (tt.Rt, "rt"),
    (tt.Rtc, "rtc"),
    (tt.Rp, "rp"),
)
_SPACES = re.compile(r"[\t\r\n ]+")


@dataclass
class _Leaf:
    text: str
    preserve: bool
    line_break: bool = False


@dataclass
class _Branch:
    kind: SpanKind | None
    style: Style
    language: str
    children: list[_Leaf | _Branch] = field(default_factory=list)


class TreeMaker:
    """Makes the tree of a paragraph at any moment.

    Args:
        model: ttconv's document.
        paragraph: ttconv's ``P``.
        interval: of the paragraph, absolute.
        region: the region that is being filled, or None.
        unbound: the region is chosen by parts of the paragraph, so parts without one are left out.
    """

    def __init__(self, model: Any, paragraph: Any, interval: Interval, region: Any, unbound: bool) -> None:
        self.model = model
        self.paragraph = paragraph
        self.interval = interval
        self.region = region
        self.unbound = unbound and region is not None
        self.intervals: dict[Any, Interval] = {}
        self._time(paragraph, interval)

    def _time(self, element: Any, interval: Interval) -> None:
        from crossreel.localize.timedtext.readers.ttml_walk import clip

        self.intervals[element] = interval
        for child in element:
            self._time(child, clip(child.get_begin(), child.get_end(), interval))

    def elements(self) -> Iterator[tuple[Any, Interval]]:
        """Every element of the paragraph with its interval."""
        return iter(self.intervals.items())

    def styles_at(self, element: Any, interval: Interval, moment: Fraction) -> dict[Any, Any]:
        """The element's own style properties at a moment, animations applied."""
        from crossreel.localize.timedtext.readers.ttml_walk import clip, covers

        found: dict[Any, Any] = {name: element.get_style(name) for name in element.iter_styles()}
        for step in element.iter_animation_steps():
            if covers(clip(step.begin, step.end, interval), moment):
                found[step.style_property] = step.value
        return found

    def tree_at(self, moment: Fraction) -> tuple[Node, ...]:
        """The tree at a moment; empty where nothing is presented."""
        root = self._branch(self.paragraph, moment, None)
        if root is None:
            return ()
        _handle_spaces(root)
        return _frozen(root.children, root.language)

    def _branch(self, element: Any, moment: Fraction, inherited_region: Any) -> _Branch | None:
        from crossreel.localize.timedtext.readers.ttml_walk import covers

        if not covers(self.intervals[element], moment):
            return None
        own_region = element.get_region()
        region = inherited_region if own_region is None else own_region  # a ttconv region is falsy
        if element is not self.paragraph and not self._belongs(element, region):
            return None
        styles = self.styles_at(element, self.intervals[element], moment)
        if styles.get(StyleProperties.Display) is DisplayType.none:
            return None
        kind = next((name for cls, name in _KINDS if isinstance(element, cls)), None)
        style: Style = ()
        if element is not self.paragraph:
            style = style_texts(self.model, styles, styles.__getitem__)
        branch = _Branch(kind, style, element.get_lang())
        preserve = element.get_space() is tt.WhiteSpaceHandling.PRESERVE
        for child in element:
            if isinstance(child, tt.Text | tt.Br):
                if self.unbound and region is not self.region:
                    continue
                if covers(self.intervals[child], moment):
                    is_break = isinstance(child, tt.Br)
                    branch.children.append(_Leaf("\n" if is_break else child.get_text(), preserve, is_break))
            else:
                inner = self._branch(child, moment, region)
                if inner is not None:
                    branch.children.append(inner)
        if kind in ("rt", "rtc"):
            _handle_spaces(branch)
        return branch if branch.children or kind in ("rb", "rbc") else None

    def _belongs(self, element: Any, region: Any) -> bool:
        """Whether the part is put into the region being filled (TTML2, section 11.3.1.3)."""
        own = element.get_region()
        if self.unbound:
            return region is None or region is self.region
        return own is None or self.region is None or own is self.region


def _leaves(branch: _Branch) -> Iterator[_Leaf]:
    for child in branch.children:
        if isinstance(child, _Leaf):
            yield child
        elif child.kind not in ("rt", "rtc", "rp"):
            yield from _leaves(child)


def _handle_spaces(branch: _Branch) -> None:
    """White space as ``xml:space`` asks: runs collapse, and vanish at the ends of lines."""
    leaves = [leaf for leaf in _leaves(branch) if leaf.text]
    before = "\n"
    kept: list[_Leaf] = []
    for leaf in leaves:
        if not leaf.line_break and not leaf.preserve:
            leaf.text = _SPACES.sub(" ", leaf.text)
            if before in "\t\r\n " and leaf.text.startswith(" "):
                leaf.text = leaf.text[1:]
        if leaf.text:
            kept.append(leaf)
            before = leaf.text[-1]
    for leaf, after in zip(kept, [*kept[1:], None], strict=False):
        at_end = after is None or after.line_break or after.text[:1] in ("\r", "\n")
        if at_end and not leaf.line_break and not leaf.preserve and leaf.text.endswith(" "):
            leaf.text = leaf.text[:-1]


def _frozen(children: list[_Leaf | _Branch], language: str) -> tuple[Node, ...]:
    nodes: list[Node] = []
    for child in children:
        if isinstance(child, _Leaf):
            if child.text and nodes and isinstance(nodes[-1], Text):
                nodes[-1] = Text(nodes[-1].text + child.text)
            elif child.text:
                nodes.append(Text(child.text))
            continue
        inner = _frozen(child.children, child.language)
        if not inner and child.kind not in ("rb", "rbc"):
            continue
        foreign = child.language != language
        if foreign and child.kind == "ruby":  # a ruby container holds nothing but bases and readings
            ruby = Span("ruby", inner, style=child.style)
            nodes.append(Span("lang", (ruby,), value=child.language))
            continue
        if foreign:
            inner = (Span("lang", inner, value=child.language),)
        if child.kind is not None or child.style:
            nodes.append(Span(child.kind or "c", inner, style=child.style))
        else:
            nodes.extend(inner)
    return tuple(nodes)
