"""Translating back finds the lines whose meaning went astray."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from crossreel.errors import BadValue
from crossreel.localize.timedtext import Document
from crossreel.localize.timedtext.model import cue_of
from crossreel.localize.translate.back import back_reason
from crossreel.localize.translate.machine import Task, translate_document
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.values.language import Language

EN, ES = Language.parse("en"), Language.parse("es")
WORDS = {"red ships": "naves rojas", "green trees": "perros verdes"}
BACK = {"naves rojas": "red ships", "perros verdes": "green dogs"}


class Book:
    """Answers what stands in it."""

    facts = EngineFacts("book", "none", "nothing", sends_away=False)

    def __init__(self, source: Language, answers: dict[str, str]) -> None:
        self.source, self.answers = source, answers

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        return ("book",) if source == self.source else ()

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        if source != self.source:
            raise BadValue("language pair", f"{source}-{target}", "the book's")
        return [Answer(one.id, self.answers[one.text.lower().strip(".")]) for one in requests]


FILM = Document(tuple(cue_of(9 * n, 9 * n + 1, f"{text.capitalize()}.") for n, text in enumerate(WORDS)))  # type: ignore[arg-type]


def test_what_does_not_come_back_alike_comes_first() -> None:
    done = translate_document(FILM, Task(EN, ES, Book(EN, WORDS), back=Book(ES, BACK)))
    assert [line.cue for line in done.worst_first()] == [2, 1]
    (reason,) = [one for one in done.lines[1].reasons if one.kind == "back-translation"]
    assert "green dogs" in reason.message
    assert 0 < reason.weight < 0.6
    assert "back-translation" not in {one.kind for one in done.lines[0].reasons}


def test_an_engine_that_knows_no_way_back_says_so() -> None:
    with pytest.raises(BadValue, match="es-en"):
        translate_document(FILM, Task(EN, ES, Book(EN, WORDS), back=Book(EN, BACK)))


def test_likeness_bounds() -> None:
    assert back_reason("The same.", "The same.") == []
    assert back_reason("Anything", None) == []
    assert back_reason("", "x") == []
    (reason,) = back_reason("abc", "xyz")
    assert reason.weight == 0.6
