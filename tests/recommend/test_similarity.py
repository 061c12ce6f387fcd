"""S_ij = sum_k w_ik w_jk and its weightings, against the formulas written out."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossreel.audience.interactions import Interactions
from crossreel.errors import BadInput, BadValue
from crossreel.recommend.neighbors import TitleNeighbors
from crossreel.recommend.roles import TrainingData
from crossreel.recommend.similarity import (
    WEIGHTINGS,
    bm25,
    cosine,
    loudest,
    nearest,
    nearest_rows,
    telling,
    tf_idf,
    top_of_rows,
    weigh,
)
from crossreel.testing.recommender_suite import of_likes
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

counts = arrays(
    np.float32,
    st.tuples(st.integers(1, 8), st.integers(1, 6)),
    elements=st.sampled_from([0.0, 0.0, 0.5, 1.0, 3.0]),
)


@given(counts)
def test_cosine_rows_have_length_one_or_nothing(x):
    length = np.linalg.norm(cosine(sp.csr_array(x)).toarray(), axis=1)
    np.testing.assert_allclose(length, x.any(axis=1), rtol=1e-5)


def test_tf_idf_counts_a_viewer_who_likes_everything_for_less():
    x = np.array([[1, 1, 0], [1, 0, 1], [1, 0, 0]], dtype=np.float32)
    rarity = np.log(4 / np.array([3, 1, 1]))
    expected = x * rarity
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(tf_idf(sp.csr_array(x)).toarray(), expected, rtol=1e-6)


def test_bm25_is_okapis_formula():
    x = np.array([[2, 1, 0], [1, 0, 1], [4, 0, 0]], dtype=np.float64)
    k1, b = 1.2, 0.75
    have = (x > 0).sum(axis=0)
    rarity = np.log(1 + (3 - have + 0.5) / (have + 0.5))
    length = x.sum(axis=1, keepdims=True)
    expected = rarity * x * (k1 + 1) / (x + k1 * (1 - b + b * length / length.mean()))
    found = bm25(sp.csr_array(x.astype(np.float32)), k1=k1, b=b).toarray()
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_adjusted_cosine_takes_each_viewers_mean_off():
    ratings = sp.csr_array(  # two viewers (columns); the second rates one step higher throughout
        (np.array([0.2, 0.4, 0.8, 1.0], np.float32), ([0, 0, 1, 1], [0, 1, 0, 1])), shape=(2, 2)
    )
    weights = weigh("adjusted-cosine", ratings, ratings).toarray()
    np.testing.assert_allclose(weights, np.array([[-1, -1], [1, 1]]) / np.sqrt(2), rtol=1e-6)


def test_an_unknown_weighting_is_refused_with_the_list():
    x = sp.csr_array(np.eye(2, dtype=np.float32))
    with pytest.raises(BadValue, match="one of cosine"):
        weigh("magic", x, x)


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_every_weighting_keeps_the_pattern_finite(weighting):
    x = sp.random_array((9, 7), density=0.4, format="csr", dtype=np.float32, rng=np.random.default_rng(1))
    weights = weigh(weighting, x, x)
    assert weights.nnz == x.nnz
    assert np.isfinite(weights.data).all()


@given(counts, st.integers(1, 9), st.sampled_from([0.0, 2.0]))
def test_nearest_keeps_each_rows_own_best(x, k, shrinkage):
    weights = sp.csr_array(x)
    s = x.astype(np.float64) @ x.T.astype(np.float64)
    common = (x > 0).astype(np.float64) @ (x > 0).T.astype(np.float64)
    if shrinkage:
        s = s * common / (common + shrinkage)
    np.fill_diagonal(s, 0)
    found = nearest(weights, k, shrinkage=shrinkage).toarray()
    for row, kept in zip(s, found, strict=True):
        best = np.sort(row[row > 0])[::-1][:k]
        np.testing.assert_allclose(np.sort(kept[kept > 0])[::-1], best, rtol=1e-5)
        np.testing.assert_allclose(kept[kept > 0], row[kept > 0], rtol=1e-5)


@pytest.mark.parametrize("density", [0.02, 0.3])
@pytest.mark.parametrize("shrinkage", [0.0, 2.0])
@pytest.mark.parametrize("k", [3, 40])
def test_nearest_is_to_the_last_bit_what_rows_made_apart_are(density, shrinkage, k):
    rng = np.random.default_rng(7)
    weights = sp.random_array((120, 90), density=density, format="csr", dtype=np.float32, rng=rng)
    weights.data = np.ceil(weights.data * 3).astype(np.float32)  # with ties
    turned = sp.csr_array(weights.T)
    apart = [nearest_rows(weights, turned, slice(at, at + 40), k, shrinkage=shrinkage) for at in (0, 40, 80)]
    expected, found = sp.csr_array(sp.vstack(apart)), nearest(weights, k, shrinkage=shrinkage)
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(found, part), getattr(expected, part))


@given(counts, st.integers(1, 7))
def test_top_of_rows_is_the_same_from_dense_and_sparse(x, k):
    x = x + np.arange(x.size, dtype=np.float32).reshape(x.shape) * np.float32(1e-3) * (x > 0)  # no ties
    few = top_of_rows(sp.csr_array(x), k).toarray()
    np.testing.assert_array_equal(top_of_rows(x.copy(), k).toarray(), few)
    assert (np.count_nonzero(few, axis=1) == np.minimum(np.count_nonzero(x, axis=1), k)).all()


def test_the_loudest_are_positive_and_in_order():
    found = loudest(np.array([4, 7, 9, 2]), np.array([0.1, 0.5, -3.0, 0.5], np.float32), 3)
    assert [one.title for one in found] == [7, 2, 4]


def test_asymmetric_cosine_is_the_ratio_it_says():
    x = (np.random.default_rng(4).random((60, 9)) < 0.4).astype(np.float32)
    fans, shared = x.sum(axis=0), x.T @ x
    model = TitleNeighbors(weighting="cosine", k=9, shrinkage=0.0, asymmetry=0.2).fit(of_likes(x))
    for j in range(9):
        expected = shared[:, j] / (fans**0.2 * fans[j] ** 0.8)
        expected[j] = 0
        np.testing.assert_allclose(model.similar(j), expected, rtol=1e-5)


def audience(likes):
    """``of_likes`` without records and lists, which a catalog this long need not have here."""
    viewers, titles = (
        Vocabulary(kind("made", str(n)) for n in range(length))
        for kind, length in zip((ViewerId, TitleId), likes.shape, strict=True)
    )
    return TrainingData(Interactions.from_liked(viewers, titles, likes), (None,) * likes.shape[1])


def test_an_account_with_more_titles_than_anyone_watches_is_not_learned_from():
    n = 10_001
    few = (np.random.default_rng(0).random((40, n)) < 0.002).astype(np.float32)
    flooded = sp.csr_array(np.concatenate([few, np.ones((1, n), dtype=np.float32)]))
    empty = sp.csr_array(np.concatenate([few, np.zeros((1, n), dtype=np.float32)]))
    for algorithm in (TitleNeighbors(), TitleNeighbors(weighting="cosine", k=5)):
        with_it, without = (algorithm.fit(audience(likes)) for likes in (flooded, empty))
        for name, array in without.arrays().items():
            np.testing.assert_array_equal(with_it.arrays()[name], array)
    assert (with_it.scores(flooded[40:]) > 0).any(), "it is still recommended to"
    with pytest.raises(BadInput) as told:
        TitleNeighbors().fit(audience(flooded[40:]))
    assert told.value.advice


@given(counts, st.integers(1, 8))
def test_telling_leaves_out_whole_aspects_and_nothing_else(x, most):
    kept = (x != 0).sum(axis=0) <= most
    if not (x[:, kept] != 0).any() and x.any():
        with pytest.raises(BadInput):
            telling(sp.csr_array(x), most)
    else:
        np.testing.assert_array_equal(telling(sp.csr_array(x), most).toarray(), x * kept)
