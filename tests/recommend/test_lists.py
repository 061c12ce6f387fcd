"""Lists that people make: as documents, as rows of the home page, as recommenders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.human import HumanLists, OneList
from crossreel.recommend.lists import TitleList
from crossreel.recommend.rows import EDITORS_PICKS, FOLLOWED_LIST
from crossreel.testing.recommender_suite import RecommenderSuite, of_likes, tastes
from crossreel.testing.small_world import BR, DE, NOW, film, viewer


class TestHumanLists(RecommenderSuite):
    algorithm = HumanLists()
    floor = 0.06


class TestOneList(RecommenderSuite):
    algorithm = OneList(" ".join(f"made:{number:05}" for number in range(0, 150, 6)), "dramas")
    floor = 0.01


def test_a_list_survives_json_and_says_what_is_wrong():
    one = TitleList("noir", "Noir nights", (film("a"), film("b")), "Rain.", None, ("DE", "AT"))
    assert TitleList.read(one.to_dict()) == one
    wrong = (
        {"id": "No"},
        {"name": ""},
        {"name": "x" * 81},
        {"titles": "made:a"},
        {"titles": ["made:a", "made:a"]},
        {"titles": ["a"]},
        {"territories": ["XX"]},
        {"owner": "nobody"},
        {"owner": "made:1"},
        {"public": 1},
        {"magic": 1},
    )
    for change in wrong:
        with pytest.raises(BadValue):
            TitleList.read(one.to_dict() | change)


def put(world, **fields):
    one = TitleList.read({"name": fields["id"], **fields})
    world.documents.put("list", one.id, one.to_dict())


def test_editors_picks_are_a_row_in_their_countries_in_their_order_after_the_rights(world):
    put(world, id="week", titles=["made:c3", "made:c1", "made:c0", "made:gone"], territories=["DE"])
    (row,) = [row for row in world.shelf.rows(viewer(0), DE, 4) if row.code == EDITORS_PICKS]
    assert (row.list, row.name) == ("week", "week")
    assert [item.title.key for item in row.items] == ["c3", "c1"], (
        "c0 was met, the last is not in the catalog"
    )
    assert {item.path for item in row.items} == {"list"}
    assert all(row.code != EDITORS_PICKS for row in world.shelf.rows(viewer(50), BR, 4))
    assert all(row.code != EDITORS_PICKS for row in world.shelf.page(viewer(0), DE, 4, ruled=False).rows)


def test_a_followed_list_is_a_row_until_it_is_private_or_gone(world):
    put(world, id="mine", titles=["made:c1", "made:c2"], owner="made:9")
    world.followers.follow("mine", viewer(0), NOW)

    def followed():
        return [row.list for row in world.shelf.rows(viewer(0), DE, 4) if row.code == FOLLOWED_LIST]

    assert followed() == ["mine"]
    put(world, id="mine", titles=["made:c1", "made:c2"], owner="made:9", public=False)
    assert followed() == []
    put(world, id="mine", titles=["made:c1", "made:c2"], owner="made:9")
    world.followers.unfollow("mine", viewer(0))
    assert followed() == []


def test_the_workspace_learns_from_public_lists(world):
    with pytest.raises(BadInput, match="list"):
        world.shelf.train("human-lists")
    put(world, id="west", titles=[f"made:w{n}" for n in range(6)])
    put(world, id="laughs", titles=[f"made:c{n}" for n in range(6)], owner="made:3")
    card = world.shelf.train("human-lists")
    first = world.shelf.top(viewer(0), DE, 1).items[0]
    assert (first.title, first.path) == (film("w0"), "list")
    assert {title.key[0] for title in first.reasons[0].titles} == {"w"}
    put(world, id="west", titles=[f"made:w{n}" for n in range(5)])
    assert world.shelf.train("human-lists").id != card.id, "other lists are other data"


def test_the_likeness_of_a_list_is_a_shrunk_cosine():
    data = of_likes(np.ones((2, 12)))
    lists = (TitleList("a", "a", data.interactions.titles.ids[:4]),)
    history = sp.csr_array((np.ones(3, np.float32), ([0, 0, 0], [0, 1, 8])), shape=(1, 12))
    found = HumanLists(shrinkage=2.0).fit(replace(data, lists=lists)).scores(history)[0]
    near = 2 / np.sqrt(3 * 4) * 2 / (2 + 2)
    np.testing.assert_allclose(found[:4], near / np.log2(2 + np.arange(4)), rtol=1e-5)
    assert not found[4:].any()


def test_lists_without_titles_of_the_catalog_are_no_lists():
    data = replace(of_likes(tastes().train), lists=(TitleList("a", "a", (film("else"),)),))
    with pytest.raises(BadInput) as told:
        HumanLists().fit(data)
    assert told.value.advice
