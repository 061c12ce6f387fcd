"""Metrics against their definitions, viewer by viewer."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from crossreel.recommend.evaluate.metrics import coverage, hits, mean_over_tested, ndcg_at, recall_at


@st.composite
def lists(draw):
    titles = draw(st.integers(1, 12))
    viewers = draw(st.integers(1, 5))
    length = draw(st.integers(1, titles))
    ranked = np.array([draw(st.permutations(range(titles)))[:length] for _ in range(viewers)], dtype=np.int32)
    ranked[:, draw(st.integers(0, length)) :] = -1
    test = np.array([[draw(st.booleans()) for _ in range(titles)] for _ in range(viewers)], dtype=np.float32)
    return ranked, sp.csr_array(test), draw(st.integers(1, 14))


@given(lists())
def test_ndcg_and_recall_are_their_definitions(case):
    ranked, test, k = case
    for place, (shown, held) in enumerate(zip(ranked, test.toarray(), strict=True)):
        wanted = set(np.flatnonzero(held).tolist())
        gains = [1 / math.log2(n + 2) for n, title in enumerate(shown[:k].tolist()) if title in wanted]
        ideal = sum(1 / math.log2(n + 2) for n in range(min(k, len(wanted))))
        ndcg, recall = ndcg_at(k, ranked, test)[place], recall_at(k, ranked, test)[place]
        if wanted:
            assert ndcg == pytest.approx(sum(gains) / ideal)
            assert recall == pytest.approx(len(gains) / len(wanted))
        else:
            assert math.isnan(ndcg)
            assert math.isnan(recall)


def test_a_shorter_list_hits_nothing_where_it_ends():
    test = sp.csr_array(np.array([[0, 0, 1]], dtype=np.float32))
    assert hits(np.array([[2, -1]], dtype=np.int32), test).tolist() == [[True, False]]
    two = sp.csr_array(np.array([[0, 0, 1], [0, 0, 0]], dtype=np.float32))
    assert hits(np.array([[-1], [-1]], dtype=np.int32), two).tolist() == [[False], [False]]


def test_means_and_coverage():
    assert mean_over_tested(np.array([0.5, np.nan, 1.0])) == 0.75
    assert math.isnan(mean_over_tested(np.array([np.nan])))
    assert coverage(np.array([[0, 1], [1, -1]]), 4) == 0.5
