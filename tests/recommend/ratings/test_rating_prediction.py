"""Predicted ratings: formulas written out, intervals, and what happens to strangers."""

from __future__ import annotations

import math
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.compiled import compiled
from crossreel.recommend.evaluate.rating_error import (
    interval_coverage,
    interval_width,
    mean_absolute_error,
    root_mean_squared_error,
)
from crossreel.recommend.ratings.baseline import BaselineRating
from crossreel.recommend.ratings.bayes import BayesianFactors
from crossreel.recommend.ratings.descent import epoch
from crossreel.recommend.ratings.neighbors import CENTERS, SIMILARITIES, KnnRating
from crossreel.recommend.ratings.svd import Svd, SvdPlusPlus
from crossreel.recommend.roles import RatingPredictor, TrainingContext
from crossreel.testing.recommender_suite import of_likes

VIEWERS, TITLES = 60, 40


def of_ratings(rated):
    data = of_likes(sp.csr_array(rated.shape, dtype=np.float32))
    return replace(data, interactions=replace(data.interactions, rated=rated))


def world(seed=0):
    """Ratings in five steps from two hidden tastes; viewer 0 and title 0 have none."""
    rng = np.random.default_rng(seed)
    taste, kind = rng.normal(size=(VIEWERS, 2)), rng.normal(size=(TITLES, 2))
    stars = 3.3 + 0.5 * rng.normal(size=(VIEWERS, 1)) + 0.5 * rng.normal(size=TITLES) + 0.8 * taste @ kind.T
    stars = np.clip(np.rint(stars + 0.4 * rng.normal(size=stars.shape)), 1, 5)
    known = rng.random(stars.shape) < 0.5
    known[0], known[:, 0] = False, False
    rows, columns = np.nonzero(known)
    tested = rng.random(len(rows)) < 0.2
    rated = sp.csr_array(
        (((stars[rows, columns][~tested] - 1) / 4).astype(np.float32), (rows[~tested], columns[~tested])),
        shape=stars.shape,
    )
    return of_ratings(rated), rows[tested], columns[tested], (stars[rows, columns][tested] - 1) / 4


DATA, ROWS, COLUMNS, TRUE = world()
PREDICTORS = [
    BaselineRating(),
    KnnRating(k=10),
    KnnRating(k=10, similarity="msd", center="none", by="viewers"),
    BayesianFactors(factors=3, samples=20, burn_in=10),
    Svd(factors=3, epochs=30),
    SvdPlusPlus(factors=3, epochs=30),
]


