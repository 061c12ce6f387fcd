"""Writing SAMI."""

from __future__ import annotations

import html
from collections.abc import Sequence

from crossreel.localize.timedtext.model import Document, Node, Span, Text, style_get
from crossreel.localize.timedtext.writers.losses import closed, losses, to_milliseconds

__all__ = ["CARRIED", "write_sami"]

CARRIED = (
    "italic",
    "bold",
    "underline",
    "strikeout",
    "style",
)


def write_sami(document: Document) -> tuple[str, tuple[str, ...]]:
    """The file, and notes on what it does not carry."""
    notes = list(losses(document, CARRIED, "SAMI"))
    document = closed(document)
    cues = sorted(document.cues, key=lambda cue: cue.start)
    tag = str(document.language or "en-US")
    lines = [
        "<SAMI>",
        "<HEAD>",
        '<STYLE TYPE="text/css">',
        "<!--",
        "P { text-align: center; }",
        f".CC {{ Name: {tag}; lang: {tag}; SAMIType: CC; }}",
        "-->",
        "</STYLE>",
        "</HEAD>",
        "<BODY>",
    ]
    overlapping = 0
    for cue, following in zip(cues, [*cues[1:], None], strict=False):
        lines.append(f"<SYNC Start={to_milliseconds(cue.start)}><P Class=CC>{_markup(cue.tree)}")
        if following is not None and following.start < cue.end:
            overlapping += 1
        elif following is None or following.start > cue.end:
            lines.append(f"<SYNC Start={to_milliseconds(cue.end)}><P Class=CC>&nbsp;")
    if overlapping:
        notes.append(
            f"SAMI cannot carry cues at the same time ({overlapping} cues end where the next begins)."
        )
    return "\n".join([*lines, "</BODY>", "</SAMI>", ""]), tuple(notes)


def _markup(nodes: Sequence[Node]) -> str:
    parts = []
    for node in nodes:
        if isinstance(node, Text):
            parts.append(html.escape(node.text, quote=False).replace("\n", "<br>"))
        elif isinstance(node, Span) and node.kind not in ("rt", "rtc", "rp"):
            inner = _markup(node.children)
            if node.kind in ("b", "i", "u", "s"):
                inner = f"<{node.kind}>{inner}</{node.kind}>"
            color = style_get(node.style, "color")
            parts.append(f'<font color="{color}">{inner}</font>' if color else inner)
    return "".join(parts)
