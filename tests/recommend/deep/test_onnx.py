"""What is exported answers like the network it was made from, without PyTorch."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from crossreel.errors import BadFile, MissingExtra
from crossreel.models.onnx_recommender import OnnxRecommender
from crossreel.recommend.deep.networks.onnx_graph import export_onnx
from crossreel.recommend.deep.next_title import NextTitle
from crossreel.recommend.deep.sets import ClickModel, SoftmaxNetwork, TwoTowers
from crossreel.recommend.ranking import rank
from crossreel.recommend.roles import TrainingContext
from crossreel.testing.recommender_suite import of_likes, tastes


@pytest.mark.parametrize(
    "algorithm",
    [
        NextTitle(width=16, inner=16, length=9, epochs=2, batch=512),
        SoftmaxNetwork(width=8, hidden=8, epochs=2),
        ClickModel(crosses=8, epochs=2),
        TwoTowers(width=8, hidden=8, epochs=2),
    ],
    ids=lambda one: one.name,
)
def test_the_graph_answers_like_the_network(algorithm, tmp_path, monkeypatch):
    split = tastes()
    model = algorithm.fit(of_likes(split.train), TrainingContext(threads=1))
    expected, ranked = model.scores(split.train), rank(model, split.train, split.train, 10, threads=1)
    export_onnx(model, tmp_path / "model.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]
    monkeypatch.setitem(sys.modules, "torch", None)
    served = OnnxRecommender(tmp_path / "model.onnx", threads=1)
    assert served.algorithm == algorithm.name
    np.testing.assert_allclose(served.scores(split.train), expected, rtol=2e-4, atol=1e-7)
    same = rank(served, split.train, split.train, 10, threads=1) == ranked
    assert same.mean() > 0.999


def test_another_file_is_refused_and_the_extra_is_named(tmp_path, monkeypatch):
    (tmp_path / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(BadFile, match="not an exported recommender"):
        OnnxRecommender(tmp_path / "model.onnx")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtra, match="onnxruntime"):
        OnnxRecommender(tmp_path / "model.onnx")
