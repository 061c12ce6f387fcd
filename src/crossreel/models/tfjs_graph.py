"""Writes a TensorFlow.js graph model (a JSON file and its weights) as an ONNX graph.

Knows the operations of convolutional networks with constant shapes, which is what is published in that form;
others are named in the error. TensorFlow keeps channels last and ONNX first, so convolutions, pools and
resizing stand between transpositions, of which ONNX Runtime removes most.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadFile, MissingExtra

__all__ = ["write_graph"]

Array = NDArray[Any]
_TYPES = {"float32": "<f4", "int32": "<i4", "bool": "?", "uint8": "u1", "uint16": "<u2", "float16": "<f2"}


def _weights(manifest: list[dict[str, Any]], folder: Path) -> dict[str, Array]:
    held: dict[str, Array] = {}
    for group in manifest:
        raw = b"".join((folder / name).read_bytes() for name in group["paths"])
        at = 0
        for one in group["weights"]:
            squeezed = one.get("quantization")
            kind = np.dtype(_TYPES[squeezed["dtype"] if squeezed else one["dtype"]])
            count = prod(one["shape"])
            values: Array = np.frombuffer(raw, kind, count, at)
            at += count * kind.itemsize
            if squeezed and "scale" in squeezed:
                values = values.astype(np.float64) * squeezed["scale"] + squeezed["min"]
            held[one["name"]] = values.astype(_TYPES[one["dtype"]]).reshape(one["shape"])
    return held


class _Writer:
    """Goes through the nodes in order; what depends on constants alone is computed."""

    def __init__(self, held: dict[str, Array], onnx: Any) -> None:
        self.held, self.onnx = held, onnx
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.inputs: list[Any] = []

    def constant(self, values: Any) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(self.onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def value(self, name: str) -> str:
        """A tensor's name, brought into the graph where it is constant."""
        return self.constant(self.held[name]) if name in self.held else name

    def node(self, kind: str, inputs: list[str], out: str | list[str] = "", **facts: Any) -> str:
        outs = out if isinstance(out, list) else [out or f"{kind}{len(self.nodes)}"]
        self.nodes.append(self.onnx.helper.make_node(kind, inputs, outs, **facts))
        return str(outs[0])

    def take(self, one: dict[str, Any]) -> None:
        kind, name = one["op"], one["name"]
        inputs = [part.removesuffix(":0") for part in one.get("input", []) if not part.startswith("^")]
        attributes = one.get("attr", {})
        if kind == "Const":
            return
        if kind == "Placeholder":
            shape = [max(int(part["size"]), 1) for part in attributes["shape"]["shape"]["dim"]]
            kinds = self.onnx.TensorProto
            self.inputs.append(self.onnx.helper.make_tensor_value_info(name, kinds.FLOAT, shape))
            return
        if kind in _FOLDED and all(part in self.held for part in inputs):
            self.held[name] = _FOLDED[kind](*(self.held[part] for part in inputs))
            return
        if kind not in _WRITTEN:
            raise BadFile(name, f"is of the operation {kind}, which is not known here")
        _WRITTEN[kind](self, name, inputs, attributes)


def _dense(places: Array, shape: Array, values: Array, other: Array) -> Array:
    made = np.full([int(size) for size in np.atleast_1d(shape)], other)
    if places.size:
        made[tuple(np.atleast_2d(places).T)] = values
    return made


_FOLDED: dict[str, Callable[..., Array]] = {
    "Add": np.add,
    "AddV2": np.add,
    "Mul": np.multiply,
    "Identity": np.asarray,
    "Reshape": lambda x, shape: x.reshape([int(size) for size in shape]),
    "Transpose": lambda x, order: x.transpose([int(axis) for axis in order]),
    "SparseToDense": _dense,
}


def _text(attribute: dict[str, Any]) -> str:
    return base64.b64decode(attribute["s"]).decode()


def _integers(attribute: dict[str, Any]) -> list[int]:
    return [int(value) for value in attribute["list"]["i"]]


def _padding(attributes: dict[str, Any]) -> dict[str, Any]:
    return {"auto_pad": "SAME_UPPER"} if _text(attributes["padding"]) == "SAME" else {}


def _first(w: _Writer, x: str) -> str:
    return w.node("Transpose", [w.value(x)], perm=[0, 3, 1, 2])


