"""Shorter wordings of lines that do not fit: a person's memory, an engine that is told how long, rules."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from crossreel.localize.dub.script import ScriptLine
from crossreel.localize.timedtext import Document
from crossreel.localize.timedtext.model import cue_of
from crossreel.localize.translate.machine import Task
from crossreel.localize.translate.memory import MemoryList, Segment
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.studio.shorter_wordings import ShorterWordings
from crossreel.values.language import Language

EN, ES = Language.parse("en"), Language.parse("es")
SAID = "Well, 2 hawks are at home now, you know."
LONG = "Bueno, 2 halcones están en casa en este momento."


class Told:
    facts = EngineFacts("told", "test", "nothing", False, uses_context=True)

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = answers, []

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        return ("told",)

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> list[Answer]:
        self.asked += requests
        return [Answer(requests[0].id, text) for text in self.answers]


def wordings(engine: Told, *segments: Segment, held: frozenset[str] = frozenset()) -> list[str]:
    spoken = Document((cue_of(Fraction(1), Fraction(3), SAID, "7"),))
    task = Task(EN, ES, engine, memory=MemoryList(list(segments)))
    return ShorterWordings(spoken, task, held)(ScriptLine("7", 1000, 3000, "", LONG), 1.5)


def test_memory_goes_before_the_engine_and_that_before_the_rules() -> None:
    engine = Told("Ya hay 2 halcones.", "Hay halcones en casa.")  # the second loses the number
    approved = Segment(SAID, "2 halcones en casa.", human=True)
    machine = Segment(SAID, "2 aves.", "a file")
    assert wordings(engine, approved, machine) == [
        "2 halcones en casa.",
        "Ya hay 2 halcones.",
        "2 halcones están en casa en este momento.",
        "2 halcones están en casa ahora.",
    ]
    assert [one.most for one in engine.asked] == [round(len(LONG) / 1.5)]


def test_what_a_person_wrote_is_said_as_it_is() -> None:
    engine = Told("Ya hay 2 halcones.")
    assert wordings(engine, held=frozenset({"7"})) == []
    assert engine.asked == []
