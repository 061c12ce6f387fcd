"""What an analysis says of a film as a whole, in words by which films are alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from statistics import median
from typing import Any

__all__ = ["features_of"]

_LEAST_SECONDS, _LEAST_SHARE = 2.0, 0.002
"""A kind of thing has to be seen that long, or for that share of the film if it is more."""
_MOST_THINGS = 40
_CROWD, _FEW = 6, 2


def features_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Kinds of things (``dog``), those seen longest first, then people and pace.

    Args:
        document: of ``crossreel video analyze --json``.

    Returns:
        kinds of things but persons; ``no faces``, ``few people`` (up to two who are seen for a tenth of the
        film's faces or more), ``several people`` or ``many people``, where faces were looked for; and
        ``cut fast`` (shots of less than 3 seconds in the median), ``cut calmly`` or ``cut slowly``
        (more than 7).
    """
    seen: dict[str, float] = defaultdict(float)
    for one in document["objects"]:
        seen[one["label"]] += one["end"] - one["start"]
    seen.pop("person", None)
    least = max(_LEAST_SECONDS, _LEAST_SHARE * document["duration"])
    things = sorted((name for name, long in seen.items() if long >= least), key=lambda name: -seen[name])
    lengths = [shot["end"] - shot["start"] for shot in document["shots"]]
    pace = median(lengths) if lengths else 0.0
    told = "cut fast" if pace < 3 else "cut slowly" if pace > 7 else "cut calmly"
    return (*things[:_MOST_THINGS], *_people(document), told)


def _people(document: Mapping[str, Any]) -> tuple[str, ...]:
    if "faces" in document["method"]["not_run"]:
        return ()
    times = [one["screen_time"] for one in document["people"]]
    leading = sum(time >= sum(times) / 10 for time in times)
    if not leading:
        return ("no faces",)
    return ("few people" if leading <= _FEW else "several people" if leading < _CROWD else "many people",)
