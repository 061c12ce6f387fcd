"""Translations as jobs: told before, stopped, gone on with, never over the budget; people's lines stay."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from crossreel.accounts.operator import ROLES, Actor, Role
from crossreel.app import App, open_app
from crossreel.desk import proofs, translating
from crossreel.desk.work import handlers
from crossreel.errors import BadInput, BadValue, Conflict, MissingProgram, NotAllowed, OutsideFailure
from crossreel.jobs.runner import Canceled, Runner
from crossreel.localize.proofs.proof import LineState
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.testing.tiny import tiny_catalog
from crossreel.values.job import JobState
from crossreel.values.language import Language

EN, ES, FR = Language.parse("en"), Language.parse("es"), Language.parse("fr")
ADA = Actor("ada", ROLES[Role.EDITOR], "session")
ROB = Actor("rob", ROLES[Role.REPORTER], "session")


def film(lines: int = 60) -> bytes:
    cues = (
        f"{n}\n00:{n // 60:02}:{n % 60:02},000 --> 00:{n // 60:02}:{n % 60:02},900\nShip number {n}.\n"
        for n in range(1, lines + 1)
    )
    return "\n".join(cues).encode()


class Priced:
    """An engine that costs something, answers at once and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.facts = EngineFacts("priced", "none", "nothing", True, Decimal(20))

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        return () if target == FR else (f"{source}-{target}",)

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        if target == FR:
            raise MissingProgram("priced-fr is missing.", advice="apt install priced-fr")
        self.asked += [request.text for request in requests]
        return [Answer(one.id, one.text.replace("Ship number", "El barco")) for one in requests]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = open_app(tmp_path / "home", create=True)
    tiny_catalog().fill(app.catalog)
    yield app
    app.close()


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Priced:
    engine = Priced()
    monkeypatch.setattr(translating, "translation_engine", lambda *_args, **_options: engine)
    return engine


@pytest.fixture
def make(engine: Priced) -> Callable[..., Priced]:
    return lambda *_args, **_options: engine


def _ordered(app: App, *targets: Language, **options: object) -> translating.Order:
    return translating.keep_order(app, ADA, ("film.en.srt", film()), EN, targets, **options)  # type: ignore[arg-type]


def test_everything_is_told_before_and_nothing_is_sent(
    app: App, engine: Priced, make: Callable[..., Priced]
) -> None:
    spanish, french = translating.quote(app, _ordered(app, ES, FR, budget=Decimal("0.01")), make)
    assert spanish.estimate is not None
    assert spanish.estimate.characters == sum(len(f"Ship number {n}.") for n in range(1, 61))
    assert spanish.estimate.cost == Decimal("0.0178")
    assert spanish.over_budget
    assert "priced-fr" in french.problem
    assert engine.asked == []


def test_a_job_does_not_start_over_budget_unasked_or_for_a_reader(
    app: App, make: Callable[..., Priced]
) -> None:
    with pytest.raises(Conflict, match="budget"):
        translating.start_translations(app, ADA, _ordered(app, ES, budget=Decimal("0.01")), make=make)
    with pytest.raises(Conflict, match="away from this machine"):
        translating.start_translations(app, ADA, _ordered(app, ES), make=make)
    with pytest.raises(BadInput, match="priced-fr"):
        translating.start_translations(app, ADA, _ordered(app, ES, FR, may_leave=True), make=make)
    with pytest.raises(NotAllowed):
        translating.start_translations(app, ROB, _ordered(app, ES, may_leave=True), make=make)
    for wrong in ((EN,), (ES, ES), ()):
        with pytest.raises(BadValue):
            _ordered(app, *wrong)
    assert app.jobs.page() == []


def test_a_stopped_job_goes_on_and_pays_nothing_twice(
    app: App, engine: Priced, make: Callable[..., Priced]
) -> None:
    (job,) = translating.start_translations(app, ADA, _ordered(app, ES, may_leave=True), make=make)

    def stop(_done: int, _of: int, _what: str) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        translating.translate_job(app, job.parameters, stop)
    before = len(engine.asked)
    assert 0 < before < 60
    told = translating.translate_job(app, job.parameters, lambda *_: None)
    assert len(engine.asked) == 60, "the rest only"
    assert told["lines"] == 60
    assert told["characters"] < sum(len(f"Ship number {n}.") for n in range(1, 61))
    again = translating.translate_job(app, job.parameters, lambda *_: None)
    assert again == {"proof": told["proof"]}
    ((proof, _),) = app.proofs.all()
    assert proof.name == "film.en, es", "found by the name of its file"


def test_what_people_accepted_stays_word_for_word(
    app: App, engine: Priced, make: Callable[..., Priced]
) -> None:
    title = str(app.catalog.ids()[0])
    order = _ordered(app, ES, may_leave=True, title=title)
    (job,) = translating.start_translations(app, ADA, order, make=make)
    first = str(translating.translate_job(app, job.parameters, lambda *_: None)["proof"])
    line = app.proofs.line(first, 4)
    assert line.text == "El barco 5."
    proofs.edit_line(app, ADA, first, 4, "La nave cinco", None, line.revision, state=LineState.LOCKED)
    (job,) = translating.start_translations(app, ADA, order, make=make)
    second = str(translating.translate_job(app, job.parameters, lambda *_: None)["proof"])
    lines = app.proofs.lines(second)
    assert (lines[4].text, lines[4].state) == ("La nave cinco", LineState.ACCEPTED)
    assert [one.text for one in lines[:4]] == [f"El barco {n}." for n in range(1, 5)]
    assert [one.start for one in lines] == [one.start for one in app.proofs.lines(first)]


def test_jobs_run_and_failures_are_told(app: App, engine: Priced, make: Callable[..., Priced]) -> None:
    (job,) = translating.start_translations(app, ADA, _ordered(app, ES, may_leave=True), make=make)
    with Runner(app.jobs, handlers(app), app.clock):
        while not app.jobs.get(job.id).state.is_final:
            time.sleep(0.02)
    done = app.jobs.get(job.id)
    assert done.state is JobState.DONE
    assert done.result["cost"] == "0.0178"
    engine.translate = lambda *_args: []  # type: ignore[assignment]
    order = translating.keep_order(
        app, ADA, ("b.srt", film(3).replace(b"Ship", b"Boat")), EN, (ES,), may_leave=True
    )
    (job,) = translating.start_translations(app, ADA, order, make=make)
    with pytest.raises(OutsideFailure, match="none of 3 lines"):
        translating.translate_job(app, job.parameters, lambda *_: None)
    assert len(app.proofs.all()) == 1
