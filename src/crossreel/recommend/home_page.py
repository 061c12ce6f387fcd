"""A home page as data: rows of titles, and how they stand to the quotas in force."""

from __future__ import annotations

from dataclasses import dataclass

from crossreel.recommend.picking import Recommendation
from crossreel.values.ids import TitleId

__all__ = ["HomePage", "QuotaStanding", "Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a code of ``ROW_CODES``, the title it hangs on (only for because-you-liked), its items.

    ``list`` and ``name`` are id and name of the list that a row of followed-list or editors-picks shows.
    """

    code: str
    anchor: TitleId | None
    items: tuple[Recommendation, ...]
    list: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class QuotaStanding:
    """How a page stands to a quota: ``shown`` of ``of`` titles where ``share`` was asked for."""

    rule: str
    share: float
    shown: int
    of: int

    @property
    def met(self) -> bool:
        """Whether the page holds its share; it cannot where too few such titles are open."""
        return self.shown >= self.share * self.of


@dataclass(frozen=True, slots=True)
class HomePage:
    """The rows, and how they stand to the quotas in force."""

    rows: tuple[Row, ...]
    quotas: tuple[QuotaStanding, ...] = ()
