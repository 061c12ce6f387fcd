"""Style values of ttconv as TTML attribute texts, and how they are inherited."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

from crossreel.localize.timedtext.model import Style

__all__ = ["INHERITED", "NAMESPACES", "attribute_name", "inherited", "style_texts"]

_TTS = "http://www.w3.org/ns/ttml#styling"
_ITTS = "http://www.w3.org/ns/ttml/profile/imsc1#styling"
_EBUTTS = "urn:ebu:tt:style"
NAMESPACES = {"fillLineGap": _ITTS, "forcedDisplay": _ITTS, "linePadding": _EBUTTS, "multiRowAlign": _EBUTTS}
"""Style properties that are not in the TTML styling namespace."""

INHERITED = frozenset(
    (
        "color",
        "direction",
        "fillLineGap",
        "fontFamily",
        "fontSize",
        "fontStyle",
        "fontVariant",
        "fontWeight",
        "lineHeight",
        "linePadding",
        "luminanceGain",
        "multiRowAlign",
        "rubyAlign",
        "rubyPosition",
        "rubyReserve",
        "shear",
        "textAlign",
        "textCombine",
        "textDecoration",
        "textEmphasis",
        "textOutline",
        "textShadow",
        "visibility",
        "wrapOption",
    )
)
"""Properties that TTML2 (section 10.2) and IMSC 1.1 (section 8.4) inherit."""


def attribute_name(name: str) -> str:
    """The qualified name of a style property as ElementTree writes it."""
    return f"{{{NAMESPACES.get(name, _TTS)}}}{name}"


def style_texts(model: Any, properties: Iterable[Any], value: Callable[[Any], Any]) -> Style:
    """The style properties with their values as attribute texts, sorted by name.

    Args:
        model: ttconv's document (some lengths refer to it).
        properties: ttconv's property classes.
        value: gives the value of one.
    """
    from ttconv.imsc.style_properties import StyleProperties

    found = []
    for property in properties:
        writer: Any = StyleProperties.BY_MODEL_PROP.get(property)
        given = value(property)
        if writer is None or given is None:
            continue
        element = ET.Element("x")
        writer.from_model(element, given)
        text = element.get(f"{{{writer.ns}}}{writer.local_name}")
        if text is None and writer.local_name == "backgroundColor":
            text = "transparent"
        if text is not None:
            found.append((writer.local_name, text))
    return tuple(sorted(found))


def _percent(text: str) -> Fraction | None:
    parts = text.split()
    if len(parts) != 1 or not text.endswith("%"):
        return None
    try:
        return Fraction(text[:-1])
    except ValueError:
        return None


def inherited(outer: Style, own: Style, *, last: bool = False) -> Style:
    """The style of an element inside another.

    Args:
        outer: what it inherits.
        own: what it says itself.
        last: it is the paragraph, so that its own properties stay though they are not inherited.
    """
    if not outer and last:
        return own
    merged = dict(outer)
    for name, value in own:
        if name == "fontSize" and name in merged:
            part, whole = _percent(value), _percent(merged[name])
            if part is not None and whole is not None:
                value = f"{float(part * whole / 100):g}%"
        if last or name in INHERITED:
            merged[name] = value
    return tuple(sorted(merged.items()))
