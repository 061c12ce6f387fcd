"""How a text is set in a box: its lines as even as they can be, as large as they can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crossreel.artwork.clusters import clusters
from crossreel.artwork.phrases import Piece, letters, phrases

__all__ = ["Box", "SetLines", "fit"]

Measure = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Box:
    """What a text may take.

    Attributes:
        width: in the drawing's units.
        height: in the drawing's units.
        largest: the largest size of an em.
        smallest: the smallest; text that does not fit at it is cut with an ellipsis.
        leading: distance of baselines in ems.
        most_lines: at most this many lines.
    """

    width: float
    height: float
    largest: float
    smallest: float
    leading: float = 1.14
    most_lines: int = 5


@dataclass(frozen=True, slots=True)
class SetLines:
    """Lines of text and the size of an em they are set in."""

    lines: tuple[str, ...]
    size: float


def fit(text: str, measure: Measure, box: Box, language: str = "und") -> SetLines:
    """Sets ``text`` (one cleaned line) in ``box``; ``measure`` gives a piece's width in ems.

    Unspaced scripts break by phrase; between any two characters only where that lets the letters
    be a third larger.
    """
    best = _largest(phrases(text, language), measure, box)
    loose = letters(text)
    if len(loose) > 1 and best.size < 0.6 * box.largest:
        other = _largest(loose, measure, box)
        best = other if other.size > 1.35 * best.size else best
    if best.size < box.smallest:
        most = max(1, min(box.most_lines, int(box.height / (box.smallest * box.leading))))
        return SetLines(_cut(text, measure, box.width / box.smallest, most), box.smallest)
    return best


def _largest(pieces: list[Piece], measure: Measure, box: Box) -> SetLines:
    best: SetLines | None = None
    for count in range(1, min(box.most_lines, len(pieces)) + 1):
        lines = _even_lines(pieces, count, measure)
        widest = max(measure(line) for line in lines)
        size = min(box.largest, box.width / max(widest, 0.1), box.height / (len(lines) * box.leading))
        if best is None or size > best.size * 1.06:
            best = SetLines(tuple(lines), size)
    return best or SetLines((), box.smallest)


def _even_lines(pieces: Sequence[Piece], count: int, measure: Measure) -> list[str]:
    """``count`` lines whose widest is as narrow as can be (bisection over that width)."""
    widths = [measure(piece) for piece, _ in pieces]
    low, high = max(widths), sum(widths) + 0.3 * len(pieces)
    lines = _filled_lines(pieces, widths, high)
    for _ in range(12):
        middle = (low + high) / 2
        tried = _filled_lines(pieces, widths, middle)
        if len(tried) <= count:
            lines, high = tried, middle
        else:
            low = middle
    return lines


def _filled_lines(pieces: Sequence[Piece], widths: Sequence[float], limit: float) -> list[str]:
    lines: list[str] = []
    line, used, joint = "", 0.0, ""
    for (piece, after), width in zip(pieces, widths, strict=True):
        gap = 0.25 if joint else 0.0
        if line and used + gap + width > limit + 1e-6:
            lines.append(line)
            line, used = piece, width
        else:
            line, used = line + joint + piece, used + gap + width
        joint = after
    return [*lines, line]


def _cut(text: str, measure: Measure, limit: float, most: int) -> tuple[str, ...]:
    """Lines filled character by character; the last ends in an ellipsis where text is left over."""
    lines: list[str] = []
    line = ""
    for cluster in clusters(text):
        if line and measure(line + cluster) > limit:
            lines.append(line.strip())
            line = ""
            if len(lines) == most:
                lines[-1] = "".join(clusters(lines[-1])[:-1]).rstrip() + "…"
                return tuple(lines)
        line += cluster
    return (*lines, line.strip())
