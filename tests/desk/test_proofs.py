"""Translated files read by several people: nobody overwrites anybody, everything can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import crossreel.sample
from crossreel.accounts.operator import ROLES, Actor, Role
from crossreel.app import App, open_app
from crossreel.catalog.importing import import_catalog
from crossreel.desk import listening, proofs
from crossreel.desk.work import handlers
from crossreel.errors import BadValue, Conflict, NotAllowed, UnknownId
from crossreel.localize.proofs.checking import check_proof, document_of
from crossreel.localize.proofs.markup import clean, markup_of, plain_of, tree_of
from crossreel.localize.proofs.opening import paired
from crossreel.localize.proofs.proof import ChangeKind, LineState, Proof
from crossreel.localize.timedtext import read_bytes
from crossreel.localize.timedtext.model import cue_of
from crossreel.localize.translate.terms import Term, Termbase
from crossreel.values.language import Language
from crossreel.web.console.waves import draw_wave

SAMPLE = Path(crossreel.sample.__file__).parent
EN, ES = Language.parse("en"), Language.parse("es")
ADA = Actor("ada", ROLES[Role.EDITOR], "session")
EVE = Actor("eve", ROLES[Role.EDITOR], "session")
ROB = Actor("rob", ROLES[Role.REPORTER], "session")
SOURCE = b"""WEBVTT

1
00:01.000 --> 00:03.000
Captain Ray has 40 ships.

2
00:03.500 --> 00:05.000
<i>He</i> must not know.

3
00:06.000 --> 00:07.500
Then go, Ray & Sons!
"""
TARGET = """WEBVTT

1
00:01.000 --> 00:03.000 line:0
El capitán Ray tiene 14 barcos.

