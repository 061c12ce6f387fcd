"""Intervals that cover, comparisons that are corrected."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.recommend.evaluate.significance import bootstrap, compare, holm


def test_intervals_agree_with_the_normal_theory_of_means():
    values = np.random.default_rng(1).normal(0.3, 0.2, 4000)
    (found,) = bootstrap(values)
    reach = 1.96 * values.std() / math.sqrt(len(values))
    assert found.value == pytest.approx(values.mean(), abs=1e-12)
    assert found.low == pytest.approx(values.mean() - reach, abs=0.1 * reach)
    assert found.high == pytest.approx(values.mean() + reach, abs=0.1 * reach)


def test_intervals_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(3)
    covered = 0
    for trial in range(300):
        (found,) = bootstrap(rng.exponential(1, 80), resamples=300, level=0.9, seed=trial)
        covered += found.low <= 1 <= found.high
    assert 0.82 <= covered / 300 <= 0.95


def test_viewers_without_a_value_take_no_part():
    both = bootstrap(np.array([[1.0, np.nan], [3.0, 5.0], [np.nan, 5.0]]), resamples=50)
    assert (both[0].value, both[0].viewers) == (2.0, 2)
    assert (both[1].value, both[1].low, both[1].high) == (5.0, 5.0, 5.0) or both[1].value == 5.0
    (nobody,) = bootstrap(np.full(4, np.nan), resamples=10)
    assert math.isnan(nobody.value)
    assert nobody.viewers == 0


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(1).random(50)
    assert bootstrap(values, seed=5) == bootstrap(values, seed=5)
    assert bootstrap(values, seed=5) != bootstrap(values, seed=6)


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_lowers_and_keeps_the_order(p):
    found = holm(p)
    assert all(after >= before and after <= 1 for before, after in zip(p, found, strict=True))
    order = np.argsort(p, kind="stable")
    assert (np.diff(np.array(found)[order]) >= 0).all()


def test_pairing_sees_what_unpaired_noise_hides():
    rng = np.random.default_rng(2)
    ease = rng.random(400)
    better = ease + 0.01 + rng.normal(0, 0.02, 400)
    same = ease + rng.normal(0, 0.02, 400)
    found = {(one.first, one.second): one for one in compare({"a": ease, "b": better, "c": same})}
    assert found["a", "b"].corrected_p < 0.01
    assert found["a", "b"].difference.high < 0
    assert found["a", "c"].corrected_p > 0.05
    assert found["a", "c"].difference.low < 0 < found["a", "c"].difference.high
    assert compare({"alone": ease}) == []


def test_equal_algorithms_do_not_differ():
    values = np.random.default_rng(1).random(30)
    (found,) = compare({"a": values, "b": values})
    assert found.p == 1.0
    assert found.difference.value == 0
