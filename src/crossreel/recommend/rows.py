"""The rows of a viewer's home page, as data.

Everything is chosen among what is open there and then and not seen. In their order: what the rules
exclude goes; the rows are filled, no title twice; pins take their places; and where a quota is not
met, the last titles of the rows for you and popular give way to the best that help to meet it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from crossreel.recommend.home_page import HomePage, Row
from crossreel.recommend.lists import TitleList
from crossreel.recommend.picking import Audition, Recommendation
from crossreel.recommend.ranking import best
from crossreel.recommend.reasons import (
    BECAUSE_YOU_LIKED,
    LEAVING_SOON,
    NEW_HERE,
    ON_LIST,
    POPULAR,
    POPULAR_IN,
    Reason,
)
from crossreel.recommend.ruling import ruled
from crossreel.values.ids import TitleId

__all__ = ["EDITORS_PICKS", "FOLLOWED_LIST", "FOR_YOU", "LEAVING_DAYS", "NEW_DAYS", "ROW_CODES", "home_page"]

FOR_YOU = "for-you"
FOLLOWED_LIST = "followed-list"
EDITORS_PICKS = "editors-picks"
ROW_CODES = (
    FOR_YOU,
    FOLLOWED_LIST,
    EDITORS_PICKS,
    BECAUSE_YOU_LIKED,
    POPULAR_IN,
    POPULAR,
    LEAVING_SOON,
    NEW_HERE,
)
"""Every code a row can have; ``popular`` stands for ``popular-in`` where a territory has little data."""
LEAVING_DAYS = 14
NEW_DAYS = 30
_ANCHORED_ROWS = 2
_FOLLOWED, _PICKED = 3, 2
_ANCHORED_LEAST = 3
"""A row of fewer titles than this is not worth an anchor."""


def home_page(
    asked: Audition,
    n: int,
    *,
    leaving: Callable[[], npt.NDArray[np.int64]],
    new: Callable[[], npt.NDArray[np.bool_]],
    followed: Sequence[TitleList] = (),
    picks: Sequence[TitleList] = (),
) -> HomePage:
    """Rows of at most ``n`` titles, no title twice, nothing closed, nothing seen, no row empty.

    In this order: for you, up to three lists that the viewer follows, up to two of the editors',
    because you liked (one or two of the latest likes), popular, leaving soon, new here. What stands on a
    list is shown in the list's own order.

    Args:
        asked: the viewer's question.
        n: titles a row.
        leaving: numbers of the titles that leave soon, the soonest first.
        new: (offer,) which titles opened lately.
        followed: the lists that the viewer follows, the latest first.
        picks: the editors' lists of the territory.
    """
    rows: list[Row] = []
    left = np.ones(asked.placed.size, dtype=bool)

    def add(code: str, items: list[Recommendation], anchor: TitleId | None = None) -> None:
        if items:
            rows.append(Row(code, anchor, tuple(items)))
            numbers = asked.placed.titles.numbers
            left[[numbers[item.title] for item in items]] = False

    if asked.is_personal:
        add(FOR_YOU, asked.for_viewer(n, mixed=True))
    for code, lists in ((FOLLOWED_LIST, followed[:_FOLLOWED]), (EDITORS_PICKS, picks[:_PICKED])):
        shown = {row.list for row in rows}
        for one in lists:
            items = () if one.id in shown else _of_list(asked.within(left), one, n)
            if items:
                add(code, items)
                rows[-1] = replace(rows[-1], list=one.id, name=one.name)
    for anchor in _anchors(asked):
        items = asked.within(left).similar_to(anchor, n)
        if len(items) >= min(_ANCHORED_LEAST, n):
            titles = (asked.placed.titles.ids[anchor],)
            reasons = (Reason(BECAUSE_YOU_LIKED, titles),)
            add(BECAUSE_YOU_LIKED, [replace(item, reasons=reasons) for item in items], titles[0])
        if sum(row.code == BECAUSE_YOU_LIKED for row in rows) == _ANCHORED_ROWS:
            break
    add(POPULAR_IN if asked.market[1] else POPULAR, asked.within(left).popular_here(n))
    soon = leaving()
    add(LEAVING_SOON, _by_relevance(asked.within(left), LEAVING_SOON, _among(soon, asked), n, soon))
    add(NEW_HERE, _by_relevance(asked.within(left), NEW_HERE, new(), n))
    return ruled(asked, rows, n)


def _of_list(asked: Audition, one: TitleList, n: int) -> list[Recommendation]:
    """What of a list is open and not seen, in its order."""
    tops, titles = asked.placed.offer.tops, asked.placed.offer.titles
    numbers = dict.fromkeys(titles.number(tops.get(id_, id_)) for id_ in one.titles)
    known = [number for number in numbers if number is not None and asked.allowed[number]]
    scores = np.zeros(asked.placed.size, dtype=np.float32)
    scores[known] = 1 / np.log2(2 + np.arange(len(known)))
    reasons = (Reason(ON_LIST, list=one.name),)
    return [asked.item(number, scores, "list", reasons) for number in known[:n]]


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
    return [asked.item(int(number), scores, path, reasons) for number in chosen]
