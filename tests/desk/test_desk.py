"""The staff's changes: permitted, audited, undoable, and heard by rights at once."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crossreel.accounts.operator import COMMAND_LINE, ROLES, Actor, Permission, Role
from crossreel.app import App, open_app
from crossreel.catalog.documents import content_hash, title_to_dict
from crossreel.catalog.importing import import_catalog
from crossreel.desk import licenses, models, people, titles, undo, work
from crossreel.errors import BadValue, Conflict, NotAllowed, UnknownId
from crossreel.rights.license import Mode
from crossreel.testing.tiny import tiny_catalog, tiny_id
from crossreel.values.ids import TitleId
from crossreel.values.job import JobState
from crossreel.values.language import Language
from crossreel.values.territory import Territory

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
JP, DE = Territory("JP"), Territory("DE")
EDITOR = Actor("ada", ROLES[Role.EDITOR], "session")
REPORTER = Actor("rob", ROLES[Role.REPORTER], "session")
FILM = tiny_id("nosferatu")


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Iterator[App]:
    app = open_app(tmp_path / "home", create=True, clock=clock)
    tiny_catalog().fill(app.catalog, None, app.viewers)
    yield app
    app.close()


def grant(app: App, territories: list[str] = ["WORLD"], **more: object) -> None:  # noqa: B006
    document = {"id": "lic", "title": str(FILM), "territories": territories, "modes": ["SVOD"], **more}
    licenses.add_license(app, EDITOR, document)


def is_open(app: App, territory: Territory, at: datetime | None = None) -> bool:
    return app.rights.check(FILM, territory, Mode.SVOD, at or app.clock()).available


def test_a_synopsis_in_two_languages_then_undone(app: App) -> None:
    before = app.catalog.get([FILM])[FILM]
    titles.edit_text(app, EDITOR, FILM, Language("es"), synopsis="Un conde viaja por mar.")
    titles.edit_text(app, EDITOR, FILM, Language("ja"), synopsis="伯爵が海を渡る。")
    title = app.catalog.get([FILM])[FILM]
    told = {text.language.tag: text.synopsis for text in title.texts}
    assert (told["es"], told["ja"]) == ("Un conde viaja por mar.", "伯爵が海を渡る。")
    last, first = titles.title_history(app, FILM)
    assert (last.actor, last.action) == ("ada", "title.edit")
    with pytest.raises(Conflict, match="changed again"):
        undo.undo(app, EDITOR, first.id)
    undo.undo(app, EDITOR, last.id)
    undo.undo(app, EDITOR, first.id)
    assert app.catalog.get([FILM])[FILM] == before
    with pytest.raises(Conflict):
        undo.undo(app, EDITOR, first.id)


def test_an_edit_survives_a_new_import_of_the_source(app: App, tmp_path: Path) -> None:
    titles.edit_text(app, EDITOR, FILM, Language("en"), name="Nosferatu, Restored")
    document = {**title_to_dict(app.catalog.get([FILM])[FILM]), "runtime_minutes": 77, "texts": []}
    path = tmp_path / "again.jsonl"
    path.write_text(json.dumps(document), encoding="utf-8")
    import_catalog(path, store=app.catalog, source="tiny")
    title = app.catalog.get([FILM])[FILM]
    assert title.shown_name([Language("en")]).text == "Nosferatu, Restored"
    assert title.id == FILM


def test_somebody_else_was_faster(app: App) -> None:
    seen = app.catalog.get([FILM])[FILM]
    titles.edit_text(app, EDITOR, FILM, Language("en"), tagline="first")
    with pytest.raises(Conflict, match="somebody else"):
        titles.edit_title(app, EDITOR, FILM, title_to_dict(seen), expected=content_hash(seen))


def test_a_new_title_is_made_once(app: App) -> None:
    document = {"id": "new-film", "kind": "film", "name": "Neu"}
    title = titles.create_title(app, EDITOR, document)
    assert title.id == TitleId("desk", "new-film")
    assert app.catalog.search("neu", 5)[0].title == title.id
    with pytest.raises(Conflict):
        titles.create_title(app, EDITOR, document)
    titles.edit_title(app, EDITOR, title.id, {**document, "year": 1999})
    assert app.catalog.get([title.id])[title.id].year == 1999


def test_closing_in_japan_holds_from_that_second_and_is_undone(app: App, clock: Clock) -> None:
    grant(app)
    clock.now = NOW + timedelta(minutes=5)
    assert is_open(app, JP)
    (ended,) = licenses.close_now(app, EDITOR, FILM, JP)
    assert not is_open(app, JP)
    assert is_open(app, JP, clock.now - timedelta(seconds=1))
    assert is_open(app, DE)
    assert app.rights.check(FILM, JP, Mode.SVOD, clock.now).because[0].code == "ended"
    assert ended.territories == ("JP",)
    with pytest.raises(Conflict):
        licenses.close_now(app, EDITOR, FILM, JP)
    undo.undo(app, EDITOR, titles.title_history(app, FILM)[0].id)
    assert is_open(app, JP)


def test_a_license_that_only_covers_japan_ends_whole(app: App) -> None:
    grant(app, ["JP"])
    licenses.close_now(app, EDITOR, FILM, JP)
    (left,) = licenses.title_licenses(app, FILM)
    assert left.where == {JP}
    assert not is_open(app, JP)


def test_licenses_are_edited_and_removed_with_a_trail(app: App) -> None:
    grant(app, ["DE"])
    document = {"id": "lic", "title": str(FILM), "territories": ["DE", "JP"], "modes": ["SVOD"]}
    licenses.edit_license(app, EDITOR, document)
    assert is_open(app, JP)
    licenses.remove_license(app, EDITOR, "lic")
    assert not is_open(app, DE)
    actions = [entry.action for entry in titles.title_history(app, FILM)]
    assert actions == ["license.remove", "license.edit", "license.add"]
    undo.undo(app, EDITOR, titles.title_history(app, FILM)[0].id)
    assert is_open(app, JP)
    with pytest.raises(UnknownId):
        licenses.remove_license(app, EDITOR, "nowhere")
    with pytest.raises(BadValue):
        licenses.add_license(app, EDITOR, {"id": "x", "title": str(FILM)})
    nowhere = {**document, "id": "y", "title": "tiny:nowhere"}
    with pytest.raises(UnknownId):
        licenses.add_license(app, EDITOR, nowhere)


def test_a_day_later_nothing_is_undone(app: App, clock: Clock) -> None:
    grant(app)
    clock.now = NOW + timedelta(days=undo.UNDO_DAYS, seconds=1)
    with pytest.raises(Conflict, match="any more"):
        undo.undo(app, EDITOR, titles.title_history(app, FILM)[0].id)


def test_a_reporter_changes_nothing(app: App) -> None:
    for change in (
        lambda: titles.edit_text(app, REPORTER, FILM, Language("en"), name="x"),
        lambda: titles.create_title(app, REPORTER, {"id": "x", "kind": "film", "name": "x"}),
        lambda: licenses.close_now(app, REPORTER, FILM, JP),
        lambda: models.activate_model(app, REPORTER, "any"),
        lambda: work.start_training(app, REPORTER, "ease", {}, activate=True),
        lambda: people.add_operator(app, REPORTER, "eve@example.org", Role.EDITOR, "four quiet tin boats"),
        lambda: undo.undo(app, REPORTER, 1),
    ):
        with pytest.raises((NotAllowed, Conflict)):
            change()
    assert app.audit.page() == []


def test_people_are_managed_without_secrets_in_the_trail(app: App) -> None:
    people.add_operator(app, COMMAND_LINE, "root@example.org", Role.ADMINISTRATOR, "four quiet tin boats")
    people.add_operator(app, COMMAND_LINE, "ada@example.org", Role.EDITOR, "five quiet tin boats")
    issued = people.issue_token(app, COMMAND_LINE, "ada@example.org", "ci", frozenset({Permission.READ}))
    people.change_operator(app, COMMAND_LINE, "ada@example.org", password="six quiet tin boats")
    people.revoke_token(app, COMMAND_LINE, issued.token.id)
    trail = repr(app.audit.page())
    assert "tin boats" not in trail
    assert "argon2" not in trail
    assert issued.text.rpartition("_")[2] not in trail
    assert [entry.action for entry in app.audit.page()] == [
        "token.revoke", "operator.change", "token.issue", "operator.add", "operator.add",
    ]  # fmt: skip


def test_an_import_with_bad_rows_fails_keeps_them_and_then_takes_the_rest(app: App) -> None:
    content = io.BytesIO(b'{"id": "good", "kind": "film", "name": "Good"}\n{"id": "bad"}\nnot json\n')
    job = work.start_import(app, EDITOR, "catalog.import", "../../new films.jsonl", content, {"source": "up"})
    assert "/" not in str(job.parameters["file"])
    with app.workers(work.handlers(app)):
        failed = _ended(app, job.id)
        assert failed.state is JobState.FAILED
        assert failed.error["code"] == "bad-rows"
        assert len(work.bad_rows_file(app, failed).read_text(encoding="utf-8").splitlines()) == 3
        assert not app.catalog.resolve([TitleId("up", "good")])
        again = _ended(app, work.retry_job(app, EDITOR, job.id, skip_bad=True).id)
    assert (again.state, again.result["added"], again.result["skipped"]) == (JobState.DONE, 1, 2)
    assert app.catalog.resolve([TitleId("up", "good")])


def test_models_are_trained_activated_and_rolled_back(app: App) -> None:
    with app.workers(work.handlers(app)):
        jobs = [work.start_training(app, EDITOR, name, {}, activate=False) for name in ("popular", "content")]
        ids = [str(_ended(app, job.id).result["id"]) for job in jobs]
    for id_ in ids:
        models.activate_model(app, EDITOR, id_)
    assert app.shelf.cards()[0].id == ids[1]
    assert models.roll_back_model(app, EDITOR) == ids[0]
    assert app.shelf.cards()[0].id == ids[0]


def _ended(app: App, id_: str):  # type: ignore[no-untyped-def]
    import time

    deadline = time.monotonic() + 20
    while not (job := app.jobs.get(id_)).state.is_final:
        assert time.monotonic() < deadline, job
        time.sleep(0.02)
    return job


def test_an_uploaded_file_that_is_too_large_leaves_nothing(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MOST_BYTES", 1000)
    with pytest.raises(Exception, match="larger"):
        work.start_import(app, EDITOR, "catalog.import", "x.csv", io.BytesIO(b"x" * 2000), {})
    assert list((app.home / "uploads").iterdir()) == []


def test_roles_are_what_the_tables_say() -> None:
    assert replace(EDITOR, permissions=ROLES[Role.ADMINISTRATOR]).permissions == frozenset(Permission)
