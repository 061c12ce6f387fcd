"""Products are the same whichever way they are made."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossreel.recommend import products
from crossreel.recommend.products import Columns, csr_arrays, gram, restored_csr

counts = arrays(
    np.float32,
    st.tuples(st.integers(1, 8), st.integers(1, 6)),
    elements=st.sampled_from([0.0, 0.0, 0.5, 1.0, 3.0]),
)


def skewed(things=60, aspects=40, seed=5):
    rng = np.random.default_rng(seed)
    chance = 1 / (1 + np.arange(things))[:, None]
    return sp.csr_array(
        (rng.random((things, aspects)) < chance) * rng.random((things, aspects)), dtype=np.float32
    )


@given(counts)
def test_gram_is_the_product_with_itself(x):
    expected = x.astype(np.float64) @ x.T.astype(np.float64)
    np.testing.assert_allclose(gram(sp.csr_array(x)), expected, rtol=1e-5)


@pytest.mark.parametrize("gain", [0, 1e9])
def test_dense_and_sparse_give_the_same(monkeypatch, gain):
    x = skewed(150)
    monkeypatch.setattr(products, "_DENSE_GAIN", gain)
    np.testing.assert_allclose(gram(x), (x @ x.T).toarray(), rtol=1e-5, atol=1e-7)


def test_what_would_not_fit_is_not_made_dense(monkeypatch):
    x = skewed()
    monkeypatch.setattr(products, "_DENSE_CELLS", 100)
    monkeypatch.setattr(products, "dense", None)
    np.testing.assert_allclose(gram(x), (x @ x.T).toarray(), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("density", [0.0, 0.01, 0.5])
@pytest.mark.parametrize("as_dense", [True, False])
def test_columns_multiply_and_show_their_rows(monkeypatch, density, as_dense):
    monkeypatch.setattr(products, "_WIDTH", 7)
    rng = np.random.default_rng(2)
    matrix = sp.random_array((30, 30), density=density, format="csr", dtype=np.float32, rng=rng)
    histories = sp.random_array((9, 30), density=0.3, format="csr", dtype=np.float32, rng=rng)
    columns = Columns(matrix.toarray() if as_dense else matrix)
    np.testing.assert_allclose(columns.after(histories), (histories @ matrix).toarray(), rtol=1e-5)
    np.testing.assert_array_equal(columns.rows(np.array([3, 29])), matrix.toarray()[[3, 29]])
    assert columns.after(histories[:0]).shape == (0, 30)


def test_matrices_survive_as_arrays():
    x = skewed()
    again = restored_csr(csr_arrays(x))
    assert again.shape == x.shape
    assert (again != x).nnz == 0
