"""ALS: its optimum against solving each system, and titles nobody has liked yet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.recommend.factors import ImplicitAls
from crossreel.recommend.ranking import top_k
from crossreel.recommend.roles import TrainingContext
from crossreel.testing.recommender_suite import of_likes, tastes


def test_a_history_is_solved_for_as_the_formula_says():
    split = tastes()
    algorithm = ImplicitAls(factors=6, lam=0.01)
    titles = algorithm.fit(of_likes(split.train)).arrays()["titles"].astype(np.float64)
    row = split.train[[3]].toarray()[0]
    n, width = int((row > 0).sum()), len(row)
    system = titles[row > 0].T @ titles[row > 0] + algorithm.unobserved * titles.T @ titles
    system += algorithm.lam * (n + algorithm.unobserved * width) * np.eye(6)
    expected = np.linalg.solve(system, titles[row > 0].sum(axis=0)) @ titles.T
    found = algorithm.restore({"titles": titles.astype(np.float32)}).scores(split.train[[3]])[0]
    np.testing.assert_allclose(found, expected, atol=2e-4)


def test_one_thread_and_many_give_the_same():
    data = of_likes(tastes().train)
    one = ImplicitAls(factors=8).fit(data, TrainingContext(threads=1)).arrays()["titles"]
    many = ImplicitAls(factors=8).fit(data, TrainingContext(threads=2)).arrays()["titles"]
    np.testing.assert_array_equal(one, many)


@pytest.mark.parametrize("content", [0.0, 1.0])
def test_what_a_title_is_made_of_brings_it_in_before_anybody_liked_it(content):
    likes = tastes().train.toarray()
    cold = np.arange(0, 60)  # ten titles of each of the six genres; title n has the genre n modulo 6
    likes[:, cold] = 0
    model = ImplicitAls(factors=8, content=content, lam=0.05).fit(of_likes(likes))
    scores = model.scores(sp.csr_array(likes))[:, cold]
    if content == 0:
        assert not scores.any()
        return
    by_genre = np.stack([likes[:, 60:][:, np.arange(60, 150) % 6 == genre].sum(axis=1) for genre in range(6)])
    clear = np.flatnonzero(np.sort(by_genre, axis=0)[-1] > 2 * np.sort(by_genre, axis=0)[-3])
    favorites = np.argsort(-by_genre, axis=0)[:2, clear]
    first = top_k(scores[clear], 1)[:, 0] % 6
    assert (first == favorites).any(axis=0).mean() > 0.8


def test_drift_raises_what_is_liked_lately_and_vectors_say_the_same():
    data = of_likes(tastes().train)
    known = data.interactions
    lately = known.liked.indices >= 75
    times = np.where(lately, 400, 0).astype(np.int64) * 86_400_000_000
    dated = replace(data, interactions=replace(known, liked_time=times))
    plain = ImplicitAls(factors=8, rounds=2).fit(dated)
    moved = ImplicitAls(factors=8, rounds=2, drift=0.5, half_life_days=100).fit(dated)
    histories = known.liked[:5]
    added = moved.scores(histories) - plain.scores(histories)
    fans = np.bincount(known.liked.indices, minlength=150) * np.where(np.arange(150) >= 75, 1, 0.5**4)
    expected = 0.5 * np.log1p(fans) / np.log1p(fans).max()
    np.testing.assert_allclose(added, np.broadcast_to(expected, added.shape), atol=1e-5)
    np.testing.assert_allclose(
        moved.queries(histories) @ moved.vectors.T, moved.scores(histories), rtol=1e-5, atol=1e-6
    )
    again = ImplicitAls(factors=8, drift=0.5).restore(moved.arrays())
    np.testing.assert_array_equal(again.scores(histories), moved.scores(histories))
