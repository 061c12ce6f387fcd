"""Uploaded pictures and films in the storefront: for the right readers, where rights are open."""

from __future__ import annotations

import io

import pytest

from crossreel.accounts.operator import ROLES, Actor, Role
from crossreel.catalog.attachment import AttachmentRole
from crossreel.desk.attachments import attach_file
from crossreel.desk.licenses import close_now
from crossreel.testing.files import SUBTITLES, mp4, png
from crossreel.testing.tiny import tiny_id
from crossreel.values.language import Language
from crossreel.values.territory import Territory

EDITOR = Actor("ada", ROLES[Role.EDITOR], "session")
MOON, OTHER = tiny_id("moon"), tiny_id("nosferatu")


@pytest.fixture
def put(stage):
    def attached(role, content, tag="und"):
        title = attach_file(
            stage.app, EDITOR, MOON, role, "file", io.BytesIO(content), language=Language(tag)
        )
        return next(one for one in title.attachments if one.role is role and one.language.tag == tag)

    return attached


def test_a_poster_is_shown_to_the_readers_it_is_for(visitor, put):
    drawn = visitor.page(f"/title/{MOON}").images[0]
    assert drawn.startswith("/poster/")
    poster = put(AttachmentRole.POSTER, png(400, 600), "es")
    address = f"/artwork/{MOON}/{poster.digest}"
    assert visitor.page(f"/title/{MOON}").images[0] == address  # the only one there is
    put(AttachmentRole.POSTER, png(400, 600, 9))
    assert visitor.page(f"/title/{MOON}").images[0] != address
    visitor.choose(language="es")
    assert visitor.page(f"/title/{MOON}").images[0] == address
    assert address in visitor.page("/search?q=lune").images
    sent = visitor.get(address)
    assert sent.content == png(400, 600)
    assert sent.headers["content-type"] == "image/png"
    assert "sandbox" in sent.headers["content-security-policy"]
    assert "immutable" in sent.headers["cache-control"]
    assert visitor.get(address, **{"if-none-match": sent.headers["etag"]}).status_code == 304


def test_an_attached_film_plays_with_its_subtitles(visitor, put):
    film = put(AttachmentRole.FILM, mp4(), "en")
    put(AttachmentRole.SUBTITLES, SUBTITLES.encode(), "es")
    put(AttachmentRole.TRAILER, mp4(), "de")
    page = visitor.page(f"/title/{MOON}")
    assert {f"/watch/{MOON}", f"/watch/{MOON}?trailer=1"} <= set(page.links)
    html = visitor.get(f"/watch/{MOON}").text
    assert f'<source src="/play/{MOON}/{film.digest}" type="video/mp4">' in html
    assert 'srclang="es" label="Spanish"' in html
    assert "stands in for the title" not in html
    assert 'id="progress"' in html
    assert 'id="progress"' not in visitor.get(f"/watch/{MOON}?trailer=1").text


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-99", 206, (0, 100)),
        ("bytes=100-", 206, (100, None)),
        ("bytes=-50", 206, (-50, None)),
        ("bytes=0-1,5-6", 200, (0, None)),
        ("lines=1-2", 200, (0, None)),
        ("bytes=-", 200, (0, None)),
        ("bytes=99999999-", 416, None),
        ("bytes=5-2", 416, None),
    ],
)
def test_ranges_are_those_of_the_rules(visitor, put, asked, status, part):
    film = put(AttachmentRole.FILM, mp4())
    sent = visitor.get(f"/play/{MOON}/{film.digest}", range=asked)
    assert sent.status_code == status
    if part:
        whole = mp4()
        assert sent.content == whole[slice(*part)]
        assert sent.headers["accept-ranges"] == "bytes"
    if status == 206:
        first = part[0] % len(mp4())
        assert sent.headers["content-range"] == f"bytes {first}-{first + len(sent.content) - 1}/{len(mp4())}"


def test_rights_are_asked_for_every_piece(stage, visitor, put):
    film = put(AttachmentRole.FILM, mp4())
    address = f"/play/{MOON}/{film.digest}"
    assert visitor.get(address, range="bytes=0-9").status_code == 206
    close_now(stage.app, EDITOR, MOON, Territory("US"))
    assert visitor.get(address, range="bytes=10-19").status_code == 403
    assert "<video" not in visitor.get(f"/watch/{MOON}").text


def test_a_digest_opens_nothing_by_itself(stage, visitor, put):
    film, poster = put(AttachmentRole.FILM, mp4()), put(AttachmentRole.POSTER, png(300, 300))
    assert visitor.get(f"/play/{OTHER}/{film.digest}").status_code == 404
    assert visitor.get(f"/artwork/{OTHER}/{poster.digest}").status_code == 404
    assert visitor.get(f"/artwork/{MOON}/{film.digest}").status_code == 404
    assert visitor.get(f"/play/{MOON}/{poster.digest}").status_code == 404
    assert visitor.get(f"/play/{MOON}/{'0' * 64}").status_code == 404
    stage.app.blobs.delete(film.digest)
    assert visitor.get(f"/play/{MOON}/{film.digest}").status_code == 404
