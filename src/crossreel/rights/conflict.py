"""``LicenseConflict``: licenses that stand in each other's way, and what they say in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from crossreel.rights.feed import license_to_dict
from crossreel.rights.license import License, Mode
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory
from crossreel.values.window import FOREVER_END, FOREVER_START, Boundary

__all__ = ["ConflictKind", "LicenseConflict", "conflict_to_dict", "nominal_end", "nominal_start"]


class ConflictKind(StrEnum):
    """What is wrong between licenses, the gravest first.

    ``NEVER_OPENS``: a license ends before it starts in some of its territories.
    ``LANGUAGES``: a license is limited to language versions, and another that is open at the same
    time in the same place and way covers more, so the limit does not hold.
    ``DUPLICATE``: licenses of one title that say the same.
    ``NO_EFFECT``: all that a license opens, another opens as well.
    ``OVERLAP``: two licenses open the same for a time; neither covers the other.
    ``GAP``: a title closes between two licenses, for a short time.
    """

    NEVER_OPENS = "never-opens"
    LANGUAGES = "languages"
    DUPLICATE = "duplicate"
    NO_EFFECT = "no-effect"
    OVERLAP = "overlap"
    GAP = "gap"

    @property
    def is_note(self) -> bool:
        """Whether it may well be meant: the licenses do not contradict one another."""
        return self in {ConflictKind.NO_EFFECT, ConflictKind.OVERLAP, ConflictKind.GAP}


@dataclass(frozen=True, slots=True)
class LicenseConflict:
    """One finding.

    Attributes:
        kind: what is wrong.
        title: the title whose licenses were looked at; its own id, a merged title's.
        licenses: the license it is about first, then the other (all others of a ``DUPLICATE``); a
            ``GAP`` has the one that ends and the one that opens. The other may be written for a
            parent of the title.
        territories: where, by code.
        modes: in which ways, in the order of ``Mode``.
        start, end: when, written as in a license: a day is each territory's own, an end day is
            included, an instant as an end is the first one outside. A gap's are when it is closed.
    """

    kind: ConflictKind
    title: TitleId
    licenses: tuple[License, ...]
    territories: tuple[Territory, ...]
    modes: tuple[Mode, ...]
    start: Boundary
    end: Boundary

    @property
    def severity(self) -> str:
        """``conflict``, or ``note`` where it may well be meant."""
        return "note" if self.kind.is_note else "conflict"

    @property
    def why(self) -> str:
        """What is wrong, in English."""
        return _WHY[self.kind](self)

    @property
    def advice(self) -> str:
        """The way out, in English."""
        return _ADVICE[self.kind].format(*(license_.id for license_ in self.licenses))

    @property
    def place(self) -> tuple[str, str, str, str, str, str, str]:
        """Where it stands in a list: the gravest first, then by title, licenses, time and territory."""
        first, second, *_ = (*(one.id for one in self.licenses), "")
        return (
            str(list(ConflictKind).index(self.kind)),
            str(self.title),
            first,
            second,
            str(self.start),
            str(self.end),
            self.territories[0].code + self.modes[0],
        )

    def is_over(self, now: datetime) -> bool:
        """Whether it lies in the past in every territory."""
        return all(self.end.closes(territory) <= now for territory in self.territories)


def conflict_to_dict(finding: LicenseConflict) -> dict[str, Any]:
    """A finding as JSON: its licenses in the form of the JSON Lines, empty boundaries None."""
    return {
        "kind": finding.kind.value,
        "severity": finding.severity,
        "title": str(finding.title),
        "titles": [*dict.fromkeys([str(finding.title), *(str(one.title) for one in finding.licenses)])],
        "licenses": [license_to_dict(one) for one in finding.licenses],
        "territories": [territory.code for territory in finding.territories],
        "modes": [mode.value for mode in finding.modes],
        "start": str(finding.start) or None,
        "end": str(finding.end) or None,
        "why": finding.why,
        "advice": finding.advice,
    }


def nominal_start(boundary: Boundary) -> datetime:
    """When a start opens by UTC's days: a measure of time that is the same for every territory."""
    if boundary.instant is not None:
        return max(boundary.instant, FOREVER_START)
    if boundary.day is None or boundary.day <= FOREVER_START.date():
        return FOREVER_START
    return datetime.combine(boundary.day, time.min, UTC)


