"""What was found in films makes titles alike."""

import io
import json
from datetime import UTC, datetime

import pytest

from crossreel.accounts.operator import ROLES, Actor, Role
from crossreel.app import open_app
from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.documents import title_from_dict, title_to_dict
from crossreel.desk.attachments import attach_file
from crossreel.desk.pictured import keep_pictured
from crossreel.errors import BadValue
from crossreel.insight.video.kept import analysis_folder
from crossreel.insight.video.pictured import features_of
from crossreel.recommend.content import ContentToContent
from crossreel.testing.files import webm
from crossreel.testing.tiny import tiny_catalog, tiny_id

EVE = Actor("eve", ROLES[Role.EDITOR], "session")


def analysis(things: dict[str, float], faces: tuple[float, ...] = (), shot: float = 5.0) -> dict:
    return {
        "duration": 100.0,
        "shots": [{"start": at * shot, "end": (at + 1) * shot} for at in range(round(100 / shot))],
        "objects": [{"label": name, "start": 1.0, "end": 1.0 + long} for name, long in things.items()],
        "people": [{"screen_time": time} for time in faces],
        "method": {"not_run": []},
    }


def test_what_is_seen_long_enough_is_told_longest_first():
    assert features_of(analysis({"dog": 4, "car": 30, "kite": 1, "person": 90}, (40, 30, 1), shot=2)) == (
        "car",
        "dog",
        "few people",
        "cut fast",
    )
    assert features_of(analysis({}, shot=10)) == ("no faces", "cut slowly")
    unseen = analysis({}) | {"method": {"not_run": ["faces"]}}
    assert features_of(unseen) == ("cut calmly",)


@pytest.fixture
def app(tmp_path):
    app = open_app(tmp_path / "home", create=True, clock=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))
    tiny_catalog().fill(app.catalog, None, app.viewers)
    yield app
    app.close()


def look_into(app, key, number, document):
    title = attach_file(app, EVE, tiny_id(key), AttachmentRole.FILM, "f", io.BytesIO(webm(number)))
    (film,) = [one for one in title.attachments if one.role is AttachmentRole.FILM]
    folder = analysis_folder(app.home, film.digest)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "analysis.json").write_text(json.dumps(document))
    return film.digest


def likeness(app, one, other):
    titles = sorted(app.catalog.all(), key=lambda title: str(title.id))
    ids = [title.id for title in titles]
    model = ContentToContent().of_titles(titles)
    return float(model.similar(ids.index(tiny_id(one)))[ids.index(tiny_id(other))])


def test_films_that_show_the_same_things_come_nearer(app):
    before = likeness(app, "moon", "nosferatu"), likeness(app, "moon", "phantom-carriage")
    zoo = {"dog": 20, "horse": 9}
    films = [
        look_into(app, "moon", 20, analysis(zoo, (3,))),
        look_into(app, "nosferatu", 21, analysis(zoo, (3,))),
        look_into(app, "phantom-carriage", 22, analysis({"boat": 30}, (9, 9, 9), shot=2)),
    ]
    assert [keep_pictured(app, EVE, film) for film in films] == [1, 1, 1]
    assert keep_pictured(app, EVE, films[0]) == 0  # again is no change
    after = likeness(app, "moon", "nosferatu"), likeness(app, "moon", "phantom-carriage")
    assert after[0] > before[0] + 0.03
    assert after[1] <= before[1]
    moon = app.catalog.get([tiny_id("moon")])[tiny_id("moon")]
    assert moon.attachments[0].shows == ("dog", "horse", "few people", "cut calmly")
    assert title_from_dict(title_to_dict(moon), moon.id.source) == moon
    assert "film.shows" in {one.action for one in app.audit.page()}


def test_a_film_that_was_looked_into_brings_what_it_shows_to_another_title(app):
    keep_pictured(app, EVE, look_into(app, "moon", 20, analysis({"dog": 20})))
    told = [
        attach_file(app, EVE, tiny_id("nosferatu"), role, "f", io.BytesIO(webm(number))).attachments
        for role, number in ((AttachmentRole.TRAILER, 21), (AttachmentRole.FILM, 20))
    ]
    shows = {one.role: one.shows for files in told for one in files}
    assert shows[AttachmentRole.TRAILER] == ()
    assert shows[AttachmentRole.FILM] == ("dog", "no faces", "cut calmly")


def test_a_list_that_is_none_is_refused(app):
    look_into(app, "moon", 20, analysis({}))
    moon = title_to_dict(app.catalog.get([tiny_id("moon")])[tiny_id("moon")])
    for bad in ("dog", [""], ["x" * 61], ["a"] * 101, [1], ["a\nb"]):
        moon["attachments"][0]["shows"] = bad
        with pytest.raises(BadValue):
            title_from_dict(moon, "tiny")
