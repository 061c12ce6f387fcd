"""Choosing: profiles, halving, cases, and that the test part is not looked at before the end."""

from __future__ import annotations

import json
import math
import os
import time
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue, MissingExtra
from crossreel.recommend import choose as module
from crossreel.recommend.choose import SPLITS, choose
from crossreel.recommend.choosing import candidates as listed
from crossreel.recommend.choosing.candidates import Candidate, Fit, candidates, fits
from crossreel.recommend.choosing.changes import _few_viewers
from crossreel.recommend.choosing.halving import Clock, _mean_of, backtest, shares
from crossreel.recommend.choosing.profile import profile_of
from crossreel.recommend.choosing.trials import Visible, warm
from crossreel.recommend.choosing.worker import Here, Overtime, Worker
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.metrics import mean_over_tested, ndcg_at
from crossreel.recommend.evaluate.protocol import Protocol
from crossreel.recommend.linear import Ease
from crossreel.recommend.ranking import rank
from crossreel.recommend.registry import ALGORITHMS
from crossreel.testing.few_algorithms import only_algorithms
from crossreel.testing.recommender_suite import of_likes, tastes
from crossreel.web.reports.choice import choice_report
from crossreel.web.reports.page import render

SPLIT = tastes()
LIKES = sp.csr_array(SPLIT.known_at_test + SPLIT.test)
DAY = 86_400_000_000


@pytest.fixture(scope="module")
def data():
    made = of_likes(LIKES)
    rng = np.random.default_rng(1)
    known = replace(
        made.interactions,
        liked_time=rng.integers(0, 400 * DAY, LIKES.nnz),
        territory=(np.arange(LIKES.shape[0]) % 2).astype(np.int16),
        territory_codes=("DE", "BR"),
    )
    return Dataset.of(known, made.titles)


QUICK = ("popular", "content", "title-neighbors", "ease")


@pytest.fixture(scope="module")
def few():
    """Only quick algorithms."""
    with only_algorithms(*QUICK):
        yield


@pytest.fixture(scope="module")
def choice(data, few):
    return choose(data, budget=120, isolated=False)


def visible_of(data):
    (parts,) = Protocol().splits(data)
    seen = data.only(sp.csr_array(parts.train + parts.valid))
    return Visible(seen, replace(parts, test=sp.csr_array(parts.test.shape, dtype=np.float32)), 42), parts


def test_a_profile_counts(data):
    profile = profile_of(data)
    fans = LIKES.toarray().sum(axis=0)
    fans = fans[fans > 0]
    assert (profile.viewers, profile.titles, profile.likes) == (LIKES.shape[0], len(fans), LIKES.nnz)
    differences = np.abs(fans[:, None] - fans[None, :]).sum()
    assert profile.gini == pytest.approx(differences / (2 * len(fans) * fans.sum()), abs=1e-6)
    top = np.sort(fans)[::-1][: math.ceil(0.1 * len(fans))].sum() / fans.sum()
    assert profile.held_by_top[1] == pytest.approx(top, abs=1e-4)
    assert profile.described["genres"] == 1
    assert sum(count for _, count in profile.months) == LIKES.nnz
    assert [market[0] for market in profile.markets] == ["BR", "DE"] or profile.markets[0][1] == 150
    assert profile.drift is not None
    assert abs(profile.drift - profile.drift_by_chance) < 0.2, "the times are random"
    undated = profile_of(Dataset.of(of_likes(LIKES).interactions))
    assert undated.days is None
    assert undated.months == ()
    assert not undated.has_records


def test_drift_is_seen_where_there_is_some():
    likes = np.zeros((200, 120), dtype=np.float32)
    likes[:180, :60] = np.random.default_rng(0).random((180, 60)) < 0.5
    likes[180:, 60:] = np.random.default_rng(0).random((20, 60)) < 0.5
    made = of_likes(likes).interactions
    rows = np.repeat(np.arange(200), np.diff(made.liked.indptr))
    profile = profile_of(Dataset.of(replace(made, liked_time=rows.astype(np.int64) * DAY)))
    assert profile.drift > 0.8 > profile.drift_by_chance
    assert profile.cold_viewers > 0.9
    assert profile.cold_titles > 0.9


