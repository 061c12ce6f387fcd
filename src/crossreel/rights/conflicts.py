"""Finds the licenses that stand in each other's way.

What a title can be offered for is the union of its licenses and its parents' (``availability``),
so a narrower license never takes away what a wider one gives. The findings are the places where
that union is likely not what was meant; ``ConflictKind`` names them. Each title's own licenses are
compared with one another and with those of its parents, per territory, way of offering and time.

Of two licenses at most one thing is said. A license without effect, and all but the first of
those that say the same, are in no other finding, so that they do not bury what matters.

Only licenses of one title meet. Territories in which they do the same are taken together
(``places_alike``), and in each such group the windows are swept in the order of their starts: the
work grows with the licenses and with the pairs that are open together, not with the square of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from crossreel.rights.conflict import ConflictKind, LicenseConflict, nominal_end, nominal_start
from crossreel.rights.license import License, Mode
from crossreel.rights.places_alike import Alike, places_alike, zones_matter
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.values.window import Boundary

__all__ = ["SHORT_GAP", "find_conflicts"]

SHORT_GAP = timedelta(days=31)
"""A title that closes for a month may have been forgotten; longer ones are a new deal."""

_MODES = tuple(Mode)
_Span = tuple[Boundary, Boundary]


def find_conflicts(
    title: TitleId,
    own: Sequence[License],
    parents: Sequence[License] = (),
    *,
    short_gap: timedelta = SHORT_GAP,
) -> list[LicenseConflict]:
    """What is wrong with one title's licenses; the gravest first, then by license id.

    Args:
        title: its id.
        own: the licenses written for it and its records.
        parents: those of its series and season.
        short_gap: the longest gap between two licenses that is told, counted in UTC's days.
    """
    return _Comparison(title, own, parents, short_gap).findings()


@dataclass(slots=True)
class _Pair:
    """Two licenses that are open together somewhere.

    Attributes:
        spans: when, and there in which territories.
        inside, around: in how many territories the first's window lies in the other's, and the
            reverse.
    """

    spans: dict[_Span, list[Territory]] = field(default_factory=lambda: defaultdict(list))
    inside: int = 0
    around: int = 0


_Row = tuple[datetime, datetime, int]
"""When a license opens and closes in a territory, and its number."""


class _Comparison:
    def __init__(
        self, title: TitleId, own: Sequence[License], parents: Sequence[License], short_gap: timedelta
    ) -> None:
        self._title = title
        self._short_gap = short_gap
        self._same = _said_twice(own)
        self._licenses = [alike[0] for alike in self._same]
        self._own = len(self._licenses)
        self._licenses += [alike[0] for alike in _said_twice(parents)]
        self._pairs: dict[tuple[int, int], _Pair] = defaultdict(_Pair)
        self._real = [0] * len(self._licenses)
        self._never: dict[int, list[Territory]] = defaultdict(list)
        self._gaps: dict[tuple[int, int], dict[tuple[Territory, ...], list[Mode]]] = {}

    def findings(self) -> list[LicenseConflict]:
        self._compare()
        found = [*self._never_open(), *self._duplicates(), *self._of_pairs(), *self._short_gaps()]
        return sorted(found, key=lambda one: one.place)

    def _compare(self) -> None:
        by_zone = zones_matter(self._licenses)
        if len(self._licenses) == 1 and not by_zone:
            return
        numbers: dict[frozenset[Territory], list[int]] = {}
        for number, license_ in enumerate(self._licenses):
            numbers.setdefault(license_.where, []).append(number)
        wheres = sorted(numbers, key=hash)  # any order that is the same for the same sets: they recur
        of_place = [numbers[where] for where in wheres]
        rows = [] if by_zone else self._nominal()
        for alike in places_alike(wheres, by_zone=by_zone):
            here = {number for place in alike.reaching for number in of_place[place]}
            if by_zone:
                rows = self._resolved(here, alike.territories[0])
            self._sweep([row for row in rows if row[2] in here], alike)

    def _nominal(self) -> list[_Row]:
        """When the licenses open and close by UTC's days: in the same order as in any other zone."""
        spans = [(nominal_start(one.start), nominal_end(one.end)) for one in self._licenses]
        return sorted((*span, number) for number, span in enumerate(spans))

    def _resolved(self, numbers: Iterable[int], territory: Territory) -> list[_Row]:
        """When the licenses open and close in a territory, and those that close first."""
        licenses = [(self._licenses[number], number) for number in numbers]
        return sorted((one.start.opens(territory), one.end.closes(territory), n) for one, n in licenses)

    def _sweep(self, rows: list[_Row], alike: Alike) -> None:
        live: list[_Row] = []
        latest: dict[Mode, _Row] = {}
        for row in rows:
            opens, closes, number = row
            if opens >= closes:
                self._never[number].extend(alike.territories)
                continue
            self._real[number] += len(alike.territories)
            live = [other for other in live if other[1] > opens]
            modes = self._licenses[number].modes
            for other in live:
                if min(number, other[2]) < self._own and not set(modes).isdisjoint(
                    self._licenses[other[2]].modes
                ):
                    self._meet(other, row, alike)
            live.append(row)
            for mode in modes:
                before = latest.get(mode)
                if before is not None and before[1] < opens:
                    self._close_between(before[2], number, mode, alike)
                if before is None or before[1] < closes:
                    latest[mode] = row

    def _meet(self, earlier: _Row, later: _Row, alike: Alike) -> None:
        one, other = sorted((earlier, later), key=lambda row: row[2])
        pair = self._pairs[one[2], other[2]]
        ending = earlier if earlier[1] <= later[1] else later
        span = self._licenses[later[2]].start, self._licenses[ending[2]].end
        pair.spans[span].extend(alike.territories)
        pair.inside += len(alike.territories) * (other[0] <= one[0] and one[1] <= other[1])
        pair.around += len(alike.territories) * (one[0] <= other[0] and other[1] <= one[1])

    def _close_between(self, ended: int, opening: int, mode: Mode, alike: Alike) -> None:
        if min(ended, opening) >= self._own:
            return
        end, start = self._licenses[ended].end, self._licenses[opening].start
        if nominal_start(start) - nominal_end(end) <= self._short_gap:
            places = self._gaps.setdefault((ended, opening), {})
            places.setdefault(alike.territories, []).append(mode)

    def _never_open(self) -> Iterator[LicenseConflict]:
        for number, territories in self._never.items():
            if number >= self._own:
                continue
            one = self._licenses[number]
            yield self._finding(
                ConflictKind.NEVER_OPENS, (one,), territories, one.modes, (one.start, one.end)
            )

    def _duplicates(self) -> Iterator[LicenseConflict]:
        for alike in self._same:
            one = alike[0]
            if len(alike) > 1:
                span = one.start, one.end
                yield self._finding(ConflictKind.DUPLICATE, alike, one.where, one.modes, span)

    def _of_pairs(self) -> Iterator[LicenseConflict]:
        useless = dict(self._without_effect())
        for (first, second), pair in sorted(self._pairs.items()):
            if first in useless or second in useless:
                continue
            one, other = self._licenses[first], self._licenses[second]
            forth, back = _covers(other.languages, one.languages), _covers(one.languages, other.languages)
            if forth != back:
                limited = (one, other) if forth else (other, one)
                yield from self._spans(ConflictKind.LANGUAGES, limited, pair)
            elif forth or _meets(one.languages, other.languages):
                yield from self._spans(ConflictKind.OVERLAP, (one, other), pair)
        for number, wider in useless.items():
            one = self._licenses[number]
            span = one.start, one.end
            pair_of = (one, self._licenses[wider])
            yield self._finding(ConflictKind.NO_EFFECT, pair_of, one.where, one.modes, span)

    def _without_effect(self) -> Iterator[tuple[int, int]]:
        """Own licenses that another contains, and the first that does."""
        found: dict[int, int] = {}
        for (first, second), pair in sorted(self._pairs.items()):
            inside, around = self._contains(first, second, pair)
            if inside and not (around and second < self._own):
                found.setdefault(first, second)
            elif around and second < self._own:
                found.setdefault(second, first)
        yield from found.items()

    def _contains(self, first: int, second: int, pair: _Pair) -> tuple[bool, bool]:
        """Whether the first lies in the second in all it opens, and the reverse."""
        one, other = self._licenses[first], self._licenses[second]
        if not (_covers(one.languages, other.languages) and _covers(other.languages, one.languages)):
            return False, False
        modes, others = set(one.modes), set(other.modes)
        return (
            pair.inside == self._real[first] and modes <= others,
            pair.around == self._real[second] and others <= modes,
        )

    def _spans(
        self, kind: ConflictKind, licenses: tuple[License, License], pair: _Pair
    ) -> Iterator[LicenseConflict]:
        modes = set(licenses[0].modes) & set(licenses[1].modes)
        for span, territories in pair.spans.items():
            yield self._finding(kind, licenses, territories, modes, span)

    def _short_gaps(self) -> Iterator[LicenseConflict]:
        for (ended, opening), places in self._gaps.items():
            licenses = self._licenses[ended], self._licenses[opening]
            by_modes: dict[tuple[Mode, ...], list[Territory]] = defaultdict(list)
            for territories, modes in places.items():
                by_modes[tuple(sorted(modes, key=_MODES.index))].extend(territories)
            span = _day_after(licenses[0].end), _day_before(licenses[1].start)
            for modes_here, territories_there in by_modes.items():
                yield self._finding(ConflictKind.GAP, licenses, territories_there, modes_here, span)

    def _finding(
        self,
        kind: ConflictKind,
        licenses: Sequence[License],
        territories: Iterable[Territory],
        modes: Iterable[Mode],
        span: _Span,
    ) -> LicenseConflict:
        offered = set(modes)
        return LicenseConflict(
            kind,
            self._title,
            tuple(licenses),
            tuple(sorted(territories)),
            tuple(mode for mode in _MODES if mode in offered),
            *span,
        )


