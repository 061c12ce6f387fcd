"""Shorter wordings by rule: what carries nothing goes, what carries something stays."""

from __future__ import annotations

import pytest

from crossreel.localize.dub.condense import condensable, shorter_wordings
from crossreel.values.language import Language


def shorter(text: str, language: str = "es") -> list[str]:
    return shorter_wordings(text, Language.parse(language))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "Bueno, ¿dónde está el halcón?", ["¿Dónde está el halcón?"]),
        ("es", "¿Vienes a la fiesta, verdad?", ["¿Vienes a la fiesta?"]),
        ("es", "Creo que yo puedo hacerlo.", ["Creo que puedo hacerlo."]),
        ("es", "Estoy haciendo la cena.", ["Hago la cena."]),
        ("pt-BR", "Olha, eu não sei onde está.", ["Eu não sei onde está.", "Não sei onde está."]),
        ("fr", "Écoute, c'est vraiment beau ici.", ["C'est vraiment beau ici.", "C'est beau ici."]),
        ("it", "Allora, io vado a casa.", ["Io vado a casa.", "Vado a casa."]),
        ("en", "Well, I do not know him.", ["I do not know him.", "I don't know him."]),
    ],
)
def test_each_step_is_shorter_and_still_a_sentence(language: str, text: str, expected: list[str]) -> None:
    assert shorter(text, language) == expected


@pytest.mark.parametrize(
    "text",
    ["No quiero esto, no.", "¿Tú y yo?", "Vamos a casa.", "Son 30 halcones.", "Con nosotros no."],
)
def test_negations_numbers_and_stressed_words_stay(text: str) -> None:
    assert shorter(text) == []


def test_a_language_without_lists_is_left_alone() -> None:
    assert shorter("Also, das ist gut.", "de") == []
    assert {"en", "es", "fr", "it", "pt"} == set(condensable())
