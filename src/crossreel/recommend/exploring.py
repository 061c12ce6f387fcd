"""How often new titles were shown or met since training, so that exploring them has an end."""

from __future__ import annotations

from threading import Lock
from time import monotonic

import numpy as np
import numpy.typing as npt

from crossreel.audience.event_log import EventLog
from crossreel.recommend.placement import Placed

__all__ = ["Showings"]

_SECONDS = 60.0
"""Counts may be this old: a cap is a budget, not a boundary."""


class Showings:
    """Counts events of every kind, impressions included, of the titles nobody had met in training.

    Args:
        events: the log.
    """

    def __init__(self, events: EventLog) -> None:
        self._events = events
        self._lock = Lock()
        self._counted: tuple[object, float, npt.NDArray[np.int64]] | None = None

    def reached(self, placed: Placed, cap: int) -> npt.NDArray[np.bool_]:
        """(offer,) which of the new titles were shown or met ``cap`` times or more."""
        return np.asarray(self._counts(placed) >= cap)

    def _counts(self, placed: Placed) -> npt.NDArray[np.int64]:
        with self._lock:
            known = self._counted
            if known is None or known[0] != placed.key or monotonic() - known[1] > _SECONDS:
                known = self._counted = (placed.key, monotonic(), self._count(placed))
            return known[2]

    def _count(self, placed: Placed) -> npt.NDArray[np.int64]:
        counts = np.zeros(placed.size, dtype=np.int64)
        new = {placed.titles.ids[number] for number in np.flatnonzero(placed.unmet)}
        records = [str(id_) for id_, top in placed.offer.tops.items() if top in new]
        if records:
            rows = self._events.query(
                "SELECT title, count(*) FROM events WHERE list_contains(?, title) GROUP BY title", [records]
            )
            tops = {str(id_): top for id_, top in placed.offer.tops.items()}
            for title, count in rows:
                counts[placed.titles.numbers[tops[title]]] += count
        return counts
