"""One change that is advised, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import langcodes

__all__ = ["Advice", "named"]


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
