import re
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest

from crossreel.artwork.fonts import fonts_are_built
from crossreel.sample.film.sound import RATE, make_sound

FOLDER = files("crossreel.sample").joinpath("film")
CUE = re.compile(r"(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})")


def test_the_film_is_light_and_plays_while_it_loads():
    content = FOLDER.joinpath("sample.mp4").read_bytes()
    assert len(content) < 700_000
    assert content[4:8] == b"ftyp"
    assert 0 < content.find(b"moov") < content.find(b"mdat")


@pytest.mark.parametrize("language", ["en", "es"])
def test_subtitles_follow_one_another_within_the_film(language):
    text = FOLDER.joinpath(f"sample.{language}.vtt").read_text(encoding="utf-8")
    assert text.startswith("WEBVTT\n")
    times = [
        tuple(float(h) * 3600 + float(m) * 60 + float(s) for h, m, s in (found[:3], found[3:]))
        for found in CUE.findall(text)
    ]
    assert len(times) == 6
    assert all(start < end for start, end in times)
    assert all(before[1] <= after[0] for before, after in pairwise(times))
    assert times[-1][1] <= 24
    assert all(len(line) <= 42 for line in text.splitlines() if "-->" not in line and "NOTE" not in line)


def test_the_sound_is_quiet_whole_and_ends_in_silence():
    sound = make_sound()
    assert len(sound) == 24 * RATE
    assert 0.2 < np.abs(sound).max() < 0.7
    assert np.abs(sound[-RATE // 100 :]).max() < 0.01


@pytest.mark.skipif(not fonts_are_built(), reason="fonts are not built: scripts/build_assets.py")
def test_frames_show_the_countdown_and_the_card():
    from crossreel.sample.film.picture import FRAMES, draw_frame

    first, card = draw_frame(0), draw_frame(150)
    assert first.shape == (360, 640, 3)
    assert first.min() < 40  # the number is dark on a light leader
    assert np.median(first) > 180
    assert np.median(card) < 40
    assert card.max() > 200
    with pytest.raises(ValueError, match="576"):
        draw_frame(FRAMES)


@pytest.mark.skipif(not fonts_are_built(), reason="fonts are not built: scripts/build_assets.py")
def test_the_film_can_be_made_again_the_same(tmp_path):
    av = pytest.importorskip("av")
    from crossreel.sample.film.make_film import make_film

    one, two = tmp_path / "one.mp4", tmp_path / "two.mp4"
    make_film(one, frames=8)
    make_film(two, frames=8)
    assert one.read_bytes() == two.read_bytes()
    with av.open(str(one)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 8
        assert [stream.codec_context.name for stream in film.streams] == ["h264", "aac"]
