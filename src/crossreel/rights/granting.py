"""Writing one license for each of many titles, under the same terms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from crossreel.errors import BadValue
from crossreel.rights.license import License, LicenseStore, Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import expand
from crossreel.values.window import Boundary

__all__ = ["GrantReport", "grant", "place_names"]


@dataclass(frozen=True, slots=True)
class GrantReport:
    """What a grant did: titles it was asked for, licenses it added, and those already there."""

    titles: int
    added: int
    unchanged: int


def grant(
    store: LicenseStore,
    titles: Iterable[TitleId],
    *,
    territories: Iterable[str],
    modes: Iterable[Mode],
    excluded: Iterable[str] = (),
    languages: Iterable[Language] = (),
    start: str | Boundary | None = None,
    end: str | Boundary | None = None,
    reason: str = "",
) -> GrantReport:
    """Writes one license row a title, all in one transaction.

    A license's id is made of its terms and its title, so the same grant again adds nothing, in
    whatever order or case its terms are named. Whether a title exists is the caller's to know.

    Args:
        store: where the licenses go.
        titles: ids; repeated ones count once.
        territories: territory codes and group names, at least one.
        modes: at least one.
        excluded: codes and group names taken out again.
        languages: language versions; empty means all.
        start: first day (each territory's own) or first instant; open if empty.
        end: last day included, or first instant outside; open if empty.
        reason: why this right exists, one line.

    Raises:
        BadValue: an unknown territory or group, no territory or no mode, exclusions that leave
            nothing, a boundary that is no date or instant, an end before the start.
    """
    asked_modes = set(modes)
    terms = _Terms(
        tuple(sorted(place_names(territories))),
        tuple(mode for mode in Mode if mode in asked_modes),
        tuple(sorted(place_names(excluded))),
        tuple(sorted(set(languages))),
        _boundary(start, "start"),
        _boundary(end, "end"),
        reason.strip(),
    )
    digest = terms.digest
    licenses = [terms.license(title, digest) for title in dict.fromkeys(titles)]
    if not licenses:
        terms.license(TitleId("none", "none"), digest)  # wrong terms are told even where there is no title
    added = store.add(licenses)
    return GrantReport(len(licenses), added, len(licenses) - added)


def place_names(names: Iterable[str]) -> tuple[str, ...]:
    """Territory codes and group names in capitals, each once, in the order given.

    Raises:
        BadValue: a name is neither a territory nor a group.
    """
    found = tuple(dict.fromkeys(name.strip().upper() for name in names))
    expand(found)
    return found


@dataclass(frozen=True, slots=True)
class _Terms:
    territories: tuple[str, ...]
    modes: tuple[Mode, ...]
    excluded: tuple[str, ...]
    languages: tuple[Language, ...]
    start: Boundary
    end: Boundary
    reason: str

    @property
    def digest(self) -> str:
        """12 hexadecimal digits of SHA-256 over the terms."""
        words = [
            list(self.territories),
            [mode.value for mode in self.modes],
            list(self.excluded),
            [language.tag for language in self.languages],
            str(self.start),
            str(self.end),
            self.reason,
        ]
        return hashlib.sha256(json.dumps(words, ensure_ascii=True).encode()).hexdigest()[:12]

    def license(self, title: TitleId, digest: str) -> License:
        return License(
            f"grant-{digest}-{title}",
            title,
            self.territories,
            self.modes,
            self.excluded,
            self.languages,
            self.start,
            self.end,
            self.reason,
        )


def _boundary(given: str | Boundary | None, what: str) -> Boundary:
    if isinstance(given, Boundary):
        return given
    try:
        return Boundary.parse(given)
    except BadValue as error:
        expected = "a date such as 2026-01-31 or an instant such as 2026-01-31T12:00:00Z"
        raise BadValue(f"{what} of the license", given, expected) from error
