"""Fewer words where nobody can read them in time: by rule, or by an engine that is told how many may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from crossreel.localize.timedtext import Document, Fixed, fix
from crossreel.localize.timedtext.model import Span, Text, cue_of
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.studio.condensing import condensed
from crossreel.values.language import Language

EN = Language.parse("en")
FAST = "Well, I am really going to the harbor at this moment."


class Shortening:
    facts = EngineFacts("shortening", "test", "nothing", False, uses_context=True)

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = answers, []

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        return ()

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> list[Answer]:
        assert source == target == EN
        self.asked += requests
        return [Answer(one.id, text) for one in requests for text in self.answers]


def repair(document: Document) -> Fixed:
    return fix(document, EN)


def film(text: str = FAST, tree: tuple[object, ...] = ()) -> Document:
    """A cue of 1.4 seconds between two that leave it no time."""
    cues = [
        cue_of(Fraction(0), Fraction(2), "Where are you going?", "1"),
        cue_of(Fraction(2) + Fraction(1, 12), Fraction(7, 2), text, "2"),
        cue_of(Fraction(43, 12), Fraction(6), "Wait for me there.", "3"),
    ]
    if tree:
        cues[1] = replace(cues[1], tree=tree)
    return Document(tuple(cues))


def words(made: Fixed) -> list[str]:
    return [" ".join(cue.text.split()) for cue in made.document.cues]


def test_rules_take_words_only_from_what_is_too_fast() -> None:
    made = condensed(film(), EN, repair)
    assert words(made.fixed) == ["Where are you going?", made.changes[0][2], "Wait for me there."]
    assert made.to_dict() == [{"start": 2.083, "before": FAST, "after": "I'm going to the harbor now."}]
    assert made.fixed.before.summary["reading-speed"] == 1
    assert "reading-speed" not in made.fixed.after.summary
    assert words(repair(film()))[1] == FAST


def test_an_engine_is_told_how_many_and_the_longest_that_can_be_read_is_taken() -> None:
    engine = Shortening(
        "I go to the harbor.", "I'm off.", "I am on my way to the big harbor at the moment.", ""
    )
    made = condensed(film(), EN, repair, engine)
    assert [one.before for one in engine.asked] == [("Where are you going?",)]
    assert 25 <= engine.asked[0].most <= 30
    assert words(made.fixed)[1] == "I'm going to the harbor now."
    alone = condensed(film("He goes on his way to the big harbor at the 3rd hour of it"), EN, repair, engine)
    assert alone.changes == ()  # every answer loses the number


def test_two_speakers_and_sounds_keep_their_words_and_italics_stay() -> None:
    dashes = "-Well, I am really going to the harbor.\n-At this moment?"
    assert condensed(film(dashes), EN, repair).changes == ()
    slanted = condensed(film(FAST, (Span("i", (Text(FAST),)),)), EN, repair)
    (span,) = slanted.fixed.document.cues[1].tree
    assert isinstance(span, Span)
    assert span.kind == "i"
