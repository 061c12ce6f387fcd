"""The registry with few algorithms, for tests that try all there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from crossreel.recommend.registry import ALGORITHMS

__all__ = ["only_algorithms"]


@contextmanager
def only_algorithms(*names: str) -> Iterator[None]:
    """Only these are registered while inside; afterwards all are again, in their order."""
    every = dict(ALGORITHMS)
    for name in every:
        if name not in names:
            del ALGORITHMS[name]
    try:
        yield
    finally:
        ALGORITHMS.clear()
        ALGORITHMS.update(every)
