"""Metrics against plain Python written from their definitions, to 1e-9."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from crossreel.recommend.evaluate.metrics import (
    RANKED,
    auc,
    coverage,
    hits,
    mean_over_tested,
)


@st.composite
def lists(draw):
    titles = draw(st.integers(1, 12))
    viewers = draw(st.integers(1, 5))
    length = draw(st.integers(1, titles))
    ranked = np.array([draw(st.permutations(range(titles)))[:length] for _ in range(viewers)], dtype=np.int32)
    ranked[:, draw(st.integers(0, length)) :] = -1
    test = np.array([[draw(st.booleans()) for _ in range(titles)] for _ in range(viewers)], dtype=np.float32)
    return ranked, sp.csr_array(test), draw(st.integers(1, 14))


def reference(name, k, shown, wanted):
    """One viewer's value, or None without test titles."""
    if not wanted:
        return None
    good = [title in wanted for title in shown[:k]]
    if name == "ndcg":
        ideal = sum(1 / math.log2(place + 2) for place in range(min(k, len(wanted))))
        return sum(1 / math.log2(place + 2) for place, hit in enumerate(good) if hit) / ideal
    if name == "recall":
        return sum(good) / len(wanted)
    if name == "precision":
        return sum(good) / k
    if name == "map":
        total = 0.0
        for place, hit in enumerate(good):
            if hit:
                total += sum(good[: place + 1]) / (place + 1)
        return total / min(k, len(wanted))
    if name == "mrr":
        return next((1 / (place + 1) for place, hit in enumerate(good) if hit), 0.0)
    assert name == "hit-rate"
    return float(any(good))


@pytest.mark.parametrize("name", list(RANKED))
@given(case=lists())
def test_ranked_metrics_are_their_definitions(name, case):
    ranked, test, k = case
    found = RANKED[name](k, ranked, test)
    for value, shown, held in zip(found, ranked.tolist(), test.toarray(), strict=True):
        expected = reference(name, k, shown, set(np.flatnonzero(held).tolist()))
        if expected is None:
            assert math.isnan(value)
        else:
            assert value == pytest.approx(expected, abs=1e-9)


def _padded(pairs):
    """The same pairs among 20,000 titles more."""
    return sp.csr_array((pairs.data, pairs.indices, pairs.indptr), shape=(1, pairs.shape[1] + 20_000))


@given(
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_auc_counts_pairs(scores, random):
    role = [random.choice(["held", "known", "other"]) for _ in scores]
    held = [score for score, what in zip(scores, role, strict=True) if what == "held"]
    others = [score for score, what in zip(scores, role, strict=True) if what == "other"]
    row = np.array([scores], dtype=np.float32)
    test = sp.csr_array(np.array([[what == "held" for what in role]], dtype=np.float32))
    known = sp.csr_array(np.array([[what == "known" for what in role]], dtype=np.float32))
    (found,) = auc(row, known, test)
    (wide,) = auc(np.pad(row, ((0, 0), (0, 20_000)), constant_values=3), _padded(known), _padded(test))
    if held:
        won = sum((a > b) + 0.5 * (a == b) for a in held for b in others)
        assert wide == pytest.approx(won / (len(held) * (len(others) + 20_000)), abs=1e-9)
    if held and others:
        won = sum((a > b) + 0.5 * (a == b) for a in held for b in others)
        assert found == pytest.approx(won / (len(held) * len(others)), abs=1e-9)
    else:
        assert math.isnan(found)


def test_a_shorter_list_hits_nothing_where_it_ends():
    test = sp.csr_array(np.array([[0, 0, 1]], dtype=np.float32))
    assert hits(np.array([[2, -1]], dtype=np.int32), test).tolist() == [[True, False]]
    two = sp.csr_array(np.array([[0, 0, 1], [0, 0, 0]], dtype=np.float32))
    assert hits(np.array([[-1], [-1]], dtype=np.int32), two).tolist() == [[False], [False]]


def test_means_and_coverage():
    assert mean_over_tested(np.array([0.5, np.nan, 1.0])) == 0.75
    assert math.isnan(mean_over_tested(np.array([np.nan])))
    assert coverage(np.array([[0, 1], [1, -1]]), 4) == 0.5
