"""Exact top-k."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossreel.recommend.ranking import best, blocks, rank, top_k

rows = arrays(np.float32, st.integers(1, 12), elements=st.sampled_from([-1.0, 0.0, 0.5, 0.5, 2.0]))


class Given:
    """A model that answers with given scores."""

    name, personal, path = "given", True, "personal"

    def __init__(self, table):
        self.table = table

    def scores(self, histories):
        return self.table[: histories.shape[0]]

    def arrays(self):
        return {}


@given(rows, st.integers(0, 15), st.randoms(use_true_random=False))
def test_best_is_a_sort_among_the_allowed(scores, n, random):
    allowed = np.array([random.random() < 0.7 for _ in scores])
    expected = sorted(np.flatnonzero(allowed), key=lambda number: (-scores[number], number))[:n]
    assert best(scores, n, allowed).tolist() == expected


@given(rows, st.integers(0, 15))
def test_top_k_has_the_highest_scores_in_order(scores, k):
    found = top_k(scores[None, :], k)[0]
    assert len(found) == len(set(found.tolist())) == min(k, len(scores))
    np.testing.assert_array_equal(scores[found], np.sort(scores)[::-1][:k])


@given(st.integers(0, 30), st.integers(1, 9))
def test_blocks_cover_everything_once(length, size):
    assert [n for part in blocks(length, size) for n in range(length)[part]] == list(range(length))


def test_rank_leaves_out_what_is_excluded_and_fills_with_minus_one():
    table = np.array([[3, 2, 1, 0]], dtype=np.float32)
    nothing = sp.csr_array((1, 4), dtype=np.float32)
    known = sp.csr_array(np.array([[1, 0, 1, 1]], dtype=np.float32))
    assert rank(Given(table), nothing, known, 3).tolist() == [[1, -1, -1]]
    assert rank(Given(table), nothing, nothing, 99).tolist() == [[0, 1, 2, 3]]
    assert table.tolist() == [[3, 2, 1, 0]]


def test_rank_of_nobody_is_empty():
    nobody = sp.csr_array((0, 4), dtype=np.float32)
    assert rank(Given(np.zeros((0, 4), np.float32)), nobody, nobody, 3).shape == (0, 3)
