"""The shelf: candidates, rights, fallbacks, reasons, and what happens when something is odd."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crossreel.audience.event import Event, EventKind
from crossreel.catalog.documents import content_hash
from crossreel.catalog.repository import TitleRecord
from crossreel.errors import BadInput, BadValue, Conflict, MissingModel, UnknownId
from crossreel.recommend.reasons import CODES, Reason
from crossreel.recommend.registry import ALGORITHMS
from crossreel.rights.license import Mode
from crossreel.testing.small_world import BR, DE, JP, NOW, comedy, film, viewer, western

LEARNING = [name for name in ALGORITHMS if name not in {"human-lists", "list"}]
"""Those that need nothing but events and titles; people's lists have tests of their own."""
PERSONAL = [name for name in LEARNING if name != "popular"]


def keys(found):
    return [item.title.key for item in found.items]


@pytest.mark.parametrize("algorithm", PERSONAL)
def test_a_viewer_of_westerns_gets_the_unseen_western_first_with_a_reason(world, algorithm):
    config = {"lam": 10} if algorithm == "ease" else None
    card = world.shelf.train(algorithm, config)
    found = world.shelf.top(viewer(0), DE, 3)
    assert (found.viewer, found.territory, found.algorithm) == (viewer(0), DE, algorithm)
    assert card.interactions == 350
    first = found.items[0]
    assert first.title == film("w0")
    assert first.path == ("content" if algorithm == "content" else "personal")
    if algorithm in {
        "als",
        "warp",
        "blend",
        "boosted-blend",
        "sasrec",
        "softmax-network",
        "click-model",
        "two-towers",
    }:  # these name no titles, so they give no such reason
        assert all(reason.code != "because-you-liked" for reason in first.reasons)
        return
    reason = first.reasons[0]
    assert reason.code == "because-you-liked"
    assert 1 <= len(reason.titles) <= 2
    assert all(id_.key.startswith("w") for id_ in reason.titles)


@pytest.mark.parametrize("algorithm", LEARNING)
def test_no_answer_holds_anything_closed_seen_or_twice(world, algorithm):
    world.shelf.train(algorithm)
    for who in (viewer(0), viewer(50), viewer("stranger")):
        for where in (DE, BR, JP):
            items = world.shelf.top(who, where, 99).items
            shown = [item.title for item in items]
            assert len(set(shown)) == len(shown)
            for id_ in shown:
                assert world.rights.check(id_, where, Mode.SVOD, NOW).available
            met = {event.title for event in world.events.history(who)}
            assert not met & set(shown)
            assert len(shown) == (0 if where == JP else 12 - len(met))
            assert {reason.code for item in items for reason in item.reasons} <= set(CODES)


def test_a_new_rating_changes_the_next_answer_without_training(world):
    world.shelf.train("ease", {"lam": 10})
    stranger = viewer("stranger")
    cold = world.shelf.top(stranger, DE, 3)
    assert {item.path for item in cold.items} == {"market"}
    for key in ("c1", "c2", "c3"):
        world.rate("stranger", key, 5, days_ago=0)
    warm = world.shelf.top(stranger, DE, 3)
    assert keys(warm) != keys(cold)
    assert keys(warm)[0].startswith("c")
    assert warm.items[0].path == "personal"
    assert not {"c1", "c2", "c3"} & set(keys(warm))


def test_a_withdrawn_like_no_longer_speaks(world):
    world.shelf.train("ease", {"lam": 10})
    for stars in (5, 0.5):
        world.rate("fickle", "c1", stars, days_ago=stars)
        found = world.shelf.top(viewer("fickle"), DE, 3)
        assert found.items[0].path == ("personal" if stars == 5 else "market")


def test_a_cold_viewer_gets_what_the_territory_likes(world):
    world.shelf.train("ease")
    for where, taste in ((DE, "w"), (BR, "c")):
        found = world.shelf.top(viewer("stranger"), where, 3)
        assert all(key.startswith(taste) for key in keys(found))
        assert {item.path for item in found.items} == {"market"}
        assert found.items[0].reasons[0].territory == where
        assert found.items[0].reasons[0].code == "popular-in"
        assert world.shelf.popular(where, 3).items == found.items


