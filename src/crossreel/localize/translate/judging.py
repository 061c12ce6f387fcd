"""The lines of a translation with what speaks against each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crossreel.localize.timedtext.model import Cue, Document
from crossreel.localize.timedtext.rules.measure import counter
from crossreel.localize.timedtext.rules.profile import load_profile
from crossreel.localize.translate.addressing import turn_reasons, wanted_registers
from crossreel.localize.translate.back import back_likeness, back_reason
from crossreel.localize.translate.lines import Line, Reason, State
from crossreel.localize.translate.memory import normalized
from crossreel.localize.translate.risk import combined, doubts
from crossreel.localize.translate.signs import USUAL, likely_bad, meanings, mood_reasons, signs_of

if TYPE_CHECKING:
    from crossreel.localize.translate.machine import Task

__all__ = ["judged"]

_ESTIMATE = "estimate"
"""A reason that is a probability: it orders all lines, and is told where it is above the usual."""


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
    pairs = [
        (" ".join(old.text.split()), " ".join(new.text.split()))
        for old, new in zip(document.cues, cues, strict=True)
    ]
    judged_places = [place for place, (state, _) in enumerate(states) if state in ("machine", "memory")]
    models = _by_models([pairs[place] for place in judged_places], task)
    by_models = dict(zip(judged_places, models, strict=True))
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
                *pairs[place],
                (task.source, task.target),
                terms=task.terms,
                names=names,
                cps=length / seconds if seconds > 0 else None,
                most_cps=None if limits.cps is None else float(limits.cps),
                detector=task.signs.detector,
            )
            reasons += turn_reasons(new, place, task.target, registers)
            meaning, mood = by_models[place]
            reasons += mood
            if state == "machine":
                reasons += _estimated(pairs[place], meaning, backs.get(place), task)
                reasons += back_reason(pairs[place][0], backs.get(place))
            if len(new.lines) > limits.lines:
                reasons.append(Reason("line-count", 0.05, f"It takes {len(new.lines)} lines."))
            if state == "machine" and len(wordings[normalized(old.text)]) > 1 and len(old.text) > 3:
                reasons.append(
                    Reason("consistency", 0.2, "The same words are translated in another way too.")
                )
        reasons.sort(key=lambda reason: -reason.weight)
        told = tuple(one for one in reasons if one.kind != _ESTIMATE or one.weight > USUAL)
        own = suggestions.get(place, ())
        lines.append(Line(place + 1, new.id, old.text, new.text, state, combined(reasons), told, own))
    return tuple(lines)


def _by_models(pairs: Sequence[tuple[str, str]], task: Task) -> list[tuple[float | None, list[Reason]]]:
    """Likeness of meaning (None without an embedder) and what speaks against the mood, of each pair."""
    signs, languages = task.signs, (task.source, task.target)
    near = meanings(pairs, signs.embedder) if signs.embedder is not None else [None] * len(pairs)
    moods = (
        mood_reasons(pairs, languages, signs.sentiment)
        if signs.sentiment is not None
        else [[] for _ in pairs]
    )
    return list(zip(near, moods, strict=True))


def _estimated(pair: tuple[str, str], meaning: float | None, back: str | None, task: Task) -> list[Reason]:
    """How likely a line is bad by signs that have no limit of their own."""
    source, target = pair
    if not any(char.isalpha() for char in source):
        return []
    signs = signs_of(source, target, (task.source, task.target))
    told = [f"{len(source)} characters"]
    if meaning is not None:
        signs["meaning"] = meaning
        told.insert(0, f"meaning {meaning:.2f}")
    alike = back_likeness(source, back)
    if alike is not None:
        signs["back"] = alike
        told.append(f"back {alike:.2f}")
    chance = likely_bad(signs)
    message = f"{chance:.0%} of such lines are bad ({', '.join(told)})."
    return [Reason(_ESTIMATE, round(chance, 3), message)]
