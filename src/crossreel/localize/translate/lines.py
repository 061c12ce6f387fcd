"""What a translation run gives: a line for every cue, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from crossreel.localize.timedtext.model import Document
from crossreel.values.language import Language

__all__ = ["Estimate", "Line", "Reason", "State", "Translated"]

State = Literal["machine", "memory", "locked", "untranslated", "empty"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line should be looked at: a kind (kebab-case), how much it weighs (0 to 1), and words."""

    kind: str
    weight: float
    message: str


@dataclass(frozen=True, slots=True)
class Line:
    """One cue's translation.

    Args:
        cue: place in the file, from 1.
        id: the cue's id.
        source, target: plain text with line breaks.
        state: ``untranslated`` lines keep the source's words.
        risk: 0 (nothing found) to 1.
        reasons: heaviest first.
        suggestions: other wordings from memory, best first.
    """

    cue: int
    id: str
    source: str
    target: str
    state: State
    risk: float = 0.0
    reasons: tuple[Reason, ...] = ()
    suggestions: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "cue": self.cue,
            "id": self.id,
            "source": self.source,
            "target": self.target,
            "state": self.state,
            "risk": round(self.risk, 3),
            "reasons": [{"kind": r.kind, "weight": r.weight, "message": r.message} for r in self.reasons],
            "suggestions": list(self.suggestions),
        }


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take: sentences and characters to send, known ones aside; money and seconds."""

    sentences: int
    from_memory: int
    from_cache: int
    characters: int
    cost: Decimal | None
    currency: str
    seconds: float
    sends_away: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON; the cost as text, null where the engine has no price."""
        return {
            "sentences": self.sentences,
            "from_memory": self.from_memory,
            "from_cache": self.from_cache,
            "characters": self.characters,
            "cost": None if self.cost is None else str(self.cost),
            "currency": self.currency,
            "seconds": round(self.seconds, 1),
            "sends_away": self.sends_away,
        }


@dataclass(frozen=True, slots=True)
class Translated:
    """A translated document.

    Args:
        document: as many cues as the source, each with its id and times.
        lines: one a cue, in order.
        source, target: the languages.
        engine: its name.
        route: the steps it took; more than one means through another language.
        estimate: what was expected before.
        characters: what was sent.
        repaired: sentences that came only when asked again.
        cancelled: it was stopped; the rest is untranslated.
        notes: in words.
        looked_for: which signs of doubt models looked for: ``language``, ``meaning``, ``mood``, ``back``.
    """

    document: Document
    lines: tuple[Line, ...]
    source: Language
    target: Language
    engine: str
    route: tuple[str, ...]
    estimate: Estimate
    characters: int
    repaired: int
    cancelled: bool = False
    notes: tuple[str, ...] = ()
    looked_for: Mapping[str, str | bool | None] = field(default_factory=dict)

    def worst_first(self) -> Sequence[Line]:
        """The lines, the riskiest first, then in order."""
        return sorted(self.lines, key=lambda line: (-line.risk, line.cue))

    def counts(self) -> dict[str, int]:
        """State: lines."""
        found: dict[str, int] = {}
        for line in self.lines:
            found[line.state] = found.get(line.state, 0) + 1
        return found
