"""Proofs of a series beside one another: chosen repairs are edits with a history, all or none."""

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from crossreel.accounts.operator import ROLES, Actor, Role
from crossreel.app import App, open_app
from crossreel.catalog.attachment import AttachmentRole
from crossreel.desk.attachments import attach_file
from crossreel.desk.consistency import compare_proofs, key_of, open_series, repair_proofs
from crossreel.desk.proofs import add_proof, edit_line, set_state, undo_change
from crossreel.desk.titles import create_title
from crossreel.errors import BadValue, Conflict, NotAllowed, UnknownId
from crossreel.localize.proofs.proof import LineState
from crossreel.localize.timedtext import write_bytes
from crossreel.localize.timedtext.model import Document, cue_of
from crossreel.localize.translate.terms import Term, Termbase
from crossreel.testing.tiny import tiny_catalog, tiny_id
from crossreel.values.ids import TitleId
from crossreel.values.language import Language

EN, ES = Language.parse("en"), Language.parse("es")
ADA = Actor("ada", ROLES[Role.EDITOR], "session")
ROB = Actor("rob", ROLES[Role.REPORTER], "session")
ENGLISH = ("Open the door!", "Queen Morevna.", "Do you know her, sir?")
CALLED = ("Queen Morevna.", "Here is Queen Morevna.", "Our Queen Morevna!")
ASKED = ("Do you know her, sir?", "Have you met her?", "Is she known to you?")
SPANISH = (
    ("¡Abre la puerta!", "La reina Morevna.", "¿La conoce usted?"),
    ("¡Abra la puerta!", "La reina Morewna.", "¿La conoces tú?"),
    ("¡Abre la puerta!", "La reina Morevna.", "¿La conoce usted?"),
)


def film(*lines: str) -> Document:
    return Document(
        tuple(cue_of(Fraction(2 * n), Fraction(2 * n + 1), text, str(n + 1)) for n, text in enumerate(lines))
    )


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = open_app(tmp_path / "w", create=True, environment={})
    tiny_catalog().fill(catalog=app.catalog, licenses=app.licenses, viewers=app.viewers)
    yield app
    app.close()


@pytest.fixture
def series(app: App) -> list[str]:
    """Three episodes as proofs."""
    terms = Termbase([Term("Queen", "reina")], EN, ES)
    return [
        add_proof(
            app,
            ADA,
            f"ep{n}",
            film(ENGLISH[0], CALLED[n - 1], ASKED[n - 1]),
            film(*lines),
            (EN, ES),
            terms=terms,
        ).id
        for n, lines in enumerate(SPANISH, 1)
    ]


def test_chosen_findings_are_repaired_with_a_history_and_locked_lines_stay(
    app: App, series: list[str]
) -> None:
    set_state(app, ADA, series[2], 0, LineState.LOCKED, 1)
    found = compare_proofs(app, series)
    kinds = {one.kind: one for one in found.findings}
    assert kinds["line"].by == "memory", "somebody locked it, so it is approved"
    assert {kind: one.chosen for kind, one in kinds.items()} == {
        "line": "¡Abre la puerta!", "name": "Morevna",
    }  # fmt: skip
    assert [(way.formal, way.informal) for way in found.ways] == [((2,), ()), ((), (2,)), ((2,), ())]
    keys = {kind: key_of(one, found.names) for kind, one in kinds.items()}
    with pytest.raises(NotAllowed):
        repair_proofs(app, ROB, series, {keys["line"]: ""})
    done = repair_proofs(app, ADA, series, {keys["line"]: "¡Abra la puerta!", keys["name"]: ""})
    assert (done.changed, done.locked) == ({series[0]: (0,), series[1]: (1,)}, ((series[2], 0),))
    assert [app.proofs.line(id_, 0).text for id_ in series] == [
        "¡Abra la puerta!", "¡Abra la puerta!", "¡Abre la puerta!",
    ]  # fmt: skip
    assert app.proofs.line(series[1], 1).text == "La reina Morevna."
    (change,) = app.proofs.changes(series[1])
    undo_change(app, ADA, series[1], change.number)
    assert app.proofs.line(series[1], 1).text == "La reina Morewna."
    (entry,) = [one for one in app.audit.page(subject="en>es") if one.action == "proof.unify"]
    assert entry.after == {"findings": 2, "lines": {series[0]: 1, series[1]: 1}}


