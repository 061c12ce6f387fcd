"""The per-viewer random split, word by word."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossreel.errors import BadValue
from crossreel.recommend.evaluate.splits import id_order, per_user_random

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
