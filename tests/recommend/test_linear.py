"""EASE against its equation, in both forms."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.errors import BadInput
from crossreel.recommend.linear import Ease
from crossreel.recommend.local_ease import LocalEase
from crossreel.testing.recommender_suite import of_likes, tastes


def by_equation(x, lam):
    p = np.linalg.inv(x.T @ x + lam * np.eye(x.shape[1]))
    b = -p / np.diag(p)
    np.fill_diagonal(b, 0)
    return x @ b


def likes(viewers, titles, seed=0, density=0.2):
    x = (np.random.default_rng(seed).random((viewers, titles)) < density).astype(np.float64)
    x[0, :] = 1  # everything is liked by somebody
    return x


@settings(deadline=None)
@given(st.integers(0, 100), st.integers(2, 40), st.integers(2, 40), st.sampled_from([0.5, 20.0, 700.0]))
def test_both_forms_are_the_equation(seed, viewers, titles, lam):
    x = likes(viewers, titles, seed)
    model = Ease(lam=lam, prune=0.0).fit(of_likes(x))
    assert ("k" in model.arrays()) == (2 * np.count_nonzero(x.any(axis=1)) < titles)
    found = model.scores(sp.csr_array(x.astype(np.float32)))
    np.testing.assert_allclose(found, by_equation(x, lam), rtol=2e-3, atol=2e-3)


def test_a_history_of_strengths_is_weighed():
    x = likes(30, 10)
    model = Ease(lam=3.0).fit(of_likes(x))
    half = model.scores(sp.csr_array((0.5 * x).astype(np.float32)))
    np.testing.assert_allclose(2 * half, model.scores(sp.csr_array(x.astype(np.float32))), rtol=1e-5)


def test_titles_nobody_liked_take_no_part():
    x = likes(20, 9)
    x[:, [0, 4]] = 0
    model = Ease(lam=3.0).fit(of_likes(x))
    assert model.arrays()["active"].tolist() == [1, 2, 3, 5, 6, 7, 8]
    scores = model.scores(sp.csr_array(x.astype(np.float32)))
    assert not scores[:, [0, 4]].any()
    assert not model.similar(4).any()
    assert model.because(sp.csr_array(x[:1].astype(np.float32)), [4], 3) == [[]]


def test_pruning_makes_it_sparse_and_restores_alike():
    x = likes(400, 60, density=0.01)
    pruned = Ease(lam=50.0, prune=0.02).fit(of_likes(x))
    arrays = pruned.arrays()
    assert "indices" in arrays
    history = sp.csr_array(x[:5].astype(np.float32))
    np.testing.assert_array_equal(Ease().restore(arrays).scores(history), pruned.scores(history))
    assert np.abs(arrays["data"]).min() >= 0.0199
    whole = Ease(lam=50.0, prune=0.0).fit(of_likes(x))
    for title in range(60):
        np.testing.assert_allclose(pruned.similar(title), whole.similar(title), atol=0.0201)


def test_reasons_are_the_weights_of_the_equation():
    x = likes(50, 12)
    p = np.linalg.inv(x.T @ x + 5 * np.eye(12))
    b = -p / np.diag(p)
    np.fill_diagonal(b, 0)
    history = sp.csr_array(([np.float32(1), np.float32(0.5)], ([0, 0], [2, 7])), shape=(1, 12))
    for reasons, title in zip(
        Ease(lam=5.0).fit(of_likes(x)).because(history, [1, 3], 9), [1, 3], strict=True
    ):
        expected = {j: w for j, w in ((2, b[2, title]), (7, b[7, title] / 2)) if w > 0}
        assert {one.title: one.weight for one in reasons} == pytest.approx(expected, abs=1e-3)


def test_more_titles_than_allowed_are_refused_before_memory_is_spent():
    with pytest.raises(BadInput, match="6 liked titles"):
        Ease(max_titles=5).fit(of_likes(likes(30, 6)))


def test_local_ease_with_everybody_as_neighbors_is_ease():
    x = likes(60, 25)
    asked = sp.csr_array(x.astype(np.float32))
    local = LocalEase(lam=4.0, k=24).fit(of_likes(x)).scores(asked)
    np.testing.assert_allclose(local, by_equation(x, 4.0), rtol=1e-2, atol=4e-3)


def test_local_ease_is_the_ridge_regression_on_the_neighbors_in_any_blocks():
    split = tastes()
    data, x = of_likes(split.train), split.train.toarray().astype(np.float64)
    wide = LocalEase(lam=30.0, k=10).fit(data)
    narrow = LocalEase(lam=30.0, k=10, block=100).fit(data)
    np.testing.assert_allclose(narrow.scores(split.train), wide.scores(split.train), atol=1e-3)
    title = 17
    column = np.array([wide.similar(other)[title] for other in range(x.shape[1])])
    near = np.flatnonzero(column)
    assert len(near) == 10
    exact = np.linalg.solve(x[:, near].T @ x[:, near] + 30 * np.eye(10), x[:, near].T @ x[:, title])
    np.testing.assert_allclose(column[near], exact, rtol=2e-3, atol=2e-4)


def test_too_many_titles_are_refused_with_the_way_out():
    with pytest.raises(BadInput) as told:
        Ease(max_titles=100).fit(of_likes(tastes().train))
    assert "local-ease" in told.value.advice
