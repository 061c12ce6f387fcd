"""The fast shot detector: a small network over time, run with NumPy alone.

A temporal convolution network (Bai, Kolter and Koltun, "An empirical evaluation of generic convolutional and
recurrent networks for sequence modeling", 2018, without its causality): figures of a frame go
through one layer, then residual layers that look 5 frames wide at distances 1, 2, 4, 8 and 16, so
an answer rests on 62 frames each way. Two such networks that learned from different films answer
together. Weights come from ``benchmarks/shots/train.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["KINDS", "REACH", "ShotNetwork", "ShotOdds", "read_network", "shipped_network"]

DISTANCES = (1, 2, 4, 8, 16)
TAPS = 5
REACH = (TAPS // 2) * sum(DISTANCES)
"""Frames each way that an answer rests on."""
KINDS = ("dissolve", "fade", "wipe")
_CHUNK = 2048

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ShotOdds:
    """Probabilities for each of n frames.

    Attributes:
        cut: it is the first frame after a hard cut.
        gradual: it lies within a gradual transition.
        kinds: n x 3, which kind such a transition is, in the order of ``KINDS``.
    """

    cut: Array
    gradual: Array
    kinds: Array


class ShotNetwork:
    """The mean of several networks' answers.

    Args:
        members: the networks.
    """

    def __init__(self, *members: Member) -> None:
        self._members = members

    def answer(self, rows: NDArray[Any]) -> ShotOdds:
        """Odds for n frames from their n x ``FEATURES`` figures, in bounded memory."""
        found = [member.answer(rows) for member in self._members]
        return ShotOdds(
            np.mean([one.cut for one in found], axis=0, dtype=np.float32),
            np.mean([one.gradual for one in found], axis=0, dtype=np.float32),
            np.mean([one.kinds for one in found], axis=0, dtype=np.float32),
        )


class Member:
    """One network's fitted weights, ready to answer.

    Args:
        weights: ``mean``, ``scale`` (figures), ``in_w``, ``in_b``, ``conv{k}_w`` (taps x c x c),
            ``conv{k}_b``, ``mid_w``, ``mid_b``, ``out_w``, ``out_b``.
    """

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        self._w = {name: np.ascontiguousarray(value, np.float32) for name, value in weights.items()}

    def answer(self, rows: NDArray[Any]) -> ShotOdds:
        """Odds for n frames from their n x ``FEATURES`` figures, in bounded memory."""
        count = len(rows)
        outs = []
        for start in range(0, count, _CHUNK):
            stop = min(start + _CHUNK, count)
            places = np.clip(np.arange(start - REACH, stop + REACH), 0, count - 1)
            outs.append(self._run(rows[places].astype(np.float32))[REACH : REACH + stop - start])
        out = np.concatenate(outs) if outs else np.empty((0, 5), np.float32)
        odds = (1 / (1 + np.exp(-out[:, :2]))).astype(np.float32)
        kinds = np.exp(out[:, 2:] - out[:, 2:].max(axis=1, keepdims=True, initial=-50))
        return ShotOdds(odds[:, 0], odds[:, 1], kinds / np.maximum(kinds.sum(axis=1, keepdims=True), 1e-9))

    def _run(self, rows: Array) -> Array:
        w = self._w
        x = np.maximum(((rows - w["mean"]) / w["scale"]) @ w["in_w"] + w["in_b"], 0)
        for place, distance in enumerate(DISTANCES):
            reach = distance * (TAPS // 2)
            padded = np.pad(x, ((reach, reach), (0, 0)))
            y = w[f"conv{place}_b"] + sum(
                padded[tap * distance : tap * distance + len(x)] @ w[f"conv{place}_w"][tap]
                for tap in range(TAPS)
            )
            x = x + np.maximum(y, 0)
        middle = np.maximum(x @ w["mid_w"] + w["mid_b"], 0)
        out: Array = middle @ w["out_w"] + w["out_b"]
        return out


def read_network(path: Path) -> ShotNetwork:
    """The networks of a file of ``benchmarks/shots/train.py``, whose names are ``MEMBER/WEIGHT``.

    Args:
        path: an npz file.
    """
    members: dict[str, dict[str, NDArray[Any]]] = {}
    with np.load(path, allow_pickle=False) as file:
        for name in file.files:
            member, _, weight = name.partition("/")
            members.setdefault(member, {})[weight] = file[name]
    return ShotNetwork(*(Member(weights) for _, weights in sorted(members.items())))


@cache
def shipped_network() -> ShotNetwork:
    """The networks that come with the package."""
    return read_network(Path(__file__).with_name("shots.npz"))
