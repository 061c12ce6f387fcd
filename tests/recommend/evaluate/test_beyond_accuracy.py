"""Variety, surprise and calibration against plain Python, to 1e-9."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from crossreel.recommend.evaluate import beyond_accuracy as beyond

TITLES, VIEWERS, K = 9, 4, 5


@st.composite
def worlds(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    ranked = np.array([rng.permutation(TITLES)[:K] for _ in range(VIEWERS)], dtype=np.int32)
    for row in ranked:
        row[draw(st.integers(0, K)) :] = -1
    train = (rng.random((VIEWERS, TITLES)) < 0.4).astype(np.float32)
    test = (rng.random((VIEWERS, TITLES)) < 0.3).astype(np.float32)
    features = (rng.random((TITLES, 4)) < 0.5) * rng.random((TITLES, 4))
    return ranked, train, test, features


def same(found, expected):
    for value, wanted in zip(found, expected, strict=True):
        if wanted is None:
            assert math.isnan(value)
        else:
            assert value == pytest.approx(wanted, abs=1e-9)


def shown(row):
    return [title for title in row.tolist() if title >= 0]


@given(worlds())
def test_gini_is_the_mean_difference_over_twice_the_mean(world):
    ranked, *_ = world
    counts = [sum(title in shown(row) for row in ranked) for title in range(TITLES)]
    found = beyond.gini(ranked, TITLES)
    if not any(counts):
        assert math.isnan(found)
        return
    differences = sum(abs(a - b) for a in counts for b in counts)
    assert found == pytest.approx(differences / (2 * TITLES * sum(counts)), abs=1e-9)


@given(worlds())
def test_novelty_and_popularity_lift(world):
    ranked, train, _, _ = world
    fans = train.sum(axis=0).tolist()
    active = max(int(train.any(axis=1).sum()), 1)
    novelty, lift = [], []
    for row, history in zip(ranked, train, strict=True):
        titles, own = shown(row), np.flatnonzero(history)
        novelty.append(
            sum(-math.log2(max(fans[t], 1) / active) for t in titles) / len(titles) if titles else None
        )
        if titles and len(own):
            lift.append(np.mean([fans[t] for t in titles]) / np.mean([fans[t] for t in own]) - 1)
        else:
            lift.append(None)
    x = sp.csr_array(train)
    same(beyond.novelty(ranked, x), novelty)
    same(beyond.popularity_lift(ranked, x, x), lift)


@given(worlds())
def test_serendipity(world):
    ranked, train, test, _ = world
    fans = train.sum(axis=0).tolist()
    by_fame = sorted(range(TITLES), key=lambda t: (-fans[t], t))
    expected = []
    for row, held in zip(ranked, test, strict=True):
        total = 0.0
        for place, title in enumerate(shown(row), 1):
            if held[title]:
                fame = by_fame.index(title) + 1
                total += max((TITLES + 1 - place) / TITLES - (TITLES + 1 - fame) / TITLES, 0)
        expected.append(total / max(len(shown(row)), 1) if held.any() else None)
    same(beyond.serendipity(ranked, sp.csr_array(test), sp.csr_array(train)), expected)


@given(worlds())
def test_diversity_is_the_mean_over_pairs(world):
    ranked, _, _, features = world

    def cosine(a, b):
        length = math.sqrt(features[a] @ features[a]) * math.sqrt(features[b] @ features[b])
        return features[a] @ features[b] / length if length else 0.0

    expected = []
    for row in ranked:
        pairs = [1 - cosine(a, b) for a, b in combinations(shown(row), 2)]
        expected.append(sum(pairs) / len(pairs) if pairs else None)
    same(beyond.intra_list_diversity(ranked, sp.csr_array(features)), expected)


@given(worlds())
def test_calibration_is_the_divergence_of_genre_mixes(world):
    ranked, train, _, features = world
    genres = features > 0

    def mix(titles):
        total = sum((genres[t] / max(genres[t].sum(), 1) for t in titles), np.zeros(4))
        return total / total.sum() if total.sum() else None

    expected = []
    for row, history in zip(ranked, train, strict=True):
        p, q = mix(np.flatnonzero(history)), mix(shown(row))
        if p is None or q is None:
            expected.append(None)
        else:
            mixed = 0.99 * q + 0.01 * p
            expected.append(sum(a * math.log(a / b) for a, b in zip(p, mixed, strict=True) if a > 0))
    same(beyond.calibration(ranked, sp.csr_array(train), sp.csr_array(genres.astype(np.float64))), expected)


def test_a_list_of_what_one_likes_is_calibrated():
    genres = sp.csr_array(np.eye(3))
    likes = sp.csr_array(np.array([[1, 1, 0]], dtype=np.float32))
    assert beyond.calibration(np.array([[0, 1]], np.int32), likes, genres)[0] == pytest.approx(0, abs=1e-12)
    assert beyond.calibration(np.array([[2, 2]], np.int32), likes, genres)[0] > 3
