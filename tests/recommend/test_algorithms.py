"""Every algorithm under the shared suite, each with its own quality floor."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.balanced import BalancedEase, ViewerEase
from crossreel.recommend.blend import Blend
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.factors import ImplicitAls
from crossreel.recommend.linear import Ease
from crossreel.recommend.local_ease import LocalEase
from crossreel.recommend.neighbors import FanNeighbors, TitleNeighbors, UserNeighbors
from crossreel.recommend.popular import Popular
from crossreel.recommend.registry import ALGORITHMS, configure
from crossreel.recommend.slim import Slim
from crossreel.recommend.warp import Warp
from crossreel.testing.recommender_suite import RecommenderSuite, of_likes, tastes


class TestPopular(RecommenderSuite):
    algorithm = Popular()
    floor = 0.11


class TestContentToContent(RecommenderSuite):
    algorithm = ContentToContent()
    floor = 0.12


class TestTitleNeighbors(RecommenderSuite):
    algorithm = TitleNeighbors(k=50)
    floor = 0.28


class TestTitleNeighborsShrunk(RecommenderSuite):
    algorithm = TitleNeighbors(k=50, weighting="bm25", shrinkage=5)
    floor = 0.29


class TestUserNeighbors(RecommenderSuite):
    algorithm = UserNeighbors(k=50)
    floor = 0.28


class TestFanNeighbors(RecommenderSuite):
    algorithm = FanNeighbors()
    floor = 0.28


class TestFewFans(RecommenderSuite):
    algorithm = FanNeighbors(k=60, beta=0.3)
    floor = 0.27


class TestEase(RecommenderSuite):
    algorithm = Ease(lam=50.0)
    floor = 0.29


class TestLocalEase(RecommenderSuite):
    algorithm = LocalEase(lam=50.0, k=60, block=100)
    floor = 0.29


class TestAsymmetricCosine(RecommenderSuite):
    algorithm = TitleNeighbors(k=50, weighting="cosine", asymmetry=0.3)
    floor = 0.28


class TestBalancedEase(RecommenderSuite):
    algorithm = BalancedEase(lam=50.0, content=5.0)
    floor = 0.29


class TestViewerEase(RecommenderSuite):
    algorithm = ViewerEase(lam=50.0)
    floor = 0.28


class TestSlim(RecommenderSuite):
    algorithm = Slim(l1=0.5, lam=30.0, rho=50.0)
    floor = 0.28


class TestImplicitAls(RecommenderSuite):
    algorithm = ImplicitAls(factors=8, lam=0.05)
    floor = 0.26


class TestWarp(RecommenderSuite):
    algorithm = Warp(factors=8)
    floor = 0.3


class TestBlend(RecommenderSuite):
    algorithm = Blend(members="ease,user-neighbors,title-neighbors")
    floor = 0.28


def test_the_registry_names_each_algorithm_by_its_own_name():
    assert set(ALGORITHMS) == {
        "popular",
        "content",
        "title-neighbors",
        "user-neighbors",
        "fan-neighbors",
        "ease",
        "local-ease",
        "balanced-ease",
        "viewer-ease",
        "slim",
        "als",
        "warp",
        "softmax-network",
        "click-model",
        "two-towers",
        "sasrec",
        "blend",
        "boosted-blend",
        "contextual",
        "human-lists",
        "list",
    }
    for name, algorithm in ALGORITHMS.items():
        assert algorithm.name == name
        assert configure(name) == algorithm()


def test_an_unknown_algorithm_is_refused_with_the_list():
    with pytest.raises(BadValue, match="one of popular, content"):
        configure("magic")


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("ease", {"lam": 0}),
        ("ease", {"lam": float("nan")}),
        ("ease", {"lam": True}),
        ("title-neighbors", {"k": 0}),
        ("title-neighbors", {"weighting": "magic"}),
        ("user-neighbors", {"k": 2.5}),
        ("fan-neighbors", {"beta": 1.1}),
        ("popular", {"half_life_days": 0}),
        ("title-neighbors", {"asymmetry": 1.1}),
        ("local-ease", {"k": 0}),
        ("balanced-ease", {"viewer_power": -1}),
        ("viewer-ease", {"lam": 0}),
        ("slim", {"rounds": 0}),
        ("als", {"unobserved": 0}),
        ("blend", {"members": "ease"}),
        ("blend", {"members": "ease,magic"}),
        ("boosted-blend", {"members": "ease,ease"}),
        ("boosted-blend", {"folds": 1}),
        ("content", {"genres": -1}),
    ],
)
def test_settings_out_of_range_are_refused(name, config):
    with pytest.raises(BadValue, match=next(iter(config))):
        configure(name, config)


def test_whole_numbers_are_taken_for_real_settings():
    assert configure("ease", {"lam": 5}) == Ease(lam=5.0)


def test_user_neighbors_want_the_whole_taste_and_fan_neighbors_one_shared_favorite():
    likes = np.zeros((3, 30), dtype=np.float32)
    likes[0, [0, 1]] = 1  # a twin of the target's taste, and title 2
    likes[0, 2] = 1
    likes[1, 0] = 1  # a fan of title 0 with twenty other interests, title 3 among them
    likes[1, 3:24] = 1
    likes[2, 25] = 1
    target = sp.csr_array((np.ones(2, np.float32), ([0, 0], [0, 1])), shape=(1, 30))
    nearest = UserNeighbors(k=1).fit(of_likes(likes)).scores(target)[0]
    fans = FanNeighbors().fit(of_likes(likes)).scores(target)[0]
    assert nearest[2] > 0
    assert nearest[3] == 0
    assert fans[2] > fans[3] > 0
    assert fans[25] == 0


def test_adjusted_cosine_needs_ratings():
    with pytest.raises(BadValue, match="adjusted-cosine"):
        TitleNeighbors(weighting="adjusted-cosine").fit(of_likes(np.ones((2, 2))))


@pytest.mark.parametrize("algorithm", [Ease(), TitleNeighbors(), UserNeighbors(), FanNeighbors()])
def test_learning_from_likes_needs_likes(algorithm):
    with pytest.raises(BadInput, match="liked"):
        algorithm.fit(of_likes(np.zeros((2, 3))))


def test_the_suite_data_is_the_same_every_time():
    split = tastes()
    assert (split.train.nnz, split.valid.nnz, split.test.nnz) == (4121, 399, 399)


@pytest.mark.parametrize(
    ("name", "config", "hint"),
    [
        ("eas", {}, "Did you mean ease?"),
        ("title-neighbours", {}, "Did you mean title-neighbors?"),
        ("netflix", {}, ""),
        ("ease", {"lamda": 3.0}, "Did you mean lam?"),
        ("ease", {"color": 3.0}, ""),
    ],
)
def test_a_slip_is_met_with_what_was_meant_and_nothing_else_is(name, config, hint):
    with pytest.raises(BadValue, match="one of") as told:
        configure(name, config)
    assert told.value.advice == hint
