"""Slates before a film and the credits after it, by how much text stands in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["credits_start", "slates"]

_SLATE_LINES, _SLATE_BY = 4, 120.0
"""Lines of text that a slate holds at least, and the second by which it has been shown."""
_CREDIT_LINES, _CREDIT_SHARE, _LAST = 2, 0.6, 0.7
"""Credits: from one picture on, this share of all has so many lines; they start in the last three tenths."""


def _counts(looks: Sequence[dict[str, Any]], times: Sequence[float]) -> list[tuple[float, int]]:
    return [(float(times[look["frame"]]), len(look["text"])) for look in looks if "text" in look]


def credits_start(looks: Sequence[dict[str, Any]], times: Sequence[float], end: float) -> float | None:
    """Seconds where the closing credits begin; None where there are none or text was not looked for."""
    late = [(time, lines) for time, lines in _counts(looks, times) if time >= _LAST * end]
    for place, (time, lines) in enumerate(late):
        rest = late[place:]
        if lines < _CREDIT_LINES or len(rest) < 3:
            continue
        if sum(n >= _CREDIT_LINES for _, n in rest) >= _CREDIT_SHARE * len(rest):
            return round(time, 3)
    return None


def slates(
    looks: Sequence[dict[str, Any]], times: Sequence[float], stills: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Stills near the beginning that are full of text.

    Args:
        looks: of the large pictures.
        times: seconds of every frame.
        stills: where the picture stands still: ``start``, ``end``, ``start_frame``, ``end_frame``.
    """
    counts = _counts(looks, times)
    return [
        still
        for still in stills
        if still["start"] < _SLATE_BY
        and any(still["start"] <= time < still["end"] and lines >= _SLATE_LINES for time, lines in counts)
    ]
