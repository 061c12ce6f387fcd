"""How many algorithms fit into memory at a time."""

from __future__ import annotations

import os
from pathlib import Path

from crossreel.recommend.evaluate.dataset import Dataset

__all__ = ["estimated_mb", "free_mb", "workers_within"]

_PROGRAM_MB = 160
_BYTES_PER_PAIR = 120
_BYTES_PER_CELL = 16
"""Of the largest square matrix that a model holds; EASE peaks at about 12 n^2 bytes."""
_SHARE_OF_FREE = 0.8


def estimated_mb(data: Dataset) -> float:
    """What one algorithm takes at most on these data, libraries included, in MB; an upper estimate."""
    titles = len(data.known.titles)
    square = titles**2 * _BYTES_PER_CELL
    return float(_PROGRAM_MB + (data.known.liked.nnz * _BYTES_PER_PAIR + square) / 1e6)


def free_mb() -> float | None:
    """Memory that programs can still take, in MB; None where the system does not tell."""
    facts = Path("/proc/meminfo")
    if facts.is_file():
        for line in facts.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) / 1024
    return None


def workers_within(data: Dataset, jobs: int, memory_mb: float | None = None) -> int:
    """How many algorithms to run at a time.

    Args:
        data: what they learn from.
        jobs: at most so many; 0 means one for each core.
        memory_mb: all together may take so much; None takes four fifths of what is free.
    """
    wanted = jobs or os.cpu_count() or 1
    free = free_mb()
    room = memory_mb if memory_mb is not None else free and free * _SHARE_OF_FREE
    return wanted if room is None else max(1, min(wanted, int(room / estimated_mb(data))))
