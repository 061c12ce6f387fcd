"""Looking into a list: what it would be without the rights filter, and why a title is not on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from crossreel.recommend.picking import Audition, Recommendation
from crossreel.recommend.ranking import best
from crossreel.recommend.roles import AnswerPath, ModelCard
from crossreel.values.ids import TitleId

__all__ = ["WHY_NOT", "Inspection", "Standing"]

WHY_NOT = ("not-offered", "closed", "seen", "excluded", "no-evidence", "ranked-below")
"""Why a title is not on a list: not in the catalog as a film or series; closed by the rights; the
viewer met it; a rule of the staff; nothing known speaks for it; others suit better."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one title stands for a viewer, listed or not.

    Attributes:
        title: the film or series that is recommended; seasons and episodes count for it.
        offered: whether it can be recommended at all (it is in the catalog and under no other).
        open: may be shown there and then.
        seen: the viewer has met it.
        excluded_by: the staff's rules that keep it away.
        boosted_by: those that raise or lower its score.
        score: how well it suits, on the scale of ``Inspection.path``.
        rank: its place from 1 among all offered titles, closed and seen ones included.
        open_rank: its place from 1 among those open and not seen; None where it is not one.
        place: its place from 1 in the list; None where it is not on it.
        parts: what each part of the model adds to the score, where it is made of parts.
        moment: factor of context -> its category now, and what it multiplies the score with.
    """

    title: TitleId
    offered: bool
    open: bool = False
    seen: bool = False
    score: float = 0.0
    rank: int = 0
    open_rank: int | None = None
    place: int | None = None
    excluded_by: tuple[str, ...] = ()
    boosted_by: tuple[str, ...] = ()
    parts: Mapping[str, float] = field(default_factory=dict)
    moment: Mapping[str, tuple[str, float]] = field(default_factory=dict)

    @property
    def because(self) -> str:
        """The first thing that keeps it off the list, of ``WHY_NOT``; "" where it is on it."""
        if self.place is not None:
            return ""
        checks = (
            ("not-offered", not self.offered),
            ("closed", not self.open),
            ("seen", self.seen),
            ("excluded", bool(self.excluded_by)),
            ("no-evidence", self.score <= 0),
        )
        return next((code for code, holds in checks if holds), "ranked-below")


@dataclass(frozen=True)
class Inspection:
    """One question put to the shelf, with everything that went into its answer.

    Args:
        asked: the question.
        items: the list that was answered.
    """

    asked: Audition
    items: tuple[Recommendation, ...]

    @property
    def card(self) -> ModelCard:
        """The model that was asked."""
        return self.asked.placed.trained.card

    @property
    def path(self) -> AnswerPath:
        """Which scores the ranks are made of."""
        return self.asked.relevance()[0]

    @property
    def liked(self) -> int:
        """How many titles the viewer is known to like."""
        return int(self.asked.liked.nnz)

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many titles there are, how many of them are open, and how many open ones are not seen."""
        return self.asked.placed.size, int(self.asked.open.sum()), int(self.asked.allowed.sum())

    @cached_property
    def _order(self) -> npt.NDArray[np.int64]:
        everything = np.ones(self.asked.placed.size, dtype=bool)
        return best(self.asked.relevance()[1], len(everything), everything)

    def removed(self, n: int) -> list[Standing]:
        """The best ``n`` titles that only the rights keep from the list: closed, and not seen."""
        scores = self.asked.relevance()[1]
        closed = ~self.asked.open & ~self.asked.seen & (scores > 0)
        return [self._standing(int(number)) for number in best(scores, n, closed)]

    def about(self, title: TitleId) -> Standing:
        """Where one title stands; ids of records, seasons and episodes lead to what they count for."""
        placed = self.asked.placed
        top = placed.offer.tops.get(title, title)
        number = placed.titles.number(top)
        if number is None or number >= placed.size:
            return Standing(top, offered=False)
        return self._standing(number)

    def _standing(self, number: int) -> Standing:
        title, asked = self.asked.placed.titles.ids[number], self.asked
        rank = int(np.flatnonzero(self._order == number)[0])
        allowed = bool(asked.allowed[number])
        before = int(asked.allowed[self._order[:rank]].sum())
        listed = [item.title for item in self.items]
        return Standing(
            title,
            offered=True,
            open=bool(asked.open[number]),
            seen=bool(asked.seen[number]),
            score=float(asked.relevance()[1][number]),
            rank=rank + 1,
            open_rank=before + 1 if allowed else None,
            place=listed.index(title) + 1 if title in listed else None,
            excluded_by=asked.policy.excluded_by.get(number, ()),
            boosted_by=asked.policy.boosted_by.get(number, ()),
            parts=asked.placed.parts(asked.liked, number) if asked.is_personal else {},
            moment=asked.placed.moment_of(asked.circumstances, number) if asked.is_personal else {},
        )
