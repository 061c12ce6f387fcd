"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from crossreel.localize.timedtext.rules.sheet import Sheet

__all__ = ["Finding", "Report", "Rule", "Violation"]


class Finding(NamedTuple):
    """What a rule's function yields: the cue's place (from 0), what was found and what is allowed."""

    place: int
    value: float | str
    limit: float | str
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Args:
        name: kebab-case, never renamed.
        source: where the rule is from.
        as_of: the day it was read there.
        fixable: whether ``fix`` may cure it.
        find: looks through a prepared document.
    """

    name: str
    source: str
    as_of: date
    fixable: bool
    find: Callable[[Sheet], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Violation:
    """A cue that breaks a rule.

    Args:
        cue: its number, from 1, in file order.
        rule: the rule's name.
        value: what it has.
        limit: what the profile allows.
        start: when it begins, seconds.
        message: in words.
        fixable: whether ``fix`` may cure it.
    """

    cue: int
    rule: str
    value: float | str
    limit: float | str
    start: Fraction
    message: str
    fixable: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON; ``start`` in decimal seconds."""
        return {
            "cue": self.cue,
            "rule": self.rule,
            "value": self.value,
            "limit": self.limit,
            "start": round(float(self.start), 3),
            "message": self.message,
            "fixable": self.fixable,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All violations of a document, in cue order.

    Args:
        profile: the profile that counted; ``default`` where the one asked for lacks the language.
        language: the tag it was checked as.
        cues: how many the document has.
        violations: in cue order, then in the order of the rules.
    """

    profile: str
    language: str
    cues: int
    violations: tuple[Violation, ...]

    @property
    def summary(self) -> dict[str, int]:
        """Rule: number of violations, the most frequent first."""
        counts: dict[str, int] = {}
        for violation in self.violations:
            counts[violation.rule] = counts.get(violation.rule, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
