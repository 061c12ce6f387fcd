"""Formal and informal: found in texts, wanted by the termbase, steered in Apertium, told where it differs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from crossreel.errors import BadRows
from crossreel.localize.proofs.checking import check_line
from crossreel.localize.proofs.opening import open_proof
from crossreel.localize.timedtext.model import Cue, Document, Span, Text
from crossreel.localize.translate.addressing import wanted_registers
from crossreel.localize.translate.engines.apertium import Apertium
from crossreel.localize.translate.machine import Task, translate_document
from crossreel.localize.translate.register import register_marks
from crossreel.localize.translate.roles import Request
from crossreel.localize.translate.terms import Term, Termbase, read_terms
from crossreel.values.language import Language

EN, ES = Language.parse("en"), Language.parse("es")


@pytest.mark.parametrize(
    ("tag", "text", "formal", "informal"),
    [
        ("es", "Oiga, usted no sabe. Contraste detr\u00e1s.", ["Oiga", "usted"], []),
        ("es", "\u00bfVendr\u00e1s? Es tu casa.", [], ["Vendr\u00e1s", "tu"]),
        ("fr", "Venez chez vous, assez.", ["Venez", "vous"], []),
        ("fr", "T'as vu ? Y a-t-il un rendez-vous ? Es-tu l\u00e0 ?", [], ["T", "tu"]),
        ("de", "Sie geht. Haben Sie Zeit?", ["Sie"], []),
        ("de", "Du bist da.", [], ["Du", "bist"]),
        ("pt", "Voc\u00ea viu?", ["Voc\u00ea"], []),
        ("pt-BR", "Voc\u00ea viu? O senhor sabe.", ["O senhor"], ["Voc\u00ea"]),
        ("it", "Scusi, dica a Lei. Hai visto?", ["Scusi", "Lei"], ["Hai"]),
        ("ja", "\u541b\u306f\u8ab0", [], []),
    ],
)
def test_words_say_how_somebody_is_spoken_to(
    tag: str, text: str, formal: list[str], informal: list[str]
) -> None:
    marks = register_marks(text, Language.parse(tag))
    assert [mark.word for mark in marks if mark.register == "formal"] == formal
    assert [mark.word for mark in marks if mark.register == "informal"] == informal
    assert all(text[mark.start : mark.end] == mark.word for mark in marks)


def said(start: int, speaker: str, text: str) -> Cue:
    tree = (Span("v", (Text(text),), value=speaker),) if speaker else (Text(text),)
    return Cue(Fraction(start), Fraction(start + 2), tree, str(start))


PAIRS = [
    Term("Ada", "formal", "address", "Morgan"),
    Term("Ada", "informal", "address", "Bob"),
    Term("Morgan", "informal", "address", "*"),
]


def test_the_one_spoken_to_is_called_by_name_or_the_other_speaker_nearby() -> None:
    cues = [
        said(0, "Ada", "Where are you?"),
        said(3, "Morgan", "Here."),
        said(6, "Ada", "Bob, come!"),
        said(9, "Ada", "Bob is late."),
        said(100, "Ada", "Nobody hears me."),
        said(130, "", "MORGAN: And me?"),
    ]
    found = wanted_registers(cues, Termbase(PAIRS, EN, ES))
    told = {place: (one.register, one.addressee) for (place, _), one in found.items()}
    assert told == {
        0: ("formal", "Morgan"), 1: ("informal", ""), 2: ("informal", "Bob"), 3: ("formal", "Morgan"),
        5: ("informal", ""),
    }  # fmt: skip


def test_everybody_is_addressed_one_way_where_nobody_is_named() -> None:
    terms = Termbase([Term("*", "formal", "address")], EN, ES)
    found = wanted_registers([said(0, "", "- Hello.\n- You?")], terms)
    assert {turn: one.register for turn, one in found.items()} == {(0, 0): "formal", (0, 1): "formal"}


def test_an_address_that_is_neither_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text("source,target,kind,note\nAda,polite,address,Bob\n")
    with pytest.raises(BadRows, match="neither formal nor informal"):
        read_terms(path, EN, ES)


ASKED = [
    "Give me your book!",
    "Where are you?",
    "Don't go!",
    "You have to stay here.",
    "Can I see your plans?",
]


def translated(register: str, source: str = "en", target: str = "es", texts: list[str] = ASKED) -> list[str]:
    requests = [Request(str(n), text, register=register) for n, text in enumerate(texts)]
    answers = Apertium().translate(requests, Language.parse(source), Language.parse(target))
    return [answer.text for answer in answers]


def test_apertium_is_steered(debian: Callable[..., str]) -> None:
    debian("apertium", package="apertium")
    debian("eng-spa.mode", package="apertium-eng-spa", file="usr/share/apertium/modes/eng-spa.mode")
    debian("es-pt.mode", package="apertium-es-pt", file="usr/share/apertium/modes/es-pt.mode")
    assert translated("formal") == [
        "D\u00e9me su libro!", "D\u00f3nde est\u00e1?", "No vaya!", "Se tiene que quedar aqu\u00ed.",
        "Puedo ver sus planes?",
    ]  # fmt: skip
    assert translated("informal") == translated("") == [
        "Dame tu libro!", "D\u00f3nde est\u00e1s?", "No vayas!", "Te tienes que quedar aqu\u00ed.",
        "Puedo ver tus planes?",
    ]  # fmt: skip
    spanish = ["\u00bfD\u00f3nde est\u00e1s t\u00fa?", "Dame tu libro."]
    assert translated("formal", "es", "pt", spanish) == ["Onde est\u00e1 voc\u00ea?", "D\u00ea-me seu livro."]
    assert translated("informal", "es", "pt", spanish) == ["Onde est\u00e1s tu?", "D\u00e1-me teu livro."]


class Informal:
    """An engine that is always informal."""

    facts = replace(Apertium().facts, name="informal")

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        return ("x",)

    def translate(self, requests: list[Request], source: Language, target: Language) -> list[object]:
        from crossreel.localize.translate.roles import Answer

        return [Answer(request.id, "\u00bfD\u00f3nde est\u00e1s t\u00fa?") for request in requests]


def test_a_line_that_differs_is_told_with_its_place_and_stands_first() -> None:
    document = Document((said(0, "Morgan", "Where are you?"), said(3, "Ada", "Where are you?")))
    done = translate_document(document, Task(EN, ES, Informal(), terms=Termbase(PAIRS, EN, ES)))  # type: ignore[arg-type]
    worst = done.worst_first()[0]
    assert worst.cue == 2
    (reason,) = [one for one in worst.reasons if one.kind == "register"]
    assert reason.message == (
        "Register differs: Ada speaks formally to Morgan, "
        "but 'est\u00e1s' (character 8), 't\u00fa' (character 14) are informal."
    )
    task = Task(EN, Language.parse("ja"), Informal(), terms=Termbase(PAIRS, EN, ES))  # type: ignore[arg-type]
    assert any(
        "Forms of address were not checked" in note for note in translate_document(document, task).notes
    )


def test_forms_of_address_stay_or_move_before_the_name() -> None:
    kept = Termbase([Term("-san", "-san")], EN, ES)
    assert [one.used for one in kept.check("Tanaka-san waits", "Tanaka-san espera")] == [True]
    assert [one.used for one in kept.check("Tanaka-san waits", "Tanaka espera")] == [False]
    moved = Termbase([Term("-san", "se\u00f1or")], EN, ES)
    assert (
        moved.enforced("Tanaka-san waits", "Tanaka-san espera", lambda _: None) == "Se\u00f1or Tanaka espera"
    )


def test_it_warns_while_somebody_types() -> None:
    source = Document((said(0, "Morgan", "Hello, Ada."), said(3, "Ada", "Where are you?")))
    target = Document((said(0, "Morgan", "Hola, Ada."), said(3, "Ada", "\u00bfD\u00f3nde est\u00e1 usted?")))
    terms = Termbase(PAIRS, EN, ES)
    now = datetime(2026, 11, 28, tzinfo=UTC)
    proof, lines = open_proof("p", "film", source, target, (EN, ES), now, "ada", terms=terms)
    assert "register" not in {reason.kind for reason in lines[1].reasons}
    typed = replace(lines[1], text="\u00bfD\u00f3nde est\u00e1s?")
    checked = check_line(proof, lines, typed)
    assert "register" in {reason.kind for reason in checked.reasons}
    assert checked.risk > lines[1].risk