def nominal_end(boundary: Boundary) -> datetime:
    """When an end closes by UTC's days; see ``nominal_start``."""
    if boundary.instant is not None:
        return min(boundary.instant, FOREVER_END)
    if boundary.day is None or boundary.day >= FOREVER_END.date():
        return FOREVER_END
    return datetime.combine(boundary.day + timedelta(days=1), time.min, UTC)


def _named(finding: LicenseConflict, number: int) -> str:
    license_ = finding.licenses[number]
    return license_.id if license_.title == finding.title else f"{license_.id} (of {license_.title})"


def _span(finding: LicenseConflict) -> str:
    start, end = str(finding.start), str(finding.end)
    until = "through" if finding.end.day is not None else "until"
    if start and end:
        return f"from {start} {until} {end}"
    return f"from {start} on" if start else f"{until} {end}" if end else "at all times"


def _where(finding: LicenseConflict, most: int = 8) -> str:
    codes = [territory.code for territory in finding.territories]
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return ", ".join(codes[:most]) + more


def _ways(finding: LicenseConflict) -> str:
    return ", ".join(finding.modes)


def _why_languages(finding: LicenseConflict) -> str:
    one, other = finding.licenses
    limit = ", ".join(language.tag for language in one.languages)
    more = ", ".join(language.tag for language in other.languages) or "every language version"
    return (
        f"{_named(finding, 0)} is limited to {limit}, but {_named(finding, 1)} opens {more} in "
        f"{_where(finding)} for {_ways(finding)} {_span(finding)}: the limit does not hold."
    )


def _why_gap(finding: LicenseConflict) -> str:
    return (
        f"Closed in {_where(finding)} for {_ways(finding)} {_span(finding)}: {_named(finding, 0)} has "
        f"ended and {_named(finding, 1)} is not open yet."
    )


def _why_duplicate(finding: LicenseConflict) -> str:
    names = [_named(finding, number) for number in range(min(len(finding.licenses), 8))]
    more = f" and {len(finding.licenses) - 8} more" if len(finding.licenses) > 8 else ""
    return f"{', '.join(names)}{more} say the same."


_WHY: dict[ConflictKind, Callable[[LicenseConflict], str]] = {
    ConflictKind.NEVER_OPENS: lambda one: (
        f"{_named(one, 0)} never opens in {_where(one)}: there, its end comes before its start."
    ),
    ConflictKind.LANGUAGES: _why_languages,
    ConflictKind.DUPLICATE: _why_duplicate,
    ConflictKind.NO_EFFECT: lambda one: (
        f"{_named(one, 0)} opens nothing that {_named(one, 1)} does not open as well."
    ),
    ConflictKind.OVERLAP: lambda one: (
        f"{_named(one, 0)} and {_named(one, 1)} are both open in {_where(one)} for {_ways(one)} "
        f"{_span(one)}; the later end counts."
    ),
    ConflictKind.GAP: _why_gap,
}

_ADVICE = {
    ConflictKind.NEVER_OPENS: "Correct the start or the end of {0}, or exclude these territories from it.",
    ConflictKind.LANGUAGES: "Limit {1} to the same language versions, end one where the other starts, "
    "or drop the limit of {0}.",
    ConflictKind.DUPLICATE: "Keep {0} and remove the others.",
    ConflictKind.NO_EFFECT: "Remove {0}, or correct the wider license {1} if it was not meant to reach "
    "this far.",
    ConflictKind.OVERLAP: "Where only one of them was meant, end {0} before {1} starts or take these "
    "territories out of one of them.",
    ConflictKind.GAP: "If it is not meant, move the end of {0} or the start of {1}.",
}
