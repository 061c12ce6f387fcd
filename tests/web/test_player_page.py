"""The player: only where rights are open, what it plays, and the bytes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossreel.rights.license import License, Mode
from crossreel.testing.tiny import tiny_id, tiny_titles
from crossreel.values.ids import TitleId
from crossreel.web import film
from crossreel.web.film import sample_file

FILM = bytes(range(256)) * 40


@pytest.fixture
def sample_folder(tmp_path, monkeypatch):
    """A folder that stands for the sample film's."""
    folder = tmp_path / "film"
    folder.mkdir()
    (folder / "sample.mp4").write_bytes(FILM)
    (folder / "sample.en.vtt").write_text("WEBVTT\n")
    (folder / "sample.es.vtt").write_text("WEBVTT\n")
    (folder / "secret.txt").write_text("no")
    monkeypatch.setattr(film, "_folder", lambda: folder)
    film._sample_film.cache_clear()
    yield folder
    film._sample_film.cache_clear()


@pytest.fixture
def shown(stage, sample_folder):
    """A title of the sample workspace, open in the United States only."""
    moon = next(one for one in tiny_titles() if one.id == tiny_id("moon"))
    title = replace(moon, id=TitleId("sample", "x"))
    stage.put(title)
    stage.app.licenses.add([License("sample-x", title.id, ("US",), (Mode.AVOD,), reason="")])
    return title.id


def test_an_open_title_plays_the_sample_film_and_says_so(visitor, shown):
    html = visitor.get(f"/watch/{shown}").text
    assert '<source src="/film/sample.mp4" type="video/mp4">' in html
    assert 'srclang="en" label="English" default' in html
    assert 'srclang="es"' in html
    assert "This is the sample film; it stands in for the title." in html
    assert f"/watch/{shown}" in visitor.page(f"/title/{shown}").links


def test_a_closed_title_is_refused_with_its_reasons(visitor, shown):
    visitor.choose(territory="DE")
    response = visitor.get(f"/watch/{shown}")
    assert response.status_code == 403
    assert "It is licensed elsewhere, not here (Germany)." in response.text
    assert "<video" not in response.text
    assert f"/watch/{shown}" not in visitor.page(f"/title/{shown}").links


def test_it_goes_on_where_it_was_left(visitor, shown):
    assert 'data-resume="0"' in visitor.get(f"/watch/{shown}").text
    visitor.post("/progress", title=str(shown), progress="0.4375")
    assert 'data-resume="0.4375"' in visitor.get(f"/watch/{shown}").text
    assert "Continue watching" in visitor.page(f"/title/{shown}").text
    assert f"/watch/{shown}" in visitor.page("/").links
    visitor.post("/progress", title=str(shown), progress="0.97")
    assert 'data-resume="0"' in visitor.get(f"/watch/{shown}").text


def test_a_title_without_a_film_says_that_there_is_none(visitor, sample_folder):
    html = visitor.get("/watch/tiny:moon").text
    assert "No film is attached to this title yet" in html
    assert "<video" not in html
    assert visitor.get("/watch/tiny:none").status_code == 404


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-99", 0, 100), ("bytes=5000-", 5000, 10240), ("bytes=-10", 10230, 10240)],
)
def test_the_film_is_served_by_byte_ranges(visitor, sample_folder, asked, start, end):
    response = visitor.get("/film/sample.mp4", range=asked)
    assert response.status_code == 206
    assert response.headers["content-range"] == f"bytes {start}-{end - 1}/{len(FILM)}"
    assert response.content == FILM[start:end]
    assert "content-encoding" not in response.headers


def test_the_whole_film_and_its_subtitles(visitor, sample_folder):
    response = visitor.get("/film/sample.mp4")
    assert response.content == FILM
    assert response.headers["accept-ranges"] == "bytes"
    assert visitor.get("/film/sample.en.vtt").headers["content-type"].startswith("text/vtt")
    assert visitor.get("/film/sample.mp4", range="bytes=99999-").status_code == 416


@pytest.mark.parametrize("name", ["secret.txt", "none.mp4", "..%2Fsample.mp4", "%2e%2e", "sample"])
def test_nothing_else_is_served(visitor, sample_folder, name):
    assert visitor.get(f"/film/{name}").status_code == 404
    assert sample_file("../film/sample.mp4") is None
