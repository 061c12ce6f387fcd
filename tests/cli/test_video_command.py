"""``crossreel video``: films with the faults that films come with, through the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crossreel.cli import main
from crossreel.testing.made_film import make_film, with_broken_stretch

pytest.importorskip("av")


def analyzed(film: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    """The document on standard output, and what stands on standard error."""
    assert main(["video", "analyze", str(film), "--out", str(out), "--only", "none", "--json"]) == 0
    told = capsys.readouterr()
    document = json.loads(told.out)
    shots = document["shots"]
    assert (shots[0]["start_frame"], shots[-1]["end_frame"]) == (0, document["frames"])
    assert document["keyframes"]
    assert all((out / one["file"]).is_file() for one in document["keyframes"])
    assert (out / "report.html").is_file()
    return document, told.err


@pytest.mark.parametrize(
    ("name", "more", "size"),
    [
        ("one.mkv", {"width": 1, "height": 1, "pixels": "yuv444p", "codec": "ffv1"}, (1, 1)),
        ("odd.mkv", {"width": 63, "height": 37, "pixels": "yuv444p", "codec": "ffv1"}, (63, 37)),
        ("ten.mkv", {"pixels": "yuv420p10le"}, (64, 36)),
        ("turned.mp4", {"rotation": 90}, (36, 64)),
        ("fields.mp4", {"height": 64, "options": {"flags": "+ildct+ilme", "x264-params": "tff=1"}}, (64, 64)),
        ("matroska.mp4", {"format": "matroska"}, (64, 36)),
        ("one-frame.mp4", {"frames": 1}, (64, 36)),
        ("bare.h264", {"format": "h264"}, (64, 36)),  # no stamps, no seeking
        ("stream.mpg", {"codec": "mpeg2video", "options": {"g": "24"}}, (64, 36)),  # seeks land too late
        ("late.mkv", {"stamps": lambda number: 3_600_000 + 40 * number}, (64, 36)),
    ],
)
def test_films_of_every_make_are_looked_into(tmp_path, capsys, name, more, size):
    film = make_film(tmp_path / name, **{"frames": 30, **more})
    document, told = analyzed(film, tmp_path / "out", capsys)
    assert document["frames"] == more.get("frames", 30)
    assert document["holes"] == []
    assert len(document["keyframes"]) == len(document["shots"])
    assert document["probe"]["duration"] < 2
    assert "not read" not in told
    video = document["probe"]["video"]
    assert (video["display_width"], video["display_height"]) == size
    chosen = document["artwork"][0]
    assert (chosen["width"], chosen["height"]) == size  # pictures stand upright


def test_times_of_a_film_of_varying_rate_are_its_own(tmp_path, capsys):
    stamps = [number * 40 + number // 10 * 60 for number in range(60)]
    document, _ = analyzed(make_film(tmp_path / "vfr.mkv", 60, stamps=stamps.__getitem__), tmp_path, capsys)
    assert [shot["start"] for shot in document["shots"]] == [
        stamps[shot["start_frame"]] / 1000 for shot in document["shots"]
    ]
    assert {24, 48} <= {shot["start_frame"] for shot in document["shots"]}
    assert any("rate varies" in note for note in document["probe"]["notes"])


def test_a_broken_packet_is_a_hole_and_the_rest_is_looked_into(tmp_path, capsys):
    film = with_broken_stretch(make_film(tmp_path / "b.mkv", 96, options={"g": "12", "bf": "0"}))
    document, told = analyzed(film, tmp_path / "out", capsys)
    assert 48 < document["frames"] < 96
    assert document["duration"] == pytest.approx(4, abs=0.1)  # times are the film's, not counted
    for hole in document["holes"]:
        assert f"not read: {hole['problem']} (frame {hole['frame']}, {hole['start']:.3f} s)" in told
        assert hole["problem"] in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert document["holes"]


def test_a_film_that_ends_early_is_looked_into_up_to_there(tmp_path, capsys):
    film = make_film(tmp_path / "cut.mkv", 96)
    film.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    document, told = analyzed(film, tmp_path / "out", capsys)
    assert 10 < document["frames"] < 90
    assert "the file ends before its film does" in told


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.mp4", b"", "is empty"),
        ("text.mp4", b"Once upon a time.\n" * 500, "holds text"),
        ("noise.mkv", bytes(range(7, 256)) * 40, "not a media file"),
    ],
)
def test_what_is_no_film_is_refused_and_nothing_is_written(tmp_path, capsys, name, content, words):
    film = tmp_path / name
    film.write_bytes(content)
    for verb in (
        ["probe", str(film)],
        ["analyze", str(film), "--out", str(tmp_path / "out"), "--only", "none"],
    ):
        assert main(["video", *verb, "--json"]) == 3
        problem = json.loads(capsys.readouterr().out)["error"]
        assert problem["code"] == "bad-file"
        assert words in problem["problem"]
    assert not (tmp_path / "out").exists()
