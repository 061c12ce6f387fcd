"""HLS packages: RFC 8216 sections named in the tests."""

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest

from crossreel.cli import main
from crossreel.errors import BadFile, BadValue, Conflict, OutsideFailure
from crossreel.media.muxing import film_digest
from crossreel.media.sound_writing import write_sound
from crossreel.studio.streaming import Track, hls_package
from crossreel.testing.spoken_film import SpokenFilm
from crossreel.values.language import Language
from crossreel.values.sound import Sound

av = pytest.importorskip("av")
EN, ES, JA = (Language.parse(tag) for tag in ("en", "es", "ja"))


def picture(folder: Path) -> dict[str, str]:
    return {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in sorted((folder / "video").iterdir())
    }


def attributes(line: str) -> dict[str, str]:
    pairs = re.findall(r'([A-Z-]+)=("[^"]*"|[^,]*)', line.partition(":")[2])
    return {key: value.strip('"') for key, value in pairs}


@pytest.fixture
def dub(tmp_path: Path) -> Path:
    path = tmp_path / "dub.wav"
    noise = np.random.default_rng(3).normal(0, 0.05, (2, 48_000 * 11)).astype(np.float32)
    write_sound(path, Sound(noise, 48_000, "stereo"))
    return path


def test_a_language_is_added_and_the_picture_stays_bit_for_bit(
    spoken_film: SpokenFilm, dub: Path, tmp_path: Path
) -> None:
    master = tmp_path / "hls" / "master.m3u8"
    first = hls_package(spoken_film.film, master, own=EN)
    assert first["picture_written"]
    before, times = (
        picture(master.parent),
        [one.stat().st_mtime_ns for one in (master.parent / "video").iterdir()],
    )
    subtitles = tmp_path / "es.vtt"
    subtitles.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nhola\n", encoding="utf-8")
    second = hls_package(
        spoken_film.film, master, [Track(dub, ES)], [Track(subtitles, ES), Track(subtitles, ES, True)]
    )
    assert not second["picture_written"]
    assert picture(master.parent) == before
    assert [one.stat().st_mtime_ns for one in (master.parent / "video").iterdir()] == times
    assert second["picture_sha256"] == film_digest(spoken_film.film)[0]
    assert [(one["type"], one["language"], one["forced"]) for one in second["renditions"]] == [
        ("AUDIO", "en", False),
        ("AUDIO", "es", False),
        ("SUBTITLES", "es", False),
        ("SUBTITLES", "es", True),
    ]
    shown = next(master.parent.glob("subtitles/es-[0-9a-f]*/all.vtt")).read_text(encoding="utf-8")
    assert shown.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n")  # 3.5
    with av.open(str(master)) as played:
        assert sum(1 for _ in played.decode(video=0)) == int(spoken_film.seconds * 24)
    for listing in master.parent.glob("audio/*/playlist.m3u8"):
        with av.open(str(listing)) as played:
            samples = sum(frame.samples for frame in played.decode(audio=0))
        assert abs(samples - int(spoken_film.seconds * 48_000)) <= 2048, listing  # priming of AAC


def test_the_playlists_follow_the_rules(spoken_film: SpokenFilm, dub: Path, tmp_path: Path) -> None:
    master = tmp_path / "hls" / "master.m3u8"
    hls_package(spoken_film.film, master, [Track(dub, ES), Track(dub, JA)], own=EN, default=JA)
    lines = master.read_text(encoding="utf-8").splitlines()
    media = [attributes(line) for line in lines if line.startswith("#EXT-X-MEDIA:")]
    assert len({(one["GROUP-ID"], one["NAME"]) for one in media}) == len(media)  # 4.3.4.1.1
    assert [one["LANGUAGE"] for one in media if one["DEFAULT"] == "YES"] == ["ja"]
    assert all(one["AUTOSELECT"] == "YES" for one in media)  # DEFAULT=YES asks for it, 4.3.4.1
    assert all("FORCED" not in one for one in media if one["TYPE"] == "AUDIO")  # 4.3.4.1
    variant = attributes(next(line for line in lines if line.startswith("#EXT-X-STREAM-INF")))
    assert variant["CODECS"].startswith("avc1.")
    assert "mp4a.40.2" in variant["CODECS"]
    assert int(variant["BANDWIDTH"]) >= int(variant["AVERAGE-BANDWIDTH"])
    assert (variant["RESOLUTION"], variant["FRAME-RATE"]) == ("640x360", "24.000")
    targets = set()
    for listing in (master.parent / "video" / "playlist.m3u8", *master.parent.glob("audio/*/playlist.m3u8")):
        text = listing.read_text(encoding="utf-8")
        target = int(re.findall(r"TARGETDURATION:(\d+)", text)[0])
        assert all(round(float(one)) <= target for one in re.findall(r"#EXTINF:([0-9.]+)", text))  # 4.3.3.1
        assert "#EXT-X-ENDLIST" in text
        assert all((listing.parent / name).is_file() for name in re.findall(r"^[^#\s].*$", text, re.M))
        targets.add(target)
    assert len(targets) == 1  # 6.2.4


def test_a_new_dub_replaces_the_old_and_the_rest_stays(
    spoken_film: SpokenFilm, dub: Path, tmp_path: Path
) -> None:
    master = tmp_path / "hls" / "master.m3u8"
    hls_package(spoken_film.film, master, [Track(dub, ES)], own=EN)
    other = tmp_path / "other.flac"
    write_sound(other, Sound(np.zeros((2, 48_000 * 11), np.float32), 48_000, "stereo"))
    again = hls_package(spoken_film.film, master, [Track(other, ES)])
    assert len(again["added"]) == 1
    assert len(list(master.parent.glob("audio/*"))) == 2
    assert [one["language"] for one in again["renditions"]] == ["en", "es"]


def test_what_does_not_belong_is_refused(
    spoken_film: SpokenFilm, dub: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    master = tmp_path / "hls" / "master.m3u8"
    words = ["versions", "package", str(spoken_film.film), str(master), "--json"]
    assert main([*words, "--film-language", "en"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["picture_written"] is True
    assert main([*words, "--audio", f"es={tmp_path / 'nothing.wav'}"]) == 3
    text = master.read_text(encoding="utf-8")
    with pytest.raises(BadValue, match="default"):
        hls_package(spoken_film.film, master, default=JA)
    with pytest.raises(BadFile, match="no picture"):
        hls_package(dub, tmp_path / "other" / "master.m3u8")
    with pytest.raises(BadValue, match="m3u8"):
        hls_package(spoken_film.film, tmp_path / "master.mpd")
    manifest = json.loads((master.parent / "renditions.json").read_text(encoding="utf-8"))
    spoiled = json.loads(json.dumps(manifest))
    spoiled["picture"]["digest"] = "0" * 64
    (master.parent / "renditions.json").write_text(json.dumps(spoiled), encoding="utf-8")
    with pytest.raises(Conflict, match="another film"):
        hls_package(spoken_film.film, master)
    (master.parent / "renditions.json").write_text(json.dumps(manifest), encoding="utf-8")
    (master.parent / "video" / "00000.m4s").write_bytes(b"spoiled")
    with pytest.raises(OutsideFailure, match="not what was written"):
        hls_package(spoken_film.film, master, [Track(dub, ES)])
    assert master.read_text(encoding="utf-8") == text
