"""The softmax network, the click model and the two towers: conformance, cold titles, resuming."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from crossreel.errors import BadInput, MissingExtra
from crossreel.recommend.deep.networks.sets import Crosses, Softmax
from crossreel.recommend.deep.sets import ClickModel, SoftmaxNetwork, TwoTowers
from crossreel.recommend.ranking import top_k
from crossreel.recommend.roles import TrainingContext
from crossreel.testing.recommender_suite import RecommenderSuite, of_likes, tastes


class TestSoftmaxNetwork(RecommenderSuite):
    algorithm = SoftmaxNetwork(width=16, hidden=32, epochs=12, rate=0.02, batch=50)
    floor = 0.26


class TestClickModel(RecommenderSuite):
    algorithm = ClickModel(crosses=16, epochs=10, batch=50)
    floor = 0.24


class TestTwoTowers(RecommenderSuite):
    algorithm = TwoTowers(width=16, hidden=16, epochs=10, rate=0.02, batch=50)
    floor = 0.26


def test_two_towers_find_titles_that_nobody_has_liked_by_what_they_are_made_of():
    likes = tastes().train.toarray()
    cold = np.arange(60)  # ten titles of each of the six genres; title n has the genre n modulo 6
    likes[:, cold] = 0
    algorithm = TwoTowers(width=16, hidden=16, epochs=12, rate=0.02, batch=50)
    scores = algorithm.fit(of_likes(likes), TrainingContext(threads=1)).scores(sp.csr_array(likes))[:, cold]
    by_genre = np.stack([likes[:, np.arange(150) % 6 == genre].sum(axis=1) for genre in range(6)])
    clear = np.flatnonzero(np.sort(by_genre, axis=0)[-1] > 2 * np.sort(by_genre, axis=0)[-3])
    favorites = np.argsort(-by_genre, axis=0)[:2, clear]
    assert (top_k(scores[clear], 1)[:, 0] % 6 == favorites).any(axis=0).mean() > 0.8


def test_the_softmax_network_is_its_formula():
    torch.manual_seed(0)
    network = Softmax(7, 3, 4, 0.5).eval()
    history = np.array([1, 0, 0, 1, 1, 0, 0], dtype=np.float32)
    one = {name: parameter.detach().numpy() for name, parameter in network.named_parameters()}
    embedded = one["embedding.weight"] @ (history / np.sqrt(3))
    hidden = np.maximum(one["hidden.weight"] @ embedded + one["hidden.bias"], 0)
    raised = np.exp(one["output.weight"] @ hidden + one["output.bias"])
    found = network.answers(torch.from_numpy(history[None]))[0].detach().numpy()
    np.testing.assert_allclose(found, raised / raised.sum(), rtol=1e-5)


def test_the_click_model_is_a_logistic_regression_of_crossed_features():
    rng = np.random.default_rng(0)
    features = rng.random((5, 3)).astype(np.float32)
    network = Crosses(torch.from_numpy(features))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.from_numpy(rng.normal(size=parameter.shape).astype(np.float32)))
    one = {name: parameter.detach().numpy() for name, parameter in network.named_parameters()}
    history = np.array([0, 1, 0, 1, 0], dtype=np.float32)
    viewer = features[[1, 3]].mean(axis=0)
    x = np.einsum("f,ig->ifg", viewer, features).reshape(5, 9)
    linear = x @ one["theta"].ravel() + features @ one["own"] + one["bias"]
    found = network.answers(torch.from_numpy(history[None]))[0].detach().numpy()
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-linear)), rtol=1e-5)


def test_the_click_model_needs_records():
    data = of_likes(np.ones((3, 4)))
    with pytest.raises(BadInput, match="none of these titles"):
        ClickModel().fit(replace(data, titles=(None,) * 4))


@pytest.mark.parametrize("algorithm", [SoftmaxNetwork(epochs=3), ClickModel(epochs=3), TwoTowers(epochs=3)])
def test_they_resume_and_name_the_extra_they_need(algorithm, tmp_path, monkeypatch):
    data = of_likes(tastes().train)
    context = TrainingContext(seed=5, threads=1)
    whole = algorithm.fit(data, context).arrays()

    def cut(done, of, what):
        if done >= of * 2 // 3:
            raise KeyboardInterrupt

    kept = replace(context, checkpoint=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        algorithm.fit(data, replace(kept, progress=cut))
    for name, array in algorithm.fit(data, kept).arrays().items():
        np.testing.assert_allclose(array, whole[name], rtol=1e-4, atol=1e-5)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match="torch"):
        algorithm.fit(data)
