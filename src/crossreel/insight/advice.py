"""One change that is advised, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import langcodes

from crossreel.insight.text.reviews.tally import compared

__all__ = ["Advice", "evidence_told", "named"]


def named(tag: str) -> str:
    """A language's English name (CLDR's, by language-data)."""
    return langcodes.get(tag).display_name()


@dataclass(frozen=True, slots=True)
class Advice:
    """One change.

    Attributes:
        what: the change, one sentence.
        kind: "localization", "synopsis", "text", "picture", "rating" or "artwork".
        urgency: 0 to 1, by which the list is ordered; the lower end of the interval where there is one.
        evidence: what it rests on: figures with their intervals, quotes.
        test: how to find out whether it helped.
        command: a command that does it or begins it, or "".
    """

    what: str
    kind: str
    urgency: float
    evidence: tuple[dict[str, Any], ...]
    test: str
    command: str = ""


def evidence_told(piece: dict[str, Any]) -> str:
    """One piece of evidence in words: a quote, a difference, a share with its interval, or other figures."""
    if "quote" in piece:
        return f"“{piece['quote']}” ({piece['language']})"
    if "differs_from_home" in piece:
        row = piece["differs_from_home"]
        phrase, aspect = compared(row["what"])
        sides = [
            f"{place} {told['share']:.0%} of {told['of']}"
            for place, told in row.items()
            if isinstance(told, dict)
        ]
        return f"{phrase % {'aspect': aspect}}: {', '.join(sides)}, p {row['p_corrected']:.2g}"
    if "share" in piece:
        told = {key: f"{piece[key]:.0%}" for key in ("share", "low", "high")}
        return (
            f"{piece['count']} of {piece['mentions']} mentions of {piece['aspect']}: {told['share']} "
            f"(95 % interval {told['low']} to {told['high']})"
        )
    return ", ".join(f"{key.replace('_', ' ')} {_figure(value)}" for key, value in piece.items())


def _figure(value: object) -> str:
    return "–" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)
