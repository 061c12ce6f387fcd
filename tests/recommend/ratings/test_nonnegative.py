"""Non-negative factors: parts that sum to the rating, and titles known by what they are made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.run import evaluate
from crossreel.recommend.ratings.nonnegative import NonNegative
from crossreel.testing.recommender_suite import of_likes


def planted(viewers=80, titles=36, seed=3):
    """Each viewer gives one genre of two five steps of five and the other one; a tenth is not rated."""
    rng = np.random.default_rng(seed)
    taste = rng.integers(0, 2, viewers)
    share = np.where((np.arange(titles) % 2)[None, :] == taste[:, None], 0.9, 0.2)
    share += rng.normal(0, 0.05, share.shape)
    known = rng.random(share.shape) < 0.6
    known[:, 34:] = False  # nobody has rated the last two
    rows, columns = np.nonzero(known)
    data = of_likes(np.ones((viewers, titles)))
    rated = sp.csr_array((share[known].clip(0.01, 1).astype(np.float32), (rows, columns)), shape=share.shape)
    return replace(data, interactions=replace(data.interactions, rated=rated)), share, known


def test_it_finds_planted_tastes_and_its_parts_are_never_negative():
    data, share, known = planted()
    model = NonNegative(factors=3, ridge=0.5).fit(data)
    rows, columns = np.nonzero(~known[:, :34])
    found = model.predict(rows, columns)
    assert np.sqrt(np.mean((found.mean - share[rows, columns]) ** 2)) < 0.12
    assert all((array >= 0).all() for name, array in model.arrays().items() if name in ("viewers", "titles"))
    parts = model.parts(4, 9)
    assert (parts >= 0).all()
    assert parts.sum() / 4 == pytest.approx(model.predict(np.array([4]), np.array([9])).mean[0], abs=1e-9)


def test_a_title_nobody_rated_has_the_factors_of_what_it_is_made_of():
    data, share, _ = planted()
    everybody = np.arange(len(share))
    cold = np.full(len(share), 34)
    told = NonNegative(factors=3, ridge=0.5).fit(data).predict(everybody, cold).mean
    blind = NonNegative(factors=3, ridge=0.5, content=0.0).fit(data).predict(everybody, cold).mean
    assert np.corrcoef(told, share[:, 34])[0, 1] > 0.9
    assert np.abs(told - share[:, 34]).mean() < np.abs(blind - share[:, 34]).mean()


def test_intervals_hold_what_they_promise():
    data, share, known = planted()
    model = NonNegative(factors=3, ridge=0.5, level=0.8).fit(data)
    rows, columns = np.nonzero(~known[:, :34])
    found = model.predict(rows, columns)
    inside = (found.low <= share[rows, columns]) & (share[rows, columns] <= found.high)
    assert 0.65 < inside.mean() < 0.95


def test_it_restores_and_refuses():
    data, _, _ = planted(20)
    algorithm = NonNegative(factors=2, rounds=5)
    model = algorithm.fit(data)
    pair = np.array([3]), np.array([7])
    np.testing.assert_array_equal(
        algorithm.restore(model.arrays()).predict(*pair).mean, model.predict(*pair).mean
    )
    with pytest.raises(BadInput, match="rated"):
        algorithm.fit(of_likes(np.ones((2, 2))))
    for wrong in ({"factors": 0}, {"ridge": -1.0}, {"content": 11.0}, {"bins": 101}, {"level": 1.0}):
        with pytest.raises(BadValue):
            NonNegative(**wrong)


def drifting(viewers=120, titles=12, seed=5):
    """Even titles are rated two steps of five lower in the second half of the time; half are rated."""
    rng = np.random.default_rng(seed)
    data = of_likes(np.ones((viewers, titles)))
    known = rng.random((viewers, titles)) < 0.6
    rows, columns = np.nonzero(known)
    times = rng.integers(0, 1000, len(rows)) * 86_400_000_000
    share = np.where((columns % 2 == 0) & (times >= 500 * 86_400_000_000), 0.3, 0.8)
    share = share + rng.normal(0, 0.03, len(rows))
    rated = sp.csr_array((share.clip(0.01, 1).astype(np.float32), (rows, columns)), shape=known.shape)
    known_data = replace(data.interactions, rated=rated, rated_time=times)
    return replace(data, interactions=known_data), rows, columns, times, share


def test_spans_of_time_follow_titles_whose_ratings_change():
    data, rows, columns, times, share = drifting()
    flat, dated = (NonNegative(factors=2, ridge=0.5, rounds=80, bins=bins).fit(data) for bins in (0, 4))
    errors = [
        np.sqrt(np.mean((model.predict_at(rows, columns, times).mean - share) ** 2))
        for model in (flat, dated)
    ]
    assert errors[1] < 0.6 * errors[0]
    now = dated.predict(np.arange(4), np.array([0, 1, 2, 3])).mean
    assert (now[::2] < 0.5).all(), "without a time it is the last span"
    assert (now[1::2] > 0.6).all()
    again = NonNegative(bins=4).restore(dated.arrays())
    np.testing.assert_array_equal(
        again.predict_at(rows, columns, times).mean, dated.predict_at(rows, columns, times).mean
    )
    assert dated.parts(3, 2).sum() / 4 == pytest.approx(dated.predict(np.array([3]), np.array([2])).mean[0])
    undated = replace(data, interactions=replace(data.interactions, rated_time=None))
    with pytest.raises(BadInput, match="time"):
        NonNegative(bins=4).fit(undated)


def test_evaluation_asks_at_the_time_of_each_held_out_rating():
    data, *_ = drifting()
    liked = replace(data.interactions, liked=data.interactions.rated, liked_time=data.interactions.rated_time)
    dataset = Dataset.of(liked)
    flat, dated = (
        evaluate(dataset, [NonNegative(factors=2, ridge=0.5, rounds=60, bins=bins)], isolated=False)
        for bins in (0, 4)
    )
    assert dated.results[0].metrics["rmse"].value < 0.7 * flat.results[0].metrics["rmse"].value
