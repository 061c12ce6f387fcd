"""All licenses of one revision as NumPy columns, and the family and merge tables beside them."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from crossreel.rights.boundary_table import BoundaryTable, to_microseconds
from crossreel.rights.bounded import BoundedCache
from crossreel.rights.decision import covering_windows
from crossreel.rights.kinship import Kinship
from crossreel.rights.license import License, Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory, all_territories
from crossreel.values.vocabulary import Vocabulary
from crossreel.values.window import FOREVER_END, FOREVER_START, Boundary, Window

__all__ = ["BoundaryTables", "CompiledLicenses", "Region", "mode_bits"]

_BIT = {mode: 1 << number for number, mode in enumerate(Mode)}
_REGIONS_BUDGET = 128 << 20
_MASKS_BUDGET = 32 << 20
_CHAINS_BUDGET = 64 << 20
_WINDOWS_BUDGET = 16 << 20
_MATRIX_ROWS = 1 << 16
_NOBODY = -1
"""The owner of titles without a license; as an index it means the last place of a table."""

_Row: TypeAlias = tuple[int, int, int, int, int, int]


def mode_bits(modes: Iterable[Mode]) -> int:
    """The modes as a set of bits."""
    return sum(_BIT[mode] for mode in set(modes))


@dataclass(frozen=True)
class Region:
    """The licenses that reach one territory, as columns of equal length r.

    Attributes:
        start, end: (r,) int64, microseconds since 1970; half-open; empty windows are left out.
        owner: (r,) int32, number of the licensed title.
        modes: (r,) uint8, bits of ``mode_bits``.
        languages: (r,) int32, number of the language list.
    """

    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int32]
    modes: npt.NDArray[np.uint8]
    languages: npt.NDArray[np.int32]

    @cached_property
    def edges(self) -> npt.NDArray[np.int64]:
        """Every instant at which some license opens or closes here, ascending, without "never"."""
        found = np.unique(np.concatenate([self.start, self.end]))
        first, last = to_microseconds(FOREVER_START), to_microseconds(FOREVER_END)
        return found[(found > first) & (found < last)]

    @property
    def size(self) -> int:
        """Bytes, the edges included."""
        return len(self.owner) * (8 + 8 + 4 + 1 + 4 + 16) + 1024


@dataclass(frozen=True)
class BoundaryTables:
    """Start and end boundaries; they may be handed from one revision to the next."""

    starts: BoundaryTable = field(default_factory=lambda: BoundaryTable(Boundary.opens))
    ends: BoundaryTable = field(default_factory=lambda: BoundaryTable(Boundary.closes))

    def __len__(self) -> int:
        return len(self.starts) + len(self.ends)


class CompiledLicenses:
    """The licenses of one revision, ready for questions about whole catalogs.

    A license is a row: its title's number, its mode bits, and indexes into short tables of distinct
    territory lists, language lists and boundaries. What depends on a territory (which rows reach it,
    what instants its local dates are) is worked out when that territory is first asked for and kept
    within a budget. Safe to use from many threads.

    Args:
        licenses: all of them.
        kinship: the family and merge tables.
        numbering: that of an earlier revision, under the same tables; default is a new one.
    """

    def __init__(
        self, licenses: Sequence[License], kinship: Kinship, numbering: Numbering | None = None
    ) -> None:
        self.kinship = kinship
        self._licenses = licenses
        self._numbering = numbering = numbering or Numbering()
        rows = numbering.rows(licenses, kinship)
        self._by_owner: dict[int, list[License]] = {}
        for license_, row in zip(licenses, rows, strict=True):
            self._by_owner.setdefault(row[0], []).append(license_)
        columns = np.array(rows, dtype=np.int32).reshape(len(rows), 6).T
        self._owner, self._reach, modes, self._languages, self._start, self._end = columns.copy()
        self._modes = modes.astype(np.uint8)
        self._owners, self._tables = numbering.owners, numbering.tables
        self.boundaries = numbering.tables.boundaries
        self._known_owners = len(numbering.owners)
        self._reaches = self._tables.reach_matrix()
        self._regions: BoundedCache[str, Region] = BoundedCache(_REGIONS_BUDGET)
        self._masks: BoundedCache[tuple[Any, ...], npt.NDArray[np.bool_]] = BoundedCache(_MASKS_BUDGET)
        self._windows: BoundedCache[tuple[Any, ...], tuple[Window, ...]] = BoundedCache(_WINDOWS_BUDGET)

    def renewed(self, licenses: Sequence[License], kinship: Kinship) -> CompiledLicenses:
        """The same of a later revision; this very object where nothing differs.

        What was worked out for licenses that are still there is not worked out again. Of two
        revisions only the later one may be renewed, by one thread at a time.
        """
        is_same = kinship is self.kinship
        if is_same and licenses == self._licenses:
            return self
        return CompiledLicenses(
            licenses, kinship, self._numbering.lasting(len(licenses), same_kinship=is_same)
        )

    def of(self, title: TitleId) -> list[License]:
        """The licenses of a title and its parents, the title's own first."""
        found: list[License] = []
        for merged in self.kinship.line(title):
            found.extend(self._by_owner.get(self._owners.get(merged, _NOBODY), ()))
        return found

    def lines(self) -> Iterator[tuple[TitleId, list[License], list[License]]]:
        """Every licensed title by id, with its own licenses and those of its parents."""
        for title in sorted(title for title, number in self._owners.items() if number in self._by_owner):
            yield title, *self.line(title)

    def line(self, title: TitleId) -> tuple[list[License], list[License]]:
        """A title's own licenses, and those of its parents."""
        merged, *parents = (self._owners.get(one, _NOBODY) for one in self.kinship.line(title))
        above = [license_ for parent in parents for license_ in self._by_owner.get(parent, ())]
        return self._by_owner.get(merged, []), above

    def windows(
        self, title: TitleId, territory: Territory, modes: Sequence[Mode], language: Language | None = None
    ) -> tuple[Window, ...]:
        """When the title is open there in any of the modes; kept, as pages ask the same again and again."""
        key = (title, territory.code, tuple(modes), language)
        found = self._windows.get(key)
        if found is None:
            found = covering_windows(self.of(title), territory, modes, language)
            self._windows.put(key, found, 400 + 100 * len(found))
        return found

    def region(self, territory: Territory) -> Region:
        """The licenses that reach ``territory``."""
        region = self._regions.get(territory.code)
        if region is None:
            region = self._build_region(territory)
            self._regions.put(territory.code, region, region.size)
        return region

    def _build_region(self, territory: Territory) -> Region:
        rows = np.flatnonzero(self._reaches[self._reach, _column(territory)])
        start = self.boundaries.starts.instants(territory, self._start[rows])
        end = self.boundaries.ends.instants(territory, self._end[rows])
        real = start < end
        rows = rows[real]
        return Region(start[real], end[real], self._owner[rows], self._modes[rows], self._languages[rows])

    def rows_of(self, region: Region, bits: int, language: Language | None) -> npt.NDArray[np.bool_]:
        """(r,) which rows of a region offer one of the modes and cover the language version."""
        rows: npt.NDArray[np.bool_] = (region.modes & np.uint8(bits)) != 0
        if language is not None:
            rows &= self._tables.covers(language)[region.languages]
        return rows

    def spread(self, owners: npt.NDArray[np.int32], titles: Vocabulary[TitleId]) -> npt.NDArray[np.bool_]:
        """(n,) which titles are, or hang under, one of the licensed titles numbered ``owners``."""
        return self._spread(owners, self._chain(titles))

    def _spread(self, owners: npt.NDArray[np.int32], chain: _Chain) -> npt.NDArray[np.bool_]:
        hit = np.zeros(len(self._owners) + 1, dtype=np.bool_)  # the last one is nobody, never hit
        hit[owners] = True
        result: npt.NDArray[np.bool_] = hit[chain.owners[0]]
        for level in chain.owners[1:]:
            result |= hit[level]
        return result

    def mask(
        self,
        titles: Vocabulary[TitleId],
        territory: Territory,
        bits: int,
        at: int,
        language: Language | None,
    ) -> npt.NDArray[np.bool_]:
        """(n,) which titles are open at ``at`` (microseconds since 1970); a fresh array."""
        region, chain = self.region(territory), self._chain(titles)
        epoch = int(np.searchsorted(region.edges, at, side="right"))
        key = (chain.number, territory.code, bits, language, epoch)
        kept = self._masks.get(key)
        if kept is None:
            kept = self._spread(region.owner[self._open_rows(region, bits, at, language)], chain)
            self._masks.put(key, kept, kept.nbytes + 256)
        return kept.copy()

    def matrix(self, titles: Vocabulary[TitleId], bits: int, at: int) -> npt.NDArray[np.bool_]:
        """(n, 249) where each title is open at ``at``.

        Local dates are resolved by territory only for boundaries within two days of ``at``; every
        other date is past everywhere or nowhere.
        """
        chain = self._chain(titles)
        numbers, levels = np.unique(chain.owners, return_inverse=True)
        place = np.full(len(self._owners) + 1, -1, dtype=np.int32)
        place[numbers] = np.arange(len(numbers), dtype=np.int32)
        offered = np.flatnonzero((place[self._owner] >= 0) & ((self._modes & np.uint8(bits)) != 0))
        starts = self.boundaries.starts.spans(self._start[offered])
        ends = self.boundaries.ends.spans(self._end[offered])
        live = (starts[:, 0] <= at) & (at < ends[:, 1])
        sure = (starts[:, 1] <= at) & (at < ends[:, 0])
        hit = np.zeros((len(numbers), len(all_territories())), dtype=np.bool_)
        rows = offered[live & sure]
        rows = rows[np.argsort(self._owner[rows], kind="stable")]
        for part in range(0, len(rows), _MATRIX_ROWS):
            some = rows[part : part + _MATRIX_ROWS]
            owners, first = np.unique(place[self._owner[some]], return_index=True)
            hit[owners] |= np.logical_or.reduceat(self._reaches[self._reach[some]], first, axis=0)
        self._add_unsure(hit, place, offered[live & ~sure], at)
        first_level, *parents = levels.reshape(chain.owners.shape)
        result: npt.NDArray[np.bool_] = hit[first_level]
        for level in parents:
            result |= hit[level]
        return result

    def _add_unsure(
        self,
        hit: npt.NDArray[np.bool_],
        place: npt.NDArray[np.int32],
        rows: npt.NDArray[np.intp],
        at: int,
    ) -> None:
        for column, territory in enumerate(all_territories() if len(rows) else ()):
            here = rows[self._reaches[self._reach[rows], column]]
            opens = self.boundaries.starts.instants(territory, self._start[here])
            closes = self.boundaries.ends.instants(territory, self._end[here])
            hit[place[self._owner[here[(opens <= at) & (at < closes)]]], column] = True

    def _open_rows(
        self, region: Region, bits: int, at: int, language: Language | None
    ) -> npt.NDArray[np.bool_]:
        return (region.start <= at) & (at < region.end) & self.rows_of(region, bits, language)

    def _chain(self, titles: Vocabulary[TitleId]) -> _Chain:
        chain = self._numbering.chains.get(id(titles))
        # An id is used again after its object died; a chain of fewer owners may lack one of ours.
        if chain is None or chain.titles() is not titles or chain.known_owners < self._known_owners:
            chain = self._build_chain(titles)
            self._numbering.chains.put(id(titles), chain, chain.owners.nbytes + 256)
        return chain

    def _build_chain(self, titles: Vocabulary[TitleId]) -> _Chain:
        known = len(self._owners)
        lines = [
            [self._owners.get(merged, _NOBODY) for merged in self.kinship.line(title)] for title in titles.ids
        ]
        depth = max(map(len, lines), default=1)
        owners = np.full((depth, len(lines)), _NOBODY, dtype=np.int32)
        for level in range(depth):
            at_level = [(n, line[level]) for n, line in enumerate(lines) if len(line) > level]
            if at_level:
                numbers, found = np.array(at_level, dtype=np.int32).T
                owners[level, numbers] = found
        return _Chain(next(self._numbering.chain_numbers), weakref.ref(titles), owners, known)


