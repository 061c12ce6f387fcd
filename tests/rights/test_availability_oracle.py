"""The availability predicate against an oracle that was written separately, from its rules alone.

The oracle is naive on purpose. Of Crossreel it knows only the fields of ``License``: which
territories a group holds, where their clocks stand and when a local day begins there are its own.
Over 400 lines: the oracle and what it judges stay in one file, so that one can be read against the other.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.rights.availability import Availability
from crossreel.rights.license import License, Mode
from crossreel.testing.memory import MemoryLicenses
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory, all_territories
from crossreel.values.vocabulary import Vocabulary
from crossreel.values.window import Boundary

YEAR = timedelta(366)

# --- what the oracle knows -------------------------------------------------------------------

ZONES = {
    "BR": "America/Sao_Paulo",  # gave up daylight saving in 2019; its days began at 01:00 in spring
    "CL": "America/Santiago",  # clocks change at midnight
    "CU": "America/Havana",  # midnight comes twice in autumn
    "DE": "Europe/Berlin",
    "EG": "Africa/Cairo",  # clocks change at midnight
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",  # negative daylight saving
    "IN": "Asia/Kolkata",
    "IR": "Asia/Tehran",
    "JP": "Asia/Tokyo",
    "KI": "Pacific/Tarawa",
    "LB": "Asia/Beirut",  # clocks go back from midnight into the day before
    "MA": "Africa/Casablanca",
    "NP": "Asia/Kathmandu",  # +05:45
    "NZ": "Pacific/Auckland",
    "PY": "America/Asuncion",
    "TK": "Pacific/Fakaofo",  # has no 2011-12-30
    "US": "America/New_York",
    "WS": "Pacific/Apia",  # has no 2011-12-30
}
EU = {
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
}
GROUPS = {"EU": EU, "ANZ": {"AU", "NZ"}, "DACH": {"AT", "CH", "DE"}, "WORLD": set(ZONES) | EU | {"AU", "CH"}}
NEVER, ALWAYS = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)


@cache
def day_begins(zone_name: str, day: date) -> datetime:
    """The first instant whose local date is ``day`` or later, found by looking at the local clock."""
    zone = ZoneInfo(zone_name)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=18)
    while moment.astimezone(zone).date() < day:
        moment += timedelta(hours=1)
    moment -= timedelta(hours=1)
    while moment.astimezone(zone).date() < day:
        moment += timedelta(minutes=1)
    return moment


@dataclass
class Row:
    """One license, resolved for one territory."""

    opens: datetime
    closes: datetime
    modes: set[str]
    languages: list[str]


class Oracle:
    """Answers one question at a time by going through the licenses."""

    def __init__(
        self, licenses: list[License], family: dict[TitleId, TitleId], aliases: dict[TitleId, TitleId]
    ) -> None:
        self.licenses, self.family, self.aliases = licenses, family, aliases
        self.known: dict[tuple[TitleId, str], list[Row]] = {}

    def rows(self, title: TitleId, code: str) -> list[Row]:
        if (title, code) not in self.known:
            covered = set()
            here: TitleId | None = title
            while here is not None:
                merged = self.aliases.get(here, here)
                covered |= {merged} | {record for record, of in self.aliases.items() if of == merged}
                here = next(
                    (self.family[one] for one in covered if self.family.get(one, one) not in covered), None
                )
            mine = [one for one in self.licenses if one.title in covered]
            self.known[title, code] = [row for one in mine for row in self.resolve(one, code)]
        return self.known[title, code]

    def resolve(self, license_: License, code: str) -> Iterator[Row]:
        def named(names: tuple[str, ...]) -> bool:
            return any(code == name or code in GROUPS.get(name, ()) for name in names)

        if not named(license_.territories) or named(license_.excluded):
            return
        opens, closes = ALWAYS, NEVER
        if license_.start.instant is not None:
            opens = license_.start.instant
        elif license_.start.day is not None:
            opens = day_begins(ZONES[code], license_.start.day)
        if license_.end.instant is not None:
            closes = license_.end.instant
        elif license_.end.day is not None:
            closes = day_begins(ZONES[code], license_.end.day + timedelta(days=1))
        tags = [language.tag for language in license_.languages]
        yield Row(opens, closes, {str(mode) for mode in license_.modes}, tags)

    def modes(self, title: TitleId, code: str, at: datetime, language: str | None) -> set[str]:
        """The modes in which it is open."""
        found: set[str] = set()
        for row in self.rows(title, code):
            if row.opens <= at < row.closes and (language is None or speaks(row.languages, language)):
                found |= row.modes
        return found

    def boundaries(self, code: str, titles: list[TitleId]) -> list[datetime]:
        found = {
            edge for title in titles for row in self.rows(title, code) for edge in (row.opens, row.closes)
        }
        return sorted(found - {NEVER, ALWAYS})


@cache
def is_within(narrow: str, broad: str) -> bool:
    have, want = broad.split("-"), narrow.split("-")
    return want[: len(have)] == have


def speaks(tags: list[str], asked: str) -> bool:
    return not tags or any(is_within(asked, tag) for tag in tags)


# --- worlds to compare them in -----------------------------------------------------------------

DAYS = [
    *(date(2011, 12, 29) + timedelta(n) for n in range(4)),  # Samoa and Tokelau skip one of them
    *(date(2026, 3, day) for day in (7, 8, 9, 28, 29, 30)),  # New York and Berlin change clocks
    *(date(2025, 11, 1) + timedelta(n) for n in range(3)),  # Havana's and New York's autumn
    *(date(2025, 10, 25) + timedelta(n) for n in range(3)),  # Beirut's and Berlin's autumn
    *(date(2026, 4, day) for day in (23, 24, 25)),  # Cairo's spring
    *(date(2026, 9, day) for day in (5, 6, 7)),  # Santiago's spring
    *(date(2018, 11, day) for day in (3, 4, 5)),  # Sao Paulo's last spring
    date(2024, 2, 29),
    date(2025, 12, 31),
    date(2026, 1, 1),
    date(1999, 12, 31),
    date(2031, 7, 1),
]
TAGS = ("pt", "pt-BR", "pt-PT", "en", "zh", "zh-Hant", "zh-Hant-TW", "de")
ASKED = (*TAGS, "den")  # Slave (Athapascan), which is no kind of German
REACHES = (
    ("WORLD",),
    ("EU",),
    ("ANZ", "JP"),
    ("DACH", "US"),
    ("WS", "TK", "KI"),
    *((code,) for code in ZONES),
)
OUTS = ((), (), ("EU",), ("DE",), ("WS", "JP"), ("ANZ",), ("DACH", "US"))


@dataclass
class World:
    """Titles, licenses, families and merged records, the engine and the oracle over them."""

    titles: Vocabulary[TitleId]
    engine: Availability
    oracle: Oracle


def make_world(seed: int, films: int = 14, series: int = 4) -> World:
    chance = random.Random(seed)
    titles = [TitleId("a", f"film-{n}") for n in range(films)]
    family: dict[TitleId, TitleId] = {}
    for n in range(series):
        top = TitleId("a", f"series-{n}")
        titles.append(top)
        for s in range(chance.randint(1, 2)):
            season = TitleId("a", f"series-{n}-{s}")
            family[season] = top
            titles.append(season)
            for e in range(2):
                episode = TitleId("a", f"series-{n}-{s}-{e}")
                family[episode] = season if chance.random() < 0.8 else top
                titles.append(episode)
    aliases = {title: title for title in titles}
    for title in chance.sample(titles, len(titles) // 3):
        for source in chance.sample(("b", "c"), chance.randint(1, 2)):
            aliases[TitleId(source, title.key)] = title
    everyone = [*aliases, TitleId("z", "nowhere")]
    licensed = [one for one in everyone if chance.random() < 0.75]
    licenses = [
        one
        for n in range(len(licensed) * 2)
        if (one := make_license(chance, f"L{n}", chance.choice(licensed)))
    ]
    store = MemoryLicenses()
    store.add(licenses)
    engine = Availability(store, lambda: family, lambda: aliases, store.revision)
    return World(Vocabulary(everyone), engine, Oracle(licenses, family, aliases))


def make_license(chance: random.Random, id_: str, title: TitleId) -> License | None:
    try:
        return License(
            id_,
            title,
            chance.choice(REACHES),
            tuple(chance.sample(list(Mode), chance.randint(1, 3))),
            excluded=chance.choice(OUTS),
            languages=tuple(map(Language, chance.sample(TAGS, chance.choice((0, 0, 1, 2))))),
            start=make_boundary(chance),
            end=make_boundary(chance),
        )
    except BadValue:  # reversed, or the exclusions leave nothing
        return None


def make_boundary(chance: random.Random) -> Boundary:
    kind = chance.random()
    if kind < 0.15:
        return Boundary()
    day = chance.choice(DAYS)
    if kind < 0.8:
        return Boundary(day=day)
    seconds = chance.choice((0, 1, 3600 * 10, 86399, chance.randrange(86400)))
    return Boundary(instant=datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds))


def around(edges: list[datetime]) -> list[datetime]:
    return sorted({edge + timedelta(seconds=off) for edge in edges for off in (-1, 0, 1)})


def compare(world: World, code: str, at: datetime, language: str | None) -> tuple[int, int]:
    """Number of checks made, and of checks that differ: every title, every mode."""
    titles, territory = world.titles, Territory(code)
    asked = Language(language) if language else None
    expected = [world.oracle.modes(title, code, at, language) for title in titles.ids]
    wrong = 0
    for mode in Mode:
        got = world.engine.mask(titles, territory, (mode,), at, asked)
        want = np.fromiter((mode.value in modes for modes in expected), dtype=np.bool_, count=len(expected))
        wrong += int((got != want).sum())
    return len(titles) * len(Mode), wrong


# --- the comparisons -----------------------------------------------------------------------------


def count_checks(seed: int) -> tuple[int, int]:
    """Compares one world around all its boundaries: checks without a language (as many more are made with
    one), and differences in either."""
    world, chance = make_world(seed), random.Random(seed)
    checks = wrong = 0
    for code in ZONES:
        for at in around(world.oracle.boundaries(code, list(world.titles.ids))):
            more, off = compare(world, code, at, None)
            off_in_language = compare(world, code, at, chance.choice(ASKED))[1]
            checks, wrong = checks + more, wrong + off + off_in_language
    return checks, wrong


def test_checks_around_every_boundary_agree() -> None:
    """Some 350,000; ``benchmarks/accuracy/rights_oracle.py`` makes millions by the same comparison."""
    found = [count_checks(seed) for seed in range(3)]
    assert sum(wrong for _, wrong in found) == 0
    assert sum(checks for checks, _ in found) >= 250_000


def test_local_days_are_right_in_all_249_territories() -> None:
    film, days = TitleId("a", "film"), (date(2011, 12, 30), date(2026, 3, 29), date(2026, 11, 1))
    titles = Vocabulary([film])
    for day in days:
        store = MemoryLicenses()
        store.add([License("L", film, ("WORLD",), (Mode.SVOD,), start=Boundary(day), end=Boundary(day))])
        engine = Availability(store, dict, dict, store.revision)
        for territory in all_territories():
            opens = day_begins(territory.zone.key, day)
            closes = day_begins(territory.zone.key, day + timedelta(days=1))
            for at in around([opens, closes]):
                expected = opens <= at < closes
                assert engine.mask(titles, territory, [Mode.SVOD], at).tolist() == [expected]
                assert engine.check(film, territory, Mode.SVOD, at).available is expected


def test_the_reference_zones_are_the_ones_written_here() -> None:
    assert {code: Territory(code).zone.key for code in ZONES} == ZONES


@pytest.mark.parametrize("seed", range(100, 104))
def test_check_agrees_with_mask_and_knows_when_it_changes(seed: int) -> None:
    world, chance = make_world(seed), random.Random(seed)
    for _ in range(1500):
        title, code = chance.choice(world.titles.ids), chance.choice(list(ZONES))
        mode, language = chance.choice(list(Mode)), chance.choice((None, *ASKED))
        edges = world.oracle.boundaries(code, [title])
        at = chance.choice(around(edges) or [datetime(2026, 1, 1, tzinfo=UTC)])
        asked = Language(language) if language else None
        territory = Territory(code)

        def is_open(when: datetime) -> bool:
            return mode.value in world.oracle.modes(title, code, when, language)  # noqa: B023

        decision = world.engine.check(title, territory, mode, at, asked)
        mask = world.engine.mask(world.titles, territory, (mode,), at, asked)
        assert decision.available == is_open(at) == mask[world.titles.numbers[title]]
        changes = [edge for edge in edges if edge > at and is_open(edge) != is_open(at)]
        change = changes[0] if changes else None
        assert (decision.until, decision.opens) == ((change, None) if decision.available else (None, change))
        codes = {because.code for because in decision.because}
        assert codes == {"license-open"} if decision.available else codes
        assert codes.isdisjoint({"license-open"}) or decision.available
        assert (mode in world.engine.open_modes(title, territory, at, asked)) == decision.available
        closes = [
            next((e for e in edges if e > at and one not in world.oracle.modes(title, code, e, None)), None)
            for one in world.oracle.modes(title, code, at, None)
        ]
        last = max((one for one in closes if one), default=None) if None not in closes else None
        assert world.engine.open_until(title, territory, at) == last
        windows = world.engine.windows(title, territory, mode, asked)
        assert any(at in window for window in windows) == decision.available


@pytest.mark.parametrize("seed", range(200, 203))
def test_next_change_is_the_next_boundary_and_nothing_changes_before_it(seed: int) -> None:
    world = make_world(seed)
    for code in ZONES:
        edges = [
            edge
            for edge in world.oracle.boundaries(code, list(world.titles.ids))
            if any(row.opens < row.closes and edge in (row.opens, row.closes) for row in rows(world, code))
        ]
        at = datetime(2000, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
        seen = []
        while (change := world.engine.next_change(Territory(code), at)) is not None:
            last = change - timedelta(microseconds=1)
            before = world.engine.mask(world.titles, Territory(code), tuple(Mode), at)
            assert (before == world.engine.mask(world.titles, Territory(code), tuple(Mode), last)).all()
            seen.append(change)
            at = change
        assert seen == edges[bisect_right(edges, datetime(2000, 1, 1, 0, 0, 0, 1, tzinfo=UTC)) :]


def rows(world: World, code: str) -> list[Row]:
    return [row for title in world.titles.ids for row in world.oracle.rows(title, code)]


@pytest.mark.parametrize("seed", range(300, 303))
def test_leaving_is_what_is_open_and_will_not_be(seed: int) -> None:
    world, chance = make_world(seed), random.Random(seed)
    for _ in range(60):
        code, days = chance.choice(list(ZONES)), chance.choice((1, 3, 30, 365))
        modes = chance.sample(list(Mode), chance.randint(1, 5))
        at = chance.choice(around(world.oracle.boundaries(code, list(world.titles.ids))))
        expected = []
        for title in world.titles.ids:
            edges = [edge for edge in world.oracle.boundaries(code, [title]) if edge > at]
            ends = [e for e in (at, *edges) if not world.oracle.modes(title, code, e, None) & set(modes)]
            if ends and at < ends[0] <= at + timedelta(days=days):
                expected.append((ends[0], title))
        found = world.engine.leaving(world.titles, Territory(code), at, timedelta(days=days), modes)
        assert [(one.when, one.title) for one in found] == sorted(expected)


@pytest.mark.parametrize("seed", range(400, 403))
def test_the_matrix_agrees_around_boundaries(seed: int) -> None:
    world, chance = make_world(seed), random.Random(seed)
    columns = [(number, one.code) for number, one in enumerate(all_territories()) if one.code in ZONES]
    edges = {edge for code in ZONES for edge in world.oracle.boundaries(code, list(world.titles.ids))}
    for at in chance.sample(around(sorted(edges)), 60):
        modes = chance.sample(list(Mode), chance.randint(1, 3))
        matrix = world.engine.matrix(world.titles, at, modes)
        for column, code in columns:
            expected = [
                bool(world.oracle.modes(one, code, at, None) & set(modes)) for one in world.titles.ids
            ]
            assert matrix[:, column].tolist() == expected


boundaries = st.one_of(
    st.just(Boundary()),
    st.builds(Boundary, day=st.dates(date(1975, 1, 1), date(2036, 12, 31))),
    st.builds(
        Boundary,
        instant=st.datetimes(datetime(1975, 1, 1), datetime(2036, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    ),
)
SERIES, SEASON, EPISODE, RECORD, FILM = (TitleId("h", name) for name in ("top", "1", "1-1", "same", "film"))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([SERIES, SEASON, EPISODE, RECORD, FILM]),
            st.sampled_from(REACHES),
            st.sampled_from(OUTS),
            st.sets(st.sampled_from(list(Mode)), min_size=1),
            st.lists(st.sampled_from(TAGS), max_size=2, unique=True),
            boundaries,
            boundaries,
        ),
        max_size=6,
    ),
    st.sampled_from(sorted(ZONES)),
    st.sampled_from([None, *ASKED]),
)
def test_any_small_set_of_licenses_agrees(
    drawn: list[tuple[TitleId, tuple[str, ...], tuple[str, ...], set[Mode], list[str], Boundary, Boundary]],
    code: str,
    language: str | None,
) -> None:
    licenses = []
    for n, (title, reach, out, modes, tags, start, end) in enumerate(drawn):
        languages = tuple(map(Language, tags))
        try:
            licenses.append(License(f"H{n}", title, reach, tuple(modes), out, languages, start, end))
        except BadValue:
            continue
    family, aliases = {EPISODE: SEASON, SEASON: SERIES}, {RECORD: EPISODE, EPISODE: EPISODE}
    store = MemoryLicenses()
    store.add(licenses)
    engine = Availability(store, lambda: family, lambda: aliases, store.revision)
    titles = Vocabulary([SERIES, SEASON, EPISODE, RECORD, FILM])
    world = World(titles, engine, Oracle(licenses, family, aliases))
    for at in around(world.oracle.boundaries(code, list(titles.ids))) or [datetime(2026, 1, 1, tzinfo=UTC)]:
        assert compare(world, code, at, language)[1] == 0


def test_what_is_renewed_license_by_license_is_what_is_made_anew() -> None:
    world, chance = make_world(11), random.Random(11)
    family = MappingProxyType(world.oracle.family)
    aliases = MappingProxyType(world.oracle.aliases)
    store = MemoryLicenses()
    renewed = Availability(store, lambda: family, lambda: aliases, store.revision)
    at, licensed = datetime(2026, 3, 29, 1, tzinfo=UTC), world.titles.ids
    for number in range(60):
        if chance.random() < 0.25:
            store.remove([f"L{chance.randrange(12)}"])
        one = make_license(chance, f"L{chance.randrange(12)}", chance.choice(licensed))
        store.put([one] if one else [])
        anew = Availability(store, lambda: family, lambda: aliases, store.revision)
        assert np.array_equal(
            renewed.matrix(world.titles, at, list(Mode)), anew.matrix(world.titles, at, list(Mode))
        ), number
        for code in ("DE", "US", "JP"):
            asked = world.titles, Territory(code), [chance.choice(list(Mode))], at
            assert np.array_equal(renewed.mask(*asked), anew.mask(*asked)), number
            assert renewed.changes(Territory(code), at - YEAR, at + YEAR) == anew.changes(
                Territory(code), at - YEAR, at + YEAR
            )
        title = chance.choice(licensed)
        assert renewed.windows(title, Territory("DE"), Mode.SVOD) == anew.windows(
            title, Territory("DE"), Mode.SVOD
        )