def test_methods_that_do_not_fit_say_why(data):
    profile = replace(profile_of(data), titles=60_000)
    told = {one.algorithm: one for one in fits(profile)}
    assert not told["ease"].fits
    assert "60,000" in told["ease"].why
    bare = replace(profile_of(data), described=dict.fromkeys(profile.described, 0.0))
    assert not {one.algorithm: one for one in fits(bare)}["content"].fits
    assert "content" not in {one.algorithm for one in candidates(bare)}


def test_settings_in_units_of_likes_shrink_with_the_audience():
    whole = Candidate("ease", (("lam", 300.0),))
    assert whole.configured(1 / 3).lam == pytest.approx(100.0)
    assert whole.configured().lam == 300.0
    assert Candidate("popular").configured(0.5) == Candidate("popular").configured()


def test_larger_audiences_have_more_rungs():
    assert shares(10_000) == (1.0,)
    assert shares(170_000) == (pytest.approx(1 / 3), 1.0)
    assert len(shares(1_000_000)) == 3
    assert shares(1_000_000)[-1] == 1.0


def test_a_trial_is_the_figure_of_the_protocol(data):
    visible, parts = visible_of(data)
    trial = warm(visible, Candidate("ease"))
    model = Ease().fit(data.part(parts.train))
    ranked = rank(model, parts.train, parts.train, 10)
    assert mean_over_tested(trial.values) == pytest.approx(
        mean_over_tested(ndcg_at(10, ranked, parts.valid)), abs=1e-9
    )
    part = warm(visible, Candidate("ease"), 0.5)
    assert np.count_nonzero(~np.isnan(part.values)) < 0.6 * np.count_nonzero(~np.isnan(trial.values))
    assert trial.model_mb > 0
    assert trial.answer_ms > 0


def test_halving_keeps_the_better_half_and_says_why_not(data, monkeypatch):
    monkeypatch.setattr("crossreel.recommend.choosing.halving._FIRST_RUNG", 1_000)
    visible, _ = visible_of(data)
    wanted = [
        Candidate("popular"), Candidate("content"), Candidate("title-neighbors"), Candidate("ease"),
        Candidate("ease", (("lam", 1e6),)), Candidate("title-neighbors", (("k", 1),)),
        Candidate("title-neighbors", (("k", 20),)), Candidate("title-neighbors", (("weighting", "cosine"),)),
    ]  # fmt: skip
    found = backtest(Here(visible), visible, wanted, Clock(1000))
    assert len(found.shares) > 1
    assert found.best.mean(1.0) == max(one.mean(1.0) for one in found.finalists)
    out = {one.candidate.label: one.left_out for one in found.others}
    assert any("Place " in reason for reason in out.values())
    assert len(found.finalists) + len(found.others) == len(wanted)
    assert "popular" in out, "the worst does not go on"
    assert {one.second for one in found.against_best} == {one.candidate.label for one in found.finalists[1:]}


def test_the_test_part_is_out_of_sight_until_the_end(data, few, monkeypatch):
    (parts,) = Protocol().splits(data)
    held = set(zip(*parts.test.nonzero(), strict=True))
    order = []

    def watched(worker, visible, *arguments, **words):
        order.append("backtest")
        assert visible.split.test.nnz == 0
        known = visible.data.known
        for matrix in (known.liked, known.seen, known.rated, visible.data.ratings.liked):
            assert not held & set(zip(*sp.csr_array(matrix).nonzero(), strict=True))
        return backtest(worker, visible, *arguments, **words)

    def confirmed(*arguments):
        order.append("test")
        return {}

    monkeypatch.setattr(module, "backtest", watched)
    monkeypatch.setattr(module, "_confirmed", confirmed)
    found = choose(data, budget=60, isolated=False)
    assert order == ["backtest", "test"]
    assert found.winner.algorithm in {"ease", "title-neighbors"}


