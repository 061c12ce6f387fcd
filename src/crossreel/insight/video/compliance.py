"""What a rating board may ask about a film: questions with a time and a picture, never a verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from crossreel.insight.video.tracks import Track

__all__ = ["NOT_COVERED", "boards", "to_review"]

_NUDITY = 0.5
_OBJECTS = {
    "knife": "weapons",
    "scissors": "weapons",
    "baseball bat": "weapons",
    "wine glass": "alcohol",
    "bottle": "alcohol",
}
_SURE = 0.45
NOT_COVERED = (
    "violence",
    "firearms",
    "blood and injury",
    "smoking",
    "drugs",
    "gambling",
    "language",
    "sexual behavior",
    "horror",
    "discrimination",
    "imitable behavior",
    "flashing light",
)
"""What boards ask about and no model here sees. Red areas are no sign of blood and are not taken for one."""


@cache
def boards() -> list[dict[str, Any]]:
    """Rating boards: ``territory``, ``board``, ``asks`` (topics), ``source``, ``read`` (date)."""
    held: list[dict[str, Any]] = json.loads(
        Path(__file__).with_name("boards.json").read_text(encoding="utf-8")
    )
    return held


def to_review(
    looks: Sequence[dict[str, Any]], times: Sequence[float], objects: Sequence[Track]
) -> dict[str, Any]:
    """Signals, and for each territory the questions that they raise.

    Args:
        looks: of the large pictures, in order; ``nudity`` where it was scored.
        times: seconds of every frame.
        objects: tracks.

    Returns:
        ``signals`` (``topic``, ``start``, ``end``, ``frame``, ``score``, ``seen``), ``territories``
        (``territory``,
        ``board``, ``questions``: ``topic`` and places of ``signals``; ``not_covered``), ``not_covered``.
    """
    signals = _nudity(looks, times)
    for track in objects:
        topic = _OBJECTS.get(track.label)
        if topic and track.score >= _SURE:
            best = max(track.sightings, key=lambda one: one.score)
            signals.append(_signal(topic, track.start, track.end, best.frame, track.score, track.label))
    signals.sort(key=lambda one: one["start"])
    territories = []
    for board in boards():
        questions = [
            {"topic": topic, "signals": [at for at, one in enumerate(signals) if one["topic"] == topic]}
            for topic in board["asks"]
            if any(one["topic"] == topic for one in signals)
        ]
        missing = [topic for topic in board["asks"] if topic in NOT_COVERED]
        told = {key: board[key] for key in ("territory", "board", "source", "read")}
        territories.append({**told, "questions": questions, "not_covered": missing})
    return {
        "signals": signals,
        "territories": territories,
        "not_covered": list(NOT_COVERED),
        "state": "to review",
    }


def _signal(topic: str, start: float, end: float, frame: int, score: float, seen: str) -> dict[str, Any]:
    told = {"topic": topic, "start": round(start, 3), "end": round(end, 3), "frame": frame}
    return {**told, "score": round(score, 3), "seen": seen}


def _nudity(looks: Sequence[dict[str, Any]], times: Sequence[float]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    last = -2
    scored = [look for look in looks if "nudity" in look]
    for place, look in enumerate(scored):
        if look["nudity"] < _NUDITY:
            continue
        time = float(times[look["frame"]])
        if found and place - last <= 2:
            found[-1]["end"] = round(time, 3)
            if look["nudity"] > found[-1]["score"]:
                found[-1] |= {"score": round(look["nudity"], 3), "frame": look["frame"]}
        else:
            found.append(_signal("nudity", time, time, look["frame"], look["nudity"], "nudity score"))
        last = place
    return found
