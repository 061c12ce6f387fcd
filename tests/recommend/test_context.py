"""Outside factors: categories of moments, lifts, and a model that minds them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.audience.event_log import EventColumns
from crossreel.errors import BadInput, BadValue
from crossreel.recommend.context import FACTORS, Circumstances, category, moment, moments_of
from crossreel.recommend.contextual import Contextual
from crossreel.recommend.evaluate.context_worth import context_worth
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.lifts import lift_of
from crossreel.recommend.registry import configure
from crossreel.testing.recommender_suite import RecommenderSuite, of_likes, tastes
from crossreel.values.territory import Territory


class TestContextual(RecommenderSuite):
    algorithm = Contextual(base="ease")
    floor = 0.28


def name_of(factor, at, code, device=""):
    kinds, names = category(factor, moment(Circumstances(at, Territory(code) if code else None, device)))
    return names[kinds[0]] if kinds[0] >= 0 else None


@pytest.mark.parametrize(
    ("factor", "at", "code", "expected"),
    [
        ("hour", "2026-06-05T18:30+00:00", "DE", "evening"),  # 20:30 in Berlin
        ("hour", "2026-06-05T18:30+00:00", "JP", "night"),  # 3:30 of the next day in Tokyo
        ("hour", "2026-06-05T18:30+00:00", "IN", "night"),  # 0:00, half an hour off
        ("weekday", "2026-06-05T18:30+00:00", "DE", "Friday"),
        ("weekday", "2026-06-05T18:30+00:00", "JP", "Saturday"),
        ("season", "2026-01-15T12:00+00:00", "DE", "winter"),
        ("season", "2026-01-15T12:00+00:00", "AU", "summer"),
        ("season", "2026-12-01T12:00+00:00", "ZA", "summer"),
        ("season", "2026-09-30T12:00+00:00", "BR", "spring"),
        ("holiday", "2026-07-04T16:00+00:00", "US", "holiday"),
        ("holiday", "2026-07-04T16:00+00:00", "DE", "ordinary day"),
        ("holiday", "2026-12-31T20:00+00:00", "DE", "eve of a holiday"),
        ("holiday", "2026-12-31T20:00+00:00", "JP", "holiday"),  # already January 1 there
        ("country", "2026-01-15T12:00+00:00", "DE", "DE"),
        ("hour", "2026-01-15T12:00+00:00", "", None),
        ("holiday", "9999-12-31T12:00+00:00", "DE", None),
    ],
)
def test_a_moment_is_that_of_the_place(factor, at, code, expected):
    assert name_of(factor, datetime.fromisoformat(at), code) == expected


def test_nothing_known_is_no_category():
    for factor in FACTORS:
        assert name_of(factor, None, "") is None


def planted(viewers=300, titles=60, seed=1):
    """Everybody likes everything alike, but odd titles on Saturdays and even ones else, phones apart."""
    rng = np.random.default_rng(seed)
    likes = np.zeros((viewers, titles), dtype=np.float32)
    times = np.full((viewers, titles), EventColumns.NO_TIME)
    device = np.zeros((viewers, titles), dtype=np.int16)
    saturday = datetime(2026, 5, 30, 12, tzinfo=UTC)
    for row in range(viewers):
        for title in rng.choice(titles, 14, replace=False):
            odd = title % 2 == 1 if rng.random() < 0.9 else title % 2 == 0
            day = saturday - timedelta(
                days=int(7 * rng.integers(20)) + (0 if odd else int(rng.integers(1, 6)))
            )
            likes[row, title] = 1
            times[row, title] = int(day.timestamp() * 1e6)
            device[row, title] = rng.integers(1, 3)
    made = of_likes(likes)
    matrix = made.interactions.liked
    known = replace(
        made.interactions,
        liked_time=times[np.repeat(np.arange(viewers), np.diff(matrix.indptr)), matrix.indices],
        territory=np.zeros(viewers, dtype=np.int16),
        territory_codes=("DE",),
        device=sp.csr_array(device),
        device_names=("phone", "tv"),
    )
    return replace(made, interactions=known)


def test_devices_are_looked_up_by_pair():
    data = planted(viewers=20)
    moments = moments_of(data.interactions)
    row = np.repeat(np.arange(20), np.diff(data.interactions.liked.indptr))
    table = data.interactions.device.toarray()
    np.testing.assert_array_equal(moments.device, table[row, data.interactions.liked.indices] - 1)


def test_lifts_are_ratios_shrunk_to_the_genres():
    data = planted()
    lift = lift_of("weekday", replace(data, titles=(None,) * 60), 10.0)
    known = data.interactions
    kinds, names = category("weekday", moments_of(known))
    share = np.bincount(kinds, minlength=7) / len(kinds)
    mine = known.liked.indices == 5
    count = np.bincount(kinds[mine], minlength=7)
    expected = (count + 10 * share) / (count.sum() + 10) / np.where(share > 0, share, 1)
    np.testing.assert_allclose(np.exp(lift.logs[5])[share > 0], expected[share > 0], rtol=1e-5)
    assert lift.names == names
    assert lift.logs[1, 5] > 0 > lift.logs[0, 5], "odd titles are liked on Saturdays"


def test_the_factor_that_matters_is_found_and_the_others_are_left_alone():
    data = planted()
    model = Contextual(base="title-neighbors").fit(data)
    weights = model.weights()
    assert weights["weekday"] > 0
    assert weights["country"] == 0
    assert max(weights["device"], weights["season"]) <= 0.1
    scores = np.ones((1, 60), dtype=np.float32)
    saturday = Circumstances(datetime(2026, 6, 6, 12, tzinfo=UTC), Territory("DE"))
    monday = replace(saturday, at=datetime(2026, 6, 8, 12, tzinfo=UTC))
    assert (
        model.in_context(scores, saturday)[0, 1::2].min() > model.in_context(scores, saturday)[0, ::2].max()
    )
    assert model.in_context(scores, monday)[0, 1::2].max() < model.in_context(scores, monday)[0, ::2].min()
    np.testing.assert_array_equal(model.in_context(-scores, saturday), -scores)
    np.testing.assert_array_equal(model.in_context(scores, Circumstances()), scores)
    name, factor = model.moment_of(saturday, 1)["weekday"]
    assert name == "Saturday"
    assert factor > 1.05


def test_an_ablation_says_what_each_factor_is_worth():
    made = planted()
    data = Dataset.of(made.interactions, made.titles)
    found = {one.factors: one for one in context_worth(data, Contextual("title-neighbors", "weekday,device"))}
    assert set(found) == {"none", "all", "only weekday", "only device"}
    assert found["none"].difference.value == 0
    assert found["only weekday"].difference.low > 0.02
    assert abs(found["only device"].difference.value) < 0.02
    assert found["only weekday"].strengths["weekday"] > 0


def test_too_few_likes_to_hold_any_out_are_refused():
    made = planted()
    liked = made.interactions.liked.tocoo()
    first = np.unique(liked.row, return_index=True)[1]
    one_each = sp.csr_array((liked.data[first], (liked.row[first], liked.col[first])), shape=liked.shape)
    few = Dataset.of(made.interactions, made.titles).only(one_each)
    with pytest.raises(BadInput, match="too few likes"):
        context_worth(few, Contextual("title-neighbors", "weekday"))


def test_undated_likes_learn_no_strength():
    model = Contextual().fit(of_likes(tastes().train))
    assert not any(model.weights().values())


@pytest.mark.parametrize(
    "config", [{"base": "magic"}, {"factors": "hour,moon"}, {"factors": ""}, {"shrinkage": 0}, {"rounds": 0}]
)
def test_settings_out_of_range_are_refused(config):
    with pytest.raises(BadValue, match=next(iter(config))):
        configure("contextual", config)
