"""How often somebody may ask: token buckets in memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

__all__ = ["Buckets", "Rate"]

_MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_minute`` requests in the long run, ``burst`` (at least 1) at once."""

    per_minute: float
    burst: int


class Buckets:
    """One bucket for each key, full at first; the 10,000 keys used last are remembered.

    Args:
        rate: how fast a bucket fills, and how much it holds.
        clock: seconds that never go back.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._lock = Lock()
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, weight: float = 1.0) -> float:
        """Takes ``weight`` (0 to 1) from the bucket; returns 0, or the seconds until it holds that much."""
        per_second = self._rate.per_minute / 60
        with self._lock:
            now = self._clock()
            level, then = self._levels.pop(key, (float(self._rate.burst), now))
            level = min(self._rate.burst, level + (now - then) * per_second)
            wait = 0.0 if level >= weight else (weight - level) / per_second
            self._levels[key] = (level if wait else level - weight, now)
            if len(self._levels) > _MOST_KEYS:
                self._levels.popitem(last=False)
        return wait
