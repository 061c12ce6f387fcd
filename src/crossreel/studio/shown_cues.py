"""Inspected subtitles as JSON that any writer takes."""

from __future__ import annotations

from typing import Any

__all__ = ["fit_json"]


def fit_json(shown: dict[str, Any]) -> None:
    """Heights of regions may be whole numbers beyond 64 bits, which orjson takes only as text."""
    import orjson

    for cue in shown["cues"]:
        region = cue["settings"]["region"]
        if region is not None and isinstance(region["lines"], int) and region["lines"] >= 1 << 63:
            region["lines"] = orjson.Fragment(str(region["lines"]))
