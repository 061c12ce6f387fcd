"""What each outside factor is worth: an ablation over held-out likes under their own circumstances."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from crossreel.errors import BadInput
from crossreel.recommend.contextual import BASES, Contextual
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.significance import Interval, bootstrap
from crossreel.recommend.evaluate.splits import per_user_random
from crossreel.recommend.occasions import Occasions, learn_strengths
from crossreel.recommend.roles import TrainingContext

__all__ = ["Worth", "context_worth"]


@dataclass(frozen=True, slots=True)
class Worth:
    """What a set of factors is worth on the test part.

    Attributes:
        factors: a label: "none", "all", "only hour", "all but hour".
        gain: mean over viewers of the mean gain of their likes (NDCG@10 of one like each).
        difference: from "none", paired by viewer.
        strengths: learned on the validation part.
    """

    factors: str
    gain: Interval
    difference: Interval
    strengths: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def context_worth(data: Dataset, algorithm: Contextual, seed: int = 42, *, alone: bool = True) -> list[Worth]:
    """Fits base and lifts on train, strengths on validation, and measures on test likes.

    The split is per-viewer random, 80/10/10; each test like is asked for under its own time, device
    and its viewer's country. The sets of factors are none, all, each alone, and all but each.

    Args:
        data: dated likes.
        algorithm: which base, factors and shrinkage.
        seed: of split and model.
        alone: False leaves out the sets of one factor, and of all but one.

    Raises:
        BadInput: too few likes to hold any out, or as the base's fit.
        MissingExtra: a package of the factors or the base is not installed.
    """
    split = per_user_random(data.known.liked, share=0.1, seed=seed)
    part = data.part(split.train)
    valid, test = data.part(split.valid).interactions, data.part(split.test).interactions
    if not (valid.liked.nnz and test.liked.nnz):
        raise BadInput("There are too few likes to hold any out.", advice="Measure it once there are more.")
    context = TrainingContext(seed=seed, validation=valid)
    base, lifts = BASES[algorithm.base]().fit(part, context), algorithm.lifts(part)
    learning = Occasions.of(base, lifts, split.train, split.train, valid, seed)
    both = sp.csr_array(split.train + split.valid)
    asked = Occasions.of(base, lifts, split.train, both, test, seed)
    names, every = algorithm.names, list(range(len(lifts)))
    sets = {"none": [], "all": every}
    if alone:
        sets |= {f"only {names[n]}": [n] for n in every}
    if alone and len(every) > 2:
        sets |= {f"all but {names[n]}": [m for m in every if m != n] for n in every}
    found, gains = [], []
    for label, chosen in sets.items():
        strengths = learn_strengths(learning, chosen, algorithm.rounds)
        gains.append(asked.by_viewer(asked.gains(strengths)))
        found.append((label, {names[n]: float(strengths[n]) for n in chosen}))
    table = np.column_stack(gains)
    means = bootstrap(table, seed=seed)
    differences = bootstrap(table - table[:, :1], seed=seed)
    return [
        Worth(label, mean, difference, strengths)
        for (label, strengths), mean, difference in zip(found, means, differences, strict=True)
    ]
