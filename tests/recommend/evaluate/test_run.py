"""Runs: figures under a signature, resumed where they stopped, with nothing leaked."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.audience.event_log import EventColumns
from crossreel.audience.interactions import Interactions
from crossreel.errors import BadInput, BadValue
from crossreel.recommend.evaluate import run
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.measuring import lists_for
from crossreel.recommend.evaluate.memory import estimated_mb, workers_within
from crossreel.recommend.evaluate.metrics import mean_over_tested, ndcg_at
from crossreel.recommend.evaluate.protocol import SPLITS, Protocol, result_key
from crossreel.recommend.evaluate.run import evaluate
from crossreel.recommend.evaluate.significance import bootstrap_ratio
from crossreel.recommend.evaluate.splits import per_user_random
from crossreel.recommend.linear import Ease
from crossreel.recommend.popular import Popular
from crossreel.recommend.ranking import rank
from crossreel.recommend.roles import TrainingData
from crossreel.testing.recommender_suite import of_likes, tastes

SPLIT = tastes()
LIKES = sp.csr_array(SPLIT.known_at_test + SPLIT.test)


@pytest.fixture(scope="module")
def data():
    made = of_likes(LIKES)
    times = np.random.default_rng(1).integers(0, 10**12, LIKES.nnz)
    known = replace(
        made.interactions,
        liked_time=times.astype(np.int64),
        territory=(np.arange(LIKES.shape[0]) % 3 - 1).astype(np.int16),
        territory_codes=("DE", "BR"),
        rated=sp.csr_array(LIKES, dtype=np.float32),
    )
    return Dataset.of(known, made.titles, (1.0, 5.0))


@pytest.mark.parametrize("split", SPLITS)
def test_every_split_runs_and_learns_something(data, split):
    found = evaluate(data, [Popular(), Ease(lam=50.0)], Protocol(split), isolated=False)
    popular, ease = found.results
    if split == "market-new":  # its viewers show nothing, so that what is popular answers them
        assert set(found.results[0].metrics) >= {"cold/ndcg@10", "cold/recall@20"}
        assert found.data["cold_test_viewers"] == found.data["test_viewers"] > 0
        return
    assert ease.metrics["ndcg@10"].value > 0
    for result in (popular, ease):
        one = result.metrics["ndcg@10"]
        assert one.low <= one.value <= one.high
        assert 0 <= result.metrics["coverage@10"].value <= 1
        assert {"auc", "novelty@10", "diversity@10", "calibration@10", "map@20"} <= result.metrics.keys()
    if split != "global-time":  # the times are random, there is nothing to learn from them
        assert ease.metrics["ndcg@10"].value > popular.metrics["ndcg@10"].value
    assert found.comparisons[0].first == "popular"


def test_the_figure_is_that_of_the_protocol(data):
    (result,) = evaluate(data, [Ease(lam=50.0)], isolated=False).results
    split = per_user_random(data.known.liked, seed=42)
    model = Ease(lam=50.0).fit(data.part(split.train))
    ranked = rank(model, split.train, split.known_at_test, 10)
    assert result.metrics["ndcg@10"].value == pytest.approx(mean_over_tested(ndcg_at(10, ranked, split.test)))


def test_a_stopped_run_goes_on_with_what_is_missing(data, tmp_path, monkeypatch):
    first = evaluate(data, [Popular()], folder=tmp_path, isolated=False)
    calls = []
    genuine = run.measure
    monkeypatch.setattr(run, "measure", lambda d, a, p: calls.append(a.name) or genuine(d, a, p))
    seen = []
    again = evaluate(
        data,
        [Popular(), Ease(lam=50.0)],
        folder=tmp_path,
        isolated=False,
        progress=lambda done, of, what: seen.append((done, of)),
    )
    assert calls == ["ease"]
    assert seen == [(1, 2), (2, 2)]
    assert again.results[0].to_dict() == first.results[0].to_dict()
    evaluate(data, [Popular()], Protocol(seed=7), folder=tmp_path, isolated=False)
    assert calls == ["ease", "popular"], "another seed is another result"
    (damaged,) = tmp_path.glob("ease-*.npz")
    damaged.write_bytes(b"half")
    evaluate(data, [Ease(lam=50.0)], folder=tmp_path, isolated=False)
    assert calls[-1] == "ease"
    assert not list(tmp_path.glob("*.new"))


def test_processes_of_their_own_give_the_same_figures(data):
    apart = evaluate(data, [Popular(), Ease(lam=50.0)], jobs=2)
    here = evaluate(data, [Popular(), Ease(lam=50.0)], isolated=False)
    for one, other in zip(apart.results, here.results, strict=True):
        for name, interval in one.metrics.items():
            assert interval.value == pytest.approx(other.metrics[name].value, rel=1e-5)
        assert one.peak_rss_mb > 10


def test_the_report_is_json_with_a_signature(data):
    found = evaluate(data, [Popular()], isolated=False)
    document = json.loads(json.dumps(found.to_dict()))
    assert list(document) == ["signature", "data", "results", "comparisons"]
    assert set(document["results"][0]) == {
        "algorithm", "config", "metrics", "fit_seconds", "recommend_seconds", "peak_rss_mb",
    }  # fmt: skip
    assert document["results"][0]["metrics"]["coverage@10"]["ci95"] is None
    assert len(document["results"][0]["metrics"]["ndcg@10"]["ci95"]) == 2
    for part in (f"data:{data.hash[:16]}", "split:per-user-random", "seed:42", "numpy:"):
        assert part in document["signature"]


def test_anything_that_changes_a_result_changes_its_key(data):
    base = result_key("s", "ease", {"lam": 1.0})
    assert len({base, result_key("t", "ease", {"lam": 1.0}), result_key("s", "slim", {"lam": 1.0}),
                result_key("s", "ease", {"lam": 2.0})}) == 4  # fmt: skip
    assert Protocol(seed=1).signature(data) != Protocol(seed=2).signature(data)


def test_models_see_the_train_part_alone(data):
    split = per_user_random(data.known.liked, seed=42)
    known = data.part(split.train).interactions
    assert (known.liked != split.train).nnz == 0
    assert known.seen.nnz == split.train.nnz
    assert (known.seen.toarray() & (split.test.toarray() > 0)).sum() == 0
    whole = dict(zip(zip(*data.known.liked.nonzero(), strict=True), data.known.liked_time, strict=True))
    for row, column, time in zip(*known.liked.nonzero(), known.liked_time, strict=True):
        assert whole[row, column] == time


def test_viewers_without_a_past_are_told_apart():
    likes = sp.csr_array(np.array([[1, 1, 1, 0], [1, 1, 0, 1], [0, 0, 1, 1]], dtype=np.float32))
    made = of_likes(likes)
    times = np.array([1, 2, 3, 4, 5, 6, 7, 8], dtype=np.int64)
    data = Dataset.of(replace(made.interactions, liked_time=times))
    found = evaluate(data, [Ease(lam=5.0)], Protocol("global-time"), isolated=False)
    assert found.data["cold_test_viewers"] == 1
    assert found.results[0].metrics["cold/ndcg@10"].viewers == 1
    assert "ndcg@10" not in found.results[0].metrics


def test_ids_are_put_in_the_order_of_protocols():
    from crossreel.values.ids import TitleId, ViewerId
    from crossreel.values.vocabulary import Vocabulary

    viewers = Vocabulary(ViewerId("m", key) for key in ("10", "9", "2", "7"))
    titles = Vocabulary(TitleId("m", key) for key in ("30", "4", "5"))
    likes = sp.csr_array(np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0]], dtype=np.float32))
    known = replace(Interactions.from_liked(viewers, titles, likes), liked_time=np.array([1, 2, 3, 4]))
    data = Dataset.of(known)
    assert [id_.key for id_ in data.known.viewers.ids] == ["2", "9", "10"]
    assert [id_.key for id_ in data.known.titles.ids] == ["4", "30"]
    np.testing.assert_array_equal(data.known.liked.toarray(), [[1, 1], [1, 0], [0, 1]])
    assert data.known.liked_time.tolist() == [4, 3, 2, 1]
    assert data.dated
    assert not Dataset.of(of_likes(likes).interactions).dated


def test_what_cannot_be_evaluated_is_told():
    with pytest.raises(BadInput, match="nothing to evaluate"):
        Dataset.of(of_likes(np.zeros((2, 2))).interactions)
    lonely = Dataset.of(of_likes(np.eye(2)).interactions)
    with pytest.raises(BadInput, match="Nobody is left to test"):
        evaluate(lonely, [Popular()], isolated=False)
    assert lonely.known.liked_time[0] == EventColumns.NO_TIME
    with pytest.raises(BadInput, match="time"):
        evaluate(lonely, [Popular()], Protocol("global-time"), isolated=False)
    with pytest.raises(BadValue, match="split"):
        Protocol("magic")
    with pytest.raises(BadValue, match="lists"):
        Protocol(depths=(0,))


def test_predictors_of_ratings_are_measured_in_stars(data):
    from crossreel.recommend.ratings.baseline import BaselineRating

    protocol = Protocol("k-fold")
    stars = np.random.default_rng(2).integers(1, 6, LIKES.nnz)
    rated = sp.csr_array(((stars - 1) / 4, LIKES.indices, LIKES.indptr), shape=LIKES.shape, dtype=np.float32)
    judged = replace(data, ratings=replace(data.ratings, rated=rated))
    found = evaluate(judged, [BaselineRating(), BaselineRating(rounds=1)], protocol, isolated=False)
    squared, absolute = [], []
    for split in protocol.rating_splits(judged):
        known = replace(judged.ratings, rated=split.train)
        model = BaselineRating().fit(TrainingData(known, (None,) * LIKES.shape[1]))
        viewers = np.repeat(np.arange(LIKES.shape[0]), np.diff(split.test.indptr))
        for viewer, title in zip(viewers, split.test.indices, strict=True):
            guess = model.predict(np.array([viewer]), np.array([title])).mean[0] * 4 + 1
            error = guess - round(split.test[viewer, title] * 4 + 1)
            squared.append(error**2)
            absolute.append(abs(error))
    assert len(squared) == LIKES.nnz, "every rating is predicted once"
    rmse, mae = (found.results[0].metrics[name] for name in ("rmse", "mae"))
    assert rmse.value == pytest.approx(np.sqrt(np.mean(squared)), abs=1e-6)
    assert mae.value == pytest.approx(np.mean(absolute), abs=1e-6)
    assert rmse.low < rmse.value < rmse.high
    assert found.comparisons[0].metric == "viewer-mae"
    with pytest.raises(BadInput, match="under the split strong"):
        evaluate(judged, [BaselineRating()], Protocol("strong"), isolated=False)


def test_a_stopped_run_keeps_errors_of_ratings_too(data, tmp_path):
    from crossreel.recommend.ratings.neighbors import KnnRating

    first, again = (evaluate(data, [KnnRating()], folder=tmp_path, isolated=False) for _ in range(2))
    assert first.to_dict() == again.to_dict()


def test_the_ratio_of_sums_is_bootstrapped_over_viewers():
    sums = np.array([[8.0, 2.0], [1.0, 1.0], [0.0, 0.0], [3.0, 3.0]])
    one = bootstrap_ratio(sums, root=True)
    assert one.value == pytest.approx(np.sqrt(2.0), abs=1e-12)
    assert one.viewers == 3
    assert 1.0 <= one.low <= one.value <= one.high <= 2.0


def test_a_market_is_left_out_whole(data):
    (first, second) = Protocol("market-hold-out").splits(data)
    for split, number in ((first, 0), (second, 1)):
        here = data.known.territory == number
        assert split.train[here].nnz == 0
        assert split.test[~here].nnz == 0
        assert split.fold_in is not None
    nowhere = replace(data, known=replace(data.known, territory=np.zeros(LIKES.shape[0], dtype=np.int16)))
    with pytest.raises(BadInput, match="No market"):
        Protocol("market-few").splits(nowhere)


def test_viewers_without_a_history_get_what_is_popular_where_they_are():
    likes = np.zeros((44, 6), dtype=np.float32)
    likes[:20, :2] = 1  # 20 viewers of DE
    likes[20:40, 2:4] = 1  # 20 viewers of BR
    likes[[40, 41, 42], 4] = likes[[40, 42], 5] = 1
    territory = np.array([0] * 20 + [1] * 20 + [0, 1, -1, -1], dtype=np.int16)
    known = replace(of_likes(likes).interactions, territory=territory, territory_codes=("DE", "BR"))
    data = Dataset.of(known)
    popular = Popular().fit(TrainingData(known, data.titles))
    nothing = sp.csr_array(likes.shape, dtype=np.float32)
    ranked = lists_for(popular, data, np.array([0, 20]), nothing, 2)
    assert set(ranked[0]) == {0, 1}
    assert set(ranked[1]) == {2, 3}


def test_other_names_of_splits_are_the_same_split(data):
    assert Protocol("strong-generalization").signature(data) == Protocol("strong").signature(data)


def test_no_more_run_at_a_time_than_memory_holds(data):
    one = estimated_mb(data)
    assert one > 100
    assert workers_within(data, 8, memory_mb=3.5 * one) == 3
    assert workers_within(data, 2, memory_mb=100 * one) == 2
    assert workers_within(data, 4, memory_mb=1) == 1
    assert workers_within(data, 0, memory_mb=1e9) >= 1
