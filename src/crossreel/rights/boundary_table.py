"""Distinct license boundaries, and the instants they mean in each territory, as NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

import numpy as np
import numpy.typing as npt

from crossreel.rights.bounded import BoundedCache
from crossreel.values.territory import Territory, all_territories
from crossreel.values.window import Boundary

__all__ = ["BoundaryTable", "from_microseconds", "to_microseconds"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BUDGET = 64 << 20
_ANYWHERE = 48 * 3_600_000_000
"""A local midnight in one zone is never further than this from the same one in another: offsets
from UTC have stayed within 16 hours (IANA time zone database 2025b)."""


def to_microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970-01-01T00:00:00Z, exact; negative before."""
    return (instant - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """The UTC instant ``count`` microseconds after 1970-01-01T00:00:00Z."""
    return _EPOCH + count * _MICROSECOND


class BoundaryTable:
    """Numbers boundaries in the order they come, and resolves them by territory.

    It only grows, so it can serve one revision of the licenses after another: what a local date
    means in a territory is worked out once. One thread at a time may call ``number``; ``instants``
    may be called from any thread meanwhile.

    Args:
        resolve: ``Boundary.opens`` or ``Boundary.closes``.
    """

    def __init__(self, resolve: Callable[[Boundary, Territory], datetime]) -> None:
        self._resolve = resolve
        self._numbers: dict[Boundary, int] = {}
        self._boundaries: list[Boundary] = []
        self._spans: list[tuple[int, int]] = []
        self._spans_array: npt.NDArray[np.int64] = np.empty((0, 2), dtype=np.int64)
        self._known: BoundedCache[str, npt.NDArray[np.int64]] = BoundedCache(_BUDGET)
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._boundaries)

    def number(self, boundary: Boundary) -> int:
        """The boundary's number, a new one if it was not seen before."""
        number = self._numbers.get(boundary)
        if number is None:
            number = len(self._boundaries)
            somewhere = to_microseconds(self._resolve(boundary, all_territories()[0]))
            leeway = 0 if boundary.day is None else _ANYWHERE
            self._spans.append((somewhere - leeway, somewhere + leeway))
            self._boundaries.append(boundary)
            self._numbers[boundary] = number
        return number

    def spans(self, numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """(k, 2) int64: no territory's instant lies before the first or after the second."""
        found = self._spans_array
        if len(numbers) and len(found) <= int(numbers.max()):
            found = self._spans_array = np.array(self._spans, dtype=np.int64)
        return found[numbers]

    def instants(self, territory: Territory, numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """(k,) int64: what the boundaries numbered ``numbers`` (k,) mean there, in microseconds."""
        if not len(numbers):
            return np.empty(0, dtype=np.int64)
        known = self._known.get(territory.code)
        if known is None or len(known) <= int(numbers.max()):
            if len(numbers) * 16 < len(self):  # a few titles' worth: not worth a whole table
                few, where = np.unique(numbers, return_inverse=True)
                return self._resolved([self._boundaries[number] for number in few], territory)[where]
            known = self._extended(territory)
        return known[numbers]

    def _extended(self, territory: Territory) -> npt.NDArray[np.int64]:
        with self._lock:
            known = self._known.get(territory.code)
            done = 0 if known is None else len(known)
            more = self._resolved(self._boundaries[done:], territory)
            known = more if known is None else np.concatenate([known, more])
            self._known.put(territory.code, known, known.nbytes)
            return known

    def _resolved(self, boundaries: list[Boundary], territory: Territory) -> npt.NDArray[np.int64]:
        found = (to_microseconds(self._resolve(boundary, territory)) for boundary in boundaries)
        return np.fromiter(found, dtype=np.int64, count=len(boundaries))
