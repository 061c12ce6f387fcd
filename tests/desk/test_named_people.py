"""Names of people in films: off by default, with consent, for one film and analysis, erased for good."""

import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from crossreel.accounts.operator import COMMAND_LINE, ROLES, Actor, Role
from crossreel.app import open_app
from crossreel.catalog.attachment import AttachmentRole
from crossreel.cli import main
from crossreel.desk.attachments import attach_file
from crossreel.desk.named_people import Consent, erase_film_people, name_person, names_by_film, people_in
from crossreel.errors import BadValue, Conflict, NotAllowed, UnknownId
from crossreel.insight.video.kept import analysis_folder
from crossreel.studio.film_jobs import scenes
from crossreel.testing.files import mp4
from crossreel.testing.tiny import tiny_catalog, tiny_id

ADA = Actor("ada", ROLES[Role.ADMINISTRATOR], "session")
EVE = Actor("eve", ROLES[Role.EDITOR], "session")
FILM = tiny_id("nosferatu")
AGREED = Consent("Jane Roe", date(2026, 11, 20), "release form; GDPR Art. 9(2)(a)")


def analysis(seconds: float) -> dict:
    face = {"label": "face", "person": 1, "start": 1.0, "end": seconds, "shot": 0, "score": 0.9}
    people = [{"person": 1, "screen_time": seconds, "first": 1.0, "tracks": [0]}]
    return {"people": people, "faces": [face], "objects": [], "onscreen_text": []}


def looked_into(app, seconds=4.0):
    (film,) = app.catalog.get([FILM])[FILM].attachments
    folder = analysis_folder(app.home, film.digest)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "analysis.json").write_text(json.dumps(analysis(seconds)))
    return film.digest


def opened(home):
    return open_app(home, create=True, clock=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))


@pytest.fixture
def home(tmp_path):
    """A workspace where a film was looked into and naming is as it is by default."""
    app = opened(tmp_path / "home")
    tiny_catalog().fill(app.catalog, None, app.viewers)
    attach_file(app, ADA, FILM, AttachmentRole.FILM, "a film", io.BytesIO(mp4()))
    looked_into(app)
    app.close()
    return tmp_path / "home"


@pytest.fixture
def app(home, monkeypatch):
    monkeypatch.setenv("CROSSREEL_VIDEO_NAME_PEOPLE", "true")
    app = opened(home)
    yield app
    app.close()


def test_nobody_is_named_unless_it_is_switched_on(home):
    app = opened(home)
    with pytest.raises(Conflict, match="switched off"):
        name_person(app, ADA, FILM, 1, "Ellen", AGREED)
    assert [(one["person"], one["name"]) for one in people_in(app, EVE, FILM)] == [(1, None)]
    app.close()


def test_a_name_carries_its_consent_and_is_erased_for_good(app):
    name_person(app, ADA, FILM, 1, " Jane  Roe", AGREED)
    (one,) = people_in(app, EVE, FILM)
    assert (one["name"], one["screen_time"]) == ("Jane Roe", 4.0)
    assert one["consent"]["basis"] == AGREED.basis
    assert (one["consent"]["when"], one["consent"]["by"]) == ("2026-11-20", "ada")
    found = scenes(app, "jane roe", names=names_by_film(app))
    assert [(place["part"], place["label"], place["end"]) for place in found] == [("people", "Jane Roe", 4.0)]
    digest = looked_into(app)
    with app.atomic():
        assert erase_film_people(app, ADA, digest) == 1
    assert people_in(app, EVE, FILM)[0]["name"] is None
    kept = [json.dumps([one.subject, one.before, one.after]) for one in app.audit.page()]
    assert {"person.name", "person.erase"} <= {one.action for one in app.audit.page()}
    assert not [text for text in kept if "Jane" in text]  # that it was done, not who it was
    assert scenes(app, "jane roe", names=names_by_film(app)) == []


def test_what_a_name_rests_on_has_to_be_told(app):
    future = Consent("her", date(2026, 11, 24), "form")
    for bad in (future, Consent(" ", AGREED.when, "form"), Consent("her", AGREED.when, "")):
        with pytest.raises(BadValue):
            name_person(app, ADA, FILM, 1, "Jane", bad)
    with pytest.raises(BadValue):
        name_person(app, ADA, FILM, 1, "x" * 121, AGREED)
    with pytest.raises(UnknownId):
        name_person(app, ADA, FILM, 2, "Jane", AGREED)
    with pytest.raises(NotAllowed):
        name_person(app, EVE, FILM, 1, "Jane", AGREED)
    assert people_in(app, COMMAND_LINE, FILM)[0]["name"] is None


def test_a_new_analysis_gives_numbers_anew_and_no_name_moves_with_them(app):
    name_person(app, ADA, FILM, 1, "Jane", AGREED)
    looked_into(app, seconds=9.0)
    fresh, stale = people_in(app, EVE, FILM)
    assert (fresh["name"], fresh["is_stale"]) == (None, False)
    assert (stale["name"], stale["is_stale"]) == ("Jane", True)
    assert names_by_film(app) == {}


def test_the_command_line_names_lists_and_erases(app, home, capsys):
    words = ["--home", str(home), "--json"]
    told = ["--who", "her", "--when", str(datetime.now(UTC).date() - timedelta(days=2)), "--basis", "form"]
    assert main(["video", "name-person", str(FILM), "1", "Jane", *told, *words]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "Jane"
    assert main(["video", "people", str(FILM), *words]) == 0
    assert json.loads(capsys.readouterr().out)["people"][0]["consent"]["who"] == "her"
    assert main(["video", "erase-person", str(FILM), "1", *words]) == 0
    assert main(["video", "erase-person", str(FILM), "1", *words]) == 3
    assert (
        main(["video", "name-person", str(FILM), "1", "Jane", *told[:2], "--when", "soon", *told[4:], *words])
        == 3
    )
