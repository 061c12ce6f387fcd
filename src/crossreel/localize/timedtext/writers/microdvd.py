"""Writing MicroDVD: frames, ``|`` between lines."""

from __future__ import annotations

from collections.abc import Sequence

from crossreel.errors import BadValue
from crossreel.localize.timedtext.model import Document, Node, Span, Text
from crossreel.localize.timedtext.writers.losses import closed, losses
from crossreel.values.timing import FrameRate, Timecode

__all__ = ["CARRIED", "write_microdvd"]

CARRIED = (
    "italic",
    "bold",
    "underline",
    "strikeout",
)


def write_microdvd(document: Document, rate: FrameRate | None = None) -> tuple[str, tuple[str, ...]]:
    """The file, and notes on what it does not carry.

    Raises:
        BadValue: neither ``rate`` nor the document says how many frames a second has.
    """
    rate = rate or document.frame_rate
    if rate is None:
        advice = "Name it with --fps, such as --fps 23.976."
        raise BadValue("frame rate", "", "known, since MicroDVD counts frames", advice=advice)
    notes = list(losses(document, CARRIED, "MicroDVD"))
    document = closed(document)
    rows = [f"{{1}}{{1}}{round(float(rate), 3):g}"]
    moved = 0
    for cue in document.cues:
        start, end = Timecode(cue.start), Timecode(cue.end)
        moved += not (start.is_on_frame(rate) and end.is_on_frame(rate))
        body = _markup(cue.tree)
        rows.append(f"{{{start.nearest_frame(rate)}}}{{{end.nearest_frame(rate)}}}{body}")
    if moved:
        notes.append(f"MicroDVD moves times to whole frames ({moved} cues).")
    return "\n".join(rows) + "\n", tuple(notes)


def _markup(nodes: Sequence[Node]) -> str:
    """The whole cue's marks as ``{Y:i}``; marks of a part hold for its line, the least there is."""
    if len(nodes) == 1 and isinstance(nodes[0], Span) and nodes[0].kind in ("b", "i", "u", "s"):
        return f"{{Y:{nodes[0].kind}}}{_markup(nodes[0].children)}"
    parts = []
    for node in nodes:
        if isinstance(node, Text):
            parts.append(node.text.replace("|", "¦").replace("\r", " ").replace("\n", "|"))
        elif isinstance(node, Span) and node.kind not in ("rt", "rtc", "rp"):
            parts.append(_markup_inside(node))
    return "".join(parts)


def _markup_inside(span: Span) -> str:
    inner = _markup(span.children)
    if span.kind in ("b", "i", "u", "s") and not inner.startswith("{"):
        return f"{{y:{span.kind}}}{inner}"
    return inner
