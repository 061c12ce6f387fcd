from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from crossreel.insight.video.kept import kept_shots
from crossreel.insight.video.keyframes import Candidate, best_of, crops_of, eyes_of, worth_of
from crossreel.insight.video.lists import to_edl, to_otio
from crossreel.insight.video.shot_features import FEATURES, FeatureMaker
from crossreel.insight.video.shot_listener import ShotListener
from crossreel.insight.video.shot_network import ShotOdds, shipped_network
from crossreel.insight.video.shots import shots_of, transitions_of, within_film
from crossreel.insight.video.signals import Signals, letterbox_of
from crossreel.values.media_roles import FrameBlock


def blocks(luma: np.ndarray, size: int = 64) -> list[FrameBlock]:
    chroma = np.full((len(luma), 2, 27, 48), 128, np.uint8)
    return [
        FrameBlock(
            at,
            tuple(Fraction(n, 24) for n in range(at, min(at + size, len(luma)))),
            luma[at : at + size],
            chroma[at : at + size],
        )
        for at in range(0, len(luma), size)
    ]


def scene(seed: int, n: int, drift: float = 0.4) -> np.ndarray:
    """A textured picture that the camera moves over slowly."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal(size=(8, 12)).repeat(20, 0).repeat(20, 1)
    fine = rng.normal(size=(40, 60)).repeat(4, 0).repeat(4, 1)
    picture = np.clip(rng.uniform(80, 150) + 35 * coarse + 18 * fine, 16, 235)
    return np.stack([picture[20 : 20 + 54, round(10 + drift * t) :][:, :96] for t in range(n)])


def odds_of(luma: np.ndarray) -> ShotOdds:
    maker = FeatureMaker()
    return shipped_network().answer(
        np.concatenate([maker.make(block) for block in blocks(luma.astype(np.uint8))])
    )


def test_a_cut_is_found_at_its_frame_and_a_pan_is_none():
    luma = np.concatenate([scene(1, 70, 1.2), scene(2, 80)])
    found = transitions_of(odds_of(luma))
    assert [(t.kind, t.frame) for t in found] == [("cut", 70)]


def test_a_dissolve_is_one_transition_with_its_extent():
    a, b = scene(3, 90), scene(4, 90)
    mix = np.linspace(0, 1, 26)[1:-1, None, None]
    luma = np.concatenate([a[:66], a[66:] * (1 - mix) + b[:24] * mix, b[24:]])
    found = transitions_of(odds_of(luma))
    assert [t.kind for t in found] == ["dissolve"]
    assert abs(found[0].frame - 78) <= 4
    assert abs(found[0].start - 66) <= 6
    assert abs(found[0].end - 90) <= 6


def test_a_flash_is_no_transition():
    luma = scene(5, 120)
    luma[60:62] = np.clip(luma[60:62] + 110, 16, 235)
    assert transitions_of(odds_of(luma)) == []


def test_figures_do_not_depend_on_how_frames_are_blocked():
    luma = np.concatenate([scene(6, 50), scene(7, 50)]).astype(np.uint8)
    whole, parts = FeatureMaker(), FeatureMaker()
    one = np.concatenate([whole.make(block) for block in blocks(luma, 100)])
    other = np.concatenate([parts.make(block) for block in blocks(luma, 33)])
    assert one.shape == (100, FEATURES)
    np.testing.assert_allclose(one, other, atol=2e-3)


def test_two_dissolves_with_a_moment_between_are_two():
    gradual = np.zeros(120, np.float32)
    gradual[20:90] = 0.95
    gradual[52:56] = 0.5
    odds = ShotOdds(np.zeros(120, np.float32), gradual, np.full((120, 3), 1 / 3, np.float32))
    first, second = transitions_of(odds)
    assert first.start == 20
    assert second.end == 90
    assert 52 <= first.end == second.start < 56
    gradual[52:56] = 0.8  # no deep valley: one
    assert [(t.start, t.end) for t in transitions_of(odds)] == [(20, 90)]


def test_a_listener_goes_on_where_it_was_left():
    luma = scene(8, 96, 1.2).astype(np.uint8)
    first, second = blocks(luma, 48)
    whole = ShotListener()
    want = [whole.hear(first)["rows"], whole.hear(second)["rows"]]
    early, late = ShotListener(), ShotListener()
    early.hear(first)
    late.restore(early.state())
    np.testing.assert_array_equal(late.hear(second)["rows"], want[1])


@pytest.mark.parametrize("count", [1, 2, 5, 63, 64, 65])
def test_short_films_are_answered(count):
    odds = odds_of(scene(9, count))
    shots = shots_of(transitions_of(odds), [Fraction(n, 24) for n in range(count)], Fraction(count, 24))
    assert shots[0].start_frame == 0
    assert shots[-1].end_frame == count
    assert shots[-1].end == Fraction(count, 24)


def test_odds_do_not_depend_on_chunks():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(5000, FEATURES)).astype(np.float16)
    network = shipped_network()
    whole, tail = network.answer(rows), network.answer(rows[1900:2300])
    np.testing.assert_allclose(whole.cut[2000:2200], tail.cut[100:300], atol=1e-4)


def test_black_before_and_after_a_film_makes_no_shot():
    cut = np.zeros(200, np.float32)
    cut[[10, 100, 190]] = 0.9
    odds = ShotOdds(cut, np.zeros(200, np.float32), np.full((200, 3), 1 / 3, np.float32))
    black = np.zeros(200, np.bool_)
    black[:10] = black[190:] = True
    assert [t.frame for t in within_film(transitions_of(odds), black)] == [100]


def test_hashes_of_near_pictures_are_near_and_others_are_not():
    luma = np.concatenate([scene(10, 2, 0.2), scene(11, 1)]).astype(np.uint8)
    hashes = [int(h) for h in Signals().hear(blocks(luma)[0])["hash"]]
    assert (hashes[0] ^ hashes[1]).bit_count() <= 6
    assert (hashes[0] ^ hashes[2]).bit_count() >= 16


def test_letterbox_is_what_all_bright_frames_share():
    luma = scene(12, 40).astype(np.uint8)
    luma[:, :6] = luma[:, -6:] = 16
    figures = Signals().hear(blocks(luma)[0])
    box = letterbox_of(figures["edges"], figures["mean"])
    assert box is not None
    assert box[:2] == (0.111, 0.111)
    assert letterbox_of(np.zeros((40, 4), np.uint8), np.full(40, 90.0)) is None


def test_the_best_pictures_differ():
    def one(frame: int, score: float, bits: int) -> Candidate:
        return Candidate(frame, frame / 24, score, bits, (0.5,) * 48, 640, 360)

    found = best_of([one(1, 0.9, 0), one(2, 0.8, 1), one(3, 0.7, (1 << 40) - 1)], 3)
    assert [c.frame for c in found] == [1, 3]
    again, other = one(2, 0.88, (1 << 16) - 1), one(3, 0.7, (1 << 32) - 1)  # the same place, and another
    assert [c.frame for c in best_of([one(1, 0.9, 0), again, other], 2)] == [1, 3]


def test_crops_have_their_shape_and_keep_faces():
    still = Candidate(1, 0.0, 0.5, 0, (0.1,) * 48, 640, 360)
    crops = crops_of(still, [(0.8, 0.2, 0.1, 0.2)])
    for name, shape in (("2:3", 2 / 3), ("16:9", 16 / 9), ("1:1", 1.0)):
        x, y, wide, tall = crops[name]["box"]
        assert wide / tall == pytest.approx(shape, abs=0.01)
        assert x >= 0
        assert x + wide <= 640
        assert y + tall <= 360
        assert crops[name]["keeps_all"]
        assert "left" in crops[name]["title"]["ltr"] or "right" in crops[name]["title"]["ltr"]


def test_a_crop_without_room_for_all_keeps_the_first_face():
    still = Candidate(1, 0.0, 0.5, 0, (0.1,) * 48, 640, 266)
    sure, doubtful = (0.42, 0.22, 0.1, 0.23), (0.66, 0.11, 0.1, 0.24)
    poster = crops_of(still, [sure, doubtful])["2:3"]
    x, _, wide, _ = poster["box"]
    assert x <= 0.42 * 640
    assert x + wide >= 0.52 * 640
    assert not poster["keeps_all"]


def test_edit_lists_count_at_the_films_rate():
    rate = Fraction(30000, 1001)
    cut = np.zeros(4000, np.float32)
    cut[1800] = 0.9
    odds = ShotOdds(cut, np.zeros(4000, np.float32), np.zeros((4000, 3), np.float32))
    times = [n / rate for n in range(4000)]
    shots = shots_of(transitions_of(odds), times, 4000 / rate)
    edl = to_edl("a film", shots, rate)
    assert "FCM: DROP FRAME" in edl
    assert "00:00:00;00 00:01:00;02" in edl  # frame 1800 is 00:01:00;02 (SMPTE ST 12-1)
    otio = json.loads(to_otio("a film", shots, rate, Path("a film.mp4")))
    clips = otio["tracks"]["children"][0]["children"]
    assert [c["source_range"]["start_time"]["value"] for c in clips] == [0.0, 1800.0]
    assert clips[0]["media_references"]["DEFAULT_MEDIA"]["target_url"].endswith("/a%20film.mp4")
    assert edl.count("* FROM CLIP NAME: a film\n") == 2
    kept = json.loads(to_otio("imdb:tt1", shots, rate))["tracks"]["children"][0]["children"][0]
    media = kept["media_references"]["DEFAULT_MEDIA"]
    assert (media["OTIO_SCHEMA"], media["name"]) == ("MissingReference.1", "imdb:tt1")
    assert "target_url" not in media


def test_kept_shots_have_their_exact_times_again():
    rate = Fraction(24000, 1001)
    ends = [171_983 / rate, 171_984 / rate, 172_800 / rate]
    told = {"start_frame": 0, "end_frame": 1, "transition": "cut"}
    told |= {"transition_start_frame": 0, "transition_end_frame": 0}
    document = {"shots": [{**told, "start": float(a), "end": float(b)} for a, b in pairwise(ends)]}
    assert [(one.start, one.end) for one in kept_shots(document)] == list(pairwise(ends))


def test_a_picture_of_a_blink_is_worth_less_than_a_duller_one_of_open_eyes():
    def look(score: float, *faces: tuple[float, float | None]) -> dict[str, object]:
        told = [
            {"box": [0, 0, wide, wide]} | ({} if eyes is None else {"eyes": eyes}) for wide, eyes in faces
        ]
        return {"score": score, "faces": told}

    blink, awake = look(0.8, (0.3, 0.15)), look(0.6, (0.3, 0.38))
    assert (eyes_of(blink), eyes_of(awake)) == ("shut", "open")
    assert worth_of(blink) < worth_of(awake) == 0.6
    passerby = look(0.8, (0.3, 0.38), (0.1, 0.1))  # somebody small behind may blink
    assert (eyes_of(passerby), worth_of(passerby)) == ("open", 0.8)
    unknown = look(0.8, (0.05, None))
    assert (eyes_of(unknown), worth_of(unknown)) == (None, 0.8)