def _said_twice(licenses: Sequence[License]) -> list[list[License]]:
    """The licenses by what they say, each group by id; most have one member."""
    groups: dict[object, list[License]] = {}
    for license_ in sorted(licenses, key=lambda one: one.id):
        terms = license_.where, frozenset(license_.modes), _broadest(license_.languages)
        groups.setdefault((*terms, license_.start, license_.end), []).append(license_)
    return list(groups.values())


@lru_cache(maxsize=4096)
def _broadest(languages: tuple[Language, ...]) -> frozenset[Language]:
    """The list without what a broader tag of it covers."""
    return frozenset(
        one for one in languages if not any(one != other and _covers((other,), (one,)) for other in languages)
    )


@lru_cache(maxsize=65536)
def _covers(given: tuple[Language, ...], asked: tuple[Language, ...]) -> bool:
    """Whether all versions of one list are covered by another (``License.covers_language``)."""
    if not given or not asked:
        return not given
    return all(
        any(one.tag == other.tag or one.tag.startswith(f"{other.tag}-") for other in given) for one in asked
    )


@lru_cache(maxsize=65536)
def _meets(one: tuple[Language, ...], other: tuple[Language, ...]) -> bool:
    """Whether some version is in both lists."""
    if not one or not other:
        return True
    return any(_covers((a,), (b,)) or _covers((b,), (a,)) for a in one for b in other)


def _day_after(end: Boundary) -> Boundary:
    """The start of what comes after an end."""
    return end if end.day is None else Boundary(day=end.day + timedelta(days=1))


def _day_before(start: Boundary) -> Boundary:
    """The end of what comes before a start."""
    return start if start.day is None else Boundary(day=start.day - timedelta(days=1))
