"""Ranking across markets: what is held out is hidden, and nothing can be read from a list's order."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.errors import BadInput, MissingExtra
from crossreel.recommend.cross_market import Lists, Markets, features, hold_out, pooled_ease
from crossreel.recommend.lambda_mart import LambdaMart

ROOT = Path(__file__).resolve().parents[2]
TITLES = 160


def world(seed=0, viewers=(60, 40, 50)):
    """Three markets with the same two tastes; the target is market 0."""
    rng = np.random.default_rng(seed)
    market = np.repeat(np.arange(3), viewers)
    taste = rng.integers(0, 2, len(market))
    chance = np.where(np.arange(TITLES)[None, :] % 2 == taste[:, None], 0.12, 0.02)
    x = (rng.random(chance.shape) < chance).astype(np.float32)
    likes = sp.csr_array(x)
    ratings = sp.csr_array(
        (rng.random(likes.nnz).astype(np.float32), likes.indices, likes.indptr), shape=likes.shape
    )
    pool = np.ones(TITLES, dtype=bool)
    core = sp.csr_array(x * (market == 0)[:, None])
    return Markets(likes, ratings, market, ("a", "b", "c"), 0, pool), core


def test_what_is_held_out_is_gone_from_what_is_known():
    markets, core = world()
    rest, lists = hold_out(markets, core, seed=1)
    assert lists.titles.shape == (len(lists.viewers), 100)
    assert (lists.truth.sum(axis=1) == 1).all()
    assert rest.likes.nnz == rest.ratings.nnz == markets.likes.nnz - len(lists.viewers)
    before, after = markets.likes.toarray(), rest.likes.toarray()
    for viewer, titles, truth in zip(lists.viewers, lists.titles, lists.truth, strict=True):
        held = titles[truth == 1]
        assert before[viewer, held] == 1
        assert after[viewer, held] == 0
        assert not before[viewer, titles[truth == 0]].any()
        assert len(set(titles.tolist())) == 100
    assert (markets.market[lists.viewers] == 0).all()
    places = lists.truth.argmax(axis=1)
    assert places.std() > 15, "the order tells nothing"


def test_features_do_not_depend_on_the_order_of_a_list():
    markets, core = world()
    rest, lists = hold_out(markets, core, seed=1)
    few = Lists(lists.viewers[:5], lists.titles[:5])
    turned = Lists(few.viewers, few.titles[:, ::-1].copy())
    one, other = features(rest, few), features(rest, turned)
    assert one.names == other.names
    assert len(set(one.names)) == len(one.names) == one.values.shape[2]
    assert np.isfinite(one.values).all()
    np.testing.assert_allclose(one.values, other.values[:, ::-1], rtol=1e-4, atol=1e-4)


def test_other_markets_help_a_small_one():
    markets, core = world(viewers=(25, 150, 150))
    rest, lists = hold_out(markets, core, seed=2)
    alone = np.flatnonzero(markets.market == 0)
    own = Markets(rest.likes[alone], rest.ratings[alone], markets.market[alone], ("a",), 0, markets.pool)
    place = {}
    for name, known in (("all", rest), ("own", own)):
        scores = pooled_ease(known, lists, lam=200.0)
        held = (scores * lists.truth).sum(axis=1, keepdims=True)
        place[name] = (scores > held).sum(axis=1).mean()
    assert place["all"] < place["own"]


def test_too_few_likes_are_told():
    markets, core = world()
    with pytest.raises(BadInput, match="too few"):
        hold_out(markets, sp.csr_array(core.shape, dtype=np.float32))


def test_the_ranker_learns_to_order():
    pytest.importorskip("lightgbm")
    rng = np.random.default_rng(0)
    values = rng.normal(size=(300, 20, 3)).astype(np.float32)
    hidden = values[:, :, 0] - 0.5 * values[:, :, 2]
    truth = (hidden == hidden.max(axis=1, keepdims=True)).astype(np.int8)
    model = LambdaMart(trees=40).fit(("a", "b", "c"), values[:200], truth[:200])
    best = model.scores(values[200:]).argmax(axis=1)
    assert (truth[200:][np.arange(100), best] == 1).mean() > 0.6
    importance = model.importance()
    assert next(iter(importance)) == "a"
    assert sum(importance.values()) == pytest.approx(1)


def test_without_lightgbm_the_way_out_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(MissingExtra, match="lightgbm"):
        LambdaMart().fit(("a",), np.zeros((2, 3, 1), np.float32), np.zeros((2, 3), np.int8))


def test_the_command_ranks_without_the_truth_and_scores_with_it(tmp_path):
    rng = np.random.default_rng(1)
    for market in ("a", "b"):
        (tmp_path / market).mkdir()
        rows = ["userId\titemId\trating"]
        rows += [
            f"{market}{u}\ti{i}\t{rng.integers(1, 6)}" for u in range(30) for i in rng.permutation(40)[:6]
        ]
        for name in ("train.tsv", "train_5core.tsv"):
            (tmp_path / market / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    lists = [(f"a{u}", [f"i{i}" for i in rng.permutation(40)[:20]]) for u in range(5)] + [
        ("stranger", ["i1", "new"])
    ]
    lists[-1] = ("stranger", ["new", *[f"i{i}" for i in range(19)]])
    run = "".join(f"{user}\t{','.join(items)}\n" for user, items in lists)
    (tmp_path / "a" / "valid_run.tsv").write_text(run, encoding="utf-8")
    words = [
        sys.executable,
        "benchmarks/accuracy/xmrec.py",
        str(tmp_path),
        "--target",
        "a",
        "--json",
        "--model",
        "ease",
    ]
    out = tmp_path / "run.tsv"
    done = subprocess.run([*words, "--out", str(out)], cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert (found["target"], found["users"], found["ndcg@10"], found["hr@10"]) == ("a", 6, None, None)
    assert found["seconds"] > 0
    ranked = [line.split("\t") for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(ranked) == 6 * 20
    best = {user: next(item for one, item, _ in ranked if one == user) for user, _ in lists}
    truth = "userId\titemId\trating\n" + "".join(f"{user}\t{item}\t1\n" for user, item in best.items())
    (tmp_path / "a" / "valid_qrel.tsv").write_text(truth, encoding="utf-8")
    scored = json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert (scored["ndcg@10"], scored["hr@10"]) == (1.0, 1.0)
