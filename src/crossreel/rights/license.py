"""What a license says, and the ways a title can be offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Protocol, Self

from crossreel.errors import BadValue
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory, expand
from crossreel.values.window import Boundary

__all__ = ["License", "LicenseStore", "Mode"]


class Mode(StrEnum):
    """A way of offering a title to viewers."""

    SVOD = "SVOD"
    TVOD = "TVOD"
    EST = "EST"
    AVOD = "AVOD"
    DOWNLOAD = "DOWNLOAD"

    @classmethod
    def read(cls, text: str) -> Self:
        """Reads a mode in any case; ``rent`` means TVOD and ``buy`` means EST.

        Raises:
            BadValue: not a mode.
        """
        word = text.strip().upper()
        word = {"RENT": "TVOD", "BUY": "EST", "SUBSCRIPTION": "SVOD", "ADS": "AVOD"}.get(word, word)
        try:
            return cls(word)
        except ValueError as error:
            raise BadValue("mode", text, "one of " + ", ".join(cls)) from error


_OPEN = Boundary()


@dataclass(frozen=True)
class License:
    """The right to show one title (and what hangs under it) somewhere, in some ways, for a time.

    Attributes:
        id: the license's own id, unique in the workspace; 1 to 300 printable characters.
        title: the title; a license of a series or season covers its episodes.
        territories: territory codes and group names, as written; at least one.
        excluded: territory codes and group names taken out again.
        modes: the ways it may be offered; at least one.
        languages: language versions it covers; empty means all.
        start: first moment (a date opens at each territory's own midnight); open if empty.
        end: last day included, or the first instant outside; open if empty.
        reason: why this right exists, in words; one line of at most 1000 characters.
    """

    id: str
    title: TitleId
    territories: tuple[str, ...]
    modes: tuple[Mode, ...]
    excluded: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    start: Boundary = _OPEN
    end: Boundary = _OPEN
    reason: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.id) <= 300 or not self.id.isprintable() or self.id != self.id.strip():
            raise BadValue("license id", self.id, "1 to 300 printable characters without outer space")
        if len(self.reason) > 1000 or not self.reason.isprintable():
            raise BadValue("reason", self.reason, "one line of at most 1000 printable characters")
        if not self.territories or not self.modes:
            raise BadValue("license", self.id, "given at least one territory and one mode")
        if not self.where:
            raise BadValue("license", self.id, "open somewhere; its exclusions leave no territory")
        if not self._is_ordered():
            raise BadValue("license", self.id, "given a start before its end")

    def _is_ordered(self) -> bool:
        if self.start.day is not None and self.end.day is not None:
            return self.start.day <= self.end.day
        # A date and an instant can be in order in one zone and reversed in another: one is enough.
        return any(self.start.opens(place) < self.end.closes(place) for place in self.where)

    @cached_property
    def where(self) -> frozenset[Territory]:
        """The territories it is open in, groups expanded and exclusions taken out."""
        return _reach(self.territories, self.excluded)

    @property
    def named(self) -> frozenset[Territory]:
        """The territories it names, groups expanded, before exclusions."""
        return _reach(self.territories, ())

    def covers_language(self, asked: Language) -> bool:
        """Whether it covers a language version: no list, that tag, or a broader tag of it.

        A license for ``pt`` covers ``pt-BR``, not the reverse (basic filtering, RFC 4647,
        section 3.3.1).
        """
        return not self.languages or any(
            asked.tag == given.tag or asked.tag.startswith(f"{given.tag}-") for given in self.languages
        )


@lru_cache(maxsize=4096)
def _reach(territories: tuple[str, ...], excluded: tuple[str, ...]) -> frozenset[Territory]:
    return expand(territories) - expand(excluded)


class LicenseStore(Protocol):
    """What rights needs of a store."""

    def add(self, licenses: Iterable[License]) -> int:
        """Adds licenses in one transaction; equal ones are left alone. Returns how many are new.

        Raises:
            Conflict: an id is taken by a license with other content.
        """
        ...

    def remove(self, ids: Iterable[str]) -> int:
        """Removes licenses by id in one transaction; returns how many were there."""
        ...

    def put(self, licenses: Iterable[License]) -> int:
        """Adds licenses in one transaction; one with a known id takes the old one's place.

        The last one of an id counts. Returns how many are new or differ from what was stored.
        """
        ...

    def replace(self, license_: License) -> None:
        """Stores ``license_`` in place of the one with its id. Raises ``UnknownId``."""
        ...

    def get(self, id_: str) -> License | None:
        """The license of that id, or None."""
        ...

    def all(self) -> Iterator[License]:
        """Every license, by id."""
        ...

    def of(self, titles: Iterable[TitleId]) -> list[License]:
        """The licenses written for these titles (not those of their parents), by id."""
        ...

    def count(self) -> int:
        """How many licenses there are."""
        ...

    def revision(self) -> int:
        """Grows by one with every change; compiled indexes and page caches key on it."""
        ...
