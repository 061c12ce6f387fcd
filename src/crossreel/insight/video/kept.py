"""Analyses that a workspace keeps: one a film, whatever titles it belongs to."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from crossreel.values.media_roles import Shot

__all__ = ["analysis_folder", "kept_analysis", "kept_shots"]

_FINEST = 100_000
"""Denominators of times: those of films (24000/1001, 90 kHz) are smaller."""


def analysis_folder(home: Path, digest: str) -> Path:
    """Where the analysis of a film lies, which its digest names."""
    return home / "analyses" / digest


def kept_analysis(home: Path, digest: str) -> dict[str, Any] | None:
    """The finished analysis of a film, None where there is none."""
    path = analysis_folder(home, digest) / "analysis.json"
    if not path.is_file():
        return None
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def kept_shots(document: dict[str, Any]) -> list[Shot]:
    """The shots of an analysis with exact times again."""
    return [
        Shot(
            one["start_frame"],
            one["end_frame"],
            Fraction(one["start"]).limit_denominator(_FINEST),
            Fraction(one["end"]).limit_denominator(_FINEST),
            one["transition"],
            one["transition_start_frame"],
            one["transition_end_frame"],
        )
        for one in document["shots"]
    ]
