"""Shorter wordings of lines that do not fit their time: from memory, from an engine, by rule."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from crossreel.errors import CrossreelError
from crossreel.localize.dub.condense import shorter_wordings
from crossreel.localize.dub.script import ScriptLine, script_of
from crossreel.localize.timedtext import Document
from crossreel.localize.translate.machine import Task
from crossreel.localize.translate.roles import Request

__all__ = ["ShorterWordings"]

_NEAR = 0.9
"""Likeness of two sources from which on a translation of one may be said for the other."""
_MOST = 4
_NUMBERS = re.compile(r"\d+")


class ShorterWordings:
    """Asked for a line and how many times too long it is, gives what may be said instead, best first.

    Memory is asked first: wordings that a person approved for the same sentence. Then an engine that can be
    told how long its answer may be. Then the rules of the language. What loses a number is not taken.

    Args:
        spoken: what is said in the film, with the ids of the lines.
        task: how the lines were translated; its memory and engine are asked.
        held: ids of lines that a person wrote or accepted; they are said as they are.
    """

    def __init__(self, spoken: Document, task: Task, held: Collection[str] = ()) -> None:
        self._sources = {line.id: line.text for line in script_of(spoken)[0]}
        self._task = task
        self._held = frozenset(held)
        self.notes: list[str] = []

    def __call__(self, line: ScriptLine, excess: float) -> list[str]:
        """Wordings shorter than the line's; ``excess`` is its natural time over its slot."""
        if line.id in self._held:
            return []
        source = self._sources.get(line.id, "")
        found = [*self._remembered(source), *self._asked(line, source, excess)]
        found += shorter_wordings(line.text, self._task.target)
        numbers = _NUMBERS.findall(line.text)
        kept = [one for one in found if 0 < len(one) < len(line.text) and _NUMBERS.findall(one) == numbers]
        return list(dict.fromkeys(kept))[:_MOST]

    def _remembered(self, source: str) -> Sequence[str]:
        memory = self._task.memory
        if memory is None or not source:
            return ()
        matches = [one for one in memory.find(source, least=_NEAR) if one.segment.human]
        return [one.segment.target for one in matches]

    def _asked(self, line: ScriptLine, source: str, excess: float) -> Sequence[str]:
        engine = self._task.engine
        if not engine.facts.uses_context or not source:
            return ()
        most = max(1, round(len(line.text) / excess))
        request = Request(line.id, source, speaker=line.speaker, notes=self._task.notes, most=most)
        try:
            answers = list(engine.translate([request], self._task.source, self._task.target))
        except CrossreelError as error:
            self.notes.append(f"No shorter wording of line {line.id} was given: {error.message}")
            return ()
        return [" ".join(one.text.split()) for one in answers if one.id == line.id]