def test_a_territory_without_data_gets_what_all_like(world):
    world.add(western("only-jp"), where="JP")
    world.add(*(western(f"w{n}") for n in range(6)), where="JP")
    world.shelf.train("ease")
    found = world.shelf.top(viewer("stranger"), JP, 10)
    assert {item.path for item in found.items} == {"popular"}
    *liked, unliked = found.items
    assert {(item.reasons[0].code, item.reasons[0].territory) for item in liked} == {("popular-in", None)}
    assert unliked.title.key == "only-jp"
    assert unliked.score == 0
    assert [(one.code, one.territory) for one in unliked.reasons] == [("open-here", JP)]


def test_titles_imported_after_training_are_reached_by_content(world):
    world.shelf.train("ease", {"lam": 10})
    world.add(western("new-western"), comedy("new-comedy"), where="DE")
    found = world.shelf.top(viewer(0), DE, 10)
    assert [(item.title.key, item.path) for item in found.items[:2]] == [
        ("w0", "personal"),
        ("new-western", "content"),
    ]
    assert found.items[1].reasons[0].code == "because-you-liked"
    similar = world.shelf.similar(film("new-western"), DE, 3)
    assert {item.path for item in similar.items} == {"content"}
    assert all(key.startswith("w") for key in keys(similar))


def test_one_place_in_five_is_for_titles_nobody_had_met(world):
    more = [western(f"x{n}") for n in range(12)]
    world.add(*more, where="DE")
    for number in range(40, 60):
        for title in more:
            world.rate(number, title.id.key, 5)
        world.rate(number, "w1", 5)
    world.shelf.train("ease", {"lam": 10})
    world.add(*(western(f"new{n}") for n in range(9)), where="DE")
    found = world.shelf.top(viewer(0), DE, 10)
    assert [item.path for item in found.items] == (["personal"] * 4 + ["content"]) * 2
    assert {item.title.key[:3] for item in found.items if item.path == "content"} == {"new"}
    assert [item.path for item in world.shelf.top(viewer(0), DE, 4).items] == ["personal"] * 4


def test_a_viewer_who_likes_only_new_titles_is_answered_by_content(world):
    world.shelf.train("ease")
    world.add(comedy("new-comedy"), where="DE")
    world.rate("late", "new-comedy", 5)
    found = world.shelf.top(viewer("late"), DE, 3)
    assert {item.path for item in found.items} == {"content"}
    assert all(key.startswith("c") for key in keys(found))


def test_an_episode_counts_for_its_series_and_only_the_series_is_shown(world, series):
    show, _, episode = series
    world.add(*series, where=None)
    world.add(show, where="DE")
    for number in range(20):
        world.rate(number, "episode", 5)
    world.shelf.train("ease", {"lam": 10})
    found = keys(world.shelf.top(viewer(30), DE, 99))
    assert "show" in found
    assert not {"season", "episode"} & set(found)
    assert "show" not in keys(world.shelf.top(viewer(3), DE, 99))
    assert keys(world.shelf.similar(episode.id, DE, 3)) == keys(world.shelf.similar(show.id, DE, 3))


def test_titles_merged_after_training_are_one(world):
    world.shelf.train("ease", {"lam": 10})
    twin = replace(western("w0"), id=film("w0"))
    members = {film("w0"): film("w0"), film("w1"): film("w0")}
    records = [TitleRecord(title, content_hash(title)) for title in (western("w0"), western("w1"))]
    world.catalog.put(records, [twin], members, ())
    found = world.shelf.top(viewer(40), DE, 99)
    assert "w1" not in keys(found)
    assert len(set(keys(found))) == len(keys(found))
    assert "w0" not in keys(world.shelf.top(viewer(0), DE, 99))  # seen as w1


def test_only_the_asked_mode_and_instant_count(world):
    world.add(western("bought"), where="DE", mode=Mode.EST)
    world.add(western("next-year"), where="DE", start="2027-01-01")
    world.shelf.train("popular")
    assert keys(world.shelf.top(viewer("x"), DE, 99, mode=Mode.EST)) == ["bought"]
    assert world.shelf.top(viewer("x"), DE, 99, mode=Mode.TVOD).items == ()
    assert "next-year" not in keys(world.shelf.top(viewer("x"), DE, 99))
    assert "next-year" in keys(world.shelf.top(viewer("x"), DE, 99, at=NOW + timedelta(days=365)))


