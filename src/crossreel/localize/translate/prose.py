"""Running text (names, synopses) by the machine that translates subtitles: sentences, terms, memory, risk.

Each paragraph becomes a cue that lasts no time, far from its neighbors, so that no sentence runs over from
one text into the next; the paragraphs are put together again as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files

from crossreel.localize.timedtext.model import Cue, Document, Text
from crossreel.localize.translate.lines import Estimate, Line, Reason, State
from crossreel.localize.translate.machine import Task, estimate, translate_document
from crossreel.localize.translate.risk import combined
from crossreel.localize.translate.roles import EngineFacts

__all__ = ["ProseRun", "Wording", "estimate_prose", "summed", "translate_prose"]

_APART = 60
"""Seconds between paragraphs; more than any pause a sentence runs over."""
_WORST: tuple[State, ...] = ("untranslated", "machine", "memory", "locked", "empty")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text's translation.

    Args:
        text: with the line breaks of its source; the source's words where it is ``untranslated``.
        state: the worst of its sentences' states.
        risk: 0 (nothing found) to 1, of all reasons together.
        reasons: heaviest first.
        suggestions: near wordings from memory.
    """

    text: str
    state: State
    risk: float = 0.0
    reasons: tuple[Reason, ...] = ()
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProseRun:
    """What a run gave: one wording a text, in order; the engine's name, its steps, characters sent, notes."""

    wordings: tuple[Wording, ...]
    engine: str
    route: tuple[str, ...]
    characters: int
    notes: tuple[str, ...]


def estimate_prose(texts: Sequence[str], task: Task) -> Estimate:
    """What translating texts will take, before anything is sent. Raises as ``machine.estimate`` does."""
    return estimate(_document(texts), _plain(task))


def summed(all_: Sequence[Estimate], facts: EngineFacts) -> Estimate:
    """Estimates of one engine together; all zero for none."""
    costs = [one.cost for one in all_ if one.cost is not None]
    priced = facts.cost_per_million is not None
    return Estimate(
        sum(one.sentences for one in all_),
        sum(one.from_memory for one in all_),
        sum(one.from_cache for one in all_),
        sum(one.characters for one in all_),
        sum(costs, Decimal()) if priced else None,
        facts.currency,
        sum(one.seconds for one in all_),
        facts.sends_away,
    )


def translate_prose(
    texts: Sequence[str], task: Task, *, progress: Callable[[int, int], None] = lambda _done, _of: None
) -> ProseRun:
    """Translates texts; one wording each, in order.

    Args:
        texts: plain text; blank ones come back as they are.
        task: how. Its profile and locked lines are of subtitles and do not count.
        progress: called as ``progress(sentences answered, of)``.

    Raises:
        BadValue: the engine does not join these languages, or they are one.
        Missing: what the engine needs is not there.
    """
    done = translate_document(_document(texts), _plain(task), progress=progress)
    lines = iter(done.lines)
    wordings = tuple(
        _joined(text, [next(lines) if part.strip() else None for part in text.split("\n")]) for text in texts
    )
    return ProseRun(wordings, done.engine, done.route, done.characters, done.notes)


def _plain(task: Task) -> Task:
    profile = str(files("crossreel.localize.translate") / "prose.toml")
    return replace(task, profile=profile, locked={})


def _document(texts: Sequence[str]) -> Document:
    parts = [part.strip() for text in texts for part in text.split("\n") if part.strip()]
    return Document(
        tuple(
            Cue(Fraction(place * _APART), Fraction(place * _APART), (Text(part),))
            for place, part in enumerate(parts)
        )
    )


def _joined(text: str, lines: Sequence[Line | None]) -> Wording:
    """The wording of one text out of its paragraphs (None for a blank one)."""
    have = [line for line in lines if line is not None]
    if not have:
        return Wording(text, "empty")
    state = min((line.state for line in have), key=_WORST.index)
    reasons = {(reason.kind, reason.message): reason for line in have for reason in line.reasons}
    told = tuple(sorted(reasons.values(), key=lambda reason: -reason.weight))
    near = tuple(dict.fromkeys(one for line in have for one in line.suggestions))
    if state == "untranslated":
        return Wording(text, state, combined(told), told, near)
    words = "\n".join("" if line is None else line.target for line in lines)
    return Wording(words, state, combined(told), told, near)
