from pathlib import Path

import numpy as np
import pytest

from crossreel.errors import BadFile, BadValue
from crossreel.media.muxing import SoundTrack, TextTrack, film_digest, mux_film
from crossreel.media.opening import av_library
from crossreel.media.sound_writing import write_sound
from crossreel.sample.film.make_film import make_film
from crossreel.values.language import Language
from crossreel.values.sound import Sound


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    make_film(path, frames=48)
    return path


def dub(path: Path) -> Path:
    time = np.arange(96_000) / 48_000
    wave = (0.3 * np.sin(2 * np.pi * 500 * time)).astype(np.float32)
    write_sound(path, Sound(np.vstack([wave, wave]), 48_000, "stereo"))
    return path


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_tracks_are_added_and_the_picture_stays_bit_by_bit(film: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"film.es{suffix}"
    spanish = Language.parse("es")
    sounds = [SoundTrack(dub(tmp_path / "dub.m4a"), spanish, "Español", True)]
    texts = [TextTrack(((100, 900, "¡Hola!"), (1_000, 1_900, "Adiós")), spanish)] if suffix == ".mkv" else []
    done = mux_film(film, out, sounds, texts)
    assert film_digest(out) == film_digest(film) == (done["picture_sha256"], 48)
    with av_library().open(str(out)) as written:
        assert len(written.streams.audio) == 2
        assert written.streams.audio[1].metadata["language"] == "spa"
        assert len(written.streams.subtitles) == len(texts)
        video = written.streams.video[0]
        if suffix == ".mp4":
            assert video.duration * video.time_base == 2
        else:
            said = [bytes(one) for one in written.demux(written.streams.subtitles[0]) if one.size]
            assert "¡Hola!".encode() in said[0]


def test_bad_inputs_leave_nothing(film: Path, tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="ends in"):
        mux_film(film, tmp_path / "film.avi", ())
    with pytest.raises(BadValue, match="mkv"):
        mux_film(film, tmp_path / "out.mp4", (), [TextTrack(((0, 9, "a"),), Language.parse("es"))])
    sound = dub(tmp_path / "dub.wav")
    with pytest.raises(BadFile, match="no picture"):
        mux_film(sound, tmp_path / "out.mp4", ())
    broken = tmp_path / "broken.m4a"
    broken.write_bytes(b"nothing")
    with pytest.raises(BadFile):
        mux_film(film, tmp_path / "out.mp4", [SoundTrack(broken, Language.parse("es"))])
    assert not (tmp_path / "out.mp4").exists()
