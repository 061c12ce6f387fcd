"""Trained networks as ONNX graphs: one input, the viewers' histories, and one output, their scores."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import nn

from crossreel.errors import MissingExtra
from crossreel.recommend.deep.networks.sets import Towers
from crossreel.recommend.deep.next_title import NextTitleModel
from crossreel.recommend.deep.sets import SetModel

__all__ = ["export_onnx"]


class _Sequences(nn.Module):
    """(viewers, length) int64, title numbers plus one, 0 after the end -> shares of the next title."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, histories: torch.Tensor) -> torch.Tensor:
        states = self.network(histories)
        end = ((histories > 0).sum(dim=1) - 1).clamp_min(0)
        last = states.gather(1, end[:, None, None].expand(-1, 1, states.shape[2]))[:, 0]
        titles: torch.Tensor = self.network.titles.weight  # type: ignore[union-attr,assignment]
        return torch.softmax(last @ titles[1:].T, dim=1)


class _Sets(nn.Module):
    """(viewers, titles) float32 strengths -> scores."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, histories: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.network.answers(histories)  # type: ignore[operator]
        return found


class _FixedTowers(Towers):
    """Two towers whose titles' ends are worked out once: what features they came from is not needed."""

    def __init__(self, towers: Towers) -> None:
        nn.Module.__init__(self)
        self.viewer, self.heat = towers.viewer, towers.heat
        self.register_buffer("ends", towers.titles().detach().clone())

    def titles(self) -> torch.Tensor:
        """(titles, width) as worked out."""
        ends: torch.Tensor = self.ends  # type: ignore[assignment]
        return ends


def export_onnx(model: NextTitleModel | SetModel, path: Path) -> None:
    """Writes a trained network for ``models.onnx_recommender``, which serves it without PyTorch.

    The file says in its metadata which algorithm it is of and how long a history it reads. It is
    written whole or not at all.

    Raises:
        MissingExtra: PyTorch or onnx is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtra("onnx", "deep") from error
    facts = {"algorithm": model.name, "length": "0"}
    if isinstance(model, NextTitleModel):
        wrapped: nn.Module = _Sequences(model.network)
        facts["length"] = str(model.algorithm.length)
        example, axes = torch.ones((2, 3), dtype=torch.int64), {0: "viewers", 1: "length"}
    else:
        network = model.network
        count = int(model.arrays()["count"])
        wrapped = _Sets(_FixedTowers(network) if isinstance(network, Towers) else network)
        example, axes = torch.ones((2, count)), {0: "viewers"}
    draft = path.with_name(f".{path.name}.draft")
    with warnings.catch_warnings():
        # the tracing exporter is told to be old and to have traced shapes; parity is proved by a test
        warnings.simplefilter("ignore")
        torch.onnx.export(
            wrapped.eval(),
            (example,),
            str(draft),
            dynamo=False,
            opset_version=17,
            input_names=["histories"],
            output_names=["scores"],
            dynamic_axes={"histories": axes, "scores": {0: "viewers"}},
        )
    written = onnx.load(str(draft))
    onnx.helper.set_model_props(written, facts)
    onnx.save(written, str(draft))
    draft.replace(path)
