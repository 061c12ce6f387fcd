"""THE availability predicate: may this title be shown here, now, this way?

Search, pages, the API, playback and the recommender all ask this one object; nothing else in
Crossreel decides it. Its rules:

1. A title is open exactly if one license says so; without a license it is closed.
2. A license counts for its title and for everything that hangs under it: a series' license covers
   its seasons and episodes, a season's covers its episodes. A family with a cycle is refused.
3. A license written for any record of a merged title counts for the merged title, and for each of
   its records.
4. One and the same license has to cover all that is asked:

   - the territory: in its territories, groups expanded, and not in its exclusions;
   - the mode: among its modes;
   - the instant: in its half-open window ``[start, end)``. A start date opens at the midnight that
     begins that day in the territory's reference zone; an end date is the last day included, so it
     closes at the midnight that ends it there. A boundary with a time is that one instant
     everywhere. An empty boundary is open. Where the start is not before the end (a date and an
     instant can be in order in one zone and not in another), the license is never open;
   - the language version, if one is asked for: it lists none (all), or that tag, or a broader tag
     of it: ``pt`` covers ``pt-BR``, not the reverse.

5. A change of a license, a family or a merge takes effect with the next question.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from crossreel.errors import BadValue
from crossreel.rights.boundary_table import from_microseconds, to_microseconds
from crossreel.rights.compiled import CompiledLicenses, mode_bits
from crossreel.rights.conflict import LicenseConflict
from crossreel.rights.conflicts import SHORT_GAP, find_conflicts
from crossreel.rights.decision import Because, Decision, Question, decide
from crossreel.rights.kinship import Kinship
from crossreel.rights.license import LicenseStore, Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.values.vocabulary import Vocabulary
from crossreel.values.window import FOREVER_END, Window

__all__ = ["Availability", "Because", "Decision", "Leaving"]


@dataclass(frozen=True, slots=True)
class Leaving:
    """A title that is open now and closes at ``when`` (UTC), in every mode that was asked about."""

    title: TitleId
    when: datetime


class Availability:
    """Answers by the rules above, for one title with reasons or for whole catalogs at once.

    Licenses are compiled when a question first sees a new revision; all methods may be called from
    any thread. Every ``at`` is an instant with a zone.

    Args:
        licenses: where the licenses are stored.
        family: reads the table child -> parent; one that is read-only (``MappingProxyType``) never changes.
        aliases: reads the table record id -> merged title id; likewise.
        revision: a value that changes whenever any of the three does; read at every question.

    Raises (every method):
        BadValue: ``at`` has no zone.
        Conflict: the family has a cycle; until it is corrected, every question is refused.
    """

    def __init__(
        self,
        licenses: LicenseStore,
        family: Callable[[], Mapping[TitleId, TitleId]],
        aliases: Callable[[], Mapping[TitleId, TitleId]],
        revision: Callable[[], object],
    ) -> None:
        self._licenses = licenses
        self._family = family
        self._aliases = aliases
        self._revision = revision
        self._lock = Lock()
        self._current: tuple[object, CompiledLicenses] | None = None
        self._conflicts: tuple[CompiledLicenses, timedelta, tuple[LicenseConflict, ...]] | None = None
        self._tables: tuple[Mapping[TitleId, TitleId], Mapping[TitleId, TitleId], Kinship] | None = None

    def check(
        self,
        title: TitleId,
        territory: Territory,
        mode: Mode,
        at: datetime,
        language: Language | None = None,
    ) -> Decision:
        """The answer for one title, with reasons; an unknown title is closed."""
        _zoned(at)
        return decide(Question(title, territory, mode, at, language), self._compiled().of(title))

    def mask(
        self,
        titles: Vocabulary[TitleId],
        territory: Territory,
        modes: Collection[Mode],
        at: datetime,
        language: Language | None = None,
    ) -> npt.NDArray[np.bool_]:
        """(n,) bool: which titles are open there and then in at least one of ``modes``.

        Keep one vocabulary and pass it again: what was worked out for it is found by the object.
        """
        return self._compiled().mask(titles, territory, mode_bits(modes), _zoned(at), language)

    def matrix(
        self, titles: Vocabulary[TitleId], at: datetime, modes: Collection[Mode]
    ) -> npt.NDArray[np.bool_]:
        """(n, 249) bool: where each title is open, one column for each of ``all_territories()``."""
        return self._compiled().matrix(titles, mode_bits(modes), _zoned(at))

    def windows(
        self, title: TitleId, territory: Territory, mode: Mode, language: Language | None = None
    ) -> tuple[Window, ...]:
        """When the title is open there: in order, overlapping and back-to-back licenses joined."""
        return self._compiled().windows(title, territory, (mode,), language)

    def open_modes(
        self, title: TitleId, territory: Territory, at: datetime, language: Language | None = None
    ) -> tuple[Mode, ...]:
        """The modes in which the title is open there and then, in the order of ``Mode``."""
        _zoned(at)
        compiled = self._compiled()
        return tuple(
            mode
            for mode in Mode
            if any(at in window for window in compiled.windows(title, territory, (mode,), language))
        )

    def open_until(self, title: TitleId, territory: Territory, at: datetime) -> datetime | None:
        """When the title closes there in the last of the ways in which it is open ``at`` that instant.

        None when it is closed then, or when one of those ways has no end.
        """
        _zoned(at)
        compiled = self._compiled()
        ends = [
            window.end
            for mode in Mode
            for window in compiled.windows(title, territory, (mode,))
            if at in window
        ]
        last = max(ends, default=FOREVER_END)
        return last if last < FOREVER_END else None

    def next_change(self, territory: Territory, at: datetime) -> datetime | None:
        """The first instant after ``at`` at which some license opens or closes there, or None.

        Until then every answer for that territory stays as it is at ``at``; at that instant some
        answer may differ (another license may cover for the one that ends).
        """
        edges = self._compiled().region(territory).edges
        number = int(np.searchsorted(edges, _zoned(at), side="right"))
        return from_microseconds(int(edges[number])) if number < len(edges) else None

    def changes(self, territory: Territory, after: datetime, until: datetime) -> tuple[datetime, ...]:
        """Every instant in ``(after, until]`` at which some license opens or closes there, in order."""
        edges = self._compiled().region(territory).edges
        first, end = np.searchsorted(edges, [_zoned(after), _zoned(until)], side="right")
        return tuple(map(from_microseconds, edges[first:end].tolist()))

    def leaving(
        self,
        titles: Vocabulary[TitleId],
        territory: Territory,
        at: datetime,
        within: timedelta,
        modes: Collection[Mode] = tuple(Mode),
    ) -> tuple[Leaving, ...]:
        """The titles open at ``at`` in one of ``modes`` and closed in all by ``at + within``.

        Soonest first, then by id. A title that another license carries on without a gap stays out.
        """
        compiled, bits, now = self._compiled(), mode_bits(modes), _zoned(at)
        limit = now + within // timedelta(microseconds=1)
        region = compiled.region(territory)
        ending = compiled.rows_of(region, bits, None) & (now < region.end) & (region.end <= limit)
        likely = compiled.spread(region.owner[ending], titles)
        likely &= compiled.mask(titles, territory, bits, now, None)
        found = []
        for number in np.flatnonzero(likely):
            title = titles.ids[int(number)]
            windows = compiled.windows(title, territory, tuple(modes))
            end = next(window.end for window in windows if at in window)
            if to_microseconds(end) <= limit:
                found.append(Leaving(title, end))
        return tuple(sorted(found, key=lambda one: (one.when, one.title)))

    def conflicts(
        self,
        title: TitleId | None = None,
        territory: Territory | None = None,
        *,
        short_gap: timedelta = SHORT_GAP,
    ) -> tuple[LicenseConflict, ...]:
        """What is likely not meant in the licenses (``ConflictKind``), the gravest first, then by title.

        Args:
            title: only in this title's licenses, and between them and its parents'.
            territory: only what touches it; the findings still name all their territories.
            short_gap: the longest gap between two licenses that is told.
        """
        compiled = self._compiled()
        if title is None:
            found = self._all_conflicts(compiled, short_gap)
        else:
            found = tuple(
                find_conflicts(compiled.kinship.merged(title), *compiled.line(title), short_gap=short_gap)
            )
        return found if territory is None else tuple(one for one in found if territory in one.territories)

    def _all_conflicts(self, compiled: CompiledLicenses, short_gap: timedelta) -> tuple[LicenseConflict, ...]:
        """Those of every title; the last answer is kept while no license changes."""
        kept = self._conflicts
        if kept is None or kept[0] is not compiled or kept[1] != short_gap:
            found = [
                finding
                for title, own, parents in compiled.lines()
                for finding in find_conflicts(title, own, parents, short_gap=short_gap)
            ]
            kept = compiled, short_gap, tuple(sorted(found, key=lambda one: one.place))
            self._conflicts = kept
        return kept[2]

    def _compiled(self) -> CompiledLicenses:
        current = self._current
        if current is None or current[0] != self._revision():
            with self._lock:
                # Read before the tables: what changes meanwhile changes the revision once more.
                revision = self._revision()
                current = self._current
                if current is None or current[0] != revision:
                    current = self._current = (revision, self._compile(current and current[1]))
        return current[1]

    def _compile(self, before: CompiledLicenses | None) -> CompiledLicenses:
        """The licenses of now; ``before`` itself where neither they nor the tables have changed."""
        kinship, licenses = self._related(), tuple(self._licenses.all())
        return before.renewed(licenses, kinship) if before else CompiledLicenses(licenses, kinship)

    def _related(self) -> Kinship:
        """The tables' kinship; kept while both are the very same read-only tables as last time."""
        family, aliases = self._family(), self._aliases()
        last = self._tables
        if last is not None and last[0] is family and last[1] is aliases:
            return last[2]
        kinship = Kinship(family, aliases)
        lasting = isinstance(family, MappingProxyType) and isinstance(aliases, MappingProxyType)
        self._tables = (family, aliases, kinship) if lasting else None
        return kinship


def _zoned(at: datetime) -> int:
    """``at`` in microseconds since 1970, or ``BadValue`` if it has no zone."""
    if at.tzinfo is None:
        raise BadValue("instant", at, "an instant with a zone", advice="Give it in UTC.")
    return to_microseconds(at)
