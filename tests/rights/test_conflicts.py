"""Licenses in conflict: worked examples, and all findings against a naive comparison of every pair."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.rights.availability import Availability
from crossreel.rights.conflict import ConflictKind, LicenseConflict
from crossreel.rights.license import License, Mode
from crossreel.testing.memory import MemoryLicenses
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.values.window import Boundary, Window

FILM, SERIES, EPISODE = (TitleId("x", key) for key in ("film", "series", "s1e1"))
FAMILY = {EPISODE: SERIES}


def rights(licenses: Iterable[License], aliases: Mapping[TitleId, TitleId] | None = None) -> Availability:
    store = MemoryLicenses()
    store.add(licenses)
    return Availability(store, lambda: FAMILY, lambda: aliases or {}, store.revision)


def license_(id_: str, places: str = "WORLD", modes: str = "SVOD", **terms: str) -> License:
    title = TitleId.parse(terms.get("title", str(FILM)))
    return License(
        id_,
        title,
        tuple(places.split()),
        tuple(map(Mode, modes.split())),
        tuple(terms.get("excluded", "").split()),
        tuple(map(Language, terms.get("languages", "").split())),
        Boundary.parse(terms.get("start")),
        Boundary.parse(terms.get("end")),
    )


def found(*licenses: License, **asked: timedelta) -> list[LicenseConflict]:
    return list(rights(licenses).conflicts(**asked))


def only(*licenses: License) -> LicenseConflict:
    (finding,) = found(*licenses)
    return finding


def test_licenses_side_by_side_are_no_conflict():
    assert not found(
        license_("a", excluded="JP", start="2026-01-01", end="2026-12-31"),
        license_("b", "JP", start="2026-01-01", end="2026-12-31"),
        license_("c", excluded="JP", start="2027-01-01"),
        license_("d", modes="EST"),
    )


def test_a_language_limit_that_another_license_undoes():
    finding = only(
        license_("narrow", "BR PT", "SVOD EST", languages="pt", start="2026-01-01"),
        license_("wide", "BR", "SVOD", end="2026-06-30"),
    )
    assert finding.kind is ConflictKind.LANGUAGES
    assert [one.id for one in finding.licenses] == ["narrow", "wide"]
    assert (finding.territories, finding.modes) == ((Territory("BR"),), (Mode.SVOD,))
    assert (str(finding.start), str(finding.end)) == ("2026-01-01", "2026-06-30")
    assert finding.severity == "conflict"
    assert finding.why == (
        "narrow is limited to pt, but wide opens every language version in BR for SVOD "
        "from 2026-01-01 through 2026-06-30: the limit does not hold."
    )
    assert "narrow" in finding.advice
    assert "wide" in finding.advice


def test_languages_that_complement_each_other_are_fine():
    assert not found(license_("a", languages="pt"), license_("b", languages="en"))


def test_licenses_that_say_the_same_are_one_finding():
    member = TitleId("y", "film")
    licenses = [
        license_("a", "ANZ", "SVOD EST", start="2026-01-01"),
        license_("b", "AU NZ", "EST SVOD", start="2026-01-01"),
        license_("c", "NZ AU", "EST SVOD", start="2026-01-01", title="y:film"),
    ]
    (finding,) = rights(licenses, {member: FILM}).conflicts()
    assert (finding.kind, len(finding.licenses), finding.title) == (ConflictKind.DUPLICATE, 3, FILM)
    assert finding.why == "a, b, c (of y:film) say the same."
    assert finding.advice == "Keep a and remove the others."


def test_a_license_of_an_episode_that_its_series_opens_anyway():
    finding = only(
        license_("series", title="x:series"),
        license_("episode", "DE", title="x:s1e1", start="2026-01-01", end="2026-01-31"),
    )
    assert (finding.kind, finding.severity) == (ConflictKind.NO_EFFECT, "note")
    assert finding.title == EPISODE
    assert finding.why == "episode opens nothing that series (of x:series) does not open as well."


def test_a_license_that_ends_before_it_starts_in_one_zone():
    finding = only(license_("a", "JP US", start="2026-01-02", end="2026-01-02T01:00:00Z"))
    assert (finding.kind, finding.territories) == (ConflictKind.NEVER_OPENS, (Territory("US"),))


def test_a_day_that_samoa_skipped_never_opens_there():
    finding = only(license_("a", "WS NZ", start="2011-12-30", end="2011-12-30"))
    assert (finding.kind, finding.territories) == (ConflictKind.NEVER_OPENS, (Territory("WS"),))


def test_a_short_gap_is_a_note_and_a_long_one_is_a_new_deal():
    licenses = license_("a", end="2026-03-31"), license_("b", start="2026-04-08")
    finding = only(*licenses)
    assert (finding.kind, str(finding.start), str(finding.end)) == ("gap", "2026-04-01", "2026-04-07")
    assert len(finding.territories) == 249
    assert not found(*licenses, short_gap=timedelta(6))
    assert not finding.is_over(datetime(2026, 4, 7, 12, tzinfo=UTC))
    assert finding.is_over(datetime(2026, 4, 9, tzinfo=UTC))


def test_overlapping_ends_are_a_note():
    finding = only(license_("a", "EU", end="2026-06-30"), license_("b", "DE FR JP", start="2026-06-01"))
    assert (finding.kind, finding.severity) == (ConflictKind.OVERLAP, "note")
    assert [place.code for place in finding.territories] == ["DE", "FR"]
    assert (str(finding.start), str(finding.end)) == ("2026-06-01", "2026-06-30")


def test_a_title_and_a_territory_may_be_asked_for():
    all_of_them = rights(
        [license_(f"{key}{title}", "DE JP", title=title) for title in ("x:a", "x:b") for key in "12"]
    )
    assert [one.title.key for one in all_of_them.conflicts()] == ["a", "b"]
    assert [one.title.key for one in all_of_them.conflicts(TitleId("x", "b"))] == ["b"]
    assert len(list(all_of_them.conflicts(territory=Territory("JP")))) == 2
    assert not list(all_of_them.conflicts(territory=Territory("FR")))


# --- every pair, every territory, every way ----------------------------------------------------

PLACES = ["DE", "FR", "GB", "JP", "NZ", "US", "WS"]
MOMENTS = [
    *("", "2011-12-29", "2011-12-30", "2011-12-31", "2012-01-01", "2012-01-20", "2012-03-01"),
    *("2011-12-30T05:00:00Z", "2011-12-31T12:00:00Z", "2012-01-20T10:00:00Z", "2012-02-10T00:00:00Z"),
]


@st.composite
def some_licenses(draw: st.DrawFn) -> list[License]:
    made = []
    for number in range(draw(st.integers(1, 6))):
        try:
            made.append(
                license_(
                    f"L{number}",
                    " ".join(draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=4, unique=True))),
                    " ".join(draw(st.lists(st.sampled_from(("SVOD", "EST")), min_size=1, unique=True))),
                    languages=draw(st.sampled_from(("", "", "pt", "pt-BR", "en", "en pt", "en pt pt-BR"))),
                    start=draw(st.sampled_from(MOMENTS)),
                    end=draw(st.sampled_from(MOMENTS)),
                    title=draw(st.sampled_from(("x:s1e1", "x:s1e1", "x:series"))),
                )
            )
        except BadValue:
            continue  # an end before its start everywhere
    return made


def window(one: License, place: Territory) -> Window | None:
    start, end = one.start.opens(place), one.end.closes(place)
    return Window(start, end) if start < end else None


def covers(wide: License, narrow: License) -> bool:
    if not narrow.languages:
        return not wide.languages
    return all(wide.covers_language(language) for language in narrow.languages)


def opens_no_more(one: License, other: License) -> bool:
    """Whether all that ``one`` opens ``other`` opens, looked at place by place and way by way."""
    real = [(place, here) for place in one.where if (here := window(one, place)) is not None]
    inside = all(
        place in other.where
        and (there := window(other, place)) is not None
        and (there.start <= here.start and here.end <= there.end)
        for place, here in real
    )
    same_languages = covers(one, other) and covers(other, one)
    return bool(real) and inside and same_languages and set(one.modes) <= set(other.modes)


def same(one: License, other: License) -> bool:
    return (one.where, set(one.modes), one.start, one.end) == (
        other.where,
        set(other.modes),
        other.start,
        other.end,
    ) and (covers(one, other) and covers(other, one))


def distinct(licenses: list[License]) -> list[License]:
    return [
        one for number, one in enumerate(licenses) if not any(same(one, first) for first in licenses[:number])
    ]


def naive(licenses: list[License]) -> dict[str, set[object]]:
    own = distinct([one for one in licenses if one.title == EPISODE])
    line = own + distinct([one for one in licenses if one.title == SERIES])
    told: dict[str, set[object]] = {kind: set() for kind in ConflictKind}
    for one in own:
        told["never-opens"] |= {(one.id, place) for place in one.where if window(one, place) is None}
        for other in line:
            mutual = opens_no_more(other, one) and other in own and other.id > one.id
            if other is not one and opens_no_more(one, other) and not mutual:
                told["no-effect"].add(one.id)
    for one in own:
        told["duplicate"] |= {
            (one.id, other.id)
            for other in licenses
            if other.title == EPISODE and other is not one and same(one, other)
        }
        for other in line:
            if other is one or {one.id, other.id} & told["no-effect"]:
                continue
            wider, narrower = covers(other, one), covers(one, other)
            meets = wider or any(
                one.covers_language(a) or other.covers_language(b)
                for a in other.languages
                for b in one.languages
            )
            kind = "languages" if wider != narrower else "overlap" if meets else None
            names = (one.id, other.id) if wider else (other.id, one.id)
            for place in one.where & other.where:
                here, there = window(one, place), window(other, place)
                both = here.intersection(there) if here and there else None
                for mode in set(one.modes) & set(other.modes) if both and kind else ():
                    key = names if kind == "languages" else frozenset(names)
                    told[str(kind)].add((key, place, mode, both))
    return told


def said(findings: list[LicenseConflict]) -> dict[str, set[object]]:
    told: dict[str, set[object]] = {kind: set() for kind in ConflictKind}
    for one in findings:
        ids = tuple(each.id for each in one.licenses)
        if one.kind is ConflictKind.NEVER_OPENS:
            told[one.kind] |= {(ids[0], place) for place in one.territories}
        elif one.kind is ConflictKind.NO_EFFECT:
            assert opens_no_more(*one.licenses)
            told[one.kind].add(ids[0])
        elif one.kind is ConflictKind.DUPLICATE:
            told[one.kind] |= {(ids[0], other) for other in ids[1:]}
        elif one.kind is not ConflictKind.GAP:
            key = ids if one.kind is ConflictKind.LANGUAGES else frozenset(ids)
            for place in one.territories:
                both = Window.between(one.start, one.end, place)
                told[one.kind] |= {(key, place, mode, both) for mode in one.modes}
    return told


def gaps(licenses: list[License]) -> set[object]:
    """Stretches between two windows of the episode, of which a license of its own borders on one."""
    own = [one for one in licenses if one.title == EPISODE]
    told = set()
    for place in map(Territory, PLACES):
        for mode in Mode:
            here = [one for one in licenses if mode in one.modes and place in one.where]
            real = {one.id: there for one in here if (there := window(one, place)) is not None}
            union = Window.union(real.values())
            for before, after in pairwise(union):
                borders = {
                    one.id
                    for one in own
                    if one.id in real
                    and (real[one.id].end == before.end or real[one.id].start == after.start)
                }
                if borders:
                    told.add((place, mode, before.end, after.start))
    return told


@given(some_licenses())
@settings(max_examples=80, deadline=None)
def test_findings_are_those_of_a_naive_comparison(licenses: list[License]):
    findings = list(rights(licenses).conflicts(EPISODE, short_gap=timedelta(9999)))
    assert said(findings) == naive(licenses)
    told = {
        (place, mode, one.start.opens(place), one.end.closes(place))
        for one in findings
        if one.kind is ConflictKind.GAP
        for place in one.territories
        for mode in one.modes
    }
    # Where licenses of the series and of the episode end or start together, either may be named.
    assert told <= gaps(licenses)
    if all(one.title == EPISODE for one in licenses):
        assert told == gaps(licenses)


def test_many_licenses_of_one_title_do_not_take_the_square_of_their_number():
    def took(count: int) -> float:
        days = [date(2026, 1, 1) + timedelta(2 * number) for number in range(count)]
        one_after_another = [
            license_(f"{day}{place}", place, start=str(day), end=str(day + timedelta(1)))
            for day in days
            for place in PLACES
        ]
        start = time.process_time()
        assert not found(*one_after_another)
        return time.process_time() - start

    took(10)
    assert took(400) < 12 * took(100) + 0.1  # 4 times in theory, 16 for the square


@pytest.mark.parametrize("kind", list(ConflictKind))
def test_every_kind_has_words(kind: ConflictKind):
    one, other = license_("one", "JP", languages="pt", end="2026-01-31"), license_("two", start="2026-02-02")
    finding = LicenseConflict(kind, FILM, (one, other), (Territory("JP"),), (Mode.SVOD,), one.start, one.end)
    assert finding.why.endswith(".")
    assert "one" in finding.advice
