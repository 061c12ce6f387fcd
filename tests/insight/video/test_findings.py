"""Tracks, people, lines of text, questions of rating boards, credits."""

from __future__ import annotations

import base64
from fractions import Fraction

import numpy as np
import pytest

from crossreel.insight.video.cards import credits_start, slates
from crossreel.insight.video.findings import findings_of
from crossreel.insight.video.tracks import Sighting, tracks_of
from crossreel.values.media_roles import Shot

TIMES = [Fraction(n, 24) for n in range(480)]
SHOTS = [
    Shot(0, 240, Fraction(0), Fraction(10), "none", 0, 0),
    Shot(240, 480, Fraction(10), Fraction(20), "cut", 240, 240),
]


def seen(frame: int, label: str, x: float, score: float = 0.8) -> Sighting:
    return Sighting(frame, frame / 24, frame // 12, label, score, (x, 0.2, 0.2, 0.4))


def test_a_thing_is_one_track_until_the_cut():
    dog = [seen(frame, "dog", 0.1 + frame / 4000) for frame in range(120, 360, 12)]
    tracks = tracks_of(dog, SHOTS)
    assert [(t.shot, t.start_frame, t.end_frame) for t in tracks] == [(0, 114, 235), (1, 240, 355)]
    assert tracks[1].start == 10.0
    assert sum(len(t.sightings) for t in tracks) == 20


def test_two_things_stay_two_and_one_may_be_missed_for_a_moment():
    both = [seen(f, "car", x) for f in range(0, 60, 12) for x in (0.1, 0.6) if (f, x) != (24, 0.6)]
    assert [len(t.sightings) for t in tracks_of(both, SHOTS)] == [5, 4]


def test_what_is_seen_once_has_to_be_sure():
    assert tracks_of([seen(24, "cat", 0.1, 0.4)], SHOTS, alone=0.5) == []


def vector(*parts: float) -> str:
    made = np.zeros(8, np.float32)
    made[: len(parts)] = parts
    made /= np.linalg.norm(made)
    return base64.b64encode(made.astype("<f2").tobytes()).decode()


def face(x: float, *parts: float) -> dict:
    return {"label": "face", "score": 0.9, "box": [x, 0.2, 0.2, 0.3], "vector": vector(*parts)}


def test_who_looks_alike_is_one_person_and_two_at_once_are_two():
    looks = [{"frame": f, "faces": [face(0.1, 1, 0.1), face(0.6, 1, 0.2)]} for f in range(0, 240, 12)]
    looks += [{"frame": f, "faces": [face(0.3, 1, 0.12)]} for f in range(240, 300, 12)]
    told = findings_of(looks, SHOTS, TIMES, lambda _text: None)
    assert [one["person"] for one in told["faces"]] in ([1, 2, 1], [2, 1, 1])
    longest = told["people"][0]
    assert longest["screen_time"] == pytest.approx(9.8 + 2.3, abs=0.3)
    assert "vector" not in str(told)


def line(text: str, y: float) -> dict:
    return {"label": text, "score": 0.95, "box": [0.2, y, 0.6, 0.05]}


def test_a_subtitle_that_changes_in_its_place_begins_another():
    said = {0: "Where are you going?", 24: "Where are you goin?", 48: "Home, before it rains.", 72: ""}
    looks = [{"frame": f, "text": [line(t, 0.85)] if t else []} for f, t in said.items()]
    found = findings_of(looks, SHOTS, TIMES, lambda _text: "en")["onscreen_text"]
    assert [one["text"] for one in found] == ["Where are you going?", "Home, before it rains."]
    assert {one["place"] for one in found} == {"lower third"}
    assert found[0]["end"] <= found[1]["start"] + 0.01


def test_questions_name_the_board_and_never_judge():
    knife = {"label": "knife", "score": 0.7, "box": [0.1, 0.1, 0.2, 0.2]}
    looks = [{"frame": f, "nudity": 0.9 if f == 96 else 0.0, "objects": [knife]} for f in range(0, 120, 12)]
    told = findings_of(looks, SHOTS, TIMES, lambda _text: None)["compliance"]
    assert told["state"] == "to review"
    assert {one["topic"] for one in told["signals"]} == {"weapons", "nudity"}
    korea = next(one for one in told["territories"] if one["territory"] == "KR")
    assert {one["topic"] for one in korea["questions"]} == {"weapons", "nudity"}
    assert "drugs" in korea["not_covered"]
    assert "smoking" in told["not_covered"]


def test_credits_begin_where_text_stays():
    looks = [{"frame": f, "text": [{}] * (3 if f > 400 else 0)} for f in range(0, 480, 12)]
    assert credits_start(looks, TIMES, 20) == pytest.approx(408 / 24, abs=0.01)
    assert credits_start([{"frame": 0}], TIMES, 20) is None


def test_a_slate_is_a_still_full_of_text():
    still = {"start": 0.0, "end": 3.0, "start_frame": 0, "end_frame": 72}
    assert slates([{"frame": 24, "text": [{}] * 6}], TIMES, [still]) == [still]
    assert slates([{"frame": 24, "text": [{}]}], TIMES, [still]) == []
