"""Voice activity, by the real weights."""

from __future__ import annotations

import numpy as np
import pytest

from crossreel.errors import BadValue
from crossreel.media.sound_reading import read_sound
from crossreel.models.silero import RATE, SileroActivity, segments_of
from crossreel.studio.speech_activity import speech_in


@pytest.fixture(scope="module")
def silero(pretrained):
    return SileroActivity(pretrained("silero-vad") / "silero_vad_16k_sequence.onnx")


def test_noise_and_chords_are_no_speech(silero):
    rng = np.random.default_rng(1)
    t = np.arange(RATE * 4) / RATE
    chord = 0.2 * sum(np.sin(2 * np.pi * f * t) for f in (220, 277.2, 329.6))
    for sound in (np.zeros(RATE * 4), rng.normal(0, 0.05, RATE * 4), chord):
        assert silero.segments(sound.astype(np.float32), RATE) == []


def test_nothing_gives_nothing_and_other_rates_are_refused(silero):
    assert silero.segments(np.empty(0, np.float32), RATE) == []
    with pytest.raises(BadValue, match="voice activity"):
        silero.segments(np.zeros(100, np.float32), 44_100)


def test_pieces_answer_as_the_whole(silero):
    sound = np.random.default_rng(2).normal(0, 0.1, RATE * 20).astype(np.float32)
    whole, parts = silero.listening(), silero.listening()
    whole.hear(sound)
    for piece in np.array_split(sound, 37):
        parts.hear(piece)
    np.testing.assert_allclose(whole.finish(), parts.finish(), atol=1e-5)


def test_short_gaps_join_and_short_bursts_are_left_out():
    odds = np.zeros(200, np.float32)
    odds[10:40] = 0.9
    odds[20:22] = 0.1
    odds[100:105] = 0.9
    assert [(s.start, s.end) for s in segments_of(odds, 6.4)] == [(0.29, 1.31)]


@pytest.mark.shared
def test_a_spoken_sentence_is_found_where_it_is(silero, shared_data):
    path = shared_data / "speech" / "jfk.flac"
    found = speech_in(path)
    assert found == list(silero.segments(read_sound(path, rate=RATE, layout="mono").samples[0], RATE))
    assert 0.2 < found[0].start < 0.45
    assert 10.3 < found[-1].end < 10.8
    spoken = sum(one.end - one.start for one in found)
    assert 6.5 < spoken < 9
