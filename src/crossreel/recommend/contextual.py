"""A model's scores re-weighted by the moment: hour, weekday, season, holidays, device, country."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.blend import MEMBERS, Blend, cut_to
from crossreel.recommend.boosted import BoostedBlend
from crossreel.recommend.configuration import Configured, check_range
from crossreel.recommend.context import Circumstances, category, moment, read_factors
from crossreel.recommend.evaluate.splits import per_user_random
from crossreel.recommend.lifts import Lift, lift_of
from crossreel.recommend.occasions import Occasions, learn_strengths
from crossreel.recommend.roles import (
    Algorithm,
    AnswerPath,
    Contribution,
    Explains,
    Floats,
    Recommender,
    SimilarTitles,
    TrainingContext,
    TrainingData,
)

__all__ = ["BASES", "Contextual", "ContextualModel"]

BASES: dict[str, type[Algorithm]] = {**MEMBERS, Blend.name: Blend, BoostedBlend.name: BoostedBlend}
"""The algorithms that can be re-weighted, by name."""


@dataclass(frozen=True, slots=True)
class Contextual(Configured):
    """score(u, i, c) = score(u, i) * prod_f lift_f(i, c_f)^w_f where score(u, i) > 0.

    Contextual post-filtering by weight (G. Adomavicius, A. Tuzhilin, Context-Aware Recommender
    Systems, 2011; U. Panniello et al., Experimental Comparison of Pre- vs. Post-filtering Approaches
    in Context-aware Recommender Systems, 2009). The lifts are ``lifts.lift_of``, the strengths w_f
    between 0 and 1 are learned on held-out likes, each under its own circumstances
    (``occasions.learn_strengths``): the validation part where training has one, else a tenth of every
    viewer's likes. Without circumstances the scores are the base's.

    Attributes:
        base: name of the algorithm that is re-weighted, with its default settings.
        factors: comma-separated, of ``context.FACTORS``; holiday needs the extra ``context``.
        shrinkage: likes that the prior counts for; 1 to 100,000.
        rounds: of the ascent; 1 to 10.
    """

    base: str = "ease"
    factors: str = "hour,weekday,season,holiday,device,country"
    shrinkage: float = 30.0
    rounds: int = 2

    name: ClassVar[str] = "contextual"

    def __post_init__(self) -> None:
        check_range(self.name, "shrinkage", self.shrinkage, 1, 100_000)
        check_range(self.name, "rounds", self.rounds, 1, 10)
        if self.base not in BASES:
            raise BadValue("setting base of contextual", self.base, "one of " + ", ".join(BASES))
        read_factors(self.factors, "setting factors of contextual")

    @property
    def names(self) -> tuple[str, ...]:
        """The factors' names."""
        return read_factors(self.factors, "setting factors of contextual")

    def fit(self, data: TrainingData, context: TrainingContext = TrainingContext()) -> ContextualModel:  # noqa: B008 - frozen
        """Fits the base, counts the lifts, learns the strengths.

        Raises:
            BadInput: nobody liked anything, or as the base does.
            MissingExtra: a package of the factors or the base is not installed.
        """
        known = data.interactions
        if not known.liked.nnz:
            raise BadInput(
                "The contextual model cannot learn: no viewer liked any title.",
                advice="Import ratings or views.",
            )
        if context.validation is not None:
            base, lifts = self._base(data, context), self.lifts(data)
            held, train = context.validation, known.liked
            occasions = Occasions.of(base, lifts, train, train, held, context.seed)
            return contextual_model(base, lifts, learn_strengths(occasions, range(len(lifts)), self.rounds))
        split = per_user_random(known.liked, seed=context.seed)
        train = sp.csr_array(split.train + split.test)
        strengths = np.zeros(len(self.names), dtype=np.float32)
        if split.valid.nnz:
            part = replace(data, interactions=replace(known, **cut_to(data, train)))
            held = replace(known, **cut_to(data, split.valid))
            lifts = self.lifts(part)
            occasions = Occasions.of(self._base(part, context), lifts, train, train, held, context.seed)
            strengths = learn_strengths(occasions, range(len(lifts)), self.rounds)
        return contextual_model(self._base(data, context), self.lifts(data), strengths)

    def lifts(self, data: TrainingData) -> list[Lift]:
        """The lifts of each factor, in order."""
        return [lift_of(factor, data, self.shrinkage) for factor in self.names]

    def _base(self, data: TrainingData, context: TrainingContext) -> Recommender:
        return BASES[self.base]().fit(data, context)

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> ContextualModel:
        """The model whose ``arrays()`` these are."""

        def under(start: str) -> dict[str, npt.NDArray[Any]]:
            return {key.removeprefix(start): one for key, one in arrays.items() if key.startswith(start)}

        lifts = [Lift.restore(factor, under(f"{factor}.")) for factor in self.names]
        return contextual_model(BASES[self.base]().restore(under("base.")), lifts, arrays["strengths"])


