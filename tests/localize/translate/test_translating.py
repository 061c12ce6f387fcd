"""Every cue keeps its id and its own words, whatever an engine does."""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.errors import BadFile, BadRows, BadValue, OutsideFailure
from crossreel.localize.timedtext.formats import read_bytes
from crossreel.localize.timedtext.model import Cue, Document, Span, Text, cue_of
from crossreel.localize.translate.asking import ask
from crossreel.localize.translate.cache import AnswerCache
from crossreel.localize.translate.lines import Translated
from crossreel.localize.translate.machine import Task, estimate, names_in, translate_document
from crossreel.localize.translate.memory import MemoryList, Segment, similarity
from crossreel.localize.translate.placing import share_out
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.localize.translate.terms import read_terms
from crossreel.localize.translate.tmx import read_tmx, tmx_of
from crossreel.localize.translate.units import pieces_of, units_of
from crossreel.localize.translate.wording import edges
from crossreel.values.language import Language

EN, ES = Language.parse("en"), Language.parse("es")


class Marking:
    """Answers each word with an x before it, and misbehaves as told.

    Args:
        faults: any of drop, double, reorder, overrun, empty, fail, foreign.
    """

    def __init__(self, *faults: str, seed: int = 0) -> None:
        self.faults, self.random, self.asked = faults, random.Random(seed), 0

    @property
    def facts(self) -> EngineFacts:
        return EngineFacts("marking", "none", "nothing", sends_away=False)

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        return ("mark",)

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        self.asked += len(requests)
        answers = [Answer(r.id, " ".join(f"x{word}" for word in r.text.split())) for r in requests]
        for fault in self.faults:
            answers = self.spoiled(fault, answers)
        return answers

    def spoiled(self, fault: str, answers: list[Answer]) -> list[Answer]:
        several = len(answers) > 1
        if fault == "fail":
            raise OutsideFailure("It failed.", advice="Wait.")
        if fault == "drop" and several:
            return [answer for answer in answers if self.random.random() < 0.6]
        if fault == "double" and several:
            return [*answers, replace(answers[0], text=answers[-1].text + " again")]
        if fault == "reorder":
            return self.random.sample(answers, len(answers))
        if fault == "overrun" and several:
            return [replace(answer, text=" ".join(a.text for a in answers) * 9) for answer in answers]
        if fault == "empty" and several:
            return [replace(answer, text=self.random.choice(["", answer.text])) for answer in answers]
        if fault == "foreign":
            return [*answers, Answer("nobody", "stray")]
        return answers


words = st.sampled_from(["the", "captain", "sees", "Maria", "ships", "at", "night", "waits", "here"])
sentences = st.lists(words, min_size=1, max_size=12).map(" ".join)


@st.composite
def films(draw: st.DrawFn) -> Document:
    cues, at = [], 1
    for number in range(draw(st.integers(1, 12))):
        text = draw(sentences) + draw(st.sampled_from(["", ".", "?", ",", "...", "!"]))
        shape = draw(st.integers(0, 5))
        if shape == 0:
            text = f"- {text}\n- {draw(sentences)}."
        elif shape == 1:
            text = f"♪ {text} ♪"
        elif shape == 2:
            text = f"{text}\n{draw(sentences)}"
        cue = cue_of(Fraction(at), Fraction(at + 2), text, id=f"c{number}")
        if draw(st.booleans()):
            cue = replace(cue, tree=(Span("i", cue.tree),))
        cues.append(cue)
        at += draw(st.integers(2, 9))
    return Document(tuple(cues))


def own_words(cue: Cue) -> list[str]:
    return re.findall(r"[\w']+", cue.text.lower())


def check_lines(document: Document, done: Translated) -> None:
    assert [(c.id, c.start, c.end) for c in done.document.cues] == [
        (c.id, c.start, c.end) for c in document.cues
    ]
    assert [line.id for line in done.lines] == [cue.id for cue in document.cues]
    for old, new, line in zip(document.cues, done.document.cues, done.lines, strict=True):
        if line.state == "untranslated":
            assert new.text == old.text
        else:
            assert new.text.strip()
            marked = [word for word in own_words(new) if word != "again"]
            assert all(word.startswith("x") for word in marked)
        assert old.text.count("♪") == new.text.count("♪")


@settings(max_examples=20)
@given(
    films(),
    st.sampled_from(
        [(), ("drop",), ("double",), ("overrun",), ("empty",), ("reorder", "foreign"), ("drop", "reorder")]
    ),
    st.integers(0, 99),
)
def test_no_line_is_lost_merged_or_shifted(document: Document, faults: tuple[str, ...], seed: int) -> None:
    done = translate_document(document, Task(EN, ES, Marking(*faults, seed=seed), pre_edit=False))
    check_lines(document, done)
    assert not [line for line in done.lines if line.state == "untranslated"]
    together = [word[1:] for cue in done.document.cues for word in own_words(cue)]
    assert together == [word for cue in document.cues for word in own_words(cue)]