def test_without_a_model_it_is_popularity_and_says_so(world):
    found = world.shelf.top(viewer(0), DE, 3)
    assert found.algorithm == "popular"
    assert keys(found)[0] == "w0"
    assert {item.path for item in found.items} == {"market"}
    for number in range(40):
        world.rate(f"more-{number}", "w5", 5, days_ago=0)
    assert keys(world.shelf.popular(DE, 1)) == ["w5"]


def test_without_events_it_is_the_open_catalog(empty_world):
    assert empty_world.shelf.top(viewer("x"), DE, 3).items == ()
    assert empty_world.shelf.rows(viewer("x"), DE, 3) == []
    empty_world.add(western("b"), western("a"))
    found = empty_world.shelf.top(viewer("x"), DE, 3)
    assert keys(found) == ["a", "b"]
    assert all(
        item.reasons == (Reason("open-here", territory=DE),) and item.score == 0 for item in found.items
    )


@pytest.mark.parametrize("algorithm", LEARNING)
def test_one_viewer_and_one_title(empty_world, algorithm):
    empty_world.add(western("only"))
    empty_world.rate("one", "only", 5)
    empty_world.shelf.train(algorithm)
    assert empty_world.shelf.top(viewer("one"), DE, 5).items == ()
    assert keys(empty_world.shelf.top(viewer("other"), DE, 5)) == ["only"]
    assert empty_world.shelf.similar(film("only"), DE, 5).items == ()


@pytest.mark.parametrize("algorithm", LEARNING)
def test_all_the_same_rating(empty_world, algorithm):
    empty_world.add(*(western(f"w{n}") for n in range(4)))
    for who in range(5):
        for n in range(4):
            empty_world.rate(who, f"w{n}", 4)
    empty_world.shelf.train(algorithm)
    empty_world.rate("new", "w0", 4)
    assert sorted(keys(empty_world.shelf.top(viewer("new"), DE, 9))) == ["w1", "w2", "w3"]


def test_ids_never_seen(world):
    world.rate("lost", "not-in-the-catalog", 5)
    world.shelf.train("ease", {"lam": 10})
    assert world.shelf.top(viewer("lost"), DE, 3).items[0].path == "market"
    with pytest.raises(UnknownId, match="no-such"):
        world.shelf.similar(film("no-such"), DE, 3)


def test_a_title_known_only_from_events_still_speaks_in_histories(world):
    for number in range(20):
        world.rate(number, "not-in-the-catalog", 5)
    world.shelf.train("ease", {"lam": 10})
    world.rate("lost", "not-in-the-catalog", 5)
    found = world.shelf.top(viewer("lost"), DE, 3)
    assert found.items[0].path == "personal"
    assert found.items[0].reasons[0].titles == (film("not-in-the-catalog"),) or found.items[0].reasons == ()


def test_a_model_of_another_catalog_is_refused_with_advice(world, empty_world, tmp_path):
    world.shelf.train("ease")
    world.catalog.__init__()
    world.add(*(western(f"x{n}") for n in range(3)), where="DE")
    with pytest.raises(Conflict, match="another catalog") as caught:
        world.shelf.top(viewer(0), DE, 3)
    assert "recommend train --algorithm ease" in caught.value.advice


def test_models_are_asked_by_name_and_activated_by_id(world):
    first = world.shelf.train("ease")
    world.shelf.train("content")
    assert world.shelf.top(viewer(0), DE, 1).algorithm == "content"
    assert world.shelf.top(viewer(0), DE, 1, algorithm="ease").algorithm == "ease"
    world.shelf.activate(first.id)
    assert world.shelf.top(viewer(0), DE, 1).algorithm == "ease"
    assert world.shelf_again().top(viewer(0), DE, 1).algorithm == "ease"
    assert [card.algorithm for card in world.shelf.cards()] == ["ease", "content"]
    quiet = world.shelf.train("popular", activate=False)
    assert world.shelf.top(viewer(0), DE, 1).algorithm == "ease"
    assert quiet.id in {card.id for card in world.shelf.cards()}


