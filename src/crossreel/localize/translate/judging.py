"""The lines of a translation with what speaks against each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crossreel.localize.timedtext.model import Cue, Document
from crossreel.localize.timedtext.rules.measure import counter
from crossreel.localize.timedtext.rules.profile import load_profile
from crossreel.localize.translate.addressing import turn_reasons, wanted_registers
from crossreel.localize.translate.back import back_reason
from crossreel.localize.translate.lines import Line, Reason, State
from crossreel.localize.translate.memory import normalized
from crossreel.localize.translate.risk import combined, doubts

if TYPE_CHECKING:
    from crossreel.localize.translate.machine import Task

__all__ = ["judged"]


def judged(
    document: Document,
    cues: Sequence[Cue],
    states: Sequence[tuple[State, str]],
    suggestions: Mapping[int, tuple[str, ...]],
    task: Task,
    names: frozenset[str],
    backs: Mapping[int, str],
) -> tuple[Line, ...]:
    """One line a cue; a sentence that is said twice in different words is told too."""
    limits = load_profile(task.profile, task.target)
    measure = counter(limits.counting)
    wordings: dict[str, set[str]] = {}
    for old, new in zip(document.cues, cues, strict=True):
        wordings.setdefault(normalized(old.text), set()).add(normalized(new.text))
    registers = wanted_registers(document.cues, task.terms)
    lines = []
    for place, (old, new) in enumerate(zip(document.cues, cues, strict=True)):
        state, problem = states[place]
        reasons: list[Reason] = []
        if state == "untranslated":
            reasons.append(Reason("untranslated", 0.95, problem or "The engine gave no answer."))
        elif state in ("machine", "memory"):
            seconds = float(new.end - new.start)
            length = sum(measure(line) for line in new.lines)
            reasons = doubts(
                " ".join(old.text.split()),
                " ".join(new.text.split()),
                (task.source, task.target),
                terms=task.terms,
                names=names,
                cps=length / seconds if seconds > 0 else None,
                most_cps=None if limits.cps is None else float(limits.cps),
                detector=task.detector,
                sentiment=task.sentiment,
            )
            reasons += turn_reasons(new, place, task.target, registers)
            reasons += back_reason(" ".join(old.text.split()), backs.get(place))
            if len(new.lines) > limits.lines:
                reasons.append(Reason("line-count", 0.3, f"It takes {len(new.lines)} lines."))
            if state == "machine" and len(wordings[normalized(old.text)]) > 1 and len(old.text) > 3:
                reasons.append(
                    Reason("consistency", 0.2, "The same words are translated in another way too.")
                )
        reasons.sort(key=lambda reason: -reason.weight)
        lines.append(
            Line(
                place + 1,
                new.id,
                old.text,
                new.text,
                state,
                combined(reasons),
                tuple(reasons),
                suggestions.get(place, ()),
            )
        )
    return tuple(lines)
