"""Films of titles by API: looked into as a job, read, searched, cut into artwork."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from crossreel.accounts.operator import Permission
from crossreel.errors import BadValue
from crossreel.studio import film_jobs
from crossreel.studio.film_jobs import film_handlers, scenes
from crossreel.studio.film_parts import Parts
from crossreel.testing.tiny import tiny_id
from crossreel.values.job import JobState
from crossreel.web.api.buckets import Rate
from crossreel.web.api.gate import ApiLimits

av = pytest.importorskip("av")
MOON = f"/titles/{tiny_id('moon')}"


class Looker:
    """Sees a dog and a face everywhere."""

    faces = objects = text = nudity = eyes = None

    def look(self, picture, _number):
        def seen(label: str, x: float) -> dict:
            return {"label": label, "score": 0.9, "box": [x, 0.3, 0.2, 0.3]}

        face = {**seen("face", 0.7), "vector": None}
        return {"objects": [seen("dog", 0.1)], "faces": [face], "text": [seen("BAKERY", 0.4)]}


def film(path: Path) -> bytes:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25, options={"crf": "20"})
        stream.width, stream.height, stream.pix_fmt = 480, 270, "yuv420p"
        for number in range(40):
            ground = np.random.default_rng(number // 20).uniform(30, 220, (9, 16, 3))
            rgb = np.roll(ground.repeat(30, 0).repeat(30, 1).astype(np.uint8), number, 1)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24")))
        file.mux(stream.encode(None))
    return path.read_bytes()


@pytest.fixture
def looked(desk, tmp_path, monkeypatch):
    """An editor of a workspace in which one film was looked into."""
    monkeypatch.setattr(film_jobs, "parts_of", lambda _home, careful: Parts(looker=Looker()))
    editor = desk.caller(Permission.READ, Permission.EDIT)
    files = {"file": ("f.mp4", film(tmp_path / "f.mp4"))}
    assert editor.ask("POST", f"{MOON}/attachments", data={"role": "film"}, files=files).status_code == 201
    started = editor.post(f"{MOON}/analysis", json={})
    assert started.status_code == 202, started.text
    place = started.headers["location"].removeprefix("/api/v1")
    again = editor.post(f"{MOON}/analysis", json={})
    assert again.headers["location"] == started.headers["location"]  # one job a film
    with desk.app.workers(film_handlers(desk.app)):
        for _ in range(600):
            job = editor.read(place)
            if JobState(job["state"]).is_final:
                break
            time.sleep(0.02)
    assert job["state"] == "done", job
    assert (job["result"]["shots"], job["result"]["objects"]) == (2, 2)
    return editor


def test_a_film_is_looked_into_searched_and_cut_into_artwork(desk, looked):
    document = looked.read(f"{MOON}/analysis")
    assert [shot["start_frame"] for shot in document["shots"]] == [0, 20]
    assert document["file"] == str(tiny_id("moon"))
    found = looked.read("/video/scenes?q=Dog")
    assert [(one["title"], one["label"], one["shot"]) for one in found] == [
        (str(tiny_id("moon")), "dog", 0),
        (str(tiny_id("moon")), "dog", 1),
    ]
    assert {one["part"] for one in looked.read("/video/scenes?q=bakery")} == {"onscreen_text"}
    assert looked.read("/video/scenes?q=zebra") == []
    report = looked.get(f"{MOON}/analysis/files/report.html")
    assert report.headers["content-type"].startswith("text/html")
    assert "dog" in report.text.casefold()
    named = report.text.count("<div class=table tabindex=0 role=region aria-label=")
    assert named == report.text.count("class=table") > 3, "what scrolls can be scrolled by key and has a name"
    assert report.text.count(">Dog</text>") == 3, "a name at every third of the picture, for phones"
    assert looked.get(f"{MOON}/analysis/files/shots.edl").text.startswith("TITLE:")
    picture = document["keyframes"][0]["file"]
    assert looked.get(f"{MOON}/analysis/files/{picture}").content[:2] == b"\xff\xd8"
    hurried = desk.caller(Permission.READ, limits=ApiLimits(token=Rate(1, 3)))
    assert {hurried.get(f"{MOON}/analysis/files/{picture}").status_code for _ in range(40)} == {200}
    assert looked.get(f"{MOON}/analysis/files/frames/..%2F..%2Fcrossreel.toml").status_code == 404
    frame = document["artwork"][0]["frame"]
    picked = looked.post(f"{MOON}/analysis/artwork", json={"frame": frame, "shape": "16:9"})
    assert picked.status_code == 201, picked.text
    still = next(one for one in looked.read(f"{MOON}/attachments") if one["role"] == "still")
    assert (still["width"], still["height"]) == (480, 270)
    wrong = looked.post(f"{MOON}/analysis/artwork", json={"frame": frame, "role": "film"})
    assert wrong.status_code == 400
    assert "AttachmentRole" not in wrong.text
    poster = {"frame": frame, "shape": "16:9", "role": "poster"}
    kept = looked.post(f"{MOON}/analysis/artwork", json=poster)
    assert kept.status_code == 201, kept.text
    assert kept.json()["role"] == "poster"
    assert looked.post(f"{MOON}/analysis/artwork", json={"frame": 3}).status_code == 404
    assert not list((desk.app.home / "analyses").glob("*.film"))
    with pytest.raises(BadValue):
        scenes(desk.app, "  ")


def test_people_are_numbers_until_naming_is_switched_on(desk, looked):
    boss = desk.caller(Permission.READ, Permission.EDIT, Permission.ADMINISTER)
    place = f"{MOON}/analysis/people"
    assert boss.read(place) == []  # no face could be described
    naming = {"name": "Bleuette", "who": "her", "when": "2026-01-02", "basis": "contract"}
    assert boss.ask("PUT", f"{place}/1", json=naming).status_code == 409
    assert boss.ask("DELETE", f"{place}/1").status_code == 404
    assert looked.ask("PUT", f"{place}/1", json=naming).status_code == 403


def test_a_film_of_two_titles_is_looked_into_once(looked, tmp_path):
    other = tiny_id("nosferatu")
    same = (tmp_path / "f.mp4").read_bytes()  # encoded anew it may differ in a few bytes
    files = {"file": ("f.mp4", same)}
    sent = looked.ask("POST", f"/titles/{other}/attachments", data={"role": "film"}, files=files)
    assert sent.status_code == 201
    assert looked.read(f"/titles/{other}/analysis")["file"] == str(other)
    lists = f"/titles/{other}/analysis/files"
    assert looked.get(f"{lists}/shots.edl").text.startswith(f"TITLE: {other}")
    assert f'"name": "{other}"' in looked.get(f"{lists}/shots.otio").text
    assert f"<h1>{other}</h1>" in looked.get(f"{lists}/report.html").text
    assert {one["title"] for one in looked.read("/video/scenes?q=dog")} == {str(other), str(tiny_id("moon"))}


def test_a_title_without_a_film_is_told(desk):
    editor = desk.caller(Permission.READ, Permission.EDIT)
    assert editor.post(f"{MOON}/analysis", json={}).status_code == 409
    assert editor.get(f"{MOON}/analysis").status_code == 409
    reader = desk.caller(Permission.READ)
    assert reader.post(f"{MOON}/analysis", json={}).status_code == 403
