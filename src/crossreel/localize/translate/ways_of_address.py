"""How each file of a series speaks to people: formally here, informally there, counted line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crossreel.localize.translate.consistency import Episode
from crossreel.localize.translate.register import Register, has_registers, register_marks
from crossreel.values.language import Language

__all__ = ["WayOfAddress", "majority_of", "ways_of_address"]


@dataclass(frozen=True, slots=True)
class WayOfAddress:
    """One file: the cues (from 0) that speak formally and those that speak informally; one may do both."""

    episode: int
    formal: tuple[int, ...]
    informal: tuple[int, ...]

    def of(self, register: Register) -> tuple[int, ...]:
        """The cues of one register."""
        return self.formal if register == "formal" else self.informal

    def to_dict(self, names: Sequence[str]) -> dict[str, Any]:
        """As JSON; cues are counted from 1."""
        formal, informal = ([cue + 1 for cue in cues] for cues in (self.formal, self.informal))
        return {"file": names[self.episode], "formal": formal, "informal": informal}


def ways_of_address(episodes: Sequence[Episode], language: Language) -> list[WayOfAddress]:
    """Every file that says how it speaks; none for a language whose words for it are not known.

    Args:
        episodes: of one series.
        language: of the translations.
    """
    if not has_registers(language):
        return []
    found = []
    for number, episode in enumerate(episodes):
        cues: dict[Register, list[int]] = {"formal": [], "informal": []}
        for place, cue in enumerate(episode.target.cues):
            for register in dict.fromkeys(one.register for one in register_marks(cue.text, language)):
                cues[register].append(place)
        if any(cues.values()):
            found.append(WayOfAddress(number, tuple(cues["formal"]), tuple(cues["informal"])))
    return found


def majority_of(ways: Sequence[WayOfAddress]) -> Register | None:
    """The register that more lines of all files have; None where both have as many."""
    formal = sum(len(one.formal) for one in ways)
    informal = sum(len(one.informal) for one in ways)
    return None if formal == informal else "formal" if formal > informal else "informal"
