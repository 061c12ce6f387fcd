"""The per-viewer random split, word by word."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossreel.audience.event_log import EventColumns
from crossreel.errors import BadInput, BadValue
from crossreel.recommend.evaluate.splits import (
    global_time,
    id_order,
    k_folds,
    leave_last_out,
    market_hold_out,
    per_user_random,
    strong,
)

likes = arrays(
    np.float32, st.tuples(st.integers(0, 8), st.integers(1, 25)), elements=st.sampled_from([0.0, 0.5, 1.0])
)


@given(likes, st.integers(0, 99))
def test_it_is_the_protocol(x, seed):
    split = per_user_random(sp.csr_array(x), seed=seed)
    rng = np.random.default_rng(seed)
    for row, train, valid, test in zip(
        x, split.train.toarray(), split.valid.toarray(), split.test.toarray(), strict=True
    ):
        items = rng.permutation(np.flatnonzero(row))
        m = max(1, int(0.1 * len(items))) if len(items) >= 3 else 0
        assert set(np.flatnonzero(test)) == set(items[:m])
        assert set(np.flatnonzero(valid)) == set(items[m : 2 * m])
        assert set(np.flatnonzero(train)) == set(items[2 * m :])
        np.testing.assert_array_equal(train + valid + test, row)


@given(likes)
def test_what_is_known_at_test_is_the_rest(x):
    split = per_user_random(sp.csr_array(x))
    np.testing.assert_array_equal(split.known_at_test.toarray() + split.test.toarray(), x)


@pytest.mark.parametrize("share", [0, 0.34, float("nan")])
def test_a_senseless_share_is_refused(share):
    with pytest.raises(BadValue, match="share"):
        per_user_random(sp.csr_array((1, 1)), share=share)


def test_ids_stand_as_integers_where_all_are():
    assert id_order(["10", "9", "10", "1"]) == ["1", "9", "10"]
    assert id_order(["10", "9", "b"]) == ["10", "9", "b"]
    assert id_order([]) == []


def dated(viewers=30, titles=40, seed=0):
    rng = np.random.default_rng(seed)
    x = sp.csr_array((rng.random((viewers, titles)) < 0.3).astype(np.float32))
    return x, rng.integers(0, 200, x.nnz).astype(np.int64)


def when(likes, times):
    """(viewers, titles) time + 1 of each pair."""
    return sp.csr_array((times + 1, likes.indices, likes.indptr), shape=likes.shape).toarray()


def together(split):
    parts = [split.train, split.valid, split.test] + ([split.fold_in] if split.fold_in is not None else [])
    whole = sum(part.toarray() for part in parts)
    assert whole.max(initial=0) <= 1, "the parts are disjoint"
    return whole


@pytest.mark.parametrize("seed", range(5))
def test_the_last_title_is_later_than_the_one_before_and_that_than_the_rest(seed):
    x, times = dated(seed=seed)
    split, at = leave_last_out(x, times), when(x, times)
    np.testing.assert_array_equal(together(split), x.toarray())
    for row in range(x.shape[0]):
        train, valid, test = (
            at[row] * part.toarray()[row] for part in (split.train, split.valid, split.test)
        )
        if np.count_nonzero(x.toarray()[row]) < 3:
            assert not test.any()
        else:
            assert np.count_nonzero(test) == np.count_nonzero(valid) == 1
            assert train.max() <= valid.max() <= test.max()


@pytest.mark.parametrize("seed", range(5))
def test_no_part_holds_anything_later_than_the_next(seed):
    x, times = dated(seed=seed)
    split, at = global_time(x, times), when(x, times)
    np.testing.assert_array_equal(together(split), x.toarray())
    train, valid, test = (at[part.toarray() > 0] for part in (split.train, split.valid, split.test))
    assert train.max() < valid.min() <= valid.max() < test.min()
    assert abs(len(train) / x.nnz - 0.8) < 0.1


def test_splits_by_time_want_times():
    x, times = dated()
    times[3] = EventColumns.NO_TIME
    for split in (leave_last_out, global_time):
        with pytest.raises(BadInput, match="1 of"):
            split(x, times)
    with pytest.raises(BadValue, match="shares"):
        global_time(x, times, first=0.9, second=0.8)


def test_every_pair_is_tested_once():
    x, _ = dated()
    folds = k_folds(x, folds=4, seed=1)
    np.testing.assert_array_equal(sum(fold.test.toarray() for fold in folds), x.toarray())
    sizes = [fold.test.nnz for fold in folds]
    assert max(sizes) - min(sizes) <= 1
    for fold in folds:
        np.testing.assert_array_equal(together(fold), x.toarray())
    with pytest.raises(BadValue, match="folds"):
        k_folds(x, folds=1)


def test_held_out_viewers_are_not_in_train():
    x, _ = dated()
    split = strong(x, viewers=0.2, shown=0.8, seed=2)
    np.testing.assert_array_equal(together(split), x.toarray())
    length = lambda part: np.diff(part.indptr)  # noqa: E731 - short
    tested, validated = length(split.test) > 0, length(split.valid) > 0
    assert tested.sum() == validated.sum() == 6
    assert not (tested & validated).any()
    held = tested | validated
    assert not length(split.train)[held].any()
    assert (length(split.fold_in)[held] > 0).all()
    assert not length(split.fold_in)[~held].any()
    shares = length(split.test)[tested] / length(x)[tested]
    assert ((shares > 0.05) & (shares < 0.4)).all()
    np.testing.assert_array_equal(split.warm, length(x) > 0)
    with pytest.raises(BadValue, match="viewers"):
        strong(x, viewers=0.5)


def test_a_market_is_entered_in_three_cases():
    x, _ = dated()
    market = np.arange(30) % 3 == 0
    cases = {
        case: market_hold_out(x, market, case=case, viewers=0.4, few=0.3, seed=3)
        for case in ("new", "few", "mature")
    }
    length = lambda part: np.diff(part.indptr)  # noqa: E731 - short
    tests = [split.test.toarray() for split in cases.values()]
    np.testing.assert_array_equal(tests[0], tests[1])
    np.testing.assert_array_equal(tests[0], tests[2])
    tested = length(cases["new"].test) > 0
    assert (market[tested]).all()
    for case, split in cases.items():
        assert not length(split.train)[tested].any()
        assert (length(split.train)[~market] == length(x)[~market]).all()
        learned = int((length(split.train)[market] > 0).sum())
        assert learned == {"new": 0, "few": 2, "mature": int(market.sum() - tested.sum())}[case]
        assert split.warm[tested].all() == (case != "new")
    with pytest.raises(BadValue, match="case"):
        market_hold_out(x, market, case="old")
    with pytest.raises(BadInput, match="No viewer"):
        market_hold_out(x, np.zeros(30, dtype=bool))
