"""Named protocols: which split, with which settings, and the signature that goes with every figure."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from crossreel import __version__
from crossreel.errors import BadValue
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.splits import (
    Split,
    global_time,
    k_folds,
    leave_last_out,
    per_user_random,
    strong,
)

__all__ = ["SPLITS", "Protocol", "result_key"]

_MAKE: dict[str, tuple[str, Callable[[Dataset, int], tuple[Split, ...]]]] = {
    "per-user-random": (
        "valid=0.1,test=0.1",
        lambda data, seed: (per_user_random(data.known.liked, share=0.1, seed=seed),),
    ),
    "leave-last-out": (
        "valid=1,test=1",
        lambda data, _seed: (leave_last_out(data.known.liked, data.known.liked_time),),
    ),
    "global-time": (
        "first=0.8,second=0.9",
        lambda data, _seed: (global_time(data.known.liked, data.known.liked_time),),
    ),
    "k-fold": ("folds=5", lambda data, seed: k_folds(data.known.liked, folds=5, seed=seed)),
    "strong": (
        "viewers=0.1,shown=0.8,least=5",
        lambda data, seed: (strong(data.known.liked, seed=seed),),
    ),
}

SPLITS = tuple(_MAKE)
"""The names of the splits."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """How figures are made: everything that must be equal for two of them to be compared.

    Attributes:
        split: one of ``SPLITS``.
        seed: of the split, the models and the intervals.
        depths: lengths of the lists that metrics are cut at; the first is that of the lists whose
            variety is measured and whose making is timed.
    """

    split: str = "per-user-random"
    seed: int = 42
    depths: tuple[int, ...] = (10, 20)

    def __post_init__(self) -> None:
        if self.split not in _MAKE:
            raise BadValue("split", self.split, "one of " + ", ".join(SPLITS))
        if not self.depths or min(self.depths) < 1:
            raise BadValue("lengths of lists", self.depths, "whole numbers from 1")

    def splits(self, data: Dataset) -> tuple[Split, ...]:
        """The parts of the data; several where the protocol has folds. Raises as the splits do."""
        return _MAKE[self.split][1](data, self.seed)

    def signature(self, data: Dataset) -> str:
        """Data, split, seed and versions in one line, ``name:value`` joined by ``|``."""
        parts = {
            "crossreel": __version__,
            "data": data.hash[:16],
            "split": f"{self.split}({_MAKE[self.split][0]})",
            "seed": self.seed,
            "lists": ",".join(map(str, self.depths)),
            "fit": "train part alone",
            "ranking": "full catalog, known titles left out",
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        }
        return "|".join(f"{name}:{value}" for name, value in parts.items())


def result_key(signature: str, algorithm: str, config: Mapping[str, Any]) -> str:
    """16 hexadecimal digits that change with anything that can change a result."""
    text = json.dumps([signature, algorithm, dict(config)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
