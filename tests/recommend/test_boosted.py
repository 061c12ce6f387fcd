"""The boosted blend: what it learns, out of which folds, and what it says of itself."""

from __future__ import annotations

import builtins

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.errors import MissingExtra
from crossreel.recommend.blend_features import BlendFeatures, candidates_of
from crossreel.recommend.boosted import BoostedBlend
from crossreel.recommend.roles import TrainingContext
from crossreel.testing.recommender_suite import RecommenderSuite, of_likes, tastes

SMALL = BoostedBlend(members="ease,user-neighbors,title-neighbors", trees=24, folds=2, candidates=40)


class TestBoostedBlend(RecommenderSuite):
    algorithm = SMALL
    floor = 0.3


@pytest.fixture(scope="module")
def model():
    split = tastes()
    held = of_likes(split.valid).interactions
    return SMALL.fit(of_likes(split.train), TrainingContext(seed=1, validation=held))


def test_the_trees_are_trusted_only_as_far_as_they_help_out_of_fold(model):
    found, linear = model.figures
    assert found >= linear
    assert 0 < model.trust <= 1
    assert found < 0.6, "an order that had read its labels would be nearly perfect"


def test_gain_shares_and_contributions_name_the_features(model):
    shares = model.weights()
    names = set(BlendFeatures.names(SMALL.names))
    assert set(shares) == names
    assert sum(shares.values()) == pytest.approx(1)
    history = tastes().train[[3]]
    (parts,) = model.parts(history, [10])
    assert set(parts) <= names
    sizes = [abs(value) for value in parts.values()]
    assert sizes == sorted(sizes, reverse=True)


def test_contributions_and_a_constant_sum_to_what_the_trees_say(model):
    history = tastes().train[[3]]
    scores = model.member_scores(history)
    numbers = np.arange(12)[None, :]
    values = model.facts.values(scores, model.linear(scores), history, numbers)
    told = np.array([sum(row.values()) for row in model.parts(history, range(12))])
    rest = model._trees.scores(values)[0] - told
    np.testing.assert_allclose(rest, rest[0], atol=1e-5)


def test_candidates_stand_above_all_other_unknown_titles(model):
    history = tastes().train[[5]]
    scores = model.member_scores(history)
    drawn = candidates_of(model.linear(scores), history, 40)[0]
    found = model.scores(history)[0]
    others = np.setdiff1d(np.arange(150), [*drawn, *history.indices])
    assert found[drawn].min() > found[others].max()
    assert not set(drawn) & set(history.indices)


def test_facts_survive_titles_without_records():
    data = of_likes(tastes().train)
    facts = BlendFeatures.of(type(data)(data.interactions, (None,) * 150))
    assert np.isnan(facts.year).all()
    assert facts.genres.nnz == 0
    history = sp.csr_array(tastes().train[[0]])
    one = np.ones((1, 150), dtype=np.float32)
    assert facts.values([one], one, history, np.arange(5)[None, :]).shape == (1, 5, 9)


def test_without_its_library_it_says_how_to_get_it(monkeypatch):
    true_import = builtins.__import__

    def absent(name, *rest):
        if name == "lightgbm":
            raise ImportError(name)
        return true_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    split = tastes()
    held = of_likes(split.valid).interactions
    with pytest.raises(MissingExtra, match="boost"):
        SMALL.fit(of_likes(split.train), TrainingContext(validation=held))
