from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from crossreel.errors import BadFile, BadValue, MissingModel
from crossreel.localize.timedtext.shots import read_shots
from crossreel.studio import film_pass
from crossreel.studio.film import analyze_film
from crossreel.studio.film_parts import parts_of
from crossreel.values.timing import FPS_25

av = pytest.importorskip("av")


def picture(scene: int, number: int) -> np.ndarray:
    rng = np.random.default_rng(scene)
    ground = rng.uniform(30, 220, (6, 8, 3)).repeat(20, 0).repeat(20, 1)
    ground += rng.normal(0, 20, (60, 80, 1)).repeat(2, 0).repeat(2, 1)
    return np.clip(np.roll(ground, number, 1), 0, 255).astype(np.uint8)


@pytest.fixture
def movie(tmp_path: Path) -> Path:
    """Three scenes of 40 frames and 30 of black, without sound."""
    path = tmp_path / "a film.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25, options={"crf": "20"})
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(150):
            rgb = picture(number // 40, number) if number < 120 else np.zeros((120, 160, 3), np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
        file.mux(stream.encode(None))
    return path


def test_the_document_has_the_promised_shape(movie, tmp_path):
    out = tmp_path / "out"
    document = analyze_film(movie, out, best=3)
    assert (document["fps"], document["frames"], document["duration"]) == (25.0, 150, 6.0)
    shots = document["shots"]
    assert [s["start_frame"] for s in shots][:3] == [0, 40, 80]
    assert shots[0]["transition"] == "none"
    assert all(a["end_frame"] == b["start_frame"] for a, b in pairwise(shots))
    assert shots[-1]["end_frame"] == 150
    for name in ("faces", "people", "objects", "onscreen_text"):
        assert document[name] == []
    assert document["audio"]["speech"] == []
    assert document["signals"]["credits_start"] is None
    assert document["signals"]["black"][0]["start_frame"] in range(118, 123)
    for one in document["keyframes"]:
        assert (out / one["file"]).read_bytes()[:2] == b"\xff\xd8"
    assert json.loads((out / "analysis.json").read_text()) == json.loads(json.dumps(document))
    assert not (out / ".work").exists()
    left = {path.name for path in (out / "frames").iterdir()}
    assert left == {Path(one["file"]).name for one in document["keyframes"]}


def test_its_shots_are_what_subtitles_are_checked_with(movie, tmp_path):
    document = analyze_film(movie, tmp_path / "out")
    read = read_shots(tmp_path / "out" / "analysis.json", FPS_25)
    assert [float(t) for t in read] == [s["start"] for s in document["shots"]]


def test_the_report_links_only_to_pictures_that_are_there(movie, tmp_path):
    out = tmp_path / "out"
    analyze_film(movie, out)
    html = (out / "report.html").read_text()
    sources = re.findall(r'src="([^"]+)"', html)
    assert sources
    assert all((out / source).is_file() for source in sources)
    assert set(re.findall(r'href="#(shot\d+)"', html)) <= set(re.findall(r"id=(shot\d+)", html))


@pytest.mark.parametrize(("part", "seconds"), [(64, 3600.0), (100_000, 0.0)])
def test_an_interrupted_analysis_goes_on_and_ends_the_same(movie, tmp_path, monkeypatch, part, seconds):
    monkeypatch.setattr(film_pass, "PART", part)
    monkeypatch.setattr(film_pass, "SECONDS", seconds)
    whole = analyze_film(movie, tmp_path / "whole")

    class Stopped(Exception):
        pass

    def stop(done: int, _of: int, what: str) -> None:
        if what == "pictures" and done >= 128:
            raise Stopped

    out = tmp_path / "parts"
    with pytest.raises(Stopped):
        analyze_film(movie, out, progress=stop)
    seen: list[int] = []
    again = analyze_film(
        movie, out, progress=lambda done, _of, what: seen.append(done) if what == "pictures" else None
    )
    assert min(seen) > 64  # what was read is not read again
    for name in ("frames", "shots", "signals", "keyframes"):
        assert again[name] == whole[name], name


def test_what_is_no_film_leaves_nothing_behind(tmp_path):
    bad = tmp_path / "empty.mp4"
    bad.write_bytes(b"")
    with pytest.raises(BadFile):
        analyze_film(bad, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_place_that_is_no_folder_is_refused(movie, tmp_path):
    taken = tmp_path / "notes.txt"
    taken.write_text("kept")
    for out in (taken, taken / "within"):
        with pytest.raises(BadFile, match="cannot be made a folder"):
            analyze_film(movie, out)
    assert taken.read_text() == "kept"


def test_a_part_that_is_asked_for_by_name_needs_its_model(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSREEL_MODELS_FOLDER", str(tmp_path / "none"))
    usual = parts_of()
    assert usual.not_run == ("faces", "objects", "onscreen_text", "speech", "compliance")
    assert all("crossreel models pull" in notice for notice in usual.notices)
    with pytest.raises(MissingModel, match="models pull nanodet"):
        parts_of(only=["objects"])
    with pytest.raises(MissingModel, match="models pull transnet-v2"):
        parts_of(careful=True)
    with pytest.raises(BadValue, match="part"):
        parts_of(without=["smells"])


@pytest.mark.shared
def test_the_cuts_of_a_street_film(shared_data, tmp_path):
    document = analyze_film(shared_data / "media" / "bikes.mp4", tmp_path / "out")
    assert [s["start_frame"] for s in document["shots"]] == [0, 30, 76, 137, 187, 242]
    assert {s["transition"] for s in document["shots"][1:]} == {"cut"}