@settings(max_examples=8)
@given(films())
def test_an_engine_that_never_answers_leaves_the_words_and_says_so(document: Document) -> None:
    done = translate_document(document, Task(EN, ES, Marking("fail")))
    assert {line.state for line in done.lines} == {"untranslated"}
    assert all(line.risk > 0.9 for line in done.lines)
    assert [cue.text for cue in done.document.cues] == [cue.text for cue in document.cues]


@settings(max_examples=20)
@given(films())
def test_every_piece_is_in_one_sentence(document: Document) -> None:
    pieces = [piece for place, cue in enumerate(document.cues) for piece in pieces_of(cue, place)]
    assert [piece for unit in units_of(document.cues, EN) for piece in unit.pieces] == pieces


@settings(max_examples=30)
@given(st.lists(words, min_size=1, max_size=30).map(" ".join), st.lists(sentences, min_size=1, max_size=5))
def test_shares_are_the_translation_and_none_is_empty(text: str, sources: list[str]) -> None:
    shares = share_out(text, sources, ES)
    if len(text.split()) < len(sources):
        assert shares is None
    else:
        assert shares is not None
        assert len(shares) == len(sources)
        assert all(shares)
        assert " ".join(shares).split() == text.split()


def srt(*texts: str) -> Document:
    cues = (f"{n}\n00:00:{n * 3:02},000 --> 00:00:{n * 3 + 2:02},900\n{t}\n" for n, t in enumerate(texts, 1))
    return read_bytes("\n".join(cues).encode(), Path("a.srt"))


def test_a_sentence_over_two_cues_is_asked_whole_and_put_back() -> None:
    document = srt("The captain told me", "that the ship would leave at 10.", "Good night.")
    assert [unit.text() for unit in units_of(document.cues, EN)] == [
        "The captain told me that the ship would leave at 10.",
        "Good night.",
    ]
    engine = Marking()
    done = translate_document(document, Task(EN, ES, engine, pre_edit=False))
    assert done.document.cues[0].text == "xThe xcaptain xtold xme"
    assert engine.asked == 2


def test_names_and_numbers_stay_in_their_cue() -> None:
    sources = ["At 10", "the ship leaves, said Maria"]
    shares = share_out("A las 10 saldrá el barco, dijo Maria", sources, ES)
    assert shares is not None
    assert "10" in shares[0]
    assert "Maria" in shares[1]


def test_marks_around_words_are_kept() -> None:
    for text in ("♪ la la ♪", "...and so", "[door slams]", "JOHN: Come in!", '"Go!"', "#2: First"):
        found = edges(text)
        assert found.prefix + found.core + found.suffix == text
        assert any(char.isalpha() for char in found.core)
    assert edges("[door slams]").core == "door slams"
    assert edges("♪♪").core == ""


def test_tags_inside_a_line_follow_their_word() -> None:
    document = srt("He is <i>Napoleon</i> now.")
    done = translate_document(document, Task(EN, ES, Marking(), pre_edit=False))
    spans = [node for node in done.document.cues[0].tree if isinstance(node, Span)]
    assert [span.children for span in spans] == [(Text("Napoleon"),)] or spans[0].kind == "i"


def test_locked_lines_stay_and_memory_comes_before_the_engine() -> None:
    document = srt("Good night.", "Where are you?", "Chapter 12 begins.")
    memory = MemoryList(
        [Segment("good night", "Buenas noches."), Segment("Chapter 3 begins.", "Empieza el capítulo 3.")]
    )
    task = Task(EN, ES, Marking(), memory=memory, locked={1: "¿Dónde andas?"}, pre_edit=False)
    done = translate_document(document, task)
    assert [line.state for line in done.lines] == ["memory", "locked", "memory"]
    assert [cue.text for cue in done.document.cues] == [
        "Buenas noches.",
        "¿Dónde andas?",
        "Empieza el capítulo 12.",
    ]


def test_a_stopped_run_goes_on_from_its_cache(tmp_path: Path) -> None:
    document = srt(*(f"This is line number {n}." for n in range(15)))
    path = tmp_path / "answers.jsonl"
    first = Marking()
    done = translate_document(document, Task(EN, ES, first, cache=AnswerCache(path)))
    assert first.asked == 15
    with path.open("a") as file:
        file.write('{"key": "half')
    again = Marking()
    task = Task(EN, ES, again, cache=AnswerCache(path))
    assert estimate(document, task).from_cache == 15
    assert translate_document(document, task).document == done.document
    assert again.asked == 0
    stopped = translate_document(document, Task(EN, ES, Marking()), cancelled=lambda: True)
    assert stopped.cancelled
    assert {line.state for line in stopped.lines} == {"untranslated"}


def test_risk_puts_missing_numbers_and_untranslated_words_first() -> None:
    class Losing(Marking):
        def translate(
            self, requests: Sequence[Request], source: Language, target: Language
        ) -> Iterable[Answer]:
            answers = {"There are 12 ships.": "Hay barcos.", "I see the keyboards.": "Veo los keyboards."}
            return [Answer(r.id, answers.get(r.text, "Buenas noches, amigo.")) for r in requests]

    done = translate_document(
        srt("Good night, friend.", "I see the keyboards.", "There are 12 ships."), Task(EN, ES, Losing())
    )
    worst = done.worst_first()
    assert [line.cue for line in worst] == [3, 2, 1]
    assert worst[0].reasons[0].kind == "number"
    assert worst[1].reasons[0].kind == "untranslated"
    assert [one.kind for one in worst[2].reasons] in (["estimate"], [])