def test_unchanged_data_are_not_learned_twice(world):
    first = world.shelf.train("ease")
    world.shelf.train("content")
    assert world.shelf.train("ease") == first
    assert world.shelf.active() == first.id
    others = [world.shelf.train("ease", {"lam": 10}), world.shelf.train("ease", seed=43)]
    world.rate(3, "w3", 5, days_ago=0, where=DE)
    others.append(world.shelf.train("ease"))
    assert len({card.id for card in [first, *others]}) == 4
    world.add(western("unmet"))  # the catalog is learned from, too
    assert world.shelf.train("content") not in others
    (world.folder / others[-1].id / "titles.txt").unlink()
    assert world.shelf.train("ease").id != others[-1].id


def test_only_the_newest_models_are_kept(world):
    serving = world.shelf.train("ease")
    other = world.shelf.train("popular", activate=False)
    later = [world.shelf.train("ease", {"lam": lam}, activate=False) for lam in (1, 2, 3, 4, 5)]
    kept = sorted(later, key=lambda card: (card.trained_at, card.id))[-3:]
    assert {card.id for card in world.shelf.cards()} == {serving.id, other.id, *(card.id for card in kept)}
    names = {path.name for path in world.folder.iterdir()}
    assert names == {"active", *(card.id for card in world.shelf.cards())}
    assert world.shelf.top(viewer(0), DE, 1).algorithm == "ease"


def test_wrong_questions_are_told(world):
    with pytest.raises(BadValue, match="at least 1"):
        world.shelf.top(viewer(0), DE, 0)
    with pytest.raises(BadValue, match="algorithm"):
        world.shelf.top(viewer(0), DE, 1, algorithm="magic")
    with pytest.raises(MissingModel, match="fan-neighbors"):
        world.shelf.top(viewer(0), DE, 1, algorithm="fan-neighbors")
    with pytest.raises(BadValue, match="zone"):
        world.shelf.top(viewer(0), DE, 1, at=datetime(2026, 1, 1))  # noqa: DTZ001 - the point of it
    with pytest.raises(BadValue, match="lambda"):
        world.shelf.train("ease", {"lambda": 3})


def test_nothing_to_learn_from_leaves_no_model_behind(empty_world):
    empty_world.add(western("w0"))
    with pytest.raises(BadInput, match="liked"):
        empty_world.shelf.train("ease")
    assert empty_world.shelf.cards() == []


def test_impressions_are_no_contact(world):
    world.shelf.train("ease", {"lam": 10})
    world.events.append([Event(EventKind.IMPRESSION, viewer(0), film("w0"), NOW)])
    assert keys(world.shelf.top(viewer(0), DE, 1)) == ["w0"]


def test_similar_titles_name_what_they_are_like(world):
    world.shelf.train("title-neighbors")
    found = world.shelf.similar(film("c0"), DE, 4)
    assert found.viewer is None
    assert len(found.items) == 4
    assert all(key.startswith("c") for key in keys(found))
    assert "c0" not in keys(found)
    assert {item.reasons[0].titles for item in found.items} == {(film("c0"),)}
    assert {item.reasons[0].code for item in found.items} == {"similar-to"}


def test_two_shelves_answer_alike_and_progress_is_told(world):
    told = []
    world.shelf.train("ease", {"lam": 10}, progress=lambda done, of, what: told.append((done, of, what)))
    assert told[-1] == (2, 2, "EASE")
    again = world.shelf_again()
    for who in (viewer(0), viewer(55)):
        assert again.top(who, DE, 8) == world.shelf.top(who, DE, 8)


def test_many_threads_get_the_same_answers_while_models_change(world):
    world.shelf.train("ease", {"lam": 10})
    expected = {who: world.shelf.top(viewer(who), DE, 8).items for who in range(12)}
    other = world.shelf_again()

    def ask(turn):
        if turn % 40 == 7:
            world.shelf.train("ease", {"lam": 10})
        return other.top(viewer(turn % 12), DE, 8).items == expected[turn % 12]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(200)))