@dataclass(frozen=True, slots=True)
class _Chain:
    """A vocabulary's titles as owner numbers: (depth, n), itself first, then parent by parent."""

    number: int
    titles: weakref.ref[Vocabulary[TitleId]]
    owners: npt.NDArray[np.int32]
    known_owners: int


class Numbering:
    """Numbers of licensed titles and of what licenses say, handed from one revision to the next.

    It only grows, so that numbers given out stay right; one thread at a time may call ``rows``.

    Args:
        boundaries: those of an earlier numbering.
    """

    def __init__(self, boundaries: BoundaryTables | None = None) -> None:
        self.owners: dict[TitleId, int] = {}
        self.tables = _Tables(boundaries or BoundaryTables())
        self.chains: BoundedCache[int, _Chain] = BoundedCache(_CHAINS_BUDGET)
        self.chain_numbers = itertools.count()
        self._rows: dict[str, tuple[License, _Row]] = {}

    def rows(self, licenses: Sequence[License], kinship: Kinship) -> list[_Row]:
        """A row for each license; under one and the same kinship always."""
        known, before = [], self._rows
        for license_ in licenses:
            one = before.get(license_.id)
            if one is None or one[0] is not license_:
                owner = self.owners.setdefault(kinship.merged(license_.title), len(self.owners))
                one = license_, (owner, *self.tables.encode(license_))
            known.append(one)
        self._rows = {license_.id: one for license_, one in zip(licenses, known, strict=True)}
        return [row for _, row in known]

    def lasting(self, licenses: int, *, same_kinship: bool) -> Numbering:
        """This one, or a new one: under another kinship, or where most of it is of licenses long gone."""
        most = 4 * licenses + 1000
        if len(self.tables.boundaries) > most:
            return Numbering()
        lasts = same_kinship and len(self.owners) + len(self.tables) <= most
        return self if lasts else Numbering(self.tables.boundaries)


