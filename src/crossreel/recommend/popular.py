"""What is popular, per territory: the recommender for viewers nothing is known of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.audience.event_log import EventColumns
from crossreel.audience.interactions import Interactions
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.roles import AnswerPath, Floats, TrainingContext, TrainingData
from crossreel.values.territory import Territory

__all__ = ["Popular", "PopularModel", "faded"]

_DAY = 86_400e6


def faded(known: Interactions, half_life_days: float) -> npt.NDArray[np.float64]:
    """(pairs,) what each like counts by its age, 0.5 ** (days before the newest / half-life).

    Likes without a time count as the average of those with one.

    Args:
        known: the likes.
        half_life_days: above 0.
    """
    time = known.liked_time
    weight = np.ones(len(time))
    dated = time != EventColumns.NO_TIME
    if dated.any():
        age = (time[dated].max() - time[dated]) / _DAY
        weight[dated] = 0.5 ** (age / half_life_days)
        weight[~dated] = weight[dated].mean()
    return weight


@dataclass(frozen=True, slots=True)
class Popular(Configured):
    """Time-decayed counts of likes, per territory.

    A like that is ``a`` days older than the newest one counts 0.5 ** (a / half_life_days); likes
    without a time count as the average of those with one. A territory's share of title i is
    (c_i + smoothing * p_i) / (sum_j c_j + smoothing), with c the territory's counts and p the
    shares of all territories together (a Dirichlet prior, which breaks the ties of small counts).
    Pooling markets costs accuracy where a market has data of its own, so the prior is small.

    Attributes:
        half_life_days: days after which a like counts half; 1 to 36500.
        min_viewers: territories with fewer viewers who liked something are answered by all
            territories together; 1 or more.
        smoothing: weight of the prior, in likes; 0 or more.
    """

    half_life_days: float = 180.0
    min_viewers: int = 20
    smoothing: float = 10.0

    name: ClassVar[str] = "popular"

    def __post_init__(self) -> None:
        check_range(self.name, "half_life_days", self.half_life_days, 1, 36500)
        check_range(self.name, "min_viewers", self.min_viewers, 1, 1e9)
        check_range(self.name, "smoothing", self.smoothing, 0, 1e9)

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> PopularModel:  # noqa: B008 - frozen
        """Counts. Works on any data, also none."""
        known = data.interactions
        liked = known.liked
        weight = faded(known, self.half_life_days)
        viewer = np.repeat(np.arange(liked.shape[0]), np.diff(liked.indptr))
        home = known.territory[viewer].astype(np.int64)
        world = np.bincount(liked.indices, weights=weight, minlength=liked.shape[1])
        world_share = world / world.sum() if world.any() else world
        codes: list[str] = []
        shares = [world_share]
        active = np.diff(liked.indptr) > 0
        for number, code in enumerate(known.territory_codes):
            if np.count_nonzero(active & (known.territory == number)) >= self.min_viewers:
                mine = home == number
                count = np.bincount(liked.indices[mine], weights=weight[mine], minlength=liked.shape[1])
                shares.append((count + self.smoothing * world_share) / (count.sum() + self.smoothing))
                codes.append(code)
        return PopularModel(np.array(shares, dtype=np.float32), tuple(codes))

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> PopularModel:
        """The model whose ``arrays()`` these are."""
        return PopularModel(arrays["shares"], tuple(str(code) for code in arrays["territories"]))


class PopularModel:
    """Shares of likes: row 0 for all territories together, then one row a territory."""

    name: ClassVar[str] = Popular.name
    personal: ClassVar[bool] = False
    path: ClassVar[AnswerPath] = "market"

    def __init__(self, shares: Floats, territories: tuple[str, ...]) -> None:
        self._shares = shares
        self._row = {code: row for row, code in enumerate(territories, 1)}

    def scores(self, histories: sp.csr_array) -> Floats:
        """The shares of all territories together, for every row."""
        return np.broadcast_to(self._shares[0], histories.shape)

    def market(self, territory: Territory) -> tuple[Floats, bool]:
        """(titles,) shares in the territory, and whether it has data enough of its own."""
        row = self._row.get(territory.code, 0)
        return self._shares[row], row > 0

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``shares`` (1 + territories, titles) and the territory codes."""
        return {"shares": self._shares, "territories": np.array(list(self._row), dtype="U2")}
