"""What real logs hold, over every algorithm: floods, doubles, the future, records full of holes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.audience.event import EventKind
from crossreel.audience.event_log import EventColumns
from crossreel.audience.interactions import in_order, interactions_from
from crossreel.catalog.title import Title
from crossreel.errors import BadInput
from crossreel.recommend.lists import TitleList
from crossreel.recommend.ranking import rank
from crossreel.recommend.ratings.registry import RATING_ALGORITHMS
from crossreel.recommend.registry import ALGORITHMS
from crossreel.recommend.roles import TrainingData
from crossreel.values.ids import TitleId, ViewerId

SMALL = {
    "boosted-blend": {"trees": 12, "members": "ease,user-neighbors", "folds": 2},
    "contextual": {"base": "title-neighbors"},
    "als": {"factors": 4},
    "warp": {"factors": 4},
}
TITLES, VIEWERS, FLOOD = 24, 12, 100_000
RATING = list(EventKind).index(EventKind.RATING)


def small(name):
    kind = ALGORITHMS[name]
    config = SMALL.get(name, {})
    if "epochs" in kind().to_dict():
        config = {"epochs": 1}
    return kind.from_dict(config)


@cache
def odd(flat=False):
    """A viewer with 100,000 events, the others with a few; doubles; half of all times in the year 2200;
    some events without a time; titles without records, without a year, without anything but a name."""
    rng = np.random.default_rng(8)
    few = 9 * (VIEWERS - 1)
    viewer = np.concatenate([np.zeros(FLOOD), np.repeat(np.arange(1, VIEWERS), 9)]).astype(np.int32)
    title = np.concatenate([rng.integers(0, TITLES - 2, FLOOD), rng.integers(0, TITLES, few)])
    n = len(viewer)
    times = rng.integers(1_600_000_000, 1_700_000_000, n) * 1_000_000
    times[::2] = 7_258_118_400_000_000
    times[::101] = EventColumns.NO_TIME
    columns = EventColumns(
        viewer_ids=tuple(ViewerId("t", f"{number:03}") for number in range(VIEWERS)),
        title_ids=tuple(TitleId("t", f"{number:03}") for number in range(TITLES)),
        territory_codes=("DE", "JP"),
        viewer=viewer,
        title=title.astype(np.int32),
        kind=np.full(n, RATING, dtype=np.int8),
        time=times.astype(np.int64),
        value=np.full(n, 4, np.float32) if flat else rng.integers(1, 6, n).astype(np.float32),
        low=np.full(n, 0.5, np.float32),
        high=np.full(n, 5, np.float32),
        territory=rng.integers(-1, 2, n).astype(np.int16),
        device_names=("tv",),
        device=rng.integers(-1, 1, n).astype(np.int16),
    )
    known = interactions_from(columns)
    records = [None] * 4 + [Title(id_, "Untitled") for id_ in known.titles.ids[4:12]]
    records += [
        Title(id_, "Named", year=1900 + n, genres=("drama",)) for n, id_ in enumerate(known.titles.ids[12:])
    ]
    lists = (TitleList("some", "Some", (*known.titles.ids[:9], TitleId("t", "gone"))),)
    return TrainingData(known, tuple(records), lists)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_floods_doubles_the_future_and_holes_are_carried(name):
    data = odd()
    known = data.interactions
    assert known.seen.nnz <= VIEWERS * TITLES, "a pair counts once however often it happened"
    model = small(name).fit(data)
    histories = in_order(known.liked, known.liked_time)
    assert np.isfinite(model.scores(histories)).all()
    found = rank(model, histories, known.seen.astype(np.float32), 10_000, threads=1)
    assert found.shape == (VIEWERS, TITLES), "k larger than the catalog lists what there is"
    assert (found[0, 2:] == -1).all(), "who has seen nearly everything gets what is left"


@pytest.mark.parametrize("name", ALGORITHMS)
def test_all_the_same_rating_and_a_viewer_it_never_met(name):
    data = odd(flat=True)
    model = small(name).fit(data)
    nobody = sp.csr_array((1, TITLES), dtype=np.float32)
    stranger = sp.csr_array((np.ones(1, np.float32), ([0], [TITLES - 1])), shape=(1, TITLES))
    for history in (nobody, stranger):
        scores = model.scores(history)
        assert scores.shape == (1, TITLES)
        assert np.isfinite(scores).all()
    everything = sp.csr_array(np.ones((1, TITLES), dtype=np.float32))
    assert (rank(model, stranger, everything, 5, threads=1) == -1).all(), "nothing is left after the rights"


@pytest.mark.parametrize("name", RATING_ALGORITHMS)
@pytest.mark.parametrize("flat", [False, True])
def test_ratings_are_predicted_within_the_scale_whatever_they_were(name, flat):
    data = odd(flat)
    model = RATING_ALGORITHMS[name]().fit(data)
    viewers, titles = np.divmod(np.arange(VIEWERS * TITLES), TITLES)
    found = model.predict(viewers, titles)
    assert ((found.mean >= 0) & (found.mean <= 1)).all()
    if flat:
        rated = data.interactions.rated.toarray()[viewers, titles] > 0
        off = 0.15 if name == "bayesian-factors" else 0.05  # its draws stay wide over so few viewers
        np.testing.assert_allclose(found.mean[rated], (4 - 0.5) / 4.5, atol=off)


@pytest.mark.parametrize("name", RATING_ALGORITHMS)
def test_one_viewer_and_one_title_are_enough_or_told(name):
    data = odd()
    known = data.interactions
    one = TrainingData(
        type(known).from_liked(
            type(known.viewers)(known.viewers.ids[:1]),
            type(known.titles)(known.titles.ids[:1]),
            sp.csr_array(np.ones((1, 1), dtype=np.float32)),
        ),
        (None,),
    )
    with pytest.raises(BadInput) as told:
        RATING_ALGORITHMS[name]().fit(one)  # liked, but never rated
    assert told.value.advice
