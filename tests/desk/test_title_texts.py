"""Names and synopses by machine: people's texts stay, the trail tells, undo puts back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from crossreel.accounts.operator import ROLES, Actor, Role
from crossreel.app import App, open_app
from crossreel.catalog.documents import title_from_dict, title_to_dict
from crossreel.catalog.title import LocalizedText, MachineMade, Title
from crossreel.desk.title_texts import ACTION, TextOrder, TextRun, machine_made, quote_texts, translate_texts
from crossreel.desk.titles import accept_text, edit_text, edit_title, put_title
from crossreel.desk.undo import undo
from crossreel.errors import BadValue, MissingProgram, NotAllowed, OutsideFailure, UnknownId
from crossreel.localize.translate.memory import Segment
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.values.ids import TitleId
from crossreel.values.language import Language

EN, ES, JA, PT = (Language.parse(tag) for tag in ("en", "es", "ja", "pt"))
ADA = Actor("ada", ROLES[Role.EDITOR], "session")
ROB = Actor("rob", ROLES[Role.REPORTER], "session")
SHIP, TEA, OWN = (TitleId("desk", key) for key in ("ship", "tea", "own"))
STORY = (
    "A ship sails. " + "It meets a storm that no one on board had seen coming. " * 3 + "\n\nNobody sleeps."
)


class Marking:
    """An engine that writes an x before each word and remembers what it was asked."""

    def __init__(self, *, context: bool = False) -> None:
        self.asked: list[Request] = []
        self.is_broken = False
        self.facts = EngineFacts("marking", "none", "nothing", False, Decimal(20), uses_context=context)

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        return () if source == JA else (f"{source}-{target}",)

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        if source == JA:
            raise MissingProgram("marking-ja is missing.", advice="apt install marking-ja")
        if self.is_broken:
            raise OutsideFailure("It failed.", advice="Wait.")
        self.asked += requests
        return [Answer(one.id, " ".join(f"x{word}" for word in one.text.split())) for one in requests]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = open_app(tmp_path / "home", create=True)
    ship = LocalizedText(EN, name="The Ship", synopsis=STORY)
    tea = (LocalizedText(EN, synopsis="She drinks tea."), LocalizedText(ES, synopsis="Ella toma té."))
    own = LocalizedText(JA, synopsis="家。")
    with app.atomic():
        put_title(app, Title(SHIP, "The Ship", original_languages=(EN,), texts=(ship,)))
        put_title(app, Title(TEA, "Té", original_languages=(ES,), texts=tea))
        put_title(app, Title(OWN, "家", original_languages=(JA,), texts=(own,)))
    yield app
    app.close()


def _run(app: App, engine: Marking, actor: Actor = ADA, **options: object) -> TextRun:
    order = TextOrder(ES, **options)  # type: ignore[arg-type]
    return translate_texts(app, actor, order, make=lambda *_args, **_options: engine)


def _said(app: App, id_: TitleId, language: Language = ES) -> LocalizedText | None:
    return next((one for one in app.catalog.get([id_])[id_].texts if one.language == language), None)


def _states(run: TextRun) -> dict[tuple[str, str], str]:
    return {(item.title.key, item.field): item.state for item in run.items}


def test_a_persons_text_stays_and_a_machines_is_made_again_without_paying_twice(app: App) -> None:
    engine = Marking()
    run = _run(app, engine, source=EN, only="both")
    assert _states(run) == {
        ("ship", "name"): "machine", ("ship", "synopsis"): "machine", ("tea", "name"): "kept",
        ("tea", "synopsis"): "kept", ("own", "name"): "missing", ("own", "synopsis"): "missing",
    }  # fmt: skip
    made = _said(app, SHIP)
    assert made is not None
    assert made.name == "XThe xShip"
    first, blank, last = made.synopsis.split("\n")
    assert (first.count("xstorm"), blank, last) == (3, "", "XNobody xsleeps."), "paragraphs stay"
    assert _said(app, TEA) == LocalizedText(ES, synopsis="Ella toma té.")
    paid = len(engine.asked)
    again = _run(app, engine, source=EN, only="both")
    assert _states(again) == _states(run)
    assert not any(item.changed for item in again.items)
    assert len(engine.asked) == paid
    edit_text(app, ADA, SHIP, ES, name="El barco")
    third = _run(app, engine, source=EN, only="both")
    assert _states(third)["ship", "name"] == "kept", "corrected, it is a person's"
    assert _states(third)["ship", "synopsis"] == "machine"
    _run(app, engine, source=EN, replace=True, titles=(TEA,))
    by = (MachineMade("synopsis", "marking", app.clock().date()),)
    assert _said(app, TEA) == LocalizedText(ES, synopsis="XShe xdrinks xtea.", machine=by)


def test_a_machines_text_stays_one_until_somebody_accepts_or_corrects_it(app: App) -> None:
    _run(app, Marking(), source=EN, only="both", titles=(SHIP,))
    ship = app.catalog.get([SHIP])[SHIP]
    assert title_from_dict(title_to_dict(ship), SHIP.source) == ship, "documents carry it"
    assert ship.shown_synopsis((ES,)).is_machine  # type: ignore[union-attr]
    assert not ship.shown_synopsis((EN,)).is_machine  # type: ignore[union-attr]
    edit_text(app, ADA, SHIP, Language.parse("fr"), name="Le navire")
    document = title_to_dict(app.catalog.get([SHIP])[SHIP])
    for text in document["texts"]:
        text.pop("machine", None)
    edit_title(app, ADA, SHIP, {**document, "year": 1931})
    assert machine_made(app.catalog.get([SHIP])[SHIP], ES, "synopsis"), (
        "forms that know nothing of it keep it"
    )
    edit_text(app, ADA, SHIP, ES, name="El barco")
    made = _said(app, SHIP)
    assert made is not None
    assert [one.field for one in made.machine] == ["synopsis"], "what was corrected is a person's"
    accept_text(app, ADA, SHIP, ES)
    assert not machine_made(app.catalog.get([SHIP])[SHIP], ES, "synopsis")
    assert _states(_run(app, Marking(), source=EN, titles=(SHIP,)))["ship", "synopsis"] == "kept"
    (entry,) = app.audit.page(action="title.accept")
    undo(app, ADA, entry.id)
    assert machine_made(app.catalog.get([SHIP])[SHIP], ES, "synopsis")
    with pytest.raises(UnknownId):
        accept_text(app, ADA, SHIP, Language.parse("ko"))


def test_it_is_one_entry_a_title_and_can_be_taken_back(app: App) -> None:
    _run(app, Marking(), source=EN, only="both", replace=True)
    entries = app.audit.page(action=ACTION)
    assert sorted(entry.subject for entry in entries) == [str(SHIP), str(TEA)]
    assert {entry.actor for entry in entries} == {"ada"}
    assert machine_made(app.catalog.get([TEA])[TEA], ES, "synopsis")
    for entry in entries:
        undo(app, ADA, entry.id)
    assert _said(app, SHIP) is None
    assert _said(app, TEA) == LocalizedText(ES, synopsis="Ella toma té.")
    assert not machine_made(app.catalog.get([TEA])[TEA], ES, "synopsis")


def test_what_it_takes_is_told_and_nothing_is_sent(app: App) -> None:
    engine = Marking()
    run = quote_texts(app, TextOrder(ES, EN), lambda *_args, **_options: engine)
    assert run.counts() == {"waiting": 1, "kept": 1, "missing": 1}
    assert run.estimate.sentences == 5
    assert run.estimate.cost == (Decimal(20) * run.estimate.characters / 1_000_000).quantize(
        Decimal("0.0001")
    )
    assert engine.asked == []
    assert app.audit.page(action=ACTION) == []


def test_memory_terms_and_context(app: App, tmp_path: Path) -> None:
    app.memories.of(EN, ES).add([Segment("A ship sails.", "Zarpa un barco.", "ada", human=True)])
    terms = tmp_path / "terms.csv"
    terms.write_text("source,target\nstorm,tormenta\n", encoding="utf-8")
    engine = Marking(context=True)
    _run(app, engine, titles=(SHIP, TEA), replace=True, terms=terms)
    made = _said(app, SHIP)
    assert made is not None
    assert made.synopsis.startswith("Zarpa un barco. ")
    assert any(one.terms == (("storm", "tormenta"),) for one in engine.asked)
    ship = [one for one in engine.asked if "sleeps" in one.text or "storm" in one.text]
    assert all("The Ship" in one.notes and "tea" not in " ".join(one.before) for one in ship)


def test_what_cannot_be_done_is_said(app: App) -> None:
    engine = Marking()
    run = _run(app, engine)
    assert _states(run)["own", "synopsis"] == "failed", "the engine reads no Japanese, the rest is done"
    assert _states(run)["ship", "synopsis"] == "machine"
    with pytest.raises(MissingProgram, match="marking-ja"):
        _run(app, engine, source=JA)
    with pytest.raises(NotAllowed):
        _run(app, engine, ROB)
    with pytest.raises(BadValue, match="synopsis, name, both"):
        _run(app, engine, only="plot")
    with pytest.raises(BadValue, match="another than"):
        _run(app, engine, source=ES)
    with pytest.raises(UnknownId):
        _run(app, engine, titles=(TitleId("no", "such"),))
    before = app.catalog.revision()
    engine.is_broken = True
    with pytest.raises(OutsideFailure, match="Nothing was written"):
        translate_texts(app, ADA, TextOrder(PT, EN), make=lambda *_args, **_options: engine)
    assert app.catalog.revision() == before


@pytest.fixture
def apertium(debian: Callable[..., str]) -> str:
    debian("apertium", package="apertium apertium-eng-spa")
    return debian("apertium", package="apertium-eng-spa", file="usr/share/apertium/modes/eng-spa.mode")


@pytest.mark.usefixtures("apertium")
def test_apertium_makes_spanish(app: App) -> None:
    order = TextOrder(ES, EN, only="name", titles=(SHIP,))
    (item,) = translate_texts(app, ADA, order).items
    assert (item.state, item.target) == ("machine", "El Barco")
