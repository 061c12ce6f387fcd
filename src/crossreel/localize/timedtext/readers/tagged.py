r"""Text with HTML-like tags and ``{\...}`` codes, as SRT files in the wild have it.

Known tags become spans (``b i u s font``), ``<br>`` a line break; other HTML tags are dropped and
their text stays; what is not a tag stays text, so that ``a < b`` survives.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from crossreel.localize.timedtext.model import (
    DEFAULT_PLACEMENT,
    Node,
    Placement,
    Raw,
    Span,
    SpanKind,
    Style,
    Text,
)

__all__ = ["Tagged", "css_color", "numpad", "parse_tagged"]

_TOKEN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})\b([^<>]{0,2000})>|\{(\\[^{}]{0,2000})\}")
_ATTRIBUTE = re.compile(r"""([A-Za-z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_CODE = re.compile(r"\\(an[1-9]|a(?:10|11|[1-9])|[bius][01])")
_KINDS: dict[str, SpanKind] = {
    "b": "b",
    "strong": "b",
    "i": "i",
    "em": "i",
    "u": "u",
    "s": "s",
    "strike": "s",
    "del": "s",
    "font": "font",
}
_DROPPED = frozenset(
    (
        "a",
        "abbr",
        "article",
        "blockquote",
        "body",
        "center",
        "code",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "html",
        "img",
        "li",
        "link",
        "main",
        "meta",
        "nav",
        "ol",
        "p",
        "pre",
        "script",
        "section",
        "small",
        "span",
        "style",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "title",
        "tr",
        "tt",
        "ul",
    )
)
_NAMES = {
    "white": "#ffffff",
    "black": "#000000",
    "red": "#ff0000",
    "lime": "#00ff00",
    "green": "#008000",
    "blue": "#0000ff",
    "yellow": "#ffff00",
    "cyan": "#00ffff",
    "aqua": "#00ffff",
    "magenta": "#ff00ff",
    "fuchsia": "#ff00ff",
    "silver": "#c0c0c0",
    "gray": "#808080",
    "grey": "#808080",
    "maroon": "#800000",
    "olive": "#808000",
    "purple": "#800080",
    "teal": "#008080",
    "navy": "#000080",
    "orange": "#ffa500",
}
_MAX_DEPTH = 100


def css_color(text: str) -> str | None:
    """A color as TTML writes it (``#rrggbb``), from ``#f00``, ``ff0000`` or a name; None if unknown."""
    given = text.strip().strip("\"'").lower()
    if given in _NAMES:
        return _NAMES[given]
    digits = given.removeprefix("#")
    if re.fullmatch(r"[0-9a-f]{3}", digits):
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}" if re.fullmatch(r"[0-9a-f]{6}(?:[0-9a-f]{2})?", digits) else None


def numpad(place: int) -> Placement:
    r"""The placement of a numeric-keypad alignment (``\\an1`` to ``\\an9``; 2 is the default)."""
    row, column = divmod(place - 1, 3)
    align = ("start", "center", "end")[column]
    if row == 0:
        return DEFAULT_PLACEMENT if column == 1 else Placement(align=align)
    if row == 1:
        return Placement(line=Fraction(50), snap_to_lines=False, line_align="center", align=align)
    return Placement(line=Fraction(0), align=align)


@dataclass
class Tagged:
    """What parsing found: the tree, the placement, and the names of HTML tags that were dropped."""

    tree: tuple[Node, ...] = ()
    placement: Placement = DEFAULT_PLACEMENT
    dropped: set[str] = field(default_factory=set)


class _Open:
    """Spans that are open, innermost last."""

    def __init__(self) -> None:
        self.stack: list[tuple[SpanKind, Style, list[Node]]] = [("c", (), [])]

    def add(self, node: Node) -> None:
        self.stack[-1][2].append(node)

    def start(self, kind: SpanKind, style: Style = ()) -> None:
        if len(self.stack) <= _MAX_DEPTH:
            self.stack.append((kind, style, []))

    def end(self, kind: SpanKind) -> None:
        """Closes the nearest span of that kind and reopens what stood inside it."""
        inner: list[tuple[SpanKind, Style]] = []
        if not any(entry[0] == kind for entry in self.stack[1:]):
            return
        while True:
            closed, style, children = self.stack.pop()
            self.add(Span(closed, tuple(children), style=style))
            if closed == kind:
                break
            inner.append((closed, style))
        for reopened, style in reversed(inner):
            self.start(reopened, style)

    def tree(self) -> tuple[Node, ...]:
        while len(self.stack) > 1:
            kind, style, children = self.stack.pop()
            self.add(Span(kind, tuple(children), style=style))
        return _without_empty(tuple(self.stack[0][2]))


def _without_empty(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, Span):
            children = _without_empty(node.children)
            if children:
                kept.append(Span(node.kind, children, node.classes, node.value, node.style))
        else:
            kept.append(node)
    return tuple(kept)


def parse_tagged(text: str, unescape: Callable[[str], str] = str) -> Tagged:
    """The tree of a text with tags.

    Args:
        text: lines separated by line feeds.
        unescape: applied to the text between tags (SAMI is HTML, SRT is not).
    """
    found = Tagged()
    if "<" not in text and "{" not in text:
        plain = unescape(text)
        found.tree = (Text(plain),) if plain else ()
        return found
    spans = _Open()
    position = 0
    for token in _TOKEN.finditer(text):
        if token.start() > position:
            spans.add(Text(unescape(text[position : token.start()])))
        position = token.end()
        if token[4]:
            _codes(spans, found, token[4])
        else:
            _tag(spans, found, token)
    if position < len(text):
        spans.add(Text(unescape(text[position:])))
    found.tree = spans.tree()
    return found


def _tag(spans: _Open, found: Tagged, token: re.Match[str]) -> None:
    closing, name, rest = token[1], token[2].lower(), token[3]
    kind = _KINDS.get(name)
    if kind and closing:
        spans.end(kind)
    elif kind:
        spans.start(kind, _font_style(rest) if kind == "font" else ())
    elif name == "br":
        spans.add(Text("\n"))
    elif name in _DROPPED:
        found.dropped.add(name)
    else:
        spans.add(Text(token[0]))


def _font_style(attributes: str) -> Style:
    style = []
    for name, value in _ATTRIBUTE.findall(attributes):
        bare = value.strip("\"'")
        color = css_color(bare) if name.lower() == "color" else None
        if color:
            style.append(("color", color))
        elif name.lower() == "face" and bare:
            style.append(("fontFamily", bare))
    return tuple(sorted(style))


def _codes(spans: _Open, found: Tagged, codes: str) -> None:
    r"""``{\\an8}`` and ``{\\i1}``; other codes are kept for formats that have them."""
    left = _CODE.sub("", codes)
    for code in _CODE.findall(codes):
        if code.startswith("an"):
            found.placement = numpad(int(code[2:]))
        elif code.startswith("a"):
            found.placement = numpad(_old_alignment(int(code[1:])))
        elif code[1] == "1":
            spans.start(_KINDS[code[0]])
        else:
            spans.end(_KINDS[code[0]])
    if left:
        spans.add(Raw("ass", f"{{{left}}}"))


def _old_alignment(number: int) -> int:
    r"""SSA's ``\\a``: 1 to 3 bottom, 5 to 7 top, 9 to 11 middle."""
    row = {0: 0, 1: 2, 2: 1}[min(number // 4, 2)]
    return row * 3 + min(max(number % 4, 1), 3)
