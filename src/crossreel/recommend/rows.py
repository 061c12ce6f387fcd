"""The rows of a viewer's home page, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from crossreel.recommend.picking import Audition, Recommendation
from crossreel.recommend.ranking import best
from crossreel.recommend.reasons import (
    BECAUSE_YOU_LIKED,
    LEAVING_SOON,
    NEW_HERE,
    POPULAR,
    POPULAR_IN,
    Reason,
)
from crossreel.values.ids import TitleId

__all__ = ["FOR_YOU", "LEAVING_DAYS", "NEW_DAYS", "ROW_CODES", "Row", "home_rows"]

FOR_YOU = "for-you"
ROW_CODES = (FOR_YOU, BECAUSE_YOU_LIKED, POPULAR_IN, POPULAR, LEAVING_SOON, NEW_HERE)
"""Every code a row can have; ``popular`` stands for ``popular-in`` where a territory has little data."""
LEAVING_DAYS = 14
NEW_DAYS = 30
_ANCHORED_ROWS = 2
_ANCHORED_LEAST = 3
"""A row of fewer titles than this is not worth an anchor."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a code of ``ROW_CODES``, the title it hangs on (only for because-you-liked), its items."""

    code: str
    anchor: TitleId | None
    items: tuple[Recommendation, ...]


def home_rows(
    asked: Audition,
    n: int,
    *,
    leaving: Callable[[], npt.NDArray[np.int64]],
    new: Callable[[], npt.NDArray[np.bool_]],
) -> list[Row]:
    """Rows of at most ``n`` titles, no title twice, nothing closed, nothing seen, no row empty.

    In this order: for you, because you liked (one or two of the latest likes), popular, leaving
    soon, new here.

    Args:
        asked: the viewer's question.
        n: titles a row.
        leaving: numbers of the titles that leave soon, the soonest first.
        new: (offer,) which titles opened lately.
    """
    rows: list[Row] = []
    left = np.ones(asked.placed.size, dtype=bool)

    def add(code: str, items: list[Recommendation], anchor: TitleId | None = None) -> None:
        if items:
            rows.append(Row(code, anchor, tuple(items)))
            numbers = asked.placed.titles.numbers
            left[[numbers[item.title] for item in items]] = False

    if asked.is_personal:
        add(FOR_YOU, asked.for_viewer(n))
    for anchor in _anchors(asked):
        items = asked.within(left).similar_to(anchor, n)
        if len(items) >= min(_ANCHORED_LEAST, n):
            titles = (asked.placed.titles.ids[anchor],)
            reasons = (Reason(BECAUSE_YOU_LIKED, titles),)
            add(BECAUSE_YOU_LIKED, [replace(item, reasons=reasons) for item in items], titles[0])
        if sum(row.code == BECAUSE_YOU_LIKED for row in rows) == _ANCHORED_ROWS:
            break
    here = [item for item in asked.within(left).popular_here(n) if item.reasons or not rows]
    add(POPULAR_IN if asked.market[1] else POPULAR, here)
    soon = leaving()
    add(LEAVING_SOON, _by_relevance(asked.within(left), LEAVING_SOON, _among(soon, asked), n, soon))
    add(NEW_HERE, _by_relevance(asked.within(left), NEW_HERE, new(), n))
    return rows


def _anchors(asked: Audition) -> Iterator[int]:
    """The latest likes, a few more than rows wanted, as some have nothing like them here."""
    if asked.is_personal:
        yield from (int(number) for number in asked.recent[: 3 * _ANCHORED_ROWS])


def _among(numbers: npt.NDArray[np.int64], asked: Audition) -> npt.NDArray[np.bool_]:
    mask = np.zeros(asked.placed.size, dtype=bool)
    mask[numbers] = True
    return mask


def _by_relevance(
    asked: Audition,
    code: str,
    which: npt.NDArray[np.bool_],
    n: int,
    order: npt.NDArray[np.int64] | None = None,
) -> list[Recommendation]:
    """The most relevant of ``which``, shown in the given order if there is one."""
    path, scores = asked.relevance()
    chosen = best(scores, n, asked.allowed & which)
    if order is not None:
        place = {int(number): position for position, number in enumerate(order)}
        chosen = np.array(sorted(chosen, key=lambda number: place[int(number)]), dtype=np.int64)
    reasons = (Reason(code, territory=asked.territory),)
    return [
        Recommendation(asked.placed.titles.ids[number], float(scores[number]), path, reasons)
        for number in chosen
    ]
