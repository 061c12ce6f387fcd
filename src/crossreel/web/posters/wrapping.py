"""Where a title's lines break, and how large they can be set."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crossreel.web.clusters import clusters

__all__ = ["SetLines", "breakable_parts", "fit"]

_NOT_FIRST = set(
    "、。，．・：；？！」』）】〉》ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々ゝゞ…‥!?,.;:)]}»”’"
)
"""Characters that begin no line (JIS X 4051, the common part)."""
_NOT_LAST = set("「『（【〈《([{«“‘")
"""Characters that end no line."""


@dataclass(frozen=True, slots=True)
class SetLines:
    """Lines of text and the size (in the drawing's units) they are set in."""

    lines: tuple[str, ...]
    size: float


def breakable_parts(text: str) -> list[tuple[str, str]]:
    """``text`` as (piece, what joins it to the next: a space or nothing).

    Words of spaced scripts stay whole (Hangul too, as Korean readers prefer); Han and Kana may
    break between visible characters, except before closing and after opening punctuation.
    """
    parts: list[tuple[str, str]] = []
    for word in text.split():
        if parts and set(word) <= _NOT_FIRST:  # French sets a space before : ; ! ?
            parts[-1] = (f"{parts[-1][0]} {word}", "")
            continue
        if parts:
            parts[-1] = (parts[-1][0], " ")
        for cluster in clusters(word):
            joinable = parts and parts[-1][1] == "" and not _may_break(parts[-1][0], cluster)
            if joinable:
                parts[-1] = (parts[-1][0] + cluster, "")
            else:
                parts.append((cluster, ""))
    return parts


def _may_break(before: str, after: str) -> bool:
    if after[0] in _NOT_FIRST or before[-1] in _NOT_LAST:
        return False
    return _is_unspaced(before[-1]) and _is_unspaced(after[0])


def _is_unspaced(character: str) -> bool:
    if character in _NOT_FIRST or character in _NOT_LAST:
        return unicodedata.east_asian_width(character) in "WF"
    code = ord(character)
    return (
        0x3040 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    )


def fit(
    text: str,
    measure: Callable[[str], float],
    *,
    width: float,
    height: float,
    leading: float,
    largest: float,
    smallest: float,
    most_lines: int = 6,
) -> SetLines:
    """The largest setting of ``text`` in a box, its lines as even as they can be.

    Args:
        text: one line of text.
        measure: the width of a piece in ems.
        width: of the box.
        height: of the box.
        leading: distance of baselines in ems.
        largest: the largest size.
        smallest: the smallest size; text that does not fit at it is cut with an ellipsis.
        most_lines: at most this many lines.
    """
    parts = breakable_parts(text) or [("?", "")]
    best: SetLines | None = None
    for count in range(1, min(most_lines, len(parts)) + 1):
        lines = _even_lines(parts, count, measure)
        widest = max(measure(line) for line in lines)
        size = min(largest, width / max(widest, 0.1), height / (len(lines) * leading))
        if best is None or size > best.size * 1.06:
            best = SetLines(tuple(lines), size)
    if best is None or best.size < smallest:
        return SetLines(_cut(text, measure, width / smallest, int(height / (smallest * leading))), smallest)
    return best


def _even_lines(parts: Sequence[tuple[str, str]], count: int, measure: Callable[[str], float]) -> list[str]:
    """``count`` lines whose widest is as narrow as can be (shortest-width search by bisection)."""
    widths = [measure(piece) for piece, _ in parts]
    low, high = max(widths), sum(widths) + 0.3 * len(parts)
    lines = _filled_lines(parts, widths, high)
    for _ in range(12):
        middle = (low + high) / 2
        tried = _filled_lines(parts, widths, middle)
        if len(tried) <= count:
            lines, high = tried, middle
        else:
            low = middle
    return lines


def _filled_lines(parts: Sequence[tuple[str, str]], widths: Sequence[float], limit: float) -> list[str]:
    lines: list[str] = []
    line, used, joint = "", 0.0, ""
    for (piece, after), width in zip(parts, widths, strict=True):
        gap = 0.25 if joint else 0.0
        if line and used + gap + width > limit + 1e-6:
            lines.append(line)
            line, used = piece, width
        else:
            line, used = line + joint + piece, used + gap + width
        joint = after
    return [*lines, line]


def _cut(text: str, measure: Callable[[str], float], limit: float, most: int) -> tuple[str, ...]:
    lines: list[str] = []
    line = ""
    for cluster in clusters(" ".join(text.split())):
        if measure(line + cluster) > limit:
            lines.append(line.strip())
            line = ""
            if len(lines) == max(most, 1):
                lines[-1] = "".join(clusters(lines[-1])[:-1]).rstrip() + "…"
                return tuple(lines)
        line += cluster
    return (*lines, line.strip())
