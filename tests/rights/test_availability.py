"""Worked examples of the availability predicate, its reasons, and how it follows changes.

Over 400 lines: the examples of one predicate read as one table.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from crossreel.errors import BadValue, Conflict
from crossreel.rights.availability import Availability, Leaving
from crossreel.rights.license import License, Mode
from crossreel.testing.memory import MemoryLicenses
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory, all_territories
from crossreel.values.vocabulary import Vocabulary
from crossreel.values.window import Boundary, Window, parse_instant

FILM, SERIES, SEASON, EPISODE = (TitleId("x", key) for key in ("film", "series", "s1", "s1e1"))
FAMILY = {EPISODE: SEASON, SEASON: SERIES}


def made(
    *licenses: License,
    family: Mapping[TitleId, TitleId] = FAMILY,
    aliases: Mapping[TitleId, TitleId] | None = None,
) -> Availability:
    store = MemoryLicenses()
    store.add(licenses)
    return Availability(store, lambda: family, lambda: aliases or {}, store.revision)


def license_(
    title: TitleId = FILM,
    territories: str = "WORLD",
    modes: str = "SVOD",
    *,
    id_: str = "L1",
    excluded: str = "",
    languages: str = "",
    start: str = "",
    end: str = "",
) -> License:
    return License(
        id_,
        title,
        tuple(territories.split()),
        tuple(map(Mode, modes.split())),
        tuple(excluded.split()),
        tuple(map(Language, languages.split())),
        Boundary.parse(start),
        Boundary.parse(end),
    )


def is_open(
    rights: Availability,
    title: TitleId = FILM,
    territory: str = "DE",
    mode: str = "SVOD",
    at: str = "2026-06-01T00:00:00Z",
    language: str | None = None,
) -> bool:
    where, way, when = Territory.parse(territory), Mode(mode), parse_instant(at)
    version = Language(language) if language else None
    scalar = rights.check(title, where, way, when, version).available
    assert rights.mask(Vocabulary([title]), where, [way], when, version).tolist() == [scalar]
    return scalar


@pytest.mark.parametrize(
    ("terms", "question", "expected"),
    [
        # an end date is the last day included, where the viewer is
        ({"end": "2026-12-31"}, {"territory": "DE", "at": "2026-12-31T22:59:59Z"}, True),
        ({"end": "2026-12-31"}, {"territory": "DE", "at": "2026-12-31T23:00:00Z"}, False),
        ({"end": "2026-12-31"}, {"territory": "JP", "at": "2026-12-31T14:59:59Z"}, True),
        ({"end": "2026-12-31"}, {"territory": "JP", "at": "2026-12-31T15:00:00Z"}, False),
        ({"end": "2026-12-31"}, {"territory": "US", "at": "2027-01-01T04:59:59Z"}, True),
        # a start date opens at the midnight that begins it there
        ({"start": "2026-01-01"}, {"territory": "JP", "at": "2025-12-31T14:59:59Z"}, False),
        ({"start": "2026-01-01"}, {"territory": "JP", "at": "2025-12-31T15:00:00Z"}, True),
        ({"start": "2026-01-01"}, {"territory": "KI", "at": "2025-12-31T12:00:00Z"}, True),
        ({"start": "2026-01-01"}, {"territory": "US", "at": "2026-01-01T04:59:59Z"}, False),
        # summer time: midnight in Berlin is 22:00 UTC, and the 29th of March 2026 has 23 hours
        ({"end": "2026-03-29"}, {"territory": "DE", "at": "2026-03-29T21:59:59Z"}, True),
        ({"end": "2026-03-29"}, {"territory": "DE", "at": "2026-03-29T22:00:00Z"}, False),
        # Samoa had no 30th of December 2011: the day after the 29th is the 31st
        ({"end": "2011-12-29"}, {"territory": "WS", "at": "2011-12-30T09:59:59Z"}, True),
        ({"end": "2011-12-29"}, {"territory": "WS", "at": "2011-12-30T10:00:00Z"}, False),
        (
            {"start": "2011-12-30", "end": "2011-12-30"},
            {"territory": "WS", "at": "2011-12-30T10:00:00Z"},
            False,
        ),
        # an instant is that instant everywhere, and an end instant is the first one outside
        ({"end": "2026-06-01T12:00:00Z"}, {"territory": "JP", "at": "2026-06-01T11:59:59Z"}, True),
        ({"end": "2026-06-01T12:00:00Z"}, {"territory": "JP", "at": "2026-06-01T12:00:00Z"}, False),
        ({"start": "2026-06-01T12:00:00+02:00"}, {"at": "2026-06-01T10:00:00Z"}, True),
        # open boundaries
        ({}, {"at": "1001-01-01T00:00:00Z"}, True),
        ({}, {"at": "9998-01-01T00:00:00Z"}, True),
        # territories, groups, exclusions
        ({"excluded": "EU"}, {"territory": "DE"}, False),
        ({"excluded": "EU"}, {"territory": "GB"}, True),
        ({"excluded": "EU"}, {"territory": "JP"}, True),
        ({"territories": "EU", "excluded": "FR"}, {"territory": "FR"}, False),
        ({"territories": "EU JP"}, {"territory": "JP"}, True),
        ({"territories": "EU JP"}, {"territory": "US"}, False),
        # modes
        ({"modes": "TVOD EST"}, {"mode": "EST"}, True),
        ({"modes": "TVOD EST"}, {"mode": "SVOD"}, False),
        # language versions
        ({}, {"language": "pt-BR"}, True),
        ({"languages": "pt"}, {"language": "pt-BR"}, True),
        ({"languages": "pt-BR"}, {"language": "pt"}, False),
        ({"languages": "pt-BR"}, {"language": "pt-PT"}, False),
        ({"languages": "zh"}, {"language": "zh-Hant-TW"}, True),
        ({"languages": "de en"}, {"language": "en"}, True),
        ({"languages": "de"}, {"language": "den"}, False),  # Slave (Athapascan) is no kind of German
        ({"languages": "de"}, {"language": None}, True),
        # families
        ({"title": SERIES}, {"title": EPISODE}, True),
        ({"title": SERIES}, {"title": SEASON}, True),
        ({"title": SEASON}, {"title": EPISODE}, True),
        ({"title": SEASON}, {"title": SERIES}, False),
        ({"title": EPISODE}, {"title": SEASON}, False),
        ({"title": SERIES}, {"title": FILM}, False),
    ],
)
def test_worked_examples(terms: dict[str, str], question: dict[str, str], expected: bool) -> None:
    assert is_open(made(license_(**terms)), **question) is expected  # type: ignore[arg-type]


def test_without_a_license_everything_is_closed() -> None:
    rights = made()
    decision = rights.check(FILM, Territory("DE"), Mode.SVOD, datetime(2026, 1, 1, tzinfo=UTC))
    assert not decision.available
    assert [because.code for because in decision.because] == ["no-license"]
    assert not rights.mask(
        Vocabulary([FILM, SERIES]), Territory("DE"), Mode, datetime(2026, 1, 1, tzinfo=UTC)
    ).any()
    assert rights.next_change(Territory("DE"), datetime(2026, 1, 1, tzinfo=UTC)) is None
    assert rights.mask(Vocabulary([]), Territory("DE"), Mode, datetime(2026, 1, 1, tzinfo=UTC)).shape == (0,)


def test_one_license_has_to_cover_all_that_is_asked() -> None:
    rights = made(
        license_(territories="DE", modes="SVOD"), license_(territories="JP", modes="TVOD", id_="L2")
    )
    assert not is_open(rights, territory="DE", mode="TVOD")
    assert not is_open(rights, territory="JP", mode="SVOD")


def test_records_of_a_merged_title_share_licenses() -> None:
    merged, record, other = TitleId("a", "1"), TitleId("b", "1"), TitleId("c", "1")
    aliases = {merged: merged, record: merged, other: merged}
    for written in aliases:
        rights = made(license_(written), aliases=aliases)
        assert all(is_open(rights, title) for title in aliases)


def test_a_parent_may_be_named_by_any_of_its_records() -> None:
    series, record = TitleId("a", "series"), TitleId("b", "series")
    aliases = {series: series, record: series, EPISODE: EPISODE}
    assert is_open(made(license_(series), family={EPISODE: record}, aliases=aliases), EPISODE)
    assert is_open(made(license_(record), family={EPISODE: series}, aliases=aliases), EPISODE)


def test_what_a_merged_title_says_of_its_parent_goes_before_its_records() -> None:
    record, stranger = TitleId("a", "record"), TitleId("a", "stranger")
    rights = made(
        license_(SERIES),
        family={record: stranger, EPISODE: SERIES},
        aliases={record: EPISODE, EPISODE: EPISODE},
    )
    assert is_open(rights, EPISODE)
    assert is_open(rights, record)


@pytest.mark.parametrize(
    ("family", "aliases"),
    [
        ({FILM: FILM}, {}),
        ({EPISODE: SEASON, SEASON: SERIES, SERIES: EPISODE}, {}),
        ({EPISODE: SEASON}, {EPISODE: SERIES, SEASON: SERIES}),
    ],
)
def test_cycles_are_refused(family: dict[TitleId, TitleId], aliases: dict[TitleId, TitleId]) -> None:
    rights = made(license_(), family=family, aliases=aliases)
    with pytest.raises(Conflict, match="parents of one another"):
        is_open(rights)


def test_an_instant_needs_a_zone() -> None:
    rights, naive = made(license_()), datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(BadValue):
        rights.check(FILM, Territory("DE"), Mode.SVOD, naive)
    with pytest.raises(BadValue):
        rights.mask(Vocabulary([FILM]), Territory("DE"), [Mode.SVOD], naive)
    with pytest.raises(BadValue):
        rights.open_modes(FILM, Territory("DE"), naive)


def test_any_zone_will_do_for_an_instant() -> None:
    at = datetime.fromisoformat("2026-12-31T23:59:59+01:00")
    rights = made(license_(end="2026-12-31"))
    assert rights.check(FILM, Territory("DE"), Mode.SVOD, at).available
    assert rights.mask(Vocabulary([FILM]), Territory("DE"), [Mode.SVOD], at).all()


# --- reasons ---------------------------------------------------------------------------------


def decide(*licenses: License, title: TitleId = FILM, language: str | None = None) -> list[tuple[str, str]]:
    at, version = datetime(2026, 6, 1, tzinfo=UTC), Language(language) if language else None
    decision = made(*licenses).check(title, Territory("DE"), Mode.SVOD, at, version)
    return [(because.code, because.text) for because in decision.because]


@pytest.mark.parametrize(
    ("terms", "code", "text"),
    [
        ({}, "license-open", "Open in DE for SVOD without an end, by license L1."),
        (
            {"end": "2026-12-31"},
            "license-open",
            "Open in DE for SVOD through 31 December 2026, by license L1.",
        ),
        (
            {"end": "2026-12-31T11:30:00Z"},
            "license-open",
            "Open in DE for SVOD until 31 December 2026, 12:30 (Europe/Berlin), by license L1.",
        ),
        ({"start": "2026-07-01"}, "not-yet-open", "Opens in DE for SVOD on 1 July 2026, by license L1."),
        (
            {"end": "2026-05-31"},
            "ended",
            "Was open in DE for SVOD through 31 May 2026, by license L1; that is over.",
        ),
        (
            {"modes": "TVOD EST"},
            "mode-not-licensed",
            "Not licensed for SVOD in DE: license L1 allows TVOD, EST.",
        ),
        ({"territories": "JP US"}, "territory-not-licensed", "Not licensed in DE: license L1 covers JP, US."),
        ({"excluded": "EU"}, "territory-excluded", "DE is taken out of license L1, which excludes EU."),
        (
            {
                "start": "2026-05-31T12:00:00Z",
                "end": "2026-05-31",
                "territories": "US JP DE",
                "excluded": "DE",
            },
            "territory-excluded",
            "DE is taken out of license L1, which excludes DE.",
        ),
        (
            {"start": "2026-05-31T23:00:00Z", "end": "2026-05-31"},
            "never-open-here",
            "Never open in DE: there, license L1 ends before it starts.",
        ),
    ],
)
def test_reasons_in_words(terms: dict[str, str], code: str, text: str) -> None:
    assert decide(license_(**terms)) == [(code, text)]  # type: ignore[arg-type]


def test_the_language_is_a_reason() -> None:
    expected = "The language version fr is not licensed in DE: license L1 covers de, en."
    assert decide(license_(languages="de en"), language="fr") == [("language-not-licensed", expected)]


def test_a_parents_license_is_named_as_such() -> None:
    (reason,) = decide(license_(SERIES), title=EPISODE)
    assert reason == ("license-open", "Open in DE for SVOD without an end, by license L1 of x:series.")


def test_the_nearest_miss_of_each_kind_comes_first() -> None:
    found = decide(
        license_(territories="JP", id_="far"),
        license_(modes="EST", id_="way"),
        license_(end="2026-05-01", id_="over"),
        license_(end="2025-05-01", id_="long over"),
        license_(start="2027-05-01", id_="later"),
        license_(start="2026-07-01", id_="soon"),
        license_(start="2026-06-02", modes="EST", id_="sooner, another way"),
    )
    assert [code for code, _ in found] == [
        "not-yet-open",
        "ended",
        "mode-not-licensed",
        "territory-not-licensed",
    ]
    assert "license soon" in found[0][1]
    assert "license over" in found[1][1]
    assert "license way" in found[2][1]


def test_every_open_license_is_a_reason_the_longest_first() -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    rights = made(license_(end="2026-07-01"), license_(id_="L2"), license_(end="2026-08-01", id_="L3"))
    decision = rights.check(FILM, Territory("DE"), Mode.SVOD, at)
    assert [(because.license, because.when) for because in decision.because] == [
        ("L2", None),
        ("L3", datetime(2026, 8, 1, 22, tzinfo=UTC)),
        ("L1", datetime(2026, 7, 1, 22, tzinfo=UTC)),
    ]
    assert decision.until is None


def test_back_to_back_licenses_close_with_the_last_of_them() -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    rights = made(
        license_(end="2026-06-30"),
        license_(start="2026-07-01", end="2026-07-31", id_="L2"),
        license_(start="2026-08-02", end="2026-08-31", id_="L3"),
    )
    decision = rights.check(FILM, Territory("DE"), Mode.SVOD, at)
    assert decision.until == datetime(2026, 7, 31, 22, tzinfo=UTC)
    closed = rights.check(FILM, Territory("DE"), Mode.SVOD, decision.until)
    assert (closed.available, closed.until, closed.opens) == (
        False,
        None,
        datetime(2026, 8, 1, 22, tzinfo=UTC),
    )
    assert [window.end for window in rights.windows(FILM, Territory("DE"), Mode.SVOD)] == [
        datetime(2026, 7, 31, 22, tzinfo=UTC),
        datetime(2026, 8, 31, 22, tzinfo=UTC),
    ]


# --- the other views -------------------------------------------------------------------------


def test_matrix_is_the_mask_of_every_territory() -> None:
    rights = made(
        license_(excluded="EU", end="2026-05-31"),
        license_(SERIES, "EU JP", "TVOD", id_="L2", start="2026-06-01"),
        license_(SEASON, "LATAM", "AVOD SVOD", id_="L3"),
    )
    titles = Vocabulary([FILM, SERIES, SEASON, EPISODE, TitleId("x", "unknown")])
    at, modes = datetime(2026, 5, 31, 22, tzinfo=UTC), (Mode.SVOD, Mode.TVOD)
    matrix = rights.matrix(titles, at, modes)
    assert matrix.shape == (5, 249)
    for column, territory in enumerate(all_territories()):
        assert (matrix[:, column] == rights.mask(titles, territory, modes, at)).all()
        for row, title in enumerate(titles.ids):
            assert matrix[row, column] == any(
                rights.check(title, territory, mode, at).available for mode in modes
            )


def test_leaving_counts_what_carries_on() -> None:
    rights = made(
        license_(end="2026-06-10"),
        license_(SEASON, end="2026-06-05", id_="L2"),
        license_(SERIES, "DE", "TVOD", end="2026-06-08", id_="L3"),
        license_(SERIES, start="2026-06-08T22:00:00Z", end="2026-06-20", id_="L4"),
    )
    titles, at = Vocabulary([FILM, SERIES, SEASON, EPISODE]), datetime(2026, 6, 1, tzinfo=UTC)
    film = Leaving(FILM, datetime(2026, 6, 10, 22, tzinfo=UTC))
    assert rights.leaving(titles, Territory("DE"), at, timedelta(days=14)) == (film,)
    assert rights.leaving(titles, Territory("DE"), at, timedelta(days=9)) == ()
    series = datetime(2026, 6, 20, 22, tzinfo=UTC)
    everything = rights.leaving(titles, Territory("DE"), at, timedelta(days=30))
    assert everything == (
        film,
        *(Leaving(title, series) for title in (SEASON, EPISODE, SERIES)),
    )  # by id: s1 ...
    svod = rights.leaving(titles, Territory("DE"), at, timedelta(days=14), [Mode.SVOD])
    season = datetime(2026, 6, 5, 22, tzinfo=UTC)
    assert svod == (Leaving(SEASON, season), Leaving(EPISODE, season), film)


def test_windows_of_an_open_license_last_forever() -> None:
    (window,) = made(license_()).windows(FILM, Territory("DE"), Mode.SVOD)
    assert window == Window.between(Boundary(), Boundary(), Territory("DE"))
    assert made(license_()).windows(FILM, Territory("DE"), Mode.EST) == ()


def test_next_change_leaves_out_what_never_comes() -> None:
    rights = made(license_(end="2026-06-10"))
    at = datetime(2026, 6, 1, tzinfo=UTC)
    change = datetime(2026, 6, 10, 22, tzinfo=UTC)
    assert rights.next_change(Territory("DE"), at) == change
    assert rights.next_change(Territory("DE"), change) is None


# --- changes ---------------------------------------------------------------------------------


def test_a_change_takes_effect_with_the_next_question() -> None:
    store, family, aliases, counter = MemoryLicenses(), dict(FAMILY), {FILM: FILM}, [0]
    rights = Availability(store, lambda: family, lambda: aliases, lambda: (store.revision(), counter[0]))
    assert not is_open(rights)
    store.add([license_()])
    assert is_open(rights)
    store.replace(replace(license_(), end=Boundary(day=date(2026, 1, 1))))
    assert not is_open(rights)
    store.remove(["L1"])
    store.add([license_(SERIES)])
    assert not is_open(rights)
    assert is_open(rights, EPISODE)
    del family[SEASON]
    counter[0] += 1
    assert not is_open(rights, EPISODE)
    aliases[SERIES] = FILM
    counter[0] += 1
    assert is_open(rights)


def test_masks_are_the_callers_to_change() -> None:
    rights, titles, at = made(license_()), Vocabulary([FILM]), datetime(2026, 1, 1, tzinfo=UTC)
    rights.mask(titles, Territory("DE"), [Mode.SVOD], at)[:] = False
    assert rights.mask(titles, Territory("DE"), [Mode.SVOD], at).all()


def test_short_lived_vocabularies_are_not_mixed_up() -> None:
    rights, at = made(license_()), datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(200):
        title = FILM if number % 2 else SERIES
        assert rights.mask(Vocabulary([title]), Territory("DE"), [Mode.SVOD], at).tolist() == [title == FILM]
        gc.collect(0)


def test_many_threads_see_every_change() -> None:
    store = MemoryLicenses()
    rights = Availability(store, lambda: {}, lambda: {}, store.revision)
    titles = Vocabulary([TitleId("x", str(number)) for number in range(50)])
    at, modes = datetime(2026, 1, 1, tzinfo=UTC), (Mode.SVOD,)

    def look(number: int) -> bool:
        before = store.count()
        mask = rights.mask(titles, all_territories()[number % 249], modes, at)
        after = store.count()
        return before <= int(np.count_nonzero(mask)) <= after

    with ThreadPoolExecutor(6) as pool:
        looks = []
        for number, title in enumerate(titles.ids):
            looks += [pool.submit(look, number * 40 + n) for n in range(20)]
            store.add([license_(title, id_=f"L{number}")])
        assert all(one.result() for one in looks)
    assert rights.mask(titles, Territory("DE"), modes, at).all()
