"""The algorithms by the names the command line knows them by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossreel.errors import BadValue
from crossreel.recommend.balanced import BalancedEase, ViewerEase
from crossreel.recommend.blend import Blend
from crossreel.recommend.boosted import BoostedBlend
from crossreel.recommend.configuration import meant
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.contextual import Contextual
from crossreel.recommend.deep.next_title import NextTitle
from crossreel.recommend.deep.sets import ClickModel, SoftmaxNetwork, TwoTowers
from crossreel.recommend.factors import ImplicitAls
from crossreel.recommend.human import HumanLists, OneList
from crossreel.recommend.linear import Ease
from crossreel.recommend.local_ease import LocalEase
from crossreel.recommend.neighbors import FanNeighbors, TitleNeighbors, UserNeighbors
from crossreel.recommend.popular import Popular
from crossreel.recommend.roles import Algorithm
from crossreel.recommend.slim import Slim
from crossreel.recommend.warp import Warp

__all__ = ["ALGORITHMS", "configure"]

ALGORITHMS: dict[str, type[Algorithm]] = {
    algorithm.name: algorithm
    for algorithm in (
        Popular,
        ContentToContent,
        TitleNeighbors,
        UserNeighbors,
        FanNeighbors,
        Ease,
        LocalEase,
        BalancedEase,
        ViewerEase,
        Slim,
        ImplicitAls,
        Warp,
        SoftmaxNetwork,
        ClickModel,
        TwoTowers,
        NextTitle,
        Blend,
        BoostedBlend,
        Contextual,
        HumanLists,
        OneList,
    )
}
"""Name -> configuration class; ``ALGORITHMS["ease"]()`` has the default settings."""


def configure(name: str, config: Mapping[str, Any] | None = None) -> Algorithm:
    """The algorithm of that name with these settings.

    Raises:
        BadValue: no such algorithm, an unknown setting, or a setting out of range.
    """
    if name not in ALGORITHMS:
        raise BadValue("algorithm", name, "one of " + ", ".join(ALGORITHMS), advice=meant(name, ALGORITHMS))
    return ALGORITHMS[name].from_dict(config or {})