def _last(w: _Writer, x: str, out: str) -> str:
    return w.node("Transpose", [x], out, perm=[0, 2, 3, 1])


def _convolution(w: _Writer, out: str, inputs: list[str], attributes: dict[str, Any]) -> None:
    _convolved(w, out, inputs, attributes, w.held[inputs[1]].transpose(3, 2, 0, 1), 1)


def _by_channel(w: _Writer, out: str, inputs: list[str], attributes: dict[str, Any]) -> None:
    """A depthwise convolution: each channel has filters of its own."""
    weights = w.held[inputs[1]]
    rows, columns, channels, each = weights.shape
    weights = weights.transpose(2, 3, 0, 1).reshape(channels * each, 1, rows, columns)
    _convolved(w, out, inputs, attributes, weights, channels)


def _convolved(
    w: _Writer, out: str, inputs: list[str], attributes: dict[str, Any], weights: Array, groups: int
) -> None:
    facts: dict[str, Any] = {
        "strides": _integers(attributes["strides"])[1:3],
        "dilations": _integers(attributes["dilations"])[1:3],
        "kernel_shape": list(weights.shape[2:]),
        "group": groups,
    }
    given = [_first(w, inputs[0]), w.constant(weights.astype(np.float32))]
    after = [
        base64.b64decode(one).decode() for one in attributes.get("fused_ops", {}).get("list", {}).get("s", [])
    ]
    if after[:1] == ["BiasAdd"]:
        given.append(w.constant(w.held[inputs[2]].reshape(-1).astype(np.float32)))
        after = after[1:]
    x = w.node("Conv", given, **facts, **_padding(attributes))
    if after == ["Prelu"]:
        slopes = w.held[inputs[3]].reshape(-1, 1, 1).astype(np.float32)
        x = w.node("PRelu", [x, w.constant(slopes)])
    elif after == ["Relu"]:
        x = w.node("Relu", [x])
    elif after:
        raise BadFile(out, f"ends in {', '.join(after)}, which is not known here")
    _last(w, x, out)


def _mean(w: _Writer, out: str, inputs: list[str], attributes: dict[str, Any]) -> None:
    axes = w.constant(np.atleast_1d(w.held[inputs[1]]).astype(np.int64))
    kept = int(bool(attributes.get("keep_dims", {}).get("b")))
    w.node("ReduceMean", [w.value(inputs[0]), axes], out, keepdims=kept)


def _pool(w: _Writer, out: str, inputs: list[str], attributes: dict[str, Any]) -> None:
    facts: dict[str, Any] = {
        "kernel_shape": _integers(attributes["ksize"])[1:3],
        "strides": _integers(attributes["strides"])[1:3],
    }
    _last(w, w.node("MaxPool", [_first(w, inputs[0])], **facts, **_padding(attributes)), out)


def _resize(w: _Writer, out: str, inputs: list[str], attributes: dict[str, Any]) -> None:
    x = _first(w, inputs[0])
    start = w.node("Shape", [x], start=0, end=2)
    size = w.node("Concat", [start, w.constant(w.held[inputs[1]].astype(np.int64))], axis=0)
    way = "half_pixel" if attributes.get("half_pixel_centers", {}).get("b") else "asymmetric"
    facts = {"mode": "linear", "coordinate_transformation_mode": way}
    _last(w, w.node("Resize", [x, "", "", size], **facts), out)


def _pad(w: _Writer, out: str, inputs: list[str], _attributes: dict[str, Any]) -> None:
    pads = w.held[inputs[1]].astype(np.int64)
    fill = np.float32(w.held[inputs[2]]) if len(inputs) > 2 else np.float32(0)
    w.node("Pad", [w.value(inputs[0]), w.constant(pads.T.ravel()), w.constant(fill)], out)


def _split(w: _Writer, out: str, inputs: list[str], _attributes: dict[str, Any]) -> None:
    sizes = w.held[inputs[1]].astype(np.int64)
    outs = [out, *(f"{out}:{number}" for number in range(1, len(sizes)))]
    w.node("Split", [w.value(inputs[0]), w.constant(sizes)], outs, axis=int(w.held[inputs[2]]))


