from __future__ import annotations

import struct
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from crossreel.errors import BadFile
from crossreel.media.frames import JOINED, is_joined, open_film
from crossreel.media.probe import probe_film
from crossreel.media.reading import FilmReader, Stop
from crossreel.media.small import blocks_of
from crossreel.testing.made_film import with_broken_stretch


def times_of(path):
    with open_film(path) as film:
        times = [frame.time for frame in film.frames()]
        return times, film.holes


def test_times_are_exact_fractions(make_film):
    path = make_film()
    times, holes = times_of(path)
    assert times == [Fraction(number, 24) for number in range(72)]
    assert holes == []
    probe = probe_film(path)
    assert (probe.video.frame_rate, probe.duration, probe.video.is_variable) == (24, 3, False)


def test_variable_frame_rate_is_seen_and_its_times_kept(make_film):
    stamps = [0]
    for number in range(1, 60):
        stamps.append(stamps[-1] + (20 if number % 5 else 100))
    path = make_film("vfr.mkv", 60, stamps=stamps.__getitem__)
    assert probe_film(path).video.is_variable
    times, _ = times_of(path)
    assert times == [Fraction(stamp, 1000) for stamp in stamps]


def test_a_clock_rounded_to_milliseconds_is_not_variable(make_film):
    assert not probe_film(make_film("round.mkv")).video.is_variable


def test_a_turned_picture_tells_its_upright_size(make_film):
    video = probe_film(make_film("turned.mp4", 5, rotation=90)).video
    assert (video.width, video.height, video.display_width, video.display_height) == (64, 36, 36, 64)
    assert video.rotation in {90, 270}


@pytest.mark.parametrize(
    ("name", "size", "pixels"),
    [("ten.mkv", (64, 36), "yuv420p10le"), ("odd.mkv", (63, 37), "yuv444p"), ("one.mkv", (1, 1), "yuv444p")],
)
def test_ten_bits_odd_sizes_and_one_pixel_are_read(make_film, name, size, pixels):
    path = make_film(name, 10, *size, pixels=pixels, codec="ffv1")
    video = probe_film(path).video
    assert (video.width, video.height, video.pixel_format) == (*size, pixels)
    assert video.bit_depth == (10 if "10" in pixels else 8)
    with open_film(path) as film:
        assert sum(len(block) for block in blocks_of(film.frames())) == 10


def test_interlaced_is_told(make_film):
    path = make_film("i.mp4", 10, 64, 64, options={"flags": "+ildct+ilme", "x264-params": "tff=1"})
    assert probe_film(path).video.scan == "interlaced"


def test_a_broken_stretch_is_reported_and_the_rest_read(make_film):
    path = with_broken_stretch(make_film("broken.mkv", 96, options={"g": "12", "bf": "0"}))
    times, holes = times_of(path)
    assert len(times) > 48
    assert times[-1] >= Fraction(93, 24)
    assert holes


def test_a_film_that_ends_early_says_so(make_film):
    path = make_film("cut.mp4", 96, container={"movflags": "+faststart"})
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 3])
    times, holes = times_of(path)
    assert 10 < len(times) < 96
    assert any("ends" in hole.problem or "stopped" in hole.problem for hole in holes)


def test_a_matroska_film_that_ends_early_says_so(make_film):
    path = make_film("cut.mkv", 96)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    times, holes = times_of(path)
    assert 10 < len(times) < 90
    assert any("ends" in hole.problem for hole in holes)


def joined(make_film, tmp_path):
    """Two recordings one behind the other, whose stamps begin anew."""
    film = make_film("one.ts", 72).read_bytes()
    path = tmp_path / "joined.ts"
    path.write_bytes(film + film)
    return path


def test_where_stamps_jump_back_times_go_on(make_film, tmp_path):
    path = joined(make_film, tmp_path)
    times, holes = times_of(path)
    assert len(times) == 144
    assert all(Fraction(1, 50) < later - sooner < Fraction(1, 10) for sooner, later in pairwise(times))
    assert [hole.frame for hole in holes if "jump back" in hole.problem] == [72]
    assert all(hole.start >= 2.5 for hole in holes)
    assert is_joined(path)
    assert not is_joined(tmp_path / "one.ts")
    assert JOINED in {hole.problem for hole in holes}


def test_a_joined_film_is_taken_up_and_looked_into_without_a_search(make_film, tmp_path):
    path = joined(make_film, tmp_path)
    whole = FilmReader(path)
    pictures = {one.frame: one for _, taken in whole.read(Fraction(1, 2)) for one in taken}
    times, _ = times_of(path)
    rest = FilmReader(path).read(None, after=Stop(100, times[99], whole.first_pts))
    assert [time for block, _ in rest for time in block.times] == times[100:]
    reader = FilmReader(path)
    later = sorted(pictures)[-3:]
    assert later[0] > 72
    for frame in (later[1], later[0], later[2]):  # also back again
        found = reader.picture_at(frame, times[frame], 640)
        assert found is not None
        assert found.time == times[frame]
        assert np.array_equal(found.rgb, pictures[frame].rgb)
    assert reader.picture_at(200, times[-1] + 1, 640) is None


def test_negative_stamps_count_from_zero(make_film):
    path = make_film("early.mkv", 30, codec="ffv1", stamps=lambda number: number * 40)
    data = path.read_bytes()
    block = data.index(b"\xa3", data.index(b"\x1f\x43\xb6\x75"))  # a SimpleBlock of the first Cluster
    size = 9 - data[block + 1].bit_length()
    stamp = block + 1 + size + 1  # after id, size and track: 16 bits, signed, from the Cluster's clock
    assert data[stamp : stamp + 2] == bytes(2)
    path.write_bytes(data[:stamp] + struct.pack(">h", -80) + data[stamp + 2 :])
    times, _ = times_of(path)
    probe = probe_film(path)
    assert probe.video.start_time == Fraction(-1, 1000)  # FFmpeg's guess for a block before the clock's zero
    assert times[:3] == [0, Fraction(41, 1000), Fraction(81, 1000)]
    assert any("clock starts at" in note for note in probe.notes)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.mp4", b"", "empty"),
        ("text.mp4", b"Once upon a time.\n" * 500, "text"),
        ("list.mp4", b"#EXTM3U\n#EXTINF:5,\nfile:other.mp4\n", "text"),
        ("noise.mkv", bytes(range(7, 256)) * 40, "not a media file"),
        (
            "cut.mp4",
            b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\x00\x10\x00\x00mdat" + b"\1" * 900,
            "cut off",
        ),
    ],
)
def test_what_is_no_film_is_refused_by_name(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadFile, match=words):
        probe_film(path)


def test_a_huge_text_file_is_refused_at_once(tmp_path):
    path = tmp_path / "huge.mp4"
    with path.open("wb") as file:
        file.write(b"All work and no play makes Jack a dull boy.\n" * 1000)
        file.truncate(2 << 30)  # sparse: nothing is written
    with pytest.raises(BadFile):
        probe_film(path)


def test_absent_and_soundtrack_files_are_refused(tmp_path):
    import av

    with pytest.raises(BadFile, match="not there"):
        probe_film(tmp_path / "none.mp4")
    with pytest.raises(BadFile, match="folder"):
        probe_film(tmp_path)
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame(format="s16", layout="mono", samples=800)
        frame.sample_rate = 8000
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        file.mux(stream.encode(frame))
    with pytest.raises(BadFile, match="no video"):
        probe_film(path)