class _Tables:
    """The distinct territory lists, mode lists and language lists of the licenses."""

    def __init__(self, boundaries: BoundaryTables) -> None:
        self.boundaries = boundaries
        self._reaches: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
        self._wheres: list[frozenset[Territory]] = []
        self._languages: dict[tuple[Language, ...], License] = {}
        self._language_numbers: dict[tuple[Language, ...], int] = {}
        self._modes: dict[tuple[Mode, ...], int] = {}

    def __len__(self) -> int:
        return len(self._reaches) + len(self._languages)

    def encode(self, license_: License) -> tuple[int, int, int, int, int]:
        """Numbers of: territory list, mode bits, language list, start, end."""
        reach = (license_.territories, license_.excluded)
        if reach not in self._reaches:
            self._reaches[reach] = len(self._reaches)
            self._wheres.append(license_.where)
        if license_.modes not in self._modes:
            self._modes[license_.modes] = mode_bits(license_.modes)
        if license_.languages not in self._languages:
            self._language_numbers[license_.languages] = len(self._languages)
            self._languages[license_.languages] = license_
        return (
            self._reaches[reach],
            self._modes[license_.modes],
            self._language_numbers[license_.languages],
            self.boundaries.starts.number(license_.start),
            self.boundaries.ends.number(license_.end),
        )

    def reach_matrix(self) -> npt.NDArray[np.bool_]:
        """(distinct lists, 249) which list holds which territory."""
        matrix = np.zeros((len(self._wheres), len(all_territories())), dtype=np.bool_)
        for number, where in enumerate(self._wheres):
            matrix[number, [_column(territory) for territory in where]] = True
        return matrix

    def covers(self, asked: Language) -> npt.NDArray[np.bool_]:
        """(distinct language lists,) which of them cover the language version."""
        licenses = list(self._languages.values())  # a copy: a later revision may add some meanwhile
        return np.array([one.covers_language(asked) for one in licenses], dtype=np.bool_)


_COLUMNS = {territory.code: number for number, territory in enumerate(all_territories())}


def _column(territory: Territory) -> int:
    return _COLUMNS[territory.code]
