"""Finding titles by inner product: exactly, and by the graph with its measured recall."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.recommend import index
from crossreel.recommend.index import ApproximateIndex, ExactIndex, index_of
from crossreel.testing.small_world import DE, viewer


def vectors(count, seed=1, dimensions=16):
    """Clustered, with lengths that differ: what factors of titles look like."""
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(30, dimensions))
    made = centers[rng.integers(0, 30, count)] + 0.6 * rng.normal(size=(count, dimensions))
    return (made * rng.lognormal(0, 0.4, size=(count, 1))).astype(np.float32)


def by_hand(titles, queries, k, allowed):
    scores = queries @ titles.T
    scores[:, ~allowed] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, :k]


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 1000), st.integers(1, 20))
def test_blocks_find_what_one_comparison_finds(count, k, seed, width):
    titles, queries = vectors(count, seed, 4), vectors(3, seed + 1, 4)
    allowed = np.random.default_rng(seed).random(count) < 0.7
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(index, "_FIRST", max(width // 3, 1))
        patched.setattr(index, "_WIDTH", width)
        found, products = ExactIndex(titles).search(queries, k, allowed)
    wanted = min(k, count)
    assert found.shape == products.shape == (3, wanted)
    there = int(min(allowed.sum(), wanted))
    expected = by_hand(titles, queries, there, allowed)
    scores = queries @ titles.T
    np.testing.assert_allclose(
        products[:, :there], np.take_along_axis(scores, expected, axis=1), rtol=1e-5, atol=1e-5
    )
    assert (found[:, there:] == -1).all()
    assert allowed[found[:, :there]].all()


def test_of_equal_products_the_lower_number_comes_first_however_long_the_vectors_are():
    titles = np.zeros((40, 3), dtype=np.float32)
    titles[:, 0] = 2
    titles[::2, 1] = np.arange(20)  # longer, and no nearer to the question
    found, products = ExactIndex(titles).search(np.array([[1, 0, 0]], dtype=np.float32), 12)
    np.testing.assert_array_equal(found[0], np.arange(12))
    assert (products == 2).all()


def test_few_titles_are_compared_where_lengths_differ_and_all_where_they_do_not(monkeypatch):
    monkeypatch.setattr(index, "_FIRST", 50)
    titles, queries = vectors(5000), vectors(40, seed=2)
    assert ExactIndex(titles).compared(queries) < 0.7
    flat = titles / np.linalg.norm(titles, axis=1, keepdims=True)
    assert ExactIndex(flat).compared(queries) == 1
    monkeypatch.setattr(index, "EXACT_UP_TO", 10)
    assert isinstance(index_of(titles, queries), ExactIndex), "quick enough as it is"


@pytest.fixture(scope="module")
def graph():
    titles = vectors(6000)
    return titles, ApproximateIndex.of(titles, vectors(200, seed=2), threads=1)


def test_the_graph_is_as_good_as_was_measured(graph):
    titles, built = graph
    assert built.recall >= 0.99
    queries = vectors(100, seed=3)
    truth, products = ExactIndex(titles).search(queries, 10)
    found, approximate = built.search(queries, 10)
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(truth, found, strict=True)])
    assert recall >= 0.97, "queries that were not measured"
    assert (approximate / products).mean() > 0.98
    assert (np.diff(approximate, axis=1) <= 0).all()


def test_the_graph_finds_only_what_is_allowed_however_little(graph):
    titles, built = graph
    queries = vectors(20, seed=4)
    rng = np.random.default_rng(5)
    for share in (0.5, 0.02, 0.001):
        allowed = rng.random(len(titles)) < share
        found, _ = built.search(queries, 10, allowed)
        truth, _ = ExactIndex(titles).search(queries, 10, allowed)
        assert allowed[found[found >= 0]].all()
        assert (found == truth).mean() > 0.95
    nothing, products = built.search(queries, 10, np.zeros(len(titles), dtype=bool))
    assert (nothing == -1).all()
    assert (products == -np.inf).all()


def test_recall_that_cannot_be_had_is_refused():
    with pytest.raises(BadValue, match="recall"):
        ApproximateIndex.of(vectors(3000), vectors(50, seed=2), threads=1, recall=1.01)


def test_a_large_catalog_is_served_through_the_index_in_the_same_order(world, monkeypatch):
    world.shelf.train("als", {"factors": 4})
    exact = [item.title for item in world.shelf.top(viewer(0), DE, 5).items]
    monkeypatch.setattr(index, "EXACT_UP_TO", 5)
    monkeypatch.setattr(index, "_QUICK", 0)
    monkeypatch.setattr(index, "RECALL", 0.9)
    again = world.shelf_again()
    assert [item.title for item in again.top(viewer(0), DE, 5).items] == exact
    placed = again._present.placed(None)
    assert isinstance(placed.index, ApproximateIndex)


def test_small_catalogs_are_compared_whole_and_nonsense_is_refused(monkeypatch):
    titles = vectors(50)
    assert isinstance(index_of(titles, titles), ExactIndex)
    monkeypatch.setattr(index, "EXACT_UP_TO", 10)
    monkeypatch.setattr(index, "_QUICK", 0)
    assert isinstance(index_of(titles, titles, threads=1), ApproximateIndex)
    monkeypatch.setattr(ApproximateIndex, "of", partial(ApproximateIndex.of, recall=1.01))
    assert isinstance(index_of(titles, titles, threads=1), ExactIndex), "no graph reaches more than all"
    for queries, k in ((titles[:, :3], 5), (titles, 0), (titles[0], 5)):
        with pytest.raises(BadValue):
            ExactIndex(titles).search(queries, k)
