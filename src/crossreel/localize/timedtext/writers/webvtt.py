"""Writing WebVTT (W3C WebVTT, 2019-04-04, section 4).

Whatever the model holds is written so that our own reader, which is the standard's, makes the same
model of it: characters are escaped, blank lines inside a cue become ``&#10;``.
"""

from __future__ import annotations

import re
from fractions import Fraction

from crossreel.localize.timedtext.model import (
    DEFAULT_PLACEMENT,
    Cue,
    Document,
    Node,
    Placement,
    Region,
    Span,
    Stamp,
    Style,
    Text,
    style_get,
)
from crossreel.localize.timedtext.writers.geometry import region_numbers
from crossreel.localize.timedtext.writers.losses import losses, to_milliseconds

__all__ = ["CARRIED", "cue_text", "write_webvtt"]

CARRIED = (
    "italic",
    "bold",
    "underline",
    "ruby",
    "speaker",
    "language",
    "class",
    "stamp",
    "vertical",
    "placement",
    "region",
    "stylesheet",
    "comment",
    "id",
    "forever",
)

COLORS = {
    "#ffffff": "white",
    "#00ff00": "lime",
    "#00ffff": "cyan",
    "#ff0000": "red",
    "#ffff00": "yellow",
    "#ff00ff": "magenta",
    "#0000ff": "blue",
    "#000000": "black",
}
"""The eight colors that have WebVTT default classes (section 5)."""

_SPECIAL = re.compile(r"[&<>]")
_SPACES = re.compile(r"[\t\n\f\r ]+")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BREAKS = re.compile(r"\r|(?:(?<=\n)|^)\n|\n$")


def write_webvtt(document: Document) -> tuple[str, tuple[str, ...]]:
    """The file, and notes on what it does not carry."""
    facts = dict(document.settings)
    title = facts.get("title", "") if document.format == "webvtt" else ""
    parts = ["WEBVTT" + (f" {_one_line(title)}" if title else "")]
    if document.format == "webvtt":
        parts[0] += "".join(f"\n{value}" for name, value in document.settings if name == "header")
    parts += [f"STYLE\n{sheet}" for sheet in document.stylesheets if sheet and _fits_block(sheet)]
    parts += [_region(region) for region in document.regions if _is_token(region.id)]
    regions = {region.id for region in document.regions if _is_token(region.id)}
    comments = list(document.comments)
    for place, cue in enumerate(document.cues):
        while comments and comments[0][0] <= place:
            parts.append(_note(comments.pop(0)[1]))
        parts.append(_cue(cue, regions))
    parts += [_note(text) for _, text in comments]
    return "\n\n".join(parts) + "\n", _notes(document)


def _notes(document: Document) -> tuple[str, ...]:
    notes = list(losses(document, CARRIED, "WebVTT"))
    inexact = sum(1 for cue in document.cues if 1000 % cue.start.denominator or 1000 % cue.end.denominator)
    if inexact:
        notes.append(f"WebVTT rounds times to milliseconds ({inexact} cues).")
    return tuple(notes)


def _one_line(text: str) -> str:
    return " ".join(text.replace("-->", "").split())


def _fits_block(text: str) -> bool:
    return "-->" not in text and "\n\n" not in text and not text.startswith("\n")


def _is_token(text: str) -> bool:
    return bool(text) and not re.search(r"[\t\n\f\r ]|-->", text)


def _note(text: str) -> str:
    safe = re.sub(r"\n{2,}", "\n", text.replace("-->", "--&gt;")).strip("\n")
    return f"NOTE\n{safe}" if "\n" in safe else f"NOTE {safe}".rstrip()


