"""Balanced EASE, viewer EASE, SLIM, ALS and the blend against their equations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.errors import BadInput
from crossreel.recommend.balanced import BalancedEase, ViewerEase, viewer_weights
from crossreel.recommend.blend import Blend, learn_weights, standardized
from crossreel.recommend.factors import ImplicitAls
from crossreel.recommend.linear import Ease
from crossreel.recommend.ranking import rank
from crossreel.recommend.roles import TrainingContext
from crossreel.recommend.slim import Slim
from crossreel.testing.recommender_suite import of_likes, tastes


def likes(viewers=50, titles=20, seed=0, density=0.3):
    x = (np.random.default_rng(seed).random((viewers, titles)) < density).astype(np.float64)
    x[0, :] = 1
    return x


def csr(x):
    return sp.csr_array(x.astype(np.float32))


def test_balanced_ease_without_its_corrections_is_ease():
    x = likes()
    plain = BalancedEase(lam=20, viewer_power=0, popularity_power=0, content=0, prune=0).fit(of_likes(x))
    ease = Ease(lam=20.0, prune=0).fit(of_likes(x))
    np.testing.assert_allclose(plain.scores(csr(x)), ease.scores(csr(x)), rtol=1e-2, atol=2e-3)


def test_heavy_viewers_count_for_less():
    weights = viewer_weights(csr(np.array([[1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]])), 0.5)
    np.testing.assert_allclose(weights, [(1 / 2.5) ** -0.5, (4 / 2.5) ** -0.5, 0], rtol=1e-6)


def test_a_title_that_nobody_liked_is_found_by_what_it_is_made_of():
    x = likes(titles=18)
    x[:, 6] = 0  # of the genre of titles 0 and 12
    data = of_likes(x)
    fan = csr(np.eye(18)[[0]])
    scores = BalancedEase(lam=5, content=20).fit(data).scores(fan)[0]
    assert scores[6] > 0
    assert scores[6] > max(scores[[7, 8, 9, 10, 11]])
    assert BalancedEase(lam=5, content=0).fit(data).scores(fan)[0, 6] == 0
    nameless = replace(data, titles=(None,) * 18)
    assert BalancedEase(lam=5).fit(nameless).scores(fan)[0, 6] == 0


def test_viewer_ease_is_the_regression_on_all_viewers():
    x, lam, power = likes(), 7.0, 0.5
    fans = x.sum(axis=0)
    d = np.diag((fans / fans.mean()) ** -power)
    target = likes(viewers=4, seed=9)
    target[0] = 0
    w = np.linalg.solve(x @ d @ x.T + lam * np.eye(len(x)), x @ d @ target.T)
    expected = (x.T @ w).T
    found = ViewerEase(lam=lam, popularity_power=power, prune=0).fit(of_likes(x)).scores(csr(target))
    new = target == 0  # what was liked already has another score, and is not asked for
    np.testing.assert_allclose(found[new], expected[new], rtol=1e-2, atol=2e-3)


def test_slim_meets_the_conditions_of_its_optimum():
    x, l1, lam = likes(viewers=80, titles=12), 1.0, 5.0
    model = Slim(l1=l1, lam=lam, rho=20.0, rounds=600).fit(of_likes(x))
    b = np.array([model.similar(title) for title in range(12)], dtype=np.float64)
    assert (b >= 0).all()
    assert not b.diagonal().any()
    assert 0 < np.count_nonzero(b) < 12 * 11
    gradient = x.T @ (x @ b - x) + lam * b + l1
    np.fill_diagonal(gradient, 0)
    assert np.abs(gradient[b > 1e-3]).max() < 0.15
    assert gradient[b == 0].min() > -0.15


def test_als_solves_its_normal_equations():
    algorithm = ImplicitAls(factors=4, unobserved=0.3, lam=0.02)
    rows = csr(likes(viewers=9, titles=15) * np.random.default_rng(1).choice([0.5, 1.0], (9, 15)))
    others = np.random.default_rng(2).normal(size=(15, 4)).astype(np.float32)
    found = algorithm.solve(rows, others)
    for row, solved in zip(rows.toarray(), found, strict=True):
        ridge = 0.02 * (np.count_nonzero(row) + 0.3 * 15)
        a = (others.T * row) @ others + 0.3 * others.T @ others + ridge * np.eye(4)
        np.testing.assert_allclose(solved, np.linalg.solve(a, others.T @ row), rtol=1e-3, atol=1e-4)
    assert not algorithm.solve(csr(np.zeros((2, 15))), others).any()


def test_more_titles_than_allowed_are_refused():
    for algorithm in (BalancedEase(max_titles=5), ViewerEase(max_titles=5), Slim(max_titles=5)):
        with pytest.raises(BadInput, match="20 "):
            algorithm.fit(of_likes(likes()))


def test_the_blend_is_no_worse_than_its_first_member_where_it_chooses():
    split = tastes()
    members = [Ease(lam=50.0).fit(of_likes(split.train)), ImplicitAls(factors=8).fit(of_likes(split.train))]
    weights = learn_weights(members, split.train, split.valid, 2)
    assert weights[0] == 1
    known = of_likes(split.valid).interactions
    model = Blend(members="ease,als").fit(of_likes(split.train), TrainingContext(validation=known))
    assert model.weights()["ease"] == 1
    assert rank(model, split.train, split.train, 5).shape == (300, 5)


def test_standard_scores_have_mean_0_and_deviation_1():
    scores = np.array([[1, 2, 3, 6], [5, 5, 5, 5]], dtype=np.float32)
    found = standardized(scores)
    np.testing.assert_allclose(found[0].mean(), 0, atol=1e-6)
    np.testing.assert_allclose(found[0].std(), 1, rtol=1e-5)
    assert not found[1].any()