def test_terms_are_found_inflected_and_enforced_in_number(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text("source,target,kind\nkeyframe,fotograma clave,term\nHawk,Halcón,name\n,tío,forbidden\n")
    terms = read_terms(path, EN, ES)
    assert len(terms) == 3
    alone = {"keyframe": "marco de tecla"}.get
    done = terms.enforced("Two keyframes here.", "Dos keyframes aquí.", alone)
    assert done == "Dos fotogramas clave aquí."
    assert terms.enforced("A keyframe.", "Un marco de tecla.", alone) == "Un fotograma clave."
    assert [f.used for f in terms.check("Call Hawk.", "Llama a Hawk, tío.")] == [False, False]
    path.write_text("source,target,kind\nkeyframe,,term\nx,y,sort\n")
    with pytest.raises(BadRows):
        read_terms(path, EN, ES)
    path.write_text("a,b\n")
    with pytest.raises(BadFile, match="columns"):
        read_terms(path, EN, ES)


def test_tbx_gives_terms_and_forbidden_ones(tmp_path: Path) -> None:
    path = tmp_path / "terms.tbx"
    path.write_text(
        '<tbx xmlns="urn:iso:std:iso:30042:ed-2"><text><body><conceptEntry id="1">'
        '<langSec xml:lang="en"><termSec><term>layer</term></termSec></langSec>'
        '<langSec xml:lang="es"><termSec><term>capa</term></termSec><termSec><term>estrato</term>'
        '<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></termSec></langSec>'
        "</conceptEntry></body></text></tbx>"
    )
    terms = read_terms(path, EN, ES).terms
    assert {(t.source, t.target, t.kind) for t in terms} == {
        ("layer", "capa", "term"),
        ("layer", "estrato", "forbidden"),
    }
    path.write_text('<!DOCTYPE a [<!ENTITY b "c">]><a/>')
    with pytest.raises(BadFile, match="entities"):
        read_terms(path, EN, ES)


def test_tmx_goes_out_and_comes_back(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    kept = [Segment("Good night & luck", "Buenas noches y suerte", "film", human=True)]
    path = tmp_path / "m.tmx"
    path.write_bytes(tmx_of(kept, EN, ES, datetime(2026, 1, 1, tzinfo=UTC)))
    assert read_tmx(path, EN, ES) == kept
    assert read_tmx(path, ES, EN)[0].source == "Buenas noches y suerte"
    with pytest.raises(BadFile):
        read_tmx(path, EN, Language.parse("ja"))


def test_memory_finds_near_segments_by_edit_distance() -> None:
    memory = MemoryList([Segment("The captain is here.", "El capitán está aquí."), Segment("No.", "No.")])
    found = memory.find("The captain was here!")
    assert found[0].segment.target == "El capitán está aquí."
    assert 0.7 < found[0].score < 1
    assert memory.find("Something else entirely") == []


@given(st.text("abc", max_size=9), st.text("abc", max_size=9))
def test_similarity_is_the_edit_distance(one: str, two: str) -> None:
    row = list(range(len(two) + 1))
    for n, a in enumerate(one, 1):
        new = [n]
        for m, b in enumerate(two, 1):
            new.append(min(row[m] + 1, new[-1] + 1, row[m - 1] + (a != b)))
        row = new
    longest = max(len(one), len(two))
    assert similarity(one, two) == (1.0 if not longest else pytest.approx(1 - row[-1] / longest))


def test_one_language_into_itself_is_refused() -> None:
    with pytest.raises(BadValue):
        translate_document(srt("Hello."), Task(EN, EN, Marking()))


def test_an_engine_is_not_asked_twice_for_one_text() -> None:
    engine = Marking()
    found = ask(engine, [Request(str(n), "Yes.") for n in range(9)], EN, ES)
    assert engine.asked == 1
    assert len(found.texts) == 9


def test_hundreds_of_cues_with_an_engine_that_drops() -> None:
    document = Document(
        tuple(cue_of(Fraction(n * 3), Fraction(n * 3 + 2), f"Line {n} is here.", str(n)) for n in range(600))
    )
    done = translate_document(document, Task(EN, ES, Marking("drop")))
    assert {line.state for line in done.lines} == {"machine"}
    assert done.repaired > 0


def test_lines_between_asterisks_stand_alone_and_keep_them() -> None:
    done = translate_document(
        srt("*Quick, to the ship!*", "*STEP ASIDE!*", "I'll go."), Task(EN, ES, Marking())
    )
    assert [cue.text for cue in done.document.cues][:2] == ["*¡XQuick, xto xthe xship!*", "*¡XSTEP xASIDE!*"]
    assert names_in(srt("Well, I'll see Maria.").cues) == {"maria"}