@pytest.mark.parametrize("algorithm", PREDICTORS, ids=lambda one: f"{one.name}")
def test_every_predictor_beats_the_mean_restores_and_repeats(algorithm):
    model = algorithm.fit(DATA, TrainingContext(seed=4))
    assert isinstance(model, RatingPredictor)
    found = model.predict(ROWS, COLUMNS).mean
    assert ((found >= 0) & (found <= 1)).all()
    rated = DATA.interactions.rated
    assert root_mean_squared_error(found, TRUE) < 0.97 * root_mean_squared_error(
        np.full(len(TRUE), rated.data.mean()), TRUE
    )
    file = BytesIO()
    np.savez(file, allow_pickle=False, **model.arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as stored:
        again = algorithm.restore(dict(stored.items()))
    np.testing.assert_array_equal(again.predict(ROWS, COLUMNS).mean, found)
    np.testing.assert_array_equal(
        algorithm.fit(DATA, TrainingContext(seed=4)).predict(ROWS, COLUMNS).mean, found
    )
    assert type(algorithm).from_dict(algorithm.to_dict()) == algorithm


@pytest.mark.parametrize("algorithm", PREDICTORS, ids=lambda one: f"{one.name}")
def test_strangers_and_new_titles_get_something_sensible(algorithm):
    model = algorithm.fit(DATA)
    found = model.predict(np.array([0, 0, 5]), np.array([0, 7, 0])).mean
    assert np.isfinite(found).all()
    assert found[0] == pytest.approx(float(DATA.interactions.rated.data.mean()), abs=0.15)


@pytest.mark.parametrize("algorithm", PREDICTORS, ids=lambda one: f"{one.name}")
def test_ratings_are_needed_and_one_is_enough(algorithm):
    with pytest.raises(BadInput, match="rated"):
        algorithm.fit(of_likes(np.ones((2, 2))))
    one = sp.csr_array((np.array([0.75], np.float32), ([0], [1])), shape=(2, 2))
    assert np.isfinite(algorithm.fit(of_ratings(one)).predict(np.array([0, 1]), np.array([1, 0])).mean).all()


def plain_similarity(a, b, kind, residual_a, residual_b):
    common = [c for c in range(TITLES) if c in a and c in b]
    if not common:
        return 0.0
    x, y = [a[c] for c in common], [b[c] for c in common]
    if kind == "msd":
        return 1 / (sum((p - q) ** 2 for p, q in zip(x, y, strict=True)) / len(common) + 1)
    if kind == "pearson":
        x = [v - sum(x) / len(x) for v in x]
        y = [v - sum(y) / len(y) for v in y]
    if kind == "pearson-baseline":
        x, y = [residual_a[c] for c in common], [residual_b[c] for c in common]
    length = math.sqrt(sum(v * v for v in x) * sum(v * v for v in y))
    if length < 1e-7:
        return 0.0
    found = sum(p * q for p, q in zip(x, y, strict=True)) / length
    return found * (len(common) - 1) / (len(common) - 1 + 100) if kind == "pearson-baseline" else found


@pytest.mark.parametrize("similarity", SIMILARITIES)
@pytest.mark.parametrize("center", CENTERS)
def test_neighbors_are_the_formula_written_out(similarity, center):
    rated = DATA.interactions.rated.toarray().astype(np.float64)
    known = np.zeros(rated.shape, dtype=bool)
    coo = DATA.interactions.rated.tocoo()
    known[coo.row, coo.col] = True
    stars = [{c: rated[v, c] * 4 + 1 for c in np.flatnonzero(known[v])} for v in range(VIEWERS)]
    mean = np.mean([s for one in stars for s in one.values()])
    of_viewer, of_title = [0.0] * VIEWERS, [0.0] * TITLES
    for _ in range(10):
        for c in range(TITLES):
            got = [one[c] - mean - of_viewer[v] for v, one in enumerate(stars) if c in one]
            of_title[c] = sum(got) / (10 + len(got))
        for v, one in enumerate(stars):
            of_viewer[v] = sum(s - mean - of_title[c] for c, s in one.items()) / (15 + len(one))
    residual = [
        {c: s - mean - of_viewer[v] - of_title[c] for c, s in one.items()} for v, one in enumerate(stars)
    ]
    own_mean = [np.mean(list(one.values())) if one else mean for one in stars]
    everything = np.std([s for one in stars for s in one.values()])
    spread = [np.std(list(one.values())) or everything if one else everything for one in stars]
    viewers, titles = ROWS[:25], COLUMNS[:25]
    found = (
        KnnRating(k=5, similarity=similarity, center=center, by="viewers")
        .fit(DATA)
        .predict(viewers, titles)
        .mean
    )
    for value, u, i in zip(found * 4 + 1, viewers, titles, strict=True):
        near = [
            (plain_similarity(stars[u], stars[v], similarity, residual[u], residual[v]), v)
            for v in range(VIEWERS)
            if i in stars[v]
        ]
        near = [one for one in sorted(near, key=lambda one: (-one[0], one[1]))[:5] if one[0] > 0]
        total = sum(s for s, _ in near)
        base = lambda v, c=i: mean + of_viewer[v] + of_title[c]  # noqa: E731 - a formula
        centers = {
            "none": lambda v: 0.0,
            "mean": own_mean.__getitem__,
            "z-score": own_mean.__getitem__,
            "baseline": base,
        }
        scale = spread.__getitem__ if center == "z-score" else lambda v: 1.0
        if total > 0:
            moved = sum(s * (stars[v][i] - centers[center](v)) / scale(v) for s, v in near) / total
            expected = centers[center](u) + scale(u) * moved
        else:
            expected = mean if center == "none" else centers[center](u)
        assert value == pytest.approx(min(max(expected, 1), 5), abs=2e-6)


def test_intervals_hold_what_they_promise():
    found = BayesianFactors(factors=3, samples=60, burn_in=20, level=0.8).fit(DATA).predict(ROWS, COLUMNS)
    assert 0.7 <= interval_coverage(found.low, found.high, TRUE) <= 0.92
    wide = BayesianFactors(factors=3, samples=60, burn_in=20, level=0.99).fit(DATA).predict(ROWS, COLUMNS)
    assert interval_width(wide.low, wide.high) > interval_width(found.low, found.high)
    assert (found.low <= found.mean).all()
    assert (found.mean <= found.high).all()


def test_errors_are_their_definitions():
    assert root_mean_squared_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])) == pytest.approx(math.sqrt(2))
    assert mean_absolute_error(np.array([1.0, 3.0]), np.array([1.0, 0.0])) == 1.5
    assert math.isnan(root_mean_squared_error(np.array([]), np.array([])))
    assert interval_coverage(np.array([0.0, 0.0]), np.array([1.0, 1.0]), np.array([1.0, 2.0])) == 0.5


