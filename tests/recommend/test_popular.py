"""Popularity: per territory, decaying, and honest about thin territories."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.audience.event_log import EventColumns
from crossreel.recommend.popular import Popular
from crossreel.recommend.roles import TrainingData
from crossreel.testing.recommender_suite import of_likes
from crossreel.values.territory import Territory

DAY = 86_400_000_000
DE, FR, JP = Territory("DE"), Territory("FR"), Territory("JP")


def counted(likes, *, territory=(), times=None):
    data = of_likes(np.array(likes, dtype=np.float32))
    known = data.interactions
    home = np.array(territory or [-1] * len(likes), dtype=np.int16)
    time = known.liked_time if times is None else np.array(times, dtype=np.int64)
    known = replace(known, territory=home, territory_codes=("DE", "FR"), liked_time=time)
    return TrainingData(known, data.titles)


def test_without_times_or_territories_it_counts_viewers():
    model = Popular().fit(counted([[1, 1, 0], [1, 0, 0], [1, 0, 0]]))
    assert model.scores(sp.csr_array((2, 3), dtype=np.float32))[1] == pytest.approx([3 / 4, 1 / 4, 0])
    shares, own = model.market(DE)
    assert not own
    assert shares == pytest.approx([3 / 4, 1 / 4, 0])


def test_a_territory_with_data_answers_for_itself():
    likes = [[1, 0, 0]] * 5 + [[0, 1, 0]] * 3
    model = Popular(min_viewers=3, smoothing=0.0).fit(counted(likes, territory=[0] * 5 + [1] * 3))
    assert model.market(DE)[0] == pytest.approx([1, 0, 0])
    assert model.market(FR)[0] == pytest.approx([0, 1, 0])
    assert model.market(FR)[1]
    assert model.market(JP) == (pytest.approx([5 / 8, 3 / 8, 0]), False)


def test_a_thin_territory_is_answered_by_all():
    likes = [[1, 0]] * 5 + [[0, 1]] * 2
    model = Popular(min_viewers=3).fit(counted(likes, territory=[0] * 5 + [1] * 2))
    assert model.market(DE)[1]
    assert not model.market(FR)[1]


def test_idle_viewers_make_no_territory():
    model = Popular(min_viewers=2).fit(counted([[1, 0], [0, 0], [0, 0]], territory=[1, 1, 1]))
    assert not model.market(FR)[1]


def test_a_half_life_halves():
    model = Popular(half_life_days=10).fit(
        counted([[1, 0, 0], [0, 1, 0], [0, 0, 1]], times=[0, 10 * DAY, 20 * DAY])
    )
    assert model.market(DE)[0] == pytest.approx(np.array([1, 2, 4]) / 7)


def test_likes_without_a_time_count_as_the_average():
    times = [0, 10 * DAY, EventColumns.NO_TIME]
    model = Popular(half_life_days=10).fit(counted([[1, 0, 0], [0, 1, 0], [0, 0, 1]], times=times))
    assert model.market(DE)[0] == pytest.approx(np.array([0.5, 1, 0.75]) / 2.25)


def test_nothing_liked_is_popular_nowhere():
    model = Popular().fit(counted([[0, 0]]))
    assert not model.market(DE)[0].any()
    assert np.isfinite(model.market(DE)[0]).all()


def test_territories_survive_saving():
    likes = [[1, 0]] * 3 + [[0, 1]] * 3
    model = Popular(min_viewers=3).fit(counted(likes, territory=[0] * 3 + [1] * 3))
    again = Popular().restore(model.arrays())
    for territory in (DE, FR, JP):
        np.testing.assert_array_equal(again.market(territory)[0], model.market(territory)[0])
        assert again.market(territory)[1] == model.market(territory)[1]
