"""Granting writes real rows, once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crossreel.errors import BadInput
from crossreel.rights.availability import Availability
from crossreel.rights.granting import grant
from crossreel.rights.license import License, Mode
from crossreel.testing.memory import MemoryLicenses
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.values.vocabulary import Vocabulary
from crossreel.values.window import Boundary

TITLES = [TitleId("ml", str(number)) for number in range(5)]
TERMS: dict[str, Any] = {"territories": ["WORLD"], "modes": [Mode.SVOD]}


def test_a_grant_writes_one_license_a_title() -> None:
    store = MemoryLicenses()
    report = grant(
        store,
        TITLES,
        territories=["world"],
        modes=[Mode.TVOD, Mode.SVOD, Mode.TVOD],
        excluded=["de", "CN"],
        languages=[Language("pt")],
        start="2026-01-01",
        end="2026-12-31T12:00:00+02:00",
        reason=" bought at a market ",
    )
    assert (report.titles, report.added, report.unchanged) == (5, 5, 0)
    assert sorted(one.title for one in store.all()) == TITLES
    first = next(store.all())
    assert first == License(
        first.id,
        TITLES[0],
        ("WORLD",),
        (Mode.SVOD, Mode.TVOD),
        ("CN", "DE"),
        (Language("pt"),),
        Boundary.parse("2026-01-01"),
        Boundary.parse("2026-12-31T10:00:00Z"),
        "bought at a market",
    )


def test_granting_again_adds_nothing() -> None:
    store = MemoryLicenses()
    grant(store, TITLES[:3], territories=["DE", "BR"], modes=[Mode.SVOD, Mode.EST], reason="test")
    revision = store.revision()
    report = grant(store, TITLES, territories=["br", "DE", "DE"], modes=[Mode.EST, Mode.SVOD], reason="test")
    assert (report.titles, report.added, report.unchanged) == (5, 2, 3)
    grant(store, TITLES, territories=["DE", "BR"], modes=[Mode.SVOD, Mode.EST], reason="test")
    assert store.revision() == revision + 1


def test_other_terms_are_another_license() -> None:
    store = MemoryLicenses()
    variants: list[dict[str, Any]] = [
        {},
        {"territories": ["DE"]},
        {"modes": [Mode.AVOD]},
        {"excluded": ["DE"]},
        {"languages": [Language("de")]},
        {"start": "2026-01-01"},
        {"end": "2026-01-01"},
        {"reason": "another"},
    ]
    for variant in variants:
        assert grant(store, TITLES, **{**TERMS, **variant}).added == len(TITLES)
    assert store.count() == len(variants) * len(TITLES)


def test_ids_do_not_change_from_release_to_release() -> None:
    store = MemoryLicenses()
    grant(store, TITLES[:1], **TERMS)
    assert [one.id for one in store.all()] == ["grant-63ac2fee2cd6-ml:0"]


def test_what_is_granted_is_open_at_once() -> None:
    store = MemoryLicenses()
    rights = Availability(store, dict, dict, store.revision)
    titles, at = Vocabulary(TITLES), datetime(2026, 1, 1, tzinfo=UTC)
    assert not rights.mask(titles, Territory("DE"), [Mode.SVOD], at).any()
    grant(store, TITLES, **TERMS)
    assert rights.mask(titles, Territory("DE"), [Mode.SVOD], at).all()


def test_repeated_titles_count_once_and_none_is_allowed() -> None:
    store = MemoryLicenses()
    assert grant(store, [*TITLES, *TITLES], **TERMS).titles == len(TITLES)
    report = grant(store, [], **TERMS)
    assert (report.titles, report.added, report.unchanged) == (0, 0, 0)


@pytest.mark.parametrize("titles", [TITLES, []])
@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"territories": []}, "at least one territory"),
        ({"modes": []}, "at least one territory and one mode"),
        ({"territories": ["ATLANTIS"]}, "ATLANTIS"),
        ({"territories": ["SU"]}, "SU"),
        ({"excluded": ["NARNIA"]}, "NARNIA"),
        ({"territories": ["DACH"], "excluded": ["EU", "CH"]}, "leave no territory"),
        ({"excluded": ["WORLD"]}, "leave no territory"),
        ({"start": "2026-02-30"}, "start of the license"),
        ({"start": "-2026-01-01"}, "start of the license"),
        ({"start": "0000-00-00"}, "start of the license"),
        ({"end": "tomorrow"}, "end of the license"),
        ({"end": "2026-01-01T00:00:00"}, "end of the license"),
        ({"end": "99999-01-01"}, "end of the license"),
        ({"start": "2026-02-01", "end": "2026-01-31"}, "start before its end"),
        ({"start": "9999-12-31"}, "start before its end"),
        ({"end": "0001-01-01T00:00:00Z"}, "start before its end"),
        ({"reason": "line\nbreak"}, "one line"),
        ({"reason": "bell\a"}, "one line"),
        ({"reason": "x" * 1001}, "one line"),
    ],
)
def test_wrong_terms_are_refused_and_nothing_is_written(
    terms: dict[str, Any], words: str, titles: list[TitleId]
) -> None:
    store = MemoryLicenses()
    with pytest.raises(BadInput, match=words):
        grant(store, titles, **{**TERMS, **terms})
    assert (store.count(), store.revision()) == (0, 0)


def test_one_day_is_a_license() -> None:
    store = MemoryLicenses()
    grant(store, TITLES[:1], **TERMS, start="2026-01-01", end="2026-01-01")
    assert store.count() == 1


def test_a_grant_of_ten_thousand_titles_arrives_whole() -> None:
    store, many = MemoryLicenses(), [TitleId("big", str(number)) for number in range(10_000)]
    assert grant(store, many, **TERMS, excluded=["EU"], end="2030-12-31").added == 10_000
    assert grant(store, many, **TERMS, excluded=["EU"], end="2030-12-31").unchanged == 10_000
