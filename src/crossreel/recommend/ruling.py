"""Pins and quotas: the rules that place titles on a page whose rows are filled already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import numpy as np
import numpy.typing as npt

from crossreel.recommend.home_page import HomePage, QuotaStanding, Row
from crossreel.recommend.picking import Audition, Recommendation
from crossreel.recommend.policy import Pin, Quota
from crossreel.recommend.ranking import best
from crossreel.recommend.reasons import POPULAR, POPULAR_IN, Reason

__all__ = ["ruled"]

_FOR_YOU = "for-you"
_CHOSEN = (_FOR_YOU, POPULAR_IN, POPULAR)
"""Rows whose titles may be exchanged; the others say of each title why it stands there."""


def ruled(asked: Audition, rows: Sequence[Row], n: int) -> HomePage:
    """The page after pins and quotas.

    A pin for a row that this viewer does not have goes to the first row that can hold it. A title
    stands on the page once: a pinned one leaves its other place. Pinned titles are never exchanged.
    """
    found = list(rows)
    for pin in asked.policy.pins:
        if asked.allowed[pin.number]:
            _pin(asked, found, pin, n)
    for quota in asked.policy.quotas:
        _meet(asked, found, quota)
    return HomePage(
        tuple(row for row in found if row.items),
        tuple(_standing(asked, found, quota) for quota in asked.policy.quotas),
    )


def _pin(asked: Audition, rows: list[Row], pin: Pin, n: int) -> None:
    wanted = (POPULAR_IN, POPULAR) if pin.row == POPULAR_IN else (pin.row,)
    able = [place for place, row in enumerate(rows) if row.code in wanted]
    able += [place for place, row in enumerate(rows) if row.code in _CHOSEN]
    if not able:
        return
    id_ = asked.placed.titles.ids[pin.number]
    for place, row in enumerate(rows):
        rows[place] = replace(row, items=tuple(item for item in row.items if item.title != id_))
    row = rows[able[0]]
    path, scores = asked.relevance()
    item = asked.item(pin.number, scores, path, _why(asked, pin.number), pin.rule)
    at = min(pin.position - 1, len(row.items), n - 1)
    items = (*row.items[:at], item, *row.items[at:])
    rows[able[0]] = replace(row, items=_shortened(items, n, asked))


def _shortened(items: tuple[Recommendation, ...], n: int, asked: Audition) -> tuple[Recommendation, ...]:
    """At most ``n`` items; the last that are not pinned go."""
    pinned = _pinned(asked)
    kept = list(items)
    while len(kept) > n:
        place = next(
            (place for place in range(len(kept) - 1, -1, -1) if not pinned & set(kept[place].rules)), n
        )
        del kept[place]
    return tuple(kept)


def _pinned(asked: Audition) -> set[str]:
    return {pin.rule for pin in asked.policy.pins}


def _why(asked: Audition, number: int) -> tuple[Reason, ...]:
    """The reason a title would have in a list of its own; none where nothing speaks for it."""
    if not asked.is_personal or asked.scores[number] <= 0:
        return ()
    one = np.zeros(asked.placed.size, dtype=bool)
    one[number] = True
    found = asked.within(one).for_viewer(1)
    return found[0].reasons if found else ()


def _meet(asked: Audition, rows: list[Row], quota: Quota) -> None:
    """Exchanges titles, from the last of the last row up, until the page holds its share."""
    numbers = asked.placed.titles.numbers
    shown = [numbers[item.title] for row in rows for item in row.items]
    missing = ceil(quota.share * len(shown) - 1e-9) - int(quota.mask[shown].sum())
    candidates = _candidates(asked, quota, shown)[: max(missing, 0)]
    keep = _pinned(asked) | {other.rule for other in asked.policy.quotas}
    path, scores = asked.relevance()
    left = list(candidates)
    for place in range(len(rows) - 1, -1, -1):
        row = rows[place]
        if row.code not in _CHOSEN:
            continue
        items = list(row.items)
        free = [
            spot
            for spot, item in enumerate(items)
            if not quota.mask[numbers[item.title]] and not keep & set(item.rules)
        ]
        while left and free:
            number = int(left.pop())  # the least suited of them goes to the last place
            items[free.pop()] = asked.item(number, scores, path, _why(asked, number), quota.rule)
        rows[place] = replace(row, items=tuple(items))


def _candidates(asked: Audition, quota: Quota, shown: Sequence[int]) -> npt.NDArray[np.int64]:
    """Titles that help, are allowed and not on the page, the best suited first."""
    able = asked.allowed & quota.mask
    able[list(shown)] = False
    scores = asked.relevance()[1]
    return best(scores, int(able.sum()), able)


def _standing(asked: Audition, rows: Sequence[Row], quota: Quota) -> QuotaStanding:
    numbers = [asked.placed.titles.numbers[item.title] for row in rows for item in row.items]
    return QuotaStanding(quota.rule, quota.share, int(quota.mask[numbers].sum()), len(numbers))