2
00:03.500 --> 00:05.000
<i>Él</i> no debe saber.
""".encode()
TERMS = Termbase([Term("ship", "nave")], EN, ES)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = open_app(tmp_path / "home", create=True)
    yield app
    app.close()


@pytest.fixture
def proof(app: App) -> Proof:
    source = proofs.read_subtitles(SOURCE, "a.en.vtt", EN)
    target = proofs.read_subtitles(TARGET, "a.es.vtt", ES)
    return proofs.add_proof(app, ADA, "A film", source, target, (EN, ES), terms=TERMS)


def test_opening_shows_what_is_doubtful_and_what_is_missing(app: App, proof: Proof) -> None:
    first, second, third = app.proofs.lines(proof.id)
    assert {reason.kind for reason in first.reasons} >= {"number", "term"}
    assert second.risk < first.risk < third.risk, "an untranslated line is the worst"
    assert (third.source, third.text, third.start) == ("Then go, Ray & Sons!", "", Fraction(6))
    assert any("1 lines of the source" in note for note in proof.notes)
    stored = app.proofs.get(proof.id)
    assert stored == proof
    assert app.proofs.all()[0][1] == {LineState.MACHINE: 3}


def test_two_people_on_one_line_do_not_overwrite_each_other(app: App, proof: Proof) -> None:
    line = app.proofs.line(proof.id, 0)
    first = proofs.edit_line(app, ADA, proof.id, 0, "El capitán Ray tiene 40 naves.", None, line.revision)
    assert (first.state, first.actor, first.revision) == (LineState.EDITED, "ada", 2)
    assert first.risk < line.risk
    with pytest.raises(Conflict, match="ada changed line 1 since") as caught:
        proofs.edit_line(app, EVE, proof.id, 0, "Otra cosa.", None, line.revision)
    assert caught.value.data["revision"] == 2
    with pytest.raises(Conflict):
        proofs.set_state(app, EVE, proof.id, 0, LineState.ACCEPTED, line.revision)
    assert app.proofs.line(proof.id, 0) == first, "nothing was lost"
    other = proofs.edit_line(app, EVE, proof.id, 1, "Él no debe saberlo.", None, 1)
    assert other.actor == "eve", "other lines are free"


def test_every_step_can_be_taken_back_while_it_is_the_last(app: App, proof: Proof) -> None:
    was = app.proofs.line(proof.id, 0)
    proofs.edit_line(app, ADA, proof.id, 0, "Uno.", (Fraction(1), Fraction(5, 2)), 1)
    proofs.edit_line(app, EVE, proof.id, 0, "Dos.", None, 2)
    dos, uno = app.proofs.changes(proof.id, 0)
    with pytest.raises(Conflict):
        proofs.undo_change(app, ADA, proof.id, uno.number)
    back = proofs.undo_change(app, ADA, proof.id, dos.number)
    assert (back.text, back.end) == ("Uno.", Fraction(5, 2))
    again = app.proofs.changes(proof.id, 0)[0]
    assert (again.kind, again.undoes) == (ChangeKind.UNDO, dos.number)
    assert proofs.undo_change(app, ADA, proof.id, again.number).text == "Dos."
    assert was.text == "El capitán Ray tiene 14 barcos."
    with pytest.raises(UnknownId):
        proofs.undo_change(app, ADA, proof.id, 999)


def test_a_locked_line_stays_and_accepted_ones_are_remembered(app: App, proof: Proof) -> None:
    proofs.edit_line(
        app, ADA, proof.id, 0, "El capitán Ray tiene 40 naves.", None, 1, state=LineState.ACCEPTED
    )
    proofs.set_state(app, ADA, proof.id, 0, LineState.LOCKED, 2)
    with pytest.raises(Conflict, match="locked"):
        proofs.edit_line(app, EVE, proof.id, 0, "No.", None, 3)
    (match,) = app.memories.of(EN, ES).find("Captain Ray has 40 ships.", count=1)
    assert (match.segment.target, match.segment.human, match.score) == (
        "El capitán Ray tiene 40 naves.",
        True,
        1,
    )
    proofs.set_state(app, EVE, proof.id, 0, LineState.EDITED, 3)
    assert proofs.edit_line(app, EVE, proof.id, 0, "Sí.", None, 4).text == "Sí."
    with pytest.raises(BadValue):
        proofs.set_state(app, EVE, proof.id, 2, LineState.ACCEPTED, 1)


def test_only_editors_change_and_everybody_may_speak(app: App, proof: Proof) -> None:
    with pytest.raises(NotAllowed):
        proofs.edit_line(app, ROB, proof.id, 0, "x", None, 1)
    with pytest.raises(NotAllowed):
        proofs.set_state(app, ROB, proof.id, 0, LineState.ACCEPTED, 1)
    said = proofs.comment_line(app, ROB, proof.id, 0, " 40, not 14! ")
    assert said.after == {"text": "40, not 14!"}
    assert app.proofs.line(proof.id, 0).comments == 1
    assert app.proofs.line(proof.id, 0).revision == 1, "a comment disturbs nobody"
    for bad in ("", "x" * 5000):
        with pytest.raises(BadValue):
            proofs.comment_line(app, ROB, proof.id, 0, bad)
    for times in ((Fraction(-1), Fraction(2)), (Fraction(3), Fraction(3))):
        with pytest.raises(BadValue):
            proofs.edit_line(app, ADA, proof.id, 0, "x", times, 1)


def test_the_file_keeps_placement_and_markup_and_says_what_is_missing(app: App, proof: Proof) -> None:
    written = proofs.written_proof(app, proof.id, "webvtt")
    text = written.data.decode()
    assert "line:0" in text
    assert "<i>Él</i> no debe saber." in text
    assert any("1 lines without words" in note for note in written.notes)
    with pytest.raises(Conflict, match="no title"):
        proofs.publish_proof(app, ADA, proof.id)
    again = read_bytes(proofs.written_proof(app, proof.id, "srt").data, "x.srt")
    assert [cue.start for cue in again.cues] == [1, Fraction(7, 2)]


def test_trying_a_line_names_rules_terms_and_changes_nothing(app: App, proof: Proof) -> None:
    long = "Una línea que es con mucho demasiado larga para la pantalla de cine"
    found = proofs.try_line(app, proof, 0, long, Fraction(1), Fraction(3))
    assert {one.rule for one in found.violations} >= {"line-length", "reading-speed"}
    assert {one.cue for one in found.violations} == {1}
    assert [term.used for term in found.terms] == [False]
    assert found.cps is not None
    assert found.cps > (found.most_cps or 0)
    assert app.proofs.line(proof.id, 0).revision == 1
    into = proofs.try_line(app, proof, 1, "Hola.", Fraction(7, 2), Fraction(13, 2))
    assert [one.cue for one in into.violations if one.rule == "overlap"] == [3]
    report = check_proof(proof, app.proofs.lines(proof.id))
    assert report.cues == 3


def test_a_removed_proof_is_gone_with_all_of_it(app: App, proof: Proof) -> None:
    proofs.comment_line(app, ADA, proof.id, 0, "hm")
    proofs.remove_proof(app, ADA, proof.id)
    assert app.proofs.all() == []
    assert app.proofs.changes(proof.id) == []
    with pytest.raises(UnknownId):
        app.proofs.get(proof.id)
    assert app.audit.page(subject=proof.id)[0].action == "proof.remove"


def test_the_memory_is_one_a_pair_and_the_later_wording_stays(app: App) -> None:
    from crossreel.localize.translate.memory import Segment

    memory = app.memories.of(EN, ES)
    memory.add([Segment("Go on!", "¡Sigue!", "a"), Segment("Go on!", "¡Vamos!", "b"), Segment("...", "x")])
    memory.add([Segment("go on", "¡Adelante!", "a", human=True)])
    assert [one.segment.target for one in memory.find("Go on")] == ["¡Adelante!", "¡Vamos!"]
    assert not app.memories.of(ES, EN).find("Go on")
    assert app.memories.sizes() == {"en>es": 2}
    app.memories.of(EN, ES).add([Segment("Captain Ray has forty ships", "cuarenta naves")])
    assert memory.find("Captain Ray has fourty ships!")[0].score > 0.9


def test_the_film_is_heard_once_for_waveform_and_shots(app: App, proof: Proof) -> None:
    with pytest.raises(Conflict, match="no film"):
        listening.start_listening(app, ADA, proof)
    source = proofs.read_subtitles(SOURCE, "a", EN)
    import_catalog(SAMPLE / "titles.jsonl", format="jsonl", source="sample", store=app.catalog)
    title = app.catalog.ids()[0]
    filmed = proofs.add_proof(app, ADA, "f", source, source, (EN, ES), title=title)
    assert listening.heard(app, filmed) is None
    job = listening.start_listening(app, ADA, filmed)
    told = handlers(app)[job.kind](job.parameters, lambda *_: None)
    found = listening.heard(app, filmed)
    assert found is not None
    assert 23 <= told["seconds"] <= 25, "the sample film has 24 seconds"
    assert found.peaks.max() > 30, "it is not silent"
    assert found.shots[0] == 0
    assert len(found.shots) >= 5
    assert app.proofs.get(filmed.id).shots == found.shots
    drawn = draw_wave(found.peaks, found.shots, app.proofs.lines(filmed.id), app.proofs.line(filmed.id, 0))
    assert [mark.is_here for mark in drawn.lines] == [True, False]
    assert drawn.outline.count(",") > 500
    assert draw_wave(None, (), [], app.proofs.line(filmed.id, 2)).outline == ""


times = st.integers(0, 60).map(Fraction)
cues = st.lists(
    st.tuples(times, st.integers(1, 6), st.sampled_from(["", "a", "b"])).map(
        lambda one: cue_of(one[0], one[0] + one[1], "words", one[2])
    ),
    max_size=12,
)


@given(cues, cues)
def test_pairing_loses_no_line_of_either_side(source: list, target: list) -> None:  # type: ignore[type-arg]
    pairs = paired(source, target)
    assert sorted(place for _, place in pairs if place is not None) == list(range(len(target)))
    assert {number for numbers, _ in pairs for number in numbers} == set(range(len(source)))


@given(st.text(alphabet="aé<>&/iruby \n♪一א", max_size=30))
def test_typed_text_stays_what_it_is(text: str) -> None:
    kept = clean(text)
    tree = tree_of(kept)
    assert plain_of(markup_of(tree)) == plain_of(kept)
    assert markup_of(tree_of(markup_of(tree))) == markup_of(tree)


def test_a_document_has_the_lines_it_is_given(app: App, proof: Proof) -> None:
    lines = app.proofs.lines(proof.id)
    assert [cue.text for cue in document_of(proof, lines[:2]).cues] == [
        plain_of(one.text) for one in lines[:2]
    ]