class ContextualModel:
    """A base model, the lifts, and how strongly each factor counts.

    Args:
        base: the fitted base.
        lifts: of each factor.
        strengths: (factors,) 0 to 1.
    """

    name: ClassVar[str] = Contextual.name
    personal: ClassVar[bool] = True
    path: ClassVar[AnswerPath] = "personal"

    def __init__(self, base: Recommender, lifts: Sequence[Lift], strengths: npt.NDArray[np.float32]) -> None:
        self.base, self.lifts, self.strengths = base, tuple(lifts), strengths

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles) the base's scores: those under no circumstances in particular."""
        return self.base.scores(histories)

    def in_context(self, scores: Floats, circumstances: Circumstances) -> Floats:
        """The (viewers, titles) scores under circumstances; what scores 0 or less stays as it is."""
        factor = self._log_factor(circumstances)
        result: Floats = np.where(scores > 0, scores * np.exp(factor), scores).astype(np.float32)
        return result

    def _log_factor(self, circumstances: Circumstances) -> Floats:
        now = moment(circumstances)
        total = np.zeros(len(self.lifts[0].logs), dtype=np.float32)
        titles = np.arange(len(total))
        for lift, strength in zip(self.lifts, self.strengths, strict=True):
            if strength:
                kinds = lift.numbers(*category(lift.factor, now))
                total += strength * lift.at(titles, kinds)
        return total

    def moment_of(self, circumstances: Circumstances, title: int) -> dict[str, tuple[str, float]]:
        """Factor -> its category in these circumstances and what it multiplies the title's score with."""
        now, found = moment(circumstances), {}
        for lift, strength in zip(self.lifts, self.strengths, strict=True):
            kind = int(lift.numbers(*category(lift.factor, now))[0])
            if kind >= 0:
                found[lift.factor] = (
                    lift.names[kind],
                    float(np.exp(strength * lift.logs[title, kind])),
                )
        return found

    def weights(self) -> dict[str, float]:
        """Factor -> how strongly it counts, 0 to 1."""
        return {lift.factor: float(one) for lift, one in zip(self.lifts, self.strengths, strict=True)}

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The base's arrays under ``base.``, the lifts under their factors, ``strengths``."""
        found: dict[str, npt.NDArray[Any]] = {"strengths": self.strengths}
        found |= {f"base.{key}": array for key, array in self.base.arrays().items()}
        for lift in self.lifts:
            found |= {f"{lift.factor}.{key}": array for key, array in lift.arrays().items()}
        return found


class ExplainedContextualModel(ContextualModel):
    """The same over a base that compares titles and gives reasons."""

    def similar(self, title: int) -> Floats:
        """(titles,) what the base finds near a title."""
        assert isinstance(self.base, SimilarTitles)
        return self.base.similar(title)

    def because(self, history: sp.csr_array, titles: Sequence[int], limit: int) -> list[list[Contribution]]:
        """The base's reasons: what of the history speaks for each title, whenever it is asked."""
        assert isinstance(self.base, Explains)
        return self.base.because(history, titles, limit)


def contextual_model(
    base: Recommender, lifts: Sequence[Lift], strengths: npt.NDArray[np.float32]
) -> ContextualModel:
    """The model, which gives reasons where its base does."""
    explained = isinstance(base, SimilarTitles) and isinstance(base, Explains)
    return (ExplainedContextualModel if explained else ContextualModel)(base, lifts, strengths)