def _number(value: Fraction) -> str:
    """A decimal; what has no finite decimal is rounded to six places."""
    if value.denominator == 1:
        return str(value.numerator)
    digits = _decimal_places(value.denominator)
    scaled = round(abs(value) * 10**digits)
    text = f"{scaled // 10**digits}.{scaled % 10**digits:0{digits}}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def _decimal_places(denominator: int) -> int:
    """Decimals of a fraction with this denominator; 6 where they would never end."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else 6


def _region(region: Region) -> str:
    width, lines, anchor, viewport = region_numbers(region)
    return "\n".join(
        (
            "REGION",
            f"id:{region.id}",
            f"width:{_number(width)}%",
            f"lines:{lines}",
            f"regionanchor:{_number(anchor[0])}%,{_number(anchor[1])}%",
            f"viewportanchor:{_number(viewport[0])}%,{_number(viewport[1])}%",
            *(("scroll:up",) if region.scroll else ()),
        )
    )


def clock(time: Fraction) -> str:
    """``hh:mm:ss.mmm``, hours as long as they need."""
    milliseconds = to_milliseconds(time)
    seconds, thousandths = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"


def _cue(cue: Cue, regions: set[str]) -> str:
    settings = "" if cue.placement is DEFAULT_PLACEMENT else _settings(cue.placement)
    if cue.region in regions and cue.region:
        settings += f" region:{cue.region}"
    head = f"{clock(cue.start)} --> {clock(cue.end)}{settings}"
    body = _BREAKS.sub(_reference, _styled(cue.style, cue_text(cue.tree)))
    id = cue.id if "-->" not in cue.id else cue.id.replace("-->", "->")
    id = id.replace("\n", " ").replace("\r", " ")
    return "\n".join(part for part in (id, head, body) if part)


def _reference(found: re.Match[str]) -> str:
    return "&#13;" if found[0] == "\r" else "&#10;"


def _settings(placement: Placement) -> str:
    parts = []
    if placement.vertical:
        parts.append(f"vertical:{placement.vertical}")
    if placement.line is not None:
        percent = "" if placement.snap_to_lines else "%"
        align = f",{placement.line_align}" if placement.line_align != "start" else ""
        parts.append(f"line:{_number(placement.line)}{percent}{align}")
    if placement.position is not None:
        align = f",{placement.position_align}" if placement.position_align != "auto" else ""
        parts.append(f"position:{_number(placement.position)}%{align}")
    if placement.size != 100:
        parts.append(f"size:{_number(placement.size)}%")
    if placement.align != "center":
        parts.append(f"align:{placement.align}")
    return "".join(f" {part}" for part in parts)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ENTITIES[found[0]], text)


def cue_text(nodes: tuple[Node, ...]) -> str:
    """A tree as WebVTT cue text; line breaks as they are."""
    return "".join(
        _escaped(node.text)
        if isinstance(node, Text)
        else f"<{clock(node.time)}>"
        if isinstance(node, Stamp)
        else _span(node)
        if isinstance(node, Span)
        else ""
        for node in nodes
    )


def _span(span: Span) -> str:
    inner = _styled(span.style, cue_text(span.children))
    if span.kind in ("rp", "rtc"):
        return ""
    if span.kind in ("rb", "rbc", "font", "s") or (span.kind == "c" and not span.classes and span.style):
        return inner
    classes = "".join(f".{name}" for name in span.classes if name and not re.search(r"[\t\n\f\r .<>&]", name))
    words = [word for word in _SPACES.split(span.value) if word]
    value = f" {_escaped(' '.join(words))}" if words else ""
    return f"<{span.kind}{classes}{value}>{inner}</{span.kind}>"


def _styled(style: Style, inner: str) -> str:
    """Styles as WebVTT's own tags and default color classes, as far as it has them."""
    if not style or not inner:
        return inner
    if style_get(style, "fontStyle") in ("italic", "oblique"):
        inner = f"<i>{inner}</i>"
    if style_get(style, "fontWeight") == "bold":
        inner = f"<b>{inner}</b>"
    if "underline" in (style_get(style, "textDecoration") or "").split():
        inner = f"<u>{inner}</u>"
    classes = [
        f"{prefix}{COLORS[(style_get(style, name) or '')[:7].lower()]}"
        for name, prefix in (("color", ""), ("backgroundColor", "bg_"))
        if (style_get(style, name) or "")[:7].lower() in COLORS
        and (style_get(style, name) or "")[7:].lower() in ("", "ff")
    ]
    return f"<c.{'.'.join(classes)}>{inner}</c>" if classes else inner
