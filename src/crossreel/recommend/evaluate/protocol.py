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
from crossreel.errors import BadInput, BadValue
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.splits import (
    MarketCase,
    Split,
    global_time,
    k_folds,
    leave_last_out,
    market_hold_out,
    per_user_random,
    strong,
)

__all__ = ["SPLITS", "Protocol", "markets_of", "result_key"]

_LEAST_OF_A_MARKET = 20
_MOST_MARKETS = 5


def markets_of(data: Dataset) -> list[int]:
    """Numbers of the territories that can be held out, the largest first, five at most.

    Those with at least 20 viewers who like two titles or more, where others are left to learn from.
    """
    able = np.diff(data.known.liked.indptr) >= 2
    counts = np.bincount(data.known.territory[able & (data.known.territory >= 0)], minlength=1)
    order = [int(n) for n in np.argsort(-counts, kind="stable") if counts[n] >= _LEAST_OF_A_MARKET]
    return [n for n in order if np.any(able & (data.known.territory != n))][:_MOST_MARKETS]


def _by_market(data: Dataset, seed: int, case: MarketCase, few: float) -> tuple[Split, ...]:
    markets = markets_of(data)
    if not markets:
        raise BadInput(
            "No market can be held out: none has 20 viewers with two likes, beside others to learn from.",
            advice="Take data of several markets with a column territory, or the split strong.",
        )
    return tuple(
        market_hold_out(data.known.liked, data.known.territory == n, case=case, few=few, seed=seed)
        for n in markets
    )


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
    "market-hold-out": (
        "others=0,viewers=0.2,shown=0.8",
        lambda data, seed: _by_market(data, seed, "few", 0.0),
    ),
    "market-new": ("others=0,viewers=0.2,shown=0", lambda data, seed: _by_market(data, seed, "new", 0.0)),
    "market-few": (
        "others=0.05,viewers=0.2,shown=0.8",
        lambda data, seed: _by_market(data, seed, "few", 0.05),
    ),
    "market-mature": (
        "others=1,viewers=0.2,shown=0.8",
        lambda data, seed: _by_market(data, seed, "mature", 1.0),
    ),
}
_ALSO = {
    "leave-one-out": "leave-last-out",
    "global-temporal": "global-time",
    "k-folds": "k-fold",
    "strong-generalization": "strong",
}
"""Other names of the splits, as the literature has them."""

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
        object.__setattr__(self, "split", _ALSO.get(self.split, self.split))
        if self.split not in _MAKE:
            raise BadValue("split", self.split, "one of " + ", ".join(SPLITS))
        if not self.depths or min(self.depths) < 1:
            raise BadValue("lengths of lists", self.depths, "whole numbers from 1")

    def splits(self, data: Dataset) -> tuple[Split, ...]:
        """The parts of the data; several where the protocol has folds. Raises as the splits do."""
        return _MAKE[self.split][1](data, self.seed)

    def rating_splits(self, data: Dataset) -> tuple[Split, ...]:
        """The same over all ratings, those that are no likes too; for predictors of ratings.

        Raises:
            BadInput: nobody rated, or the split says nothing about ratings of known viewers.
        """
        rated = data.ratings.rated
        if not rated.nnz:
            raise BadInput("Nobody rated anything.", advice="Rank instead, with one of the recommenders.")
        if self.split == "per-user-random":
            return (per_user_random(rated, share=0.1, seed=self.seed),)
        if self.split == "k-fold":
            return k_folds(rated, folds=5, seed=self.seed)
        raise BadInput(
            f"Predictors of ratings cannot be measured under the split {self.split}.",
            advice="Take --split per-user-random or k-fold.",
        )

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
