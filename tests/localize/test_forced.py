"""Forced narratives: from marks, and drafted from text seen in the picture."""

from __future__ import annotations

from fractions import Fraction

import pytest

from crossreel.errors import BadValue
from crossreel.localize.forced import ScreenText, forced_cues, is_forced, narratives_of, screen_texts
from crossreel.localize.timedtext import Document, read_bytes
from crossreel.localize.timedtext.model import cue_of


def seen(start: float, end: float, text: str, score: float = 0.9) -> ScreenText:
    return ScreenText(Fraction(str(start)), Fraction(str(end)), text, score)


def shown(*texts: ScreenText, spoken: Document | None = None) -> list[tuple[float, float, str]]:
    return [(float(c.start), float(c.end), c.text) for c in narratives_of(texts, spoken).cues]


def test_marks_of_ttml_and_of_webvtt_are_read() -> None:
    ttml = """<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"
      xmlns:itts="http://www.w3.org/ns/ttml/profile/imsc1#styling"><body><div>
      <p xml:id="a" begin="1s" end="2s">He speaks.</p>
      <p xml:id="b" begin="3s" end="4s" itts:forcedDisplay="true">PARIS, 1910</p></div></body></tt>"""
    vtt = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nHe <c.forced>speaks</c>.\n\n"
        "00:03.000 --> 00:04.000\n<c.forced>PARIS</c>\n"
    )
    (marked,) = forced_cues(read_bytes(ttml.encode(), "f.ttml"))
    assert (marked.id, marked.text) == ("b", "PARIS, 1910")
    assert [cue.text for cue in forced_cues(read_bytes(vtt.encode(), "f.vtt"))] == ["PARIS"]
    assert not is_forced(cue_of(Fraction(0), Fraction(1), ""))


def test_a_text_through_a_cut_is_one_cue_of_a_time_that_can_be_read() -> None:
    assert shown(seen(1, 2, "Bakery"), seen(2.1, 3, "BAKERY", 0.8), seen(10, 10.4, "Exit")) == [
        (1.0, 3.0, "Bakery"),
        (10.0, pytest.approx(10.8333, abs=1e-3), "Exit"),
    ]
    assert shown(seen(0, 60, "Long")) == [(0.0, 7.0, "Long")]
    first, second = shown(seen(1, 1.4, "One"), seen(2, 3, "Two"))
    assert first[1] <= second[0]
    assert shown(seen(1, 3, "Left"), seen(1.2, 3, "Right")) == [(1.0, 3.0, "Left\nRight")]


def test_what_nobody_must_read_is_left_out_and_told() -> None:
    spoken = Document((cue_of(Fraction(5), Fraction(7), "I am not a bee"),))
    credits = [seen(100 + n / 2, 104 + n / 2, f"Name of worker {'abcdefgh'[n] * 6}") for n in range(8)]
    draft = narratives_of(
        [
            seen(1, 2, "12:30"),
            seen(1, 1.1, "Blink"),
            seen(3, 4, "Blurred", 0.2),
            seen(5, 6, "I AM NOT A BEE"),
            *credits,
        ],
        spoken,
    )
    assert draft.cues == ()
    assert {note.partition(": ")[2] for note in draft.notes} == {
        "burned-in subtitles.",
        "credits.",
        "no word.",
        "read with too little certainty.",
        "seen too shortly.",
    }


def test_an_analysis_without_texts_is_none() -> None:
    with pytest.raises(BadValue, match="onscreen_text"):
        screen_texts({"shots": []})
    with pytest.raises(BadValue, match="start, end and label"):
        screen_texts({"onscreen_text": [{"start": 1}]})