def test_what_changed_since_it_was_seen_is_not_repaired(app: App, series: list[str]) -> None:
    found = compare_proofs(app, series)
    keys = [key_of(one, found.names) for one in found.findings]
    edit_line(app, ADA, series[1], 0, "¡Abran la puerta!", None, 1)
    with pytest.raises(Conflict, match="1 of the findings"):
        repair_proofs(app, ADA, series, dict.fromkeys(keys, ""))
    assert app.proofs.line(series[1], 1).text == "La reina Morewna.", "nothing of it is done"
    with pytest.raises(BadValue, match="wording"):
        repair_proofs(app, ADA, series, {keys[1]: "Morena"})
    with pytest.raises(BadValue, match="2 to"):
        compare_proofs(app, series[:1])
    french = add_proof(app, ADA, "f", film(*ENGLISH), film(*SPANISH[0]), (EN, Language.parse("fr")))
    with pytest.raises(BadValue, match="one pair"):
        compare_proofs(app, [*series, french.id])


def test_where_nothing_decides_one_has_to_be_chosen(app: App, series: list[str]) -> None:
    two = series[:2]
    found = compare_proofs(app, two)
    line = next(one for one in found.findings if one.kind == "line")
    key = key_of(line, found.names)
    assert line.chosen == ""
    with pytest.raises(Conflict, match="Nothing says"):
        repair_proofs(app, ADA, two, {key: ""})
    assert repair_proofs(app, ADA, two, {key: "¡Abra la puerta!"}).count == 1


def test_a_series_stands_for_its_episodes_and_their_newest_proofs(app: App) -> None:
    ids = [tiny_id("moon"), tiny_id("nosferatu")]
    with pytest.raises(UnknownId, match="two files"):
        open_series(app, ADA, ids, (EN, ES))
    made = [
        add_proof(app, ADA, "x", film(*ENGLISH), film(*SPANISH[0]), (EN, ES), title=id_).id for id_ in ids
    ]
    newer = add_proof(app, ADA, "y", film(*ENGLISH), film(*SPANISH[1]), (EN, ES), title=ids[1]).id
    assert open_series(app, ADA, ids, (EN, ES)) == [made[0], newer]
    with pytest.raises(UnknownId, match="title"):
        open_series(app, ADA, [TitleId.parse("tiny:none")], (EN, ES))


def test_episodes_with_subtitles_in_both_languages_are_opened_once(app: App) -> None:
    create_title(app, ADA, {"id": "show", "name": "A show", "kind": "series"})
    for number in (2, 1):
        episode = {"id": f"e{number}", "name": f"Part {number}", "kind": "episode"}
        create_title(app, ADA, {**episode, "parent": "desk:show", "number": number})
        for language, lines in ((EN, ENGLISH), (ES, SPANISH[number - 1])):
            file = io.BytesIO(write_bytes(film(*lines), "webvtt").data)
            id_ = TitleId.parse(f"desk:e{number}")
            attach_file(app, ADA, id_, AttachmentRole.SUBTITLES, "s.vtt", file, language=language)
    show = [TitleId.parse("desk:show")]
    with pytest.raises(NotAllowed):
        open_series(app, ROB, show, (EN, ES))
    assert app.proofs.all() == []
    opened = open_series(app, ADA, show, (EN, ES))
    assert [app.proofs.get(id_).title for id_ in opened] == ["desk:e1", "desk:e2"], "by their numbers"
    assert open_series(app, ADA, show, (EN, ES)) == opened
    assert {one.kind for one in compare_proofs(app, opened).findings} >= {"line", "name"}
