"""LambdaMART: trees that learn to order candidates from many scores; needs the extra ``boost``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from crossreel.errors import MissingExtra
from crossreel.recommend.roles import Floats

__all__ = ["LambdaMart", "LambdaMartModel"]


@dataclass(frozen=True, slots=True)
class LambdaMart:
    """Gradient boosted trees on the LambdaRank gradient of NDCG@10.

    C. Burges, From RankNet to LambdaRank to LambdaMART, 2010, by LightGBM.

    Attributes:
        trees: how many; each of several seeds has as many.
        leaves: of a tree.
        rate: learning rate.
        seeds: rankers that are averaged.
    """

    trees: int = 200
    leaves: int = 15
    rate: float = 0.04
    seeds: int = 1

    def fit(
        self, names: Sequence[str], values: Floats, truth: npt.NDArray[np.int8], *, seed: int = 42
    ) -> LambdaMartModel:
        """Learns from (lists, candidates, features) and (lists, candidates) labels.

        Raises:
            MissingExtra: LightGBM is not installed.
        """
        try:
            import lightgbm
        except ImportError as error:
            raise MissingExtra("lightgbm", "boost") from error
        lists, candidates, width = values.shape
        settings: dict[str, Any] = {
            "objective": "lambdarank",
            "eval_at": [10],
            "lambdarank_truncation_level": 20,
            "learning_rate": self.rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": 100,
            "feature_fraction": 0.4,
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "lambda_l2": 5.0,
            "max_bin": 127,
            "verbosity": -1,
            "deterministic": True,
            "force_row_wise": True,
        }
        data = lightgbm.Dataset(
            values.reshape(-1, width),
            truth.reshape(-1),
            group=[candidates] * lists,
            feature_name=[f"f{number}" for number in range(width)],
            free_raw_data=False,
        )
        boosters = [
            lightgbm.train({**settings, "seed": seed + number}, data, num_boost_round=self.trees)
            for number in range(self.seeds)
        ]
        return LambdaMartModel(tuple(names), tuple(boosters))


class LambdaMartModel:
    """Trained rankers, whose scores are added."""

    def __init__(self, names: tuple[str, ...], boosters: tuple[Any, ...]) -> None:
        self._names, self._boosters = names, boosters

    def scores(self, values: Floats) -> Floats:
        """(lists, candidates) from (lists, candidates, features); higher is better."""
        flat = values.reshape(-1, values.shape[2])
        total = sum(booster.predict(flat) for booster in self._boosters)
        return np.asarray(total, dtype=np.float32).reshape(values.shape[:2])

    def importance(self) -> dict[str, float]:
        """Feature -> its share of the gain of all splits, largest first."""
        gain = sum(booster.feature_importance("gain") for booster in self._boosters)
        share = gain / max(gain.sum(), 1e-12)
        order = np.argsort(-share)
        return {self._names[place]: float(share[place]) for place in order}
