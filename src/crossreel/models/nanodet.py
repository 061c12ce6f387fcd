"""Finds things in pictures by NanoDet-m at 416 pixels (RangiLyu 2020, Apache-2.0): 80 classes of COCO.

Boxes come as distributions over distances from cells of 8, 16 and 32 pixels to each side (Li et al.,
"Generalized Focal Loss", NeurIPS 2020, arXiv 2006.04388): the mean of each is the distance.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossreel.models.boxes import apart, fitted
from crossreel.models.runtime import open_graph
from crossreel.models.tfjs_graph import write_graph
from crossreel.values.media_roles import SeenBox

__all__ = ["COCO", "GRAPH", "NanoDet", "convert"]

GRAPH = "nanodet.onnx"
_SIZE = 416
_STRIDES = (8, 16, 32)
_STEPS = 11
_MEAN = np.array([103.53, 116.28, 123.675], np.float32)
_SPREAD = np.array([57.375, 57.12, 58.395], np.float32)
_LEAST, _OVERLAP = 0.35, 0.55
_SAME_PLACE = 0.75
"""Boxes that share more are one thing, whatever classes they are given."""

COCO = tuple(
    [
        "person",
        "bicycle",
        "car",
        "motorcycle",
        "airplane",
        "bus",
        "train",
        "truck",
        "boat",
        "traffic light",
        "fire hydrant",
        "stop sign",
        "parking meter",
        "bench",
        "bird",
        "cat",
        "dog",
        "horse",
        "sheep",
        "cow",
        "elephant",
        "bear",
        "zebra",
        "giraffe",
        "backpack",
        "umbrella",
        "handbag",
        "tie",
        "suitcase",
        "frisbee",
        "skis",
        "snowboard",
        "sports ball",
        "kite",
        "baseball bat",
        "baseball glove",
        "skateboard",
        "surfboard",
        "tennis racket",
        "bottle",
        "wine glass",
        "cup",
        "fork",
        "knife",
        "spoon",
        "bowl",
        "banana",
        "apple",
        "sandwich",
        "orange",
        "broccoli",
        "carrot",
        "hot dog",
        "pizza",
        "donut",
        "cake",
        "chair",
        "couch",
        "potted plant",
        "bed",
        "dining table",
        "toilet",
        "tv",
        "laptop",
        "mouse",
        "remote",
        "keyboard",
        "cell phone",
        "microwave",
        "oven",
        "toaster",
        "sink",
        "refrigerator",
        "book",
        "clock",
        "vase",
        "scissors",
        "teddy bear",
        "hair drier",
        "toothbrush",
    ]
)
"""The classes of COCO 2017 in the order of their numbers (Lin et al. 2014, arXiv 1405.0312)."""


def convert(folder: Path) -> None:
    """Writes ``nanodet.onnx`` beside the TensorFlow.js model in ``folder``. Raises as ``write_graph``."""
    names = ("classes8", "classes16", "classes32", "sides8", "sides16", "sides32")
    outputs = {("Identity" + (f"_{k}" if k else "")): name for k, name in enumerate(names)}
    write_graph(folder / "nanodet.json", folder / GRAPH, outputs)


class NanoDet:
    """Plays ``ObjectDetector``.

    Args:
        graph: as ``convert`` writes it.
        least: scores below are left out.

    Raises:
        MissingExtra, MissingModel: see ``open_graph``.
    """

    name = "nanodet-m-416"
    labels = COCO

    def __init__(self, graph: Path, least: float = _LEAST) -> None:
        self._session = open_graph(graph, extra="vision")
        self._input = self._session.get_inputs()[0].name
        self._least = least

    def look(self, rgb: NDArray[np.uint8]) -> list[SeenBox]:
        """What is in a picture (height x width x 3), likeliest first; boxes are shares of the picture."""
        square, scale = fitted(rgb, _SIZE)
        x = (square[..., ::-1].astype(np.float32) - _MEAN) / _SPREAD
        outs = self._session.run(None, {self._input: np.ascontiguousarray(x.transpose(2, 0, 1)[None])})
        boxes, scores, kinds = [], [], []
        for place, stride in enumerate(_STRIDES):
            odds, sides = outs[place][0], outs[place + 3][0]
            rows, classes = np.nonzero(odds >= self._least)
            boxes.append(_boxes(sides[rows], rows, stride))
            scores.append(odds[rows, classes])
            kinds.append(classes)
        found, odds, classes = np.concatenate(boxes), np.concatenate(scores), np.concatenate(kinds)
        height, width = rgb.shape[:2]
        shares = found / scale / np.array([width, height, width, height], np.float32)
        kept = apart(found, odds, _OVERLAP, classes)
        kept = [kept[at] for at in apart(found[kept], odds[kept], _SAME_PLACE)]
        return [SeenBox(COCO[int(classes[at])], float(odds[at]), *_inside(shares[at])) for at in kept]


def _boxes(sides: NDArray[np.float32], cells: NDArray[np.int64], stride: int) -> NDArray[np.float32]:
    """Left, top, right, bottom in pixels of the square."""
    across = _SIZE // stride
    odds = np.exp(sides.reshape(-1, 4, _STEPS) - sides.reshape(-1, 4, _STEPS).max(axis=2, keepdims=True))
    far = (odds / odds.sum(axis=2, keepdims=True)) @ np.arange(_STEPS, dtype=np.float32) * stride
    x, y = (cells % across + 0.5) * stride, (cells // across + 0.5) * stride
    return np.stack([x - far[:, 0], y - far[:, 1], x + far[:, 2], y + far[:, 3]], axis=1).astype(np.float32)


def _inside(box: NDArray[np.float32]) -> tuple[float, float, float, float]:
    left, top, right, bottom = np.clip(box, 0, 1).tolist()
    return left, top, right - left, bottom - top
