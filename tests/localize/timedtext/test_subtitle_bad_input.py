"""What strangers send: bounded, and told clearly."""

import pytest

from crossreel.errors import BadFile
from crossreel.localize.timedtext.fixing.fix import fix
from crossreel.localize.timedtext.formats import read_bytes, write_bytes
from crossreel.localize.timedtext.rules.check import check
from crossreel.values.language import Language

EN = Language.parse("en")


def srt(*cues: tuple[str, str, str]) -> bytes:
    return "".join(f"{n}\n{a} --> {b}\n{text}\n\n" for n, (a, b, text) in enumerate(cues, 1)).encode()


def test_negative_times_are_set_to_zero_and_said() -> None:
    document = read_bytes(b"1\n-00:00:01,000 --> 00:00:02,000\nx\n", "x.srt")
    assert (document.cues[0].start, document.cues[0].end) == (0, 2)
    assert "Negative times" in document.notes[0]


def test_an_end_before_the_start_is_read_reported_and_fixed() -> None:
    document = read_bytes(srt(("00:00:05,000", "00:00:03,000", "Hello there.")))
    assert "time-order" in check(document, EN).summary
    assert fix(document, EN).after.violations == ()


def test_a_hundred_hours() -> None:
    document = read_bytes(srt(("100:00:01,000", "100:00:03,000", "Hello there.")))
    assert document.cues[0].start == 360_001
    for format in ("srt", "webvtt", "ttml"):
        assert read_bytes(write_bytes(document, format).data).cues[0].start == 360_001
    assert "9:59:59.99" in " ".join(write_bytes(document, "ass").notes)


def test_a_five_megabyte_cue() -> None:
    document = read_bytes(srt(("00:00:01,000", "00:00:05,000", "word " * 1_000_000)))
    assert len(document.cues[0].text) > 4_900_000
    assert check(document, EN).summary["line-length"] == 1


def test_a_long_cue_becomes_many() -> None:
    document = read_bytes(srt(("00:00:01,000", "00:10:00,000", "some words here. " * 2000)))
    fixed = fix(document, EN)
    assert not {"line-length", "line-count", "overlap", "max-duration"} & set(fixed.after.summary)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r", b"\n\r\n"])
def test_newlines_of_every_kind(newline: bytes) -> None:
    data = newline.join(
        [b"1", b"00:00:01,000 --> 00:00:02,000", b"one", b"", b"2", b"00:00:03,000 --> 00:00:04,000", b"two"]
    )
    assert [cue.text for cue in read_bytes(data, "x.srt").cues] == ["one", "two"]


def test_html_and_nuls() -> None:
    document = read_bytes(srt(("00:00:01,000", "00:00:02,000", "<p>a<br>b</p> c < d <i>e\0</i>")))
    assert document.cues[0].text == "a\nb c < d e\ufffd"
    assert len(document.notes) == 2


def test_missing_numbers_commas_and_blank_lines() -> None:
    data = b"00:00:01.5 -> 0:0:2\nfirst\n2\n00:03,250 --> 00:04,000 X1:100 X2:200\nsecond\n\nmore\n"
    cues = read_bytes(data, "x.srt").cues
    assert [(float(c.start), float(c.end), c.text) for c in cues] == [
        (1.5, 2, "first"),
        (3.25, 4, "second\nmore"),
    ]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "x.srt"),
        (b"no times here", "x.srt"),
        (b"WEBVTTX\n\n", "x.vtt"),
        (b"<?xml version='1.0'?><tt", "x.ttml"),
        (b"<?xml version='1.0'?><html/>", "x.ttml"),
        (
            b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><tt xmlns='http://www.w3.org/ns/ttml'/>",
            "x.ttml",
        ),
        (b"[Script Info]\nTitle: x", "x.ass"),
        (b"<SAMI><BODY></BODY></SAMI>", "x.smi"),
        (b"Scenarist_SCC V2.0\n\n00:00:00:00\tzzzz", "x.scc"),
        (b"850STL25.01" + b"0" * 100, "x.stl"),
        (b"{1}{2}x", "x.sub"),
        (bytes(range(256)) * 40, "x.srt"),
    ],
)
def test_what_is_not_a_subtitle_file_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(BadFile):
        read_bytes(data, name)


def test_deeply_nested_markup_is_bounded() -> None:
    document = read_bytes(b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<i>" * 50_000 + b"x")
    assert document.cues[0].text == "x"
    assert read_bytes(write_bytes(document, "webvtt").data).cues[0].text == "x"
    document = read_bytes(srt(("00:00:01,000", "00:00:02,000", "<b>" * 50_000 + "x")))
    assert document.cues[0].text == "x"


@pytest.mark.parametrize("text", ["word " * 200_000, "a line of words\n" * 60_000, "x" * 1_000_000])
def test_a_cue_that_no_splitting_makes_readable_stays_whole_and_is_listed(text: str) -> None:
    document = read_bytes(srt(("00:00:01,000", "00:00:05,000", text)))
    fixed = fix(document, EN)
    assert len(fixed.document.cues) == 1
    assert fixed.document.cues[0].text.split() == text.split()
    assert {one.rule for one in fixed.unsolved} >= {"reading-speed"}