@pytest.mark.parametrize(
    ("algorithm", "setting"),
    [
        (KnnRating, {"similarity": "magic"}),
        (KnnRating, {"center": "magic"}),
        (KnnRating, {"by": "magic"}),
        (KnnRating, {"k": 0}),
        (BaselineRating, {"rounds": 0}),
        (BayesianFactors, {"level": 1.0}),
        (BayesianFactors, {"factors": 0}),
    ],
)
def test_settings_out_of_range_are_refused(algorithm, setting):
    with pytest.raises(BadValue, match=next(iter(setting))):
        algorithm(**setting)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("algorithm", "rmse"),
    [
        (BaselineRating(), 0.9446510459712918),
        (KnnRating(similarity="msd", center="none", by="viewers"), 0.9841051852203854),
        (KnnRating(similarity="cosine", center="none", by="titles"), 1.0282527347061012),
        (KnnRating(similarity="pearson", center="mean", by="viewers"), 0.9504911527775881),
        (KnnRating(similarity="msd", center="z-score", by="viewers"), 0.9537166180679355),
        (KnnRating(similarity="msd", center="baseline", by="viewers"), 0.9315831256650028),
        (KnnRating(), 0.9188169895606696),
    ],
)
def test_the_figures_are_those_of_surprise(shared_data, algorithm, rmse):
    """Surprise 1.1.5, KFold(5, random_state=0), first fold, train ratings sorted by viewer and title."""
    table = np.loadtxt(shared_data / "ratings/ml-100k/u.data", dtype=np.int64)
    rows, columns = (np.unique(column, return_inverse=True)[1] for column in table[:, :2].T)
    order = np.arange(len(table))
    np.random.RandomState(0).shuffle(order)
    test, train = order[:20_000], order[20_000:]
    shares = ((table[train, 2] - 1) / 4).astype(np.float32)
    rated = sp.csr_array((shares, (rows[train], columns[train])), shape=(943, 1682))
    found = algorithm.fit(of_ratings(rated)).predict(rows[test], columns[test]).mean * 4 + 1
    assert root_mean_squared_error(found, table[test, 2].astype(float)) == pytest.approx(rmse, abs=1e-6)


@pytest.mark.parametrize("algorithm", [Svd(factors=3, level=0.8), SvdPlusPlus(factors=3, level=0.8)])
def test_calibrated_intervals_hold_what_they_promise(algorithm):
    found = algorithm.fit(DATA).predict(ROWS, COLUMNS)
    assert 0.7 <= interval_coverage(found.low, found.high, TRUE) <= 0.92
    wide = replace(algorithm, level=0.95).fit(DATA).predict(ROWS, COLUMNS)
    assert interval_width(wide.low, wide.high) > interval_width(found.low, found.high)
    assert replace(algorithm, calibration=0.0).fit(DATA).predict(ROWS, COLUMNS).low is None


def test_svdpp_descends_as_if_all_that_a_rating_touches_were_moved_at_once():
    """Written out: every rating moves y of all titles of its viewer, as Surprise's SVDpp does."""
    rng = np.random.default_rng(2)
    mean, rate, ridge = 2.0, 0.07, 0.05
    indptr, indices = np.array([0, 3, 3, 7]), np.array([0, 2, 3, 1, 2, 3, 4])
    stars = rng.integers(0, 5, 7).astype(float)
    of_viewer, of_title = rng.normal(size=3), rng.normal(size=5)
    p, q, y = rng.normal(size=(3, 2)), rng.normal(size=(5, 2)), rng.normal(size=(5, 2))
    slow = [array.copy() for array in (of_viewer, of_title, p, q, y)]
    for _ in range(3):
        compiled(epoch)(
            indptr, indices, stars, np.array([2, 1, 0]), np.zeros(3, dtype=int), mean,
            of_viewer, of_title, p, q, y, True, rate, ridge,
        )  # fmt: skip
        by_viewer, by_title, own, of_q, of_y = slow
        for u in (2, 0):
            met = indices[indptr[u] : indptr[u + 1]]
            for i, star in zip(met, stars[indptr[u] : indptr[u + 1]], strict=True):
                taste = of_y[met].sum(axis=0) / math.sqrt(len(met))
                error = star - (mean + by_viewer[u] + by_title[i] + of_q[i] @ (own[u] + taste))
                by_viewer[u] += rate * (error - ridge * by_viewer[u])
                by_title[i] += rate * (error - ridge * by_title[i])
                of_y[met] += rate * (error * of_q[i] / math.sqrt(len(met)) - ridge * of_y[met])
                own[u], of_q[i] = (
                    own[u] + rate * (error * of_q[i] - ridge * own[u]),
                    of_q[i] + rate * (error * (own[u] + taste) - ridge * of_q[i]),
                )
    for quick, plain in zip((of_viewer, of_title, p, q, y), slow, strict=True):
        assert quick == pytest.approx(plain, rel=1e-9)
