"""Figures of one algorithm before any statistics, and the memory it took."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass, field
from pathlib import Path

from crossreel.recommend.evaluate.metrics import Values

__all__ = ["Measurement", "peak_memory_mb"]


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """Figures of one algorithm before any statistics.

    Attributes:
        values: metric -> (viewers,), NaN where a viewer takes no part; over folds, their mean.
        overall: metric -> figure of all lists together; over folds, the mean.
        ratios: metric -> (viewers, 2) sum and count, of figures over ratings rather than viewers.
    """

    values: dict[str, Values]
    overall: dict[str, float]
    fit_seconds: float
    recommend_seconds: float
    peak_rss_mb: float
    ratios: dict[str, Values] = field(default_factory=dict)


def peak_memory_mb() -> float:
    """The largest resident memory of this process so far, in MB.

    Linux tells that of this program alone; elsewhere it may include what the process was before
    it became this program.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
