"""LambdaMART: trees that learn to order candidates from many scores; needs the extra ``boost``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        lightgbm = _library()
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


def _library() -> Any:
    try:
        import lightgbm
    except ImportError as error:
        raise MissingExtra("lightgbm", "boost") from error
    return lightgbm


class LambdaMartModel:
    """Trained rankers, whose scores are added."""

    def __init__(self, names: tuple[str, ...], boosters: tuple[Any, ...]) -> None:
        self.names, self._boosters = names, boosters

    def scores(self, values: Floats, *, trees: int | None = None) -> Floats:
        """(lists, candidates) from (lists, candidates, features); higher is better.

        Args:
            values: the features.
            trees: only the first so many of each ranker.
        """
        flat = values.reshape(-1, values.shape[2])
        total = sum(booster.predict(flat, num_iteration=trees or -1) for booster in self._boosters)
        return np.asarray(total, dtype=np.float32).reshape(values.shape[:2])

    def contributions(self, values: Floats) -> npt.NDArray[np.float64]:
        """(lists, candidates, features) TreeSHAP values: they and a constant sum to the score."""
        flat = values.reshape(-1, values.shape[2])
        total = sum(booster.predict(flat, pred_contrib=True) for booster in self._boosters)
        return np.asarray(total, dtype=np.float64)[:, :-1].reshape(values.shape)

    def importance(self) -> dict[str, float]:
        """Feature -> its share of the gain of all splits, largest first."""
        gain = sum(booster.feature_importance("gain") for booster in self._boosters)
        share = gain / max(gain.sum(), 1e-12)
        order = np.argsort(-share)
        return {self.names[place]: float(share[place]) for place in order}

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Each ranker as LightGBM's text, in bytes."""
        texts = (booster.model_to_string().encode() for booster in self._boosters)
        return {str(place): np.frombuffer(text, dtype=np.uint8) for place, text in enumerate(texts)}

    @classmethod
    def restore(cls, arrays: Mapping[str, npt.NDArray[Any]], names: Sequence[str]) -> LambdaMartModel | None:
        """The rankers whose ``arrays()`` these are; None of none. Raises ``MissingExtra``."""
        if not arrays:
            return None
        texts = (arrays[str(place)].tobytes().decode() for place in range(len(arrays)))
        return cls(tuple(names), tuple(_library().Booster(model_str=text) for text in texts))
