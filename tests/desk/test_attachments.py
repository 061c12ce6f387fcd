"""Artwork and media of a title: checked, kept, chosen by reader, replaced, removed, undone."""

import io
from datetime import UTC, datetime

import pytest

from crossreel.accounts.operator import ROLES, Actor, Role
from crossreel.app import open_app
from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.documents import content_hash, title_from_dict, title_to_dict
from crossreel.desk.attachments import attach_file, detach_file
from crossreel.desk.titles import edit_title, title_history
from crossreel.desk.undo import undo
from crossreel.errors import BadFile, BadValue, Conflict, NotAllowed, UnknownId
from crossreel.testing.files import SUBTITLES, mp4, png
from crossreel.testing.tiny import tiny_catalog, tiny_id
from crossreel.values.language import Language
from crossreel.values.territory import Territory

EDITOR = Actor("ada", ROLES[Role.EDITOR], "session")
REPORTER = Actor("rob", ROLES[Role.REPORTER], "session")
FILM = tiny_id("nosferatu")
POSTER, STILL = AttachmentRole.POSTER, AttachmentRole.STILL
ES, DE, EN = Language("es"), Language("de"), Language("en")


@pytest.fixture
def app(tmp_path):
    app = open_app(tmp_path / "home", create=True, clock=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))
    tiny_catalog().fill(app.catalog, None, app.viewers)
    yield app
    app.close()


def put(app, role, content, **more):
    return attach_file(app, EDITOR, FILM, role, "a file", io.BytesIO(content), **more)


def title(app):
    return app.catalog.get([FILM])[FILM]


def test_a_poster_is_chosen_by_reader_and_place(app):
    put(app, POSTER, png(400, 600, 10))
    put(app, POSTER, png(400, 600, 20), language=ES)
    put(app, POSTER, png(400, 600, 30), language=ES, territory=Territory("MX"))
    known = title(app)
    shades = {one.slot: one.digest for one in known.attachments}
    assert len(set(shades.values())) == 3

    def chosen(asked, place):
        return known.attachment(POSTER, asked, Territory(place)).slot[1:]

    assert chosen((ES,), "ES") == ("es", "")
    assert chosen((ES,), "MX") == ("es", "MX")
    assert chosen((DE, EN), "DE") == ("und", "")
    assert chosen((), "US") == ("und", "")
    assert known.attachment(STILL, (ES,), Territory("ES")) is None
    with app.blobs.open(shades["poster", "es", ""]) as file:
        assert file.read() == png(400, 600, 20)
    assert title_from_dict(title_to_dict(known), "tiny") == known


def test_every_upload_is_in_the_history_and_can_be_undone(app):
    put(app, POSTER, png(400, 600, 10))
    first = title(app).attachments
    put(app, POSTER, png(400, 600, 99))
    assert len(title(app).attachments) == 1
    assert title(app).attachments != first
    actions = [entry.action for entry in title_history(app, FILM)]
    assert actions == ["artwork.replace", "artwork.attach"]
    undo(app, EDITOR, title_history(app, FILM)[0].id)
    assert title(app).attachments == first
    detach_file(app, EDITOR, FILM, POSTER)
    assert title(app).attachments == ()
    undo(app, EDITOR, title_history(app, FILM)[0].id)
    assert title(app).attachments == first
    assert app.blobs.exists(first[0].digest)


def test_films_and_subtitles_are_kept_with_what_they_are(app):
    put(app, AttachmentRole.FILM, mp4(), language=EN)
    put(app, AttachmentRole.SUBTITLES, SUBTITLES.encode(), language=ES)
    film, subtitles = title(app).attachments
    assert film.media_type == "video/mp4"
    assert film.seconds
    assert film.bytes == len(mp4())
    assert subtitles.media_type == "text/vtt"
    with app.blobs.open(subtitles.digest) as file:
        kept = file.read()
    assert kept.startswith(b"WEBVTT")
    assert b"Hello there." in kept


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.mark.parametrize(
    ("role", "content", "problem"),
    [
        (POSTER, SVG, "SVG"),
        (POSTER, png(400, 600) + SVG, "other data"),
        (POSTER, png(199, 600), "199 x 600"),
        (POSTER, b"", "is empty"),
        (STILL, mp4(), "video file"),
        (AttachmentRole.FILM, png(400, 600), "no MP4 or WebM"),
        (AttachmentRole.TRAILER, SVG, "no MP4 or WebM"),
        (AttachmentRole.SUBTITLES, b"", "subtitle"),
        (AttachmentRole.SUBTITLES, png(300, 300), "subtitle"),
        (AttachmentRole.SUBTITLES, b"WEBVTT\n", "no subtitle in it"),
    ],
)
def test_what_does_not_fit_its_role_is_refused_and_nothing_kept(app, role, content, problem):
    before = content_hash(title(app))
    with pytest.raises(BadFile, match=problem):
        put(app, role, content)
    assert content_hash(title(app)) == before
    assert not title_history(app, FILM)
    assert not list((app.home / "blobs").glob("??/*"))


def test_files_that_nobody_uploaded_cannot_be_named(app):
    document = title_to_dict(title(app))
    file = {"role": "poster", "digest": "0" * 64, "media_type": "image/png", "bytes": 5}
    with pytest.raises(BadValue, match="uploaded"):
        edit_title(app, EDITOR, FILM, {**document, "attachments": [file]})
    with pytest.raises(BadValue, match="media_type"):
        edit_title(app, EDITOR, FILM, {**document, "attachments": [{**file, "media_type": "text/html"}]})


def test_who_may_and_what_clashes(app):
    with pytest.raises(NotAllowed):
        attach_file(app, REPORTER, FILM, POSTER, "x", io.BytesIO(png(400, 600)))
    with pytest.raises(NotAllowed):
        detach_file(app, REPORTER, FILM, POSTER)
    with pytest.raises(UnknownId):
        detach_file(app, EDITOR, FILM, POSTER)
    seen = content_hash(title(app))
    put(app, POSTER, png(400, 600))
    with pytest.raises(Conflict):
        put(app, STILL, png(640, 360), expected=seen)
