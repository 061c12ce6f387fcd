"""Writes the encoder of multilingual-e5-small as an ONNX graph, from the packed 4-bit file.

Weights become float32 (85 MB), as that is the fastest that keeps the vectors (cosine to the package's own
engine above 0.9999); the word table stays in the packed file, of which only the rows in use are unpacked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from crossreel.errors import MissingExtra
from crossreel.models.packed_e5 import PackedE5, read_packed

__all__ = ["weights_name", "write_graph"]

_MICROSOFT = "com.microsoft"


def weights_name(layer: int, part: str) -> str:
    """The graph's name of the matrix that ``PackedE5.joined`` gives."""
    return f"l{layer}.{part}.weights"


class _Graph:
    """Nodes and constants in the making."""

    def __init__(self, packed: PackedE5, onnx: Any) -> None:
        self.packed, self.onnx = packed, onnx
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, values: Any) -> str:
        self.constants.append(self.onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], outputs: int = 1, domain: str = "", **facts: Any) -> Any:
        names = [f"{kind}{len(self.nodes)}_{at}" for at in range(outputs)]
        self.nodes.append(
            self.onnx.helper.make_node(kind, inputs, names, name=names[0], domain=domain, **facts)
        )
        return names[0] if outputs == 1 else names

    def linear(self, x: str, layer: int, part: str) -> str:
        """``x`` times a part of a layer (see ``PackedE5.joined``), plus its bias."""
        weights = self.constant(weights_name(layer, part), self.packed.joined(layer, part))
        bias = self.constant(f"l{layer}.{part}.bias", self.packed.joined_bias(layer, part))
        return str(self.node("Add", [self.node("MatMul", [x, weights]), bias]))

    def normal(self, x: str, name: str) -> str:
        tensors = self.packed.tensors
        scale = self.constant(f"{name}.scale", tensors[f"{name}.w"])
        shift = self.constant(f"{name}.shift", tensors[f"{name}.b"])
        return str(
            self.node("LayerNormalization", [x, scale, shift], axis=-1, epsilon=float(self.packed.epsilon))
        )

    def layer(self, x: str, at: int) -> str:
        """One layer of the encoder: attention, then the inner network, each added and normalized."""
        query, key, value = self.node("Split", [self.linear(x, at, "q")], 3, axis=2, num_outputs=3)
        attended = self.node(
            "MultiHeadAttention",
            [query, key, value, "", "mask"],
            domain=_MICROSOFT,
            num_heads=self.packed.heads,
        )
        x = self.normal(self.node("Add", [x, self.linear(attended, at, "ao")]), f"l{at}.aln")
        inner = self.node("Gelu", [self.linear(x, at, "fi")])
        return self.normal(self.node("Add", [x, self.linear(inner, at, "fo")]), f"l{at}.oln")


def write_graph(packed_file: Path, graph_file: Path) -> None:
    """Writes the graph: inputs ``embedded`` (batch, tokens, 384) and ``mask`` (batch, tokens; 1 is a token).

    Its output ``hidden`` has the shape of ``embedded``.

    Raises:
        MissingExtra: the package onnx is not installed.
        BadFile: the packed file is none.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtra("onnx", "text") from error
    packed = read_packed(packed_file)
    graph = _Graph(packed, onnx)
    x = graph.normal("embedded", "emb.ln")
    for at in range(packed.layers):
        x = graph.layer(x, at)
    graph.nodes.append(onnx.helper.make_node("Identity", [x], ["hidden"], name="hidden"))
    shape: list[str | int | None] = ["batch", "tokens", packed.hidden]
    made = onnx.helper.make_graph(
        graph.nodes,
        "multilingual-e5-small",
        [
            onnx.helper.make_tensor_value_info("embedded", onnx.TensorProto.FLOAT, shape),
            onnx.helper.make_tensor_value_info("mask", onnx.TensorProto.INT32, shape[:2]),
        ],
        [onnx.helper.make_tensor_value_info("hidden", onnx.TensorProto.FLOAT, shape)],
        graph.constants,
    )
    opsets = [onnx.helper.make_opsetid("", 20), onnx.helper.make_opsetid(_MICROSOFT, 1)]
    onnx.save(onnx.helper.make_model(made, opset_imports=opsets, ir_version=9), str(graph_file))