def _shaped(w: _Writer, out: str, inputs: list[str], _attributes: dict[str, Any]) -> None:
    w.node("Reshape", [w.value(inputs[0]), w.constant(w.held[inputs[1]].astype(np.int64))], out)


def _turned(w: _Writer, out: str, inputs: list[str], _attributes: dict[str, Any]) -> None:
    w.node("Transpose", [w.value(inputs[0])], out, perm=[int(axis) for axis in w.held[inputs[1]]])


def _joined(w: _Writer, out: str, inputs: list[str], _attributes: dict[str, Any]) -> None:
    w.node("Concat", [w.value(part) for part in inputs[:-1]], out, axis=int(w.held[inputs[-1]]))


def _leaky(w: _Writer, out: str, inputs: list[str], attributes: dict[str, Any]) -> None:
    w.node("LeakyRelu", [w.value(inputs[0])], out, alpha=float(attributes["alpha"]["f"]))


def _slopes(w: _Writer, out: str, inputs: list[str], _attributes: dict[str, Any]) -> None:
    """Negative values by a slope of their channel's own."""
    w.node("PRelu", [w.value(inputs[0]), w.constant(w.held[inputs[1]].astype(np.float32))], out)


def _same(kind: str) -> Callable[[_Writer, str, list[str], dict[str, Any]], None]:
    def write(w: _Writer, out: str, inputs: list[str], _attributes: dict[str, Any]) -> None:
        w.node(kind, [w.value(part) for part in inputs], out)

    return write


_WRITTEN: dict[str, Callable[[_Writer, str, list[str], dict[str, Any]], None]] = {
    "Conv2D": _convolution,
    "_FusedConv2D": _convolution,
    "DepthwiseConv2dNative": _by_channel,
    "Mean": _mean,
    "Minimum": _same("Min"),
    "Maximum": _same("Max"),
    "Sub": _same("Sub"),
    "MaxPool": _pool,
    "ResizeBilinear": _resize,
    "Pad": _pad,
    "PadV2": _pad,
    "SplitV": _split,
    "Reshape": _shaped,
    "Transpose": _turned,
    "ConcatV2": _joined,
    "LeakyRelu": _leaky,
    "Prelu": _slopes,
    "Add": _same("Add"),
    "AddV2": _same("Add"),
    "Mul": _same("Mul"),
    "Sigmoid": _same("Sigmoid"),
    "Relu": _same("Relu"),
    "Identity": _same("Identity"),
}


def _in_order(nodes: list[dict[str, Any]], outputs: Iterable[str]) -> list[dict[str, Any]]:
    """What the outputs rest on, each node after those that it reads."""
    by_name = {one["name"]: one for one in nodes}
    done: dict[str, dict[str, Any]] = {}
    waiting = [by_name[name] for name in outputs]
    while waiting:
        one = waiting[-1]
        before = [part.lstrip("^").split(":")[0] for part in one.get("input", [])]
        missing = [by_name[part] for part in before if part not in done]
        if missing:
            waiting += missing
        else:
            done[one["name"]] = one
            waiting.pop()
    return list(done.values())


def write_graph(model: Path, graph_file: Path, outputs: dict[str, str]) -> None:
    """Writes ``model`` (model.json, its weights beside it) to ``graph_file``.

    Args:
        model: the JSON file.
        graph_file: where the ONNX graph goes.
        outputs: the model's output names, and what they are to be called.

    Raises:
        MissingExtra: the package onnx is not installed.
        BadFile: it is no such model, or has an operation that is not known here.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtra("onnx", "vision") from error
    try:
        read = json.loads(model.read_text(encoding="utf-8"))
        writer = _Writer(_weights(read["weightsManifest"], model.parent), onnx)
        for one in _in_order(read["modelTopology"]["node"], outputs):
            writer.take(one)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise BadFile(model, f"is no TensorFlow.js graph model that can be read: {error}") from error
    for name, called in outputs.items():
        writer.node("Identity", [name], called)
    value, real = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    told = [value(called, real, None) for called in outputs.values()]
    made = onnx.helper.make_graph(writer.nodes, model.stem, writer.inputs, told, writer.constants)
    opsets = [onnx.helper.make_opsetid("", 18)]
    onnx.save(onnx.helper.make_model(made, opset_imports=opsets, ir_version=9), str(graph_file))
