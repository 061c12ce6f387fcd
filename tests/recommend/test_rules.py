"""The staff's rules: what they do to lists and pages, after the rights."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.recommend.rules import _UNION, EUROPEAN, Rule
from crossreel.recommend.variety import varied
from crossreel.testing.small_world import BR, DE, JP, NOW, comedy, film, viewer, western
from crossreel.values.territory import Territory, expand


def keys(items):
    return [item.title.key for item in items]


def shown(page):
    return [item.title.key for row in page.rows for item in row.items]


@pytest.fixture
def trained(world):
    world.shelf.train("ease", {"lam": 10})
    return world


def test_an_excluded_title_is_on_no_list_and_is_told(trained):
    trained.rule(kind="exclude", select={"titles": ["made:w0"]}, territories=["DE"])
    assert "w0" not in keys(trained.shelf.top(viewer(0), DE, 99).items)
    assert "w0" not in shown(trained.shelf.page(viewer(0), DE, 9))
    assert "w0" not in keys(trained.shelf.popular(DE, 99).items)
    assert "w0" not in keys(trained.shelf.similar(film("w1"), DE, 99).items)
    assert "w0" in keys(trained.shelf.popular(BR, 99).items)
    standing = trained.shelf.inspect(viewer(0), DE, 9).about(film("w0"))
    assert (standing.because, standing.excluded_by) == ("excluded", ("exclude",))


def test_a_boost_lifts_what_scores_and_names_the_rule(trained):
    before = keys(trained.shelf.popular(DE, 12).items)
    assert before.index("c0") > 5
    trained.rule(kind="boost", select={"genres": ["comedy"]}, factor=100)
    found = trained.shelf.popular(DE, 12).items
    assert keys(found)[0].startswith("c")
    assert all((item.rules == ("boost",)) == item.title.key.startswith("c") for item in found)


def test_a_pin_stands_at_its_place_once_and_only_where_open(trained):
    trained.add(western("pinned"), comedy("closed"), where="BR")
    trained.rule(kind="pin", titles=["made:closed", "made:w3"], position=2, territories=["DE"])
    page = trained.shelf.page(viewer(3), DE, 4)
    assert page.rows[0].items[2].title == film("w3") or page.rows[0].items[-1].title == film("w3")
    assert shown(page).count("w3") == 1
    assert "closed" not in shown(page)
    pinned = next(item for row in page.rows for item in row.items if item.title == film("w3"))
    assert pinned.rules == ("pin",)
    assert "w3" not in shown(trained.shelf.page(viewer(4), DE, 4)), "viewer 4 has seen it"


def test_a_quota_is_met_where_it_can_be_and_told_where_not(empty_world):
    world = empty_world
    french = [western(f"f{n}", countries=(Territory("FR"),)) for n in range(4)]
    american = [western(f"u{n}", countries=(Territory("US"),)) for n in range(16)]
    world.add(*french, *american, where="DE")
    for number in range(30):
        for title in american[: 4 + number % 9]:
            world.rate(number, title.id.key, 5)
    world.shelf.train("ease", {"lam": 10})
    before = world.shelf.page(viewer("stranger"), DE, 8)
    assert before.quotas == ()
    world.rule(kind="quota", select={"countries": ["EUROPEAN"]}, share=0.3, territories=["EU"])
    page = world.shelf.page(viewer("stranger"), DE, 8)
    (standing,) = page.quotas
    assert standing.met
    assert standing.shown == ceil(0.3 * standing.of) == sum(key.startswith("f") for key in shown(page))
    assert len(shown(page)) == len(set(shown(page))) == len(shown(before))
    world.rule(kind="quota", select={"countries": ["EUROPEAN"]}, share=0.9, territories=["EU"])
    (standing,) = world.shelf.page(viewer("stranger"), DE, 8).quotas
    assert (standing.met, standing.shown) == (False, 4)


def test_local_is_where_the_question_is_asked(empty_world):
    world = empty_world
    world.add(western("br", countries=(BR,)), western("de", countries=(DE,)))
    world.rule(kind="exclude", select={"countries": ["LOCAL"]})
    assert keys(world.shelf.popular(DE, 9).items) == ["br"]
    assert keys(world.shelf.popular(BR, 9).items) == ["de"]


def test_rules_hold_in_their_time_and_place_from_the_next_request_on(trained):
    day = lambda days: (NOW + timedelta(days=days)).date().isoformat()  # noqa: E731 - a short word for it
    trained.rule(kind="exclude", select={"titles": ["made:w0"]}, start=day(2), end=day(4))
    for days, there in ((0, True), (3, False), (6, True)):
        found = trained.shelf.top(viewer(0), DE, 9, at=NOW + timedelta(days=days))
        assert ("w0" in keys(found.items)) == there
    trained.documents.remove("rule", "exclude")
    assert "w0" in keys(trained.shelf.top(viewer(0), DE, 9, at=NOW + timedelta(days=3)).items)


def test_leaving_soon_is_as_soon_as_a_rule_says(trained):
    trained.add(western("goes"), where="DE", end=(NOW + timedelta(days=9)).date().isoformat())
    assert "leaving-soon" in [row.code for row in trained.shelf.rows(viewer("x"), DE, 4)]
    trained.rule(kind="leaving", days=5)
    assert "leaving-soon" not in [row.code for row in trained.shelf.rows(viewer("x"), DE, 4)]


def test_new_titles_get_no_more_places_than_a_rule_says_and_lose_them_at_the_cap(world):
    more = [western(f"x{n}") for n in range(14)]
    world.add(*more, where="DE")
    for number in range(40, 60):
        for title in (*more, western("w1")):
            world.rate(number, title.id.key, 5)
    world.shelf.train("ease", {"lam": 10})
    world.add(*(western(f"new{n}") for n in range(9)), where="DE")

    def new_ones():
        return [key for key in keys(world.shelf.top(viewer(0), DE, 10).items) if key.startswith("new")]

    assert len(new_ones()) == 2
    world.rate("somebody", "new0", 5)
    world.rule(kind="explore", share=0.1)
    assert new_ones() == ["new0"]
    world.rule(kind="explore", share=0)
    assert new_ones() == []
    world.rule(kind="explore", share=0.1, cap=1)
    assert new_ones() == ["new1"], "new0 was met once, which is its cap"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from([0, 3, 41, "stranger"]),
    st.sampled_from([DE, BR, JP]),
    st.integers(1, 9),
    st.lists(
        st.sampled_from(
            [
                {"kind": "pin", "titles": ["made:w1", "made:c2"], "position": 3},
                {"kind": "boost", "select": {"genres": ["comedy"]}, "factor": 9},
                {"kind": "exclude", "select": {"titles": ["made:c1"]}},
                {"kind": "quota", "select": {"genres": ["western"]}, "share": 0.5},
                {"kind": "variety", "mmr": 0.2, "calibration": 0.9},
                {"kind": "explore", "share": 0.5, "cap": 3},
            ]
        ),
        max_size=6,
    ),
)
def test_whatever_the_rules_a_page_repeats_nothing_and_shows_nothing_closed_or_seen(
    trained, who, where, n, rules
):
    for kind in ("pin", "boost", "exclude", "quota", "variety", "explore"):
        trained.documents.remove("rule", kind)
    for rule in rules:
        trained.rule(**rule)
    page = trained.shelf.page(viewer(who), where, n)
    titles = [item.title for row in page.rows for item in row.items]
    assert len(titles) == len(set(titles))
    assert not {event.title for event in trained.events.history(viewer(who))} & set(titles)
    assert all(1 <= len(row.items) <= n for row in page.rows)
    if where == JP:
        assert not titles, "nothing is licensed there, and no rule can open it"


@pytest.mark.parametrize(
    "document",
    [
        {"id": "a", "kind": "delete"},
        {"id": "A b", "kind": "leaving", "days": 3},
        {"id": "a", "kind": "leaving", "days": 0},
        {"id": "a", "kind": "leaving", "days": 3, "share": 1},
        {"id": "a", "kind": "boost", "factor": 2},
        {"id": "a", "kind": "boost", "factor": float("nan"), "select": {"genres": ["drama"]}},
        {"id": "a", "kind": "boost", "factor": True, "select": {"genres": ["drama"]}},
        {"id": "a", "kind": "exclude", "select": {}},
        {"id": "a", "kind": "exclude", "select": {"genres": []}},
        {"id": "a", "kind": "exclude", "select": {"countries": ["Atlantis"]}},
        {"id": "a", "kind": "exclude", "select": {"titles": ["no-source"]}},
        {"id": "a", "kind": "pin", "titles": []},
        {"id": "a", "kind": "pin", "titles": ["a:b"], "row": "leaving-soon"},
        {"id": "a", "kind": "quota", "share": 0.3, "select": {"genres": ["drama"]}, "territories": ["XX"]},
        {"id": "a", "kind": "explore", "share": 0.9},
        {"id": "a", "kind": "leaving", "days": 3, "start": "soon"},
    ],
)
def test_what_is_no_rule_is_refused(document):
    with pytest.raises(BadValue):
        Rule.read(document)


def test_rules_survive_json():
    for document in (
        {
            "id": "q",
            "kind": "quota",
            "share": 0.3,
            "select": {"countries": ["EUROPEAN", "LATAM"], "since": 1990},
        },
        {"id": "p", "kind": "pin", "titles": ["a:b"], "end": "2026-12-24", "note": "Christmas"},
    ):
        rule = Rule.read(document)
        assert Rule.read(rule.to_dict()) == rule


def test_european_works_are_those_of_the_union_the_convention_and_the_area():
    assert expand(["EU"]) <= EUROPEAN
    assert expand(["EU"]) == {Territory(code) for code in _UNION.split()}
    assert {Territory(code) for code in ("GB", "CH", "UA", "NO", "IS")} <= EUROPEAN
    assert not {Territory(code) for code in ("US", "RU", "BY", "JP")} & EUROPEAN


def test_variety_trades_relevance_for_unlikeness_and_calibration():
    relevance = np.array([1.0, 0.99, 0.98, 0.5], dtype=np.float32)
    likeness = np.eye(4, dtype=np.float32)
    likeness[:3, :3] = 1
    genres = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], dtype=np.float64)
    none = np.zeros(2)
    plain = varied(relevance, likeness, none, genres, 3, mmr=1, calibration=0)
    assert plain.tolist() == [0, 1, 2]
    assert varied(relevance, likeness, none, genres, 3, mmr=0.5, calibration=0).tolist() == [0, 3, 1]
    half = np.array([0.5, 0.5])
    assert varied(relevance, likeness, half, genres, 2, mmr=1, calibration=0.5).tolist() == [0, 3]
    alone = np.array([1.0, 0.0])
    assert varied(relevance, likeness, alone, genres, 3, mmr=1, calibration=0.5).tolist() == [0, 1, 2]
