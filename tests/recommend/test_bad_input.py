"""Bad and odd input, over every registered algorithm that needs no network training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.audience.event_log import EventColumns
from crossreel.errors import BadFile, BadInput, Conflict
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.protocol import Protocol
from crossreel.recommend.evaluate.run import evaluate
from crossreel.recommend.ranking import rank
from crossreel.recommend.registry import ALGORITHMS
from crossreel.testing.recommender_suite import of_likes
from crossreel.testing.small_world import DE, World, film, viewer, western

QUICK = [name for name, kind in ALGORITHMS.items() if "epochs" not in kind().to_dict()]
"""Networks have tests of their own."""

pytestmark = pytest.mark.parametrize("name", QUICK)


def lists(name, likes, k=5):
    likes = sp.csr_array(likes, dtype=np.float32)
    model = ALGORITHMS[name]().fit(of_likes(likes))
    return rank(model, likes, likes, k, threads=1)


def test_k_larger_than_the_catalog_lists_what_there_is(name):
    likes = np.eye(6, 8)[:, :8]
    likes[:, 7] = 1
    found = lists(name, likes, k=500)
    assert found.shape == (6, 8)
    assert all(len(set(row[row >= 0])) == (row >= 0).sum() == 6 for row in found)


def test_an_insatiable_viewer_is_carried(name):
    likes = (np.random.default_rng(0).random((30, 900)) < 0.03).astype(np.float32)
    likes[0, :890] = 1
    found = lists(name, likes)
    assert set(found[0]) <= set(range(900)) - set(np.flatnonzero(likes[0]))


def test_a_viewer_who_has_seen_everything_gets_nothing(name):
    likes = np.ones((4, 5), dtype=np.float32)
    likes[1:, 4] = 0
    assert (lists(name, likes)[0] == -1).all()


def test_one_viewer_or_one_title_cannot_be_evaluated_and_says_so(name):
    for likes in (np.ones((1, 1)), np.ones((1, 2)), np.ones((9, 1))):
        data = Dataset.of(of_likes(likes).interactions)
        with pytest.raises(BadInput) as told:
            evaluate(data, [ALGORITHMS[name]()], isolated=False)
        assert told.value.advice


def test_all_alike_is_evaluated_without_a_nan(name):
    made = of_likes(np.ones((8, 6)))
    data = replace(Dataset.of(made.interactions, made.titles), lists=made.lists)
    (result,) = evaluate(data, [ALGORITHMS[name]()], isolated=False).results
    assert 0 <= result.metrics["ndcg@10"].value <= 1


def test_a_time_that_is_not_known_is_told_where_it_is_needed(name):
    made = of_likes(np.ones((8, 6))).interactions
    times = np.arange(48, dtype=np.int64)
    times[5] = EventColumns.NO_TIME
    data = Dataset.of(replace(made, liked_time=times))
    with pytest.raises(BadInput, match="time"):
        evaluate(data, [ALGORITHMS[name]()], Protocol("leave-last-out"), isolated=False)


@pytest.fixture
def trained(world: World, name: str) -> World:
    try:
        world.shelf.train(name)
    except BadInput as error:
        pytest.skip(f"it needs more than this small world: {error.message}")
    return world


def test_unknown_viewers_closed_countries_and_damage(trained: World, name: str) -> None:
    stranger = trained.shelf.top(viewer("nobody"), DE, 4)
    assert len(stranger.items) == 4
    assert {item.path for item in stranger.items} <= {"market", "popular"}
    from crossreel.values.territory import Territory

    assert trained.shelf.top(viewer(0), Territory("JP"), 4).items == (), "nothing is open there"
    for arrays in trained.folder.glob("*/arrays.npz"):
        arrays.write_bytes(arrays.read_bytes()[:-9] + b"123456789")
    (card, *_) = trained.shelf.cards()
    with pytest.raises(BadFile, match="damaged"):
        trained.shelf.activate(card.id)


def test_a_model_of_another_catalog_is_refused_or_answers_what_is_there(
    trained: World, empty_world: World, name: str
) -> None:
    assert film("w0")
    other = World.empty(trained.folder)
    other.add(*(western(f"other{n}") for n in range(3)), where="DE")
    refusals = []
    try:
        found = {item.title.key for item in other.shelf.top(viewer(0), DE, 3).items}
    except Conflict as refusal:
        refusals.append(refusal.advice)
        found = set()
    assert all(refusals)
    assert found <= {"other0", "other1", "other2"}
