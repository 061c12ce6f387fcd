"""The careful mode: whom it asks, what it makes of the answers, and that it can be interrupted."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from crossreel.insight.video import careful_listener
from crossreel.insight.video.careful import careful_transitions
from crossreel.insight.video.careful_listener import CarefulListener, doubtful
from crossreel.insight.video.shot_listener import ShotListener
from crossreel.insight.video.shot_network import ShotOdds, shipped_network
from crossreel.values.media_roles import FrameBlock


def odds_with(**cuts: float) -> ShotOdds:
    cut = np.full(300, 0.001, np.float32)
    for name, value in cuts.items():
        cut[int(name[1:])] = value
    return ShotOdds(cut, np.full(300, 0.001, np.float32), np.full((300, 3), 1 / 3, np.float32))


def answers(**single: float) -> np.ndarray:
    told = np.full((300, 2), np.nan, np.float32)
    for name, value in single.items():
        told[int(name[1:]) - 5 : int(name[1:]) + 5] = 0.01
        told[int(name[1:]) - 1] = value
    return told


def frames_of(odds: ShotOdds, told: np.ndarray) -> list[int]:
    return [one.frame for one in careful_transitions(odds, told)]


def test_only_what_is_in_doubt_is_asked():
    mask = doubtful(odds_with(f50=0.999, f150=0.5))
    assert not mask[40:60].any()
    assert mask[150]
    assert mask.sum() < 20


def test_the_larger_network_decides_where_it_was_asked():
    assert frames_of(odds_with(f50=0.999), answers()) == [50]
    assert frames_of(odds_with(f150=0.8), answers(f150=0.01)) == []
    assert frames_of(odds_with(f150=0.8), answers(f150=0.99)) == [150]


class Closer:
    """Says of each frame how bright it is; remembers how many it saw."""

    name = "brightness"
    seen = 0

    def odds(self, frames):
        self.seen += len(frames)
        return np.repeat(frames.mean(axis=(1, 2, 3), dtype=np.float32)[:, None] / 255, 2, axis=1)


def film(count: int) -> list[FrameBlock]:
    rng = np.random.default_rng(5)
    luma = rng.integers(40, 200, (count, 54, 96)).astype(np.uint8)
    chroma = np.full((count, 2, 27, 48), 128, np.uint8)
    times = tuple(Fraction(n, 24) for n in range(count))
    return [
        FrameBlock(at, times[at : at + 64], luma[at : at + 64], chroma[at : at + 64])
        for at in range(0, count, 64)
    ]


def heard(listener: CarefulListener, blocks: list[FrameBlock]) -> np.ndarray:
    parts = [listener.hear(block).get("careful") for block in blocks]
    return np.concatenate([part for part in parts if part is not None] or [np.empty((0, 2), np.float16)])


def test_it_answers_every_frame_once_and_goes_on_where_it_was_left(monkeypatch):
    def now_and_then(odds: ShotOdds) -> np.ndarray:
        return np.arange(len(odds.cut)) % 190 < 30

    monkeypatch.setattr(careful_listener, "doubtful", now_and_then)
    blocks = film(1300)
    whole = CarefulListener(shipped_network(), Closer())
    want = np.concatenate([heard(whole, blocks), whole.flush()["careful"]])
    assert want.shape == (1300, 2)
    assert 0 < np.isnan(want[:, 0]).mean() < 0.9
    early, late = CarefulListener(shipped_network(), Closer()), CarefulListener(shipped_network(), Closer())
    first = heard(early, blocks[:11])
    late.restore(early.state())
    got = np.concatenate([first, heard(late, blocks[11:]), late.flush()["careful"]])
    np.testing.assert_array_equal(got, want)


def test_a_short_film_is_answered_at_its_end():
    (block,) = film(30)
    listener = CarefulListener(shipped_network(), Closer())
    fast = ShotListener().hear(block)
    assert set(listener.hear(block)) == set(fast)
    assert listener.flush()["careful"].shape == (30, 2)
