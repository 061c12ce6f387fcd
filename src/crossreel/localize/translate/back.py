"""Translating the translation back: what does not come back alike is doubtful.

Likeness is chrF2 (Popović 2015) of the source and what came back, by sacrebleu.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crossreel.errors import MissingExtra
from crossreel.localize.timedtext.model import Cue
from crossreel.localize.translate.asking import ask
from crossreel.localize.translate.lines import Reason, State
from crossreel.localize.translate.roles import Request

if TYPE_CHECKING:
    from crossreel.localize.translate.machine import Task

__all__ = ["back_likeness", "back_reason", "back_translations"]

_ALIKE = 0.6
"""chrF from which on nothing is said; below it the missing part is the weight."""


def back_translations(
    cues: Sequence[Cue], states: Sequence[tuple[State, str]], task: Task
) -> Mapping[int, str]:
    """Place of a cue: its translation translated back, for those an engine or the memory made.

    Raises:
        BadValue, Missing: the engine cannot translate back.
    """
    if task.back is None:
        return {}
    requests = [
        Request(str(place), " ".join(cue.text.split()))
        for place, (cue, (state, _)) in enumerate(zip(cues, states, strict=True))
        if state in ("machine", "memory") and cue.text.strip()
    ]
    if not task.back.route(task.target, task.source):
        task.back.translate([], task.target, task.source)  # engines say more: what to install
    asked = ask(task.back, requests, task.target, task.source, cache=task.cache)
    return {int(id_): text for id_, text in asked.texts.items()}


def back_likeness(source: str, back: str | None) -> float | None:
    """chrF2 (0 to 1) of the source and what came back; None where nothing did.

    Raises:
        MissingExtra: sacrebleu is not installed.
    """
    if back is None or not source.strip():
        return None
    try:
        from sacrebleu.metrics.chrf import CHRF
    except ImportError as error:
        raise MissingExtra("sacrebleu", "localize") from error
    return float(CHRF().sentence_score(back, [source]).score) / 100


def back_reason(source: str, back: str | None) -> list[Reason]:
    """What the way back says against a line. Raises as ``back_likeness``."""
    alike = back_likeness(source, back)
    if alike is None or alike >= _ALIKE:
        return []
    return [Reason("back-translation", round(_ALIKE - alike, 3), f"Translated back it says: {back}")]
