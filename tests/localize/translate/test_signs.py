"""What models say of lines: told as reasons, put into the order, and said where they are not there."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import ClassVar

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crossreel.localize.timedtext.model import Document, cue_of
from crossreel.localize.translate.engines.apertium import Apertium
from crossreel.localize.translate.engines.apertium_stages import joined, units_in
from crossreel.localize.translate.machine import Task, translate_document
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.localize.translate.signs import Signs, likely_bad, meanings, signs_of
from crossreel.values.language import Language
from crossreel.values.text_roles import LanguageGuess, SentimentScore

EN, ES = Language.parse("en"), Language.parse("es")


class Book:
    """An engine that knows two sentences."""

    facts = EngineFacts("book", "none", "nothing", sends_away=False)
    words: ClassVar = {
        "I love this wonderful house.": "Odio esta casa.",
        "I have seen the lovely garden.": "He visto el jardín.",
    }

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        return ("book",)

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        return [Answer(request.id, self.words[request.text]) for request in requests]


class Meaning:
    """Vectors by whether a text speaks of a garden."""

    name, dimensions = "garden@1", 2

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        near = {"garden": (1.0, 0.0), "jardín": (1.0, 0.0), "house": (0.0, 1.0), "casa": (0.8, 0.6)}
        return np.array([next(v for k, v in near.items() if k in text) for text in texts], dtype=np.float32)


class Mood:
    """Love is good, hate is bad."""

    def score(
        self, texts: Sequence[str], languages: Sequence[Language | None] | None = None
    ) -> list[SentimentScore]:
        goods = [0.05 if "Odio" in text else 0.9 for text in texts]
        return [SentimentScore(good, 0.05, 0.95 - good, EN) for good in goods]


class Tongues:
    """Takes everything for Portuguese."""

    def detect(self, text: str) -> LanguageGuess:
        return LanguageGuess(Language.parse("pt"), 0.95, "Latn")


FILM = Document(
    tuple(
        cue_of(Fraction(4 * n), Fraction(4 * n + 3), text, str(n))
        for n, text in enumerate(sorted(Book.words))
    )
)


def test_meaning_mood_and_language_are_told_and_order_the_lines() -> None:
    signs = Signs(Tongues(), Meaning(), Mood(), ())
    done = translate_document(FILM, Task(EN, ES, Book(), signs=signs))
    worst = done.worst_first()[0]
    assert worst.target == "Odio esta casa."
    kinds = {reason.kind: reason.message for reason in worst.reasons}
    assert kinds["mood"] == "positive became negative."
    assert "meaning 0.60" in kinds["estimate"]
    assert "mood" not in {reason.kind for reason in done.worst_first()[1].reasons}
    assert done.looked_for == {"language": True, "meaning": "garden@1", "mood": True, "back": None}


def test_what_is_not_looked_for_is_said() -> None:
    note = "Meanings and moods were not compared: crossreel models pull e5-small."
    done = translate_document(FILM, Task(EN, ES, Book(), signs=Signs(missing=(note,)), back=None))
    assert note in done.notes
    assert done.looked_for == {"language": False, "meaning": None, "mood": False, "back": None}


def test_the_estimate_falls_with_likeness_and_length() -> None:
    usual = signs_of("a" * 40, "a" * 44, (EN, ES))
    assert likely_bad({**usual, "meaning": 0.7}) > likely_bad({**usual, "meaning": 0.95})
    assert likely_bad({**usual, "back": 0.1}) > likely_bad({**usual, "back": 0.9})
    assert likely_bad(signs_of("a", "a", (EN, ES))) > likely_bad(usual)
    assert meanings([("", "casa"), ("house", "casa")], Meaning()) == [1.0, np.float32(0.6)]


units = st.lists(
    st.tuples(
        st.sampled_from(["", " ", "[x] "]), st.from_regex(r"[a-z]{1,6}(<[a-z]{1,3}>){0,3}", fullmatch=True)
    )
)


@given(units, st.sampled_from(["", ".", "[][\n]"]))
def test_a_stream_stays_what_it_is(parts: list[tuple[str, str]], rest: str) -> None:
    stream = "".join(f"{before}^{word}/{word}$" for before, word in parts) + rest
    assert joined(*units_in(stream)) == stream


def test_readings_are_set_right_in_three_languages(debian: Callable[..., str]) -> None:
    for name in ("eng-spa", "es-pt", "fr-es"):
        debian("x", package=f"apertium-{name}", file=f"usr/share/apertium/modes/{name}.mode")

    def said(text: str, source: str, target: str) -> str:
        asked = [Request("1", text)]
        (answer,) = Apertium().translate(asked, Language.parse(source), Language.parse(target))
        return answer.text

    assert said("Open the file and never do that again.", "en", "es").startswith("Abre el archivo")
    assert said("What are you doing here?", "en", "es") == "Qué haces aquí?"
    assert said("Las opciones han aparecido.", "es", "pt") == "As opções apareceram."
    assert said("Escoge la capa.", "es", "pt") == "Escolhe a capa."
    assert said("N'avancez pas !", "fr", "es").startswith("No adelantéis")