def test_a_choice_answers_every_case(choice, data):
    document = json.loads(json.dumps(choice.to_dict(), allow_nan=False))
    assert set(document["cases"]) == {"warm", "cold-viewer", "cold-title", "new-market"}
    warm_, cold, title, market = (
        document["cases"][case] for case in ("warm", "cold-viewer", "cold-title", "new-market")
    )
    assert warm_["choice"]["algorithm"] == document["choice"]["algorithm"]
    assert cold["choice"]["algorithm"] == "popular"
    assert cold["personal_from_likes"] in (1, 2, 3, 5, 10)
    assert title["choice"]["algorithm"] == "content"
    assert title["rows"][-1]["label"] == "at random"
    assert title["ndcg@10"] > title["rows"][-1]["ndcg@10"]
    assert market["measured"]
    for advice in (warm_, cold, title, market):
        low, high = advice["ci95"]
        assert low <= advice["ndcg@10"] <= high
    label = document["choice"]["label"]
    assert document["confirmed"][label]["ndcg@10"] > document["confirmed"]["popular"]["ndcg@10"]
    assert document["choice"]["train"].startswith("crossreel recommend train --algorithm ")
    assert any(
        "Knowing hour, weekday" in told or "contextual brings" in told for told in document["would_change"]
    )
    assert len(document["methods"]) == len(ALGORITHMS)


def test_the_report_tells_it_all(choice):
    page = render(choice_report(choice.to_dict(), "a <made> set"))
    assert "a &lt;made&gt; set" in page
    assert "<script" not in page
    assert "nan" not in page.replace("finance", "").lower().split()
    for heading in ("One recommendation a case", "What would change the answer", "Everything that was tried"):
        assert heading in page
    assert page.count("<svg") >= 5
    assert page.count("The table behind it") == page.count("<figure")


def test_without_records_times_and_markets_it_says_what_is_not_known(few):
    data = Dataset.of(of_likes(LIKES).interactions)
    document = choose(data, budget=60, isolated=False).to_dict()
    assert document["cases"]["cold-title"]["choice"] is None
    assert not document["cases"]["cold-title"]["measured"]
    assert not document["cases"]["new-market"]["measured"]
    assert any("no times" in told for told in document["would_change"])
    assert any("Records" in told for told in document["would_change"])
    render(choice_report(document, "bare"))


def test_what_needs_an_absent_extra_is_left_out_with_the_reason(data, few, monkeypatch):
    class Deep(Ease):
        """Stands for an algorithm of an extra."""

        name = "deep-one"

        def fit(self, data, context=None):
            raise MissingExtra("deep", "torch")

    monkeypatch.setitem(ALGORITHMS, "deep-one", Deep)
    document = choose(data, budget=60, isolated=False).to_dict()
    (one,) = [one for one in document["backtest"]["candidates"] if one["algorithm"] == "deep-one"]
    assert "deep" in one["left_out"]
    assert not one["finalist"]


def test_trees_over_the_blend_are_tried_where_likes_and_lightgbm_are_there(data):
    profile = profile_of(data)
    assert listed._boosted(replace(profile, likes=50_000))[0]
    assert listed._boosted(replace(profile, likes=4000)) == (
        False,
        listed._blend(replace(profile, likes=4000))[1],
    )


def test_without_time_the_first_is_still_tried(data, few):
    found = choose(data, budget=0.001, isolated=False)
    assert found.winner.algorithm == "popular"
    told = found.to_dict()
    assert any("budget" in (one["left_out"] or "") for one in told["backtest"]["candidates"])
    assert any("--budget" in sentence for sentence in told["would_change"])


class Costly(Here):
    """A worker of made times: a second for popularity, forty for all else on all viewers."""

    spent = 0.0

    def run(self, task, candidate, *arguments, timeout):
        share = next((each for each in arguments if isinstance(each, float)), 1.0)
        cost = share * (1 if "popular" in repr(candidate)[:60] else 40)
        self.spent += max(0.0, min(cost, timeout))
        if cost > timeout:
            raise Overtime(timeout)
        return super().run(task, candidate, *arguments, timeout=timeout)


