"""The tab of a title's film: looked into as a job, seen, searched, made artwork, handed out for editing."""

from __future__ import annotations

import time
from base64 import b64encode
from dataclasses import replace
from urllib.parse import urljoin

import numpy as np
import pytest

from crossreel.studio import film_jobs
from crossreel.studio.film_parts import Parts
from crossreel.testing.files import mp4
from crossreel.testing.tiny import tiny_id
from crossreel.values.job import JobState

av = pytest.importorskip("av")
MOON = tiny_id("moon")
TAB = f"/console/title/{MOON}?tab=film"
FACE = b64encode(np.full(8, 8**-0.5, np.float16).tobytes()).decode()
LOOK, PICK = f"/console/look/{MOON}", f"/console/pick/{MOON}"


class Looker:
    """Sees a dog and a face everywhere."""

    faces = objects = text = nudity = eyes = None

    def look(self, picture, _number):
        def seen(label: str, x: float) -> dict:
            return {"label": label, "score": 0.9, "box": [x, 0.3, 0.2, 0.3]}

        face = {**seen("face", 0.7), "vector": FACE}
        return {"objects": [seen("dog", 0.1)], "faces": [face], "text": [seen("BAKERY", 0.4)]}


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> bytes:
    """Two shots of 20 frames, 480x360."""
    path = tmp_path_factory.mktemp("film") / "f.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25, options={"crf": "20"})
        stream.width, stream.height, stream.pix_fmt = 480, 360, "yuv420p"
        for number in range(40):
            ground = np.random.default_rng(number // 20).uniform(30, 220, (12, 16, 3))
            rgb = np.roll(ground.repeat(30, 0).repeat(30, 1).astype(np.uint8), number, 1)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24")))
        file.mux(stream.encode(None))
    return path.read_bytes()


def attach(desk, content):
    sent = {"token": desk.token(), "role": "film", "language": "", "territory": ""}
    files = {"file": ("f.mp4", content)}
    answer = desk.client.post(f"/console/attach/{MOON}", data=sent, files=files, follow_redirects=False)
    assert answer.status_code == 303, answer.text


@pytest.fixture
def looked(staff, ada, film, monkeypatch):
    """Ada, who asked for the film to be looked into and waited for it."""
    monkeypatch.setattr(film_jobs, "parts_of", lambda _home, careful: Parts(looker=Looker()))
    attach(ada, film)
    started = ada.submit(ada.page(TAB).form(LOOK))
    assert started.status_code == 303
    job = started.headers["location"].rpartition("/")[2]
    waiting = ada.page(TAB)
    assert f"/console/job/{job}" in waiting.links
    assert f'id="job-{job}" data-live' in ada.get(TAB).text
    assert not [one for one in waiting.forms if one["action"] == LOOK]  # one at a time
    with staff.workers(film_jobs.film_handlers(staff)):
        for _ in range(600):
            if staff.jobs.get(job).state.is_final:
                break
            time.sleep(0.02)
    assert staff.jobs.get(job).state is JobState.DONE, staff.jobs.get(job).error
    page = ada.page(f"/console/job/{job}")
    assert "Look into a film" in page.text
    assert TAB in page.links
    return ada


def test_a_film_is_seen_in_shots_people_and_things(looked):
    page = looked.page(TAB)
    assert "Shots: 2, people: 1, kinds of things: 1, lines of text: 2" in page.text
    assert "the grouping errs" in page.text
    assert "1 · 0:00:00.0" in page.text
    assert "2 · 0:00:00.8 · cut" in page.text
    html = looked.get(TAB).text
    files = f"/api/v1/titles/{MOON}/analysis/files"
    pictures = {part.partition('"')[0] for part in html.split(f'src="{files}/')[1:]}
    assert len(pictures) == 2
    assert {looked.get(f"{files}/{one}").headers["content-type"] for one in pictures} == {"image/jpeg"}
    assert looked.get(f"{files}/shots.edl").text.startswith(f"TITLE: {MOON}")
    assert f'"name": "{MOON}"' in looked.get(f"{files}/shots.otio").text


def test_the_report_shows_under_the_rules_of_the_site(looked):
    address = f"/api/v1/titles/{MOON}/analysis/files/report.html"
    assert address in looked.page(TAB).links
    report = looked.get(address)
    assert "style-src 'self'" in report.headers["content-security-policy"]
    assert f"<h1>{MOON}</h1>" in report.text
    assert "<style" not in report.text
    assert "style=" not in report.text
    assert "href=report.css" in report.text
    assert looked.get(urljoin(address, "report.css")).headers["content-type"].startswith("text/css")
    picture = report.text.partition('src="')[2].partition('"')[0]
    assert looked.get(urljoin(address, picture)).content[:2] == b"\xff\xd8"


def test_scenes_are_found_by_what_is_in_them(looked):
    found = looked.page(f"{TAB}&q=Dog")
    assert f"{TAB}#shot1" in found.links
    assert f"{TAB}#shot2" in found.links
    assert "bakery" not in found.text.casefold().partition("pictures for artwork")[0]
    assert "BAKERY · 0.0 – " in looked.page(f"{TAB}&q=bakery").text
    assert "No scene was found." in looked.page(f"{TAB}&q=zebra").text
    assert "No scene was found." not in looked.page(f"{TAB}&q=%20%20").text


def test_a_picture_becomes_the_poster_and_is_taken_back(staff, looked):
    page = looked.page(TAB)
    assert looked.submit(page.form(PICK, role="poster")).headers["location"].endswith("?tab=artwork")
    poster = next(one for one in staff.catalog.get([MOON])[MOON].attachments if one.role == "poster")
    assert (poster.width, poster.height) == (240, 360)
    artwork = looked.page(f"/console/title/{MOON}?tab=artwork")
    assert looked.submit(artwork.form("/console/undo")).status_code == 303
    assert [one.role for one in staff.catalog.get([MOON])[MOON].attachments] == ["film"]
    gone = looked.post(PICK, role="poster", shape="2:3", frame="39999")
    assert gone.headers["location"] == TAB
    assert "39999" in looked.page(TAB).text
    assert looked.post(PICK, role="film", shape="2:3", frame="1").status_code == 400
    assert looked.post(PICK, role="still", shape="2:3", frame="x").status_code == 400


def test_a_person_is_named_with_consent_once_that_is_switched_on(staff, looked, rob):
    name, erase = f"/console/name-person/{MOON}", f"/console/erase-person/{MOON}"
    off = looked.page(TAB)
    assert "Naming is switched off" in off.text
    assert not [one for one in off.forms if one["action"] == name]
    settings = replace(staff.settings, video=replace(staff.settings.video, name_people=True))
    object.__setattr__(staff, "settings", settings)
    told = {"name": "Bleuette Bernon", "who": "her estate", "when": "2026-01-02", "basis": "contract 12"}
    assert looked.submit(looked.page(TAB).form(name), **told).status_code == 303
    named = looked.page(TAB)
    assert "Bleuette Bernon" in named.text
    assert "her estate, 2026-01-02: contract 12" in named.text
    assert f"{TAB}#shot1" in looked.page(f"{TAB}&q=bleuette%20bernon").links
    assert "Bleuette" not in rob.page(TAB).text
    assert rob.post(erase, person="1").status_code == 403
    assert looked.submit(named.form(erase)).status_code == 303
    assert "Bleuette" not in looked.page(TAB).text


def test_without_a_film_or_a_right_there_is_no_button(ada, rob):
    empty = ada.page(TAB)
    assert "No film is attached." in empty.text
    assert not [one for one in empty.forms if one["action"] == LOOK]
    assert ada.post(LOOK).headers["location"] == TAB
    assert "has no film" in ada.page(TAB).text
    attach(ada, mp4())
    assert "Nobody has looked into this film yet." in rob.page(TAB).text
    assert not [one for one in rob.page(TAB).forms if one["action"] == LOOK]
    assert rob.post(LOOK).status_code == 403
    assert rob.post(PICK, role="poster", frame="1").status_code == 403
