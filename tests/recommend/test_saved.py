"""Models as folders: whole or not at all, and never believed when damaged."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.errors import BadFile, MissingModel
from crossreel.recommend.registry import ALGORITHMS, configure
from crossreel.recommend.roles import TrainingContext
from crossreel.recommend.saved import Models
from crossreel.recommend.training import fit
from crossreel.testing.recommender_suite import of_likes, tastes
from crossreel.testing.small_world import DE, NOW, viewer


@pytest.fixture
def models(tmp_path):
    return Models(tmp_path / "models")


def trained(name="ease"):
    return fit(configure(name), of_likes(tastes().train), TrainingContext(), NOW)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_model_comes_back_as_it_was(models, name):
    made = trained(name)
    card = models.save(made)
    again = models.load(card.id)
    assert again.card == card == models.card(card.id)
    assert again.titles == made.titles
    np.testing.assert_array_equal(again.met, made.met)
    history = tastes().test
    np.testing.assert_array_equal(again.model.scores(history), made.model.scores(history))
    np.testing.assert_array_equal(again.popular.market(DE)[0], made.popular.market(DE)[0])


def test_the_card_says_what_it_was_made_of(models):
    card = models.save(trained())
    assert (card.algorithm, card.titles, card.viewers) == ("ease", 150, 300)
    assert card.interactions == tastes().train.nnz
    assert card.config == {"lam": 700.0, "prune": 0.0003, "max_titles": 25_000}
    assert card.trained_at == "2026-06-01T12:00:00Z"
    assert len(card.data_hash) == 64
    assert trained().card.data_hash == card.data_hash


def test_other_data_have_another_hash():
    other = fit(configure("popular"), of_likes(tastes(seed=8).train), TrainingContext(), NOW)
    assert other.card.data_hash != trained("popular").card.data_hash


@pytest.mark.parametrize("name", ["arrays.npz", "titles.txt"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_damaged_files_are_told_with_the_way_out(models, tmp_path, name, damage):
    id_ = models.save(trained()).id
    path = tmp_path / "models" / id_ / name
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-3])
    else:
        path.unlink()
    with pytest.raises(BadFile, match=name) as caught:
        models.load(id_)
    assert "recommend train --algorithm ease" in caught.value.advice
    with pytest.raises(BadFile):
        models.activate(id_)
    assert models.active() is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"id": 3}'])
def test_a_damaged_card_is_told(models, tmp_path, text):
    id_ = models.save(trained("popular")).id
    (tmp_path / "models" / id_ / "card.json").write_text(text)
    with pytest.raises(BadFile, match=r"card\.json"):
        models.load(id_)


def test_an_algorithm_this_version_does_not_have_is_told(models, tmp_path):
    id_ = models.save(trained("popular")).id
    path = tmp_path / "models" / id_ / "card.json"
    card = json.loads(path.read_text())
    path.write_text(json.dumps({**card, "algorithm": "of tomorrow"}))
    with pytest.raises(BadFile, match="this version"):
        models.load(id_)


@pytest.mark.parametrize("id_", ["", "nothing", "..", "../models", ".new-x", "a/b"])
def test_an_unknown_id_is_told_and_leads_nowhere(models, id_):
    models.save(trained("popular"))
    with pytest.raises(MissingModel, match="no model"):
        models.load(id_)


def test_a_failed_save_leaves_nothing(models, tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.rename", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        models.save(trained("popular"))
    assert list((tmp_path / "models").iterdir()) == []
    assert models.cards() == []


def test_trainings_at_one_instant_get_ids_of_their_own(models):
    cards = [models.save(trained("popular")) for _ in range(3)]
    assert len({card.id for card in cards}) == 3
    assert [models.load(card.id).card for card in cards] == cards
    assert models.newest("popular") == cards[-1].id


def test_active_and_newest(models):
    assert models.active() is None
    assert models.cards() == []
    with pytest.raises(MissingModel, match="ease"):
        models.newest("ease")
    old = models.save(trained("popular"))
    new = models.save(fit(configure("popular"), of_likes(np.eye(3)), TrainingContext(), NOW.replace(hour=13)))
    assert models.newest("popular") == new.id
    models.activate(old.id)
    assert models.active() == models.newest("popular") == old.id
    assert [card.id for card in models.cards()] == [old.id, new.id]


def test_a_model_without_any_title(models):
    nothing = fit(configure("popular"), of_likes(sp.csr_array((0, 0))), TrainingContext(), NOW)
    assert len(models.load(models.save(nothing).id).titles) == 0


def test_the_damaged_model_of_a_shelf_is_told_not_hidden(world):
    card = world.shelf.train("popular")
    (world.folder / card.id / "arrays.npz").write_bytes(b"")
    with pytest.raises(BadFile, match="damaged"):
        world.shelf_again().top(viewer(0), DE, 3)