@pytest.mark.parametrize("budget", [4, 30, 60, 150])
def test_a_time_budget_holds(data, few, monkeypatch, budget):
    monkeypatch.setattr("crossreel.recommend.choosing.halving._FIRST_RUNG", 1_000)
    made = []

    def worker(visible, *_):
        made.append(Costly(visible))
        return made[0]

    monkeypatch.setattr(module, "Worker", worker)
    found = choose(data, budget=budget, now=lambda: made[0].spent if made else 0.0)
    assert made[0].spent <= budget
    told = found.to_dict()
    left_out = [one["left_out"] or "" for one in told["backtest"]["candidates"]]
    assert any("Would take" in why or "budget was used up" in why for why in left_out)
    assert found.winner.algorithm == "popular" or budget > 30
    unsure = any("no time to measure the choice" in sentence for sentence in told["would_change"])
    assert unsure == (told["choice"]["label"] not in told["confirmed"])


@pytest.mark.parametrize("split", SPLITS)
def test_it_chooses_by_other_splits_too(data, few, split):
    assert choose(data, split=split, budget=60, isolated=False).to_dict()["cases"]["warm"]["measured"]


def test_what_takes_long_on_these_data_comes_last(data, monkeypatch):
    names = ("slim", "warp", "popular", "content", "ease", "balanced-ease", "boosted-blend", "blend", "als")
    monkeypatch.setattr(listed, "fits", lambda profile: [Fit(name, True, "") for name in names])

    def order(likes: int, titles: int) -> list[str]:
        profile = replace(profile_of(data), likes=likes, titles=titles, viewers=titles)
        return list(dict.fromkeys(one.algorithm for one in listed.candidates(profile)))

    labels = [one.label for one in listed.candidates(replace(profile_of(data), likes=70_000))]
    assert labels.index("balanced-ease") < labels.index("content (learn 2)") < labels.index("als")
    many, few = order(70_000, 9_000), order(700_000, 3_600)
    assert many.index("blend") < many.index("boosted-blend") < many.index("slim"), "SLIM grows with the cube"
    assert few.index("slim") < few.index("boosted-blend")
    for found in (many, few):
        assert max(map(found.index, ("popular", "ease", "balanced-ease"))) < found.index("als")
        assert found.index("slim") < found.index("warp")


def test_a_worker_stops_what_takes_too_long_and_goes_on():
    worker = Worker(30.0)
    try:
        with pytest.raises(Overtime):
            worker.run(time.sleep, timeout=0.2)
        assert worker.run(abs, timeout=60) == 30.0
        with pytest.raises(BadInput, match="TypeError"):
            worker.run(round, "no number", timeout=60)
    finally:
        worker.close()


def test_a_workers_time_is_counted_by_the_given_clock():
    ticks = iter(range(1000))
    worker = Worker(0.5, now=lambda: float(next(ticks)))
    try:
        with pytest.raises(Overtime):
            worker.run(time.sleep, timeout=0.0)
        worker.run(time.sleep, timeout=30.0)  # half a second is one look at the clock
    finally:
        worker.close()
    assert next(ticks) < 10


def test_a_worker_that_dies_is_told():
    worker = Worker(3)
    try:
        with pytest.raises(BadInput, match="died"):
            worker.run(os._exit, timeout=60)
    finally:
        worker.close()


def test_what_cannot_be_chosen_by_is_told(data):
    with pytest.raises(BadValue, match="split"):
        choose(data, split="strong")
    with pytest.raises(BadValue, match="budget"):
        choose(data, budget=0)
    with pytest.raises(BadInput, match="choose by"):
        choose(Dataset.of(of_likes(np.eye(3)).interactions), isolated=False)
    assert listed.candidates(profile_of(data))[0].algorithm == "popular"


def test_viewers_who_take_part_in_one_look_count_with_it():
    nan = np.nan
    found = _mean_of([np.array([0.5, 1.0, nan, nan]), np.array([nan, 0.0, nan, 0.25])])
    np.testing.assert_array_equal(found, [0.5, 0.5, nan, 0.25])


def test_an_order_by_next_to_nobody_is_told_to_be_chance():
    one = sp.csr_array(np.eye(1, 5, dtype=np.float32))
    assert "Only 1 viewer has" in _few_viewers(one)[0]
    assert _few_viewers(sp.csr_array(np.eye(10, dtype=np.float32))) == []
