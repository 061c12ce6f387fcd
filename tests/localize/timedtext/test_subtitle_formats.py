"""Writing and reading back, format by format."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crossreel.errors import BadFile, WrongUse
from crossreel.localize.timedtext.formats import FORMATS, read_bytes, write_bytes
from crossreel.localize.timedtext.model import (
    FOREVER,
    Cue,
    Document,
    Node,
    Placement,
    Region,
    Span,
    Stamp,
    Text,
    cue_of,
)
from crossreel.localize.timedtext.writers.losses import merged
from crossreel.values.language import Language
from crossreel.values.timing import FPS_25

words = st.text(
    st.characters(
        codec="utf-8", exclude_characters="\r\0{}<>|\\¦\u2060\ufeff", exclude_categories=("Cs", "Cc")
    ),
    min_size=1,
    max_size=12,
).filter(lambda text: text == " ".join(text.split()) and text)
plain_lines = (
    st.lists(words, min_size=1, max_size=3).map("\n".join).filter(lambda text: not text.strip().isdigit())
)
milliseconds = st.integers(0, 35_000_000).map(lambda value: Fraction(value, 1000))
any_text = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=20
)


@st.composite
def documents(draw: st.DrawFn, step: int = 1) -> Document:
    cues, at = [], 0
    for text in draw(st.lists(plain_lines, min_size=1, max_size=6)):
        at += draw(st.integers(1, 5000)) * step
        end = at + draw(st.integers(1, 5000)) * step
        cues.append(cue_of(Fraction(at, 1000), Fraction(end, 1000), text))
        at = end
    return Document(tuple(cues), language=Language.parse("en"))


def spans(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    inner = st.lists(children, min_size=1, max_size=3).map(tuple)
    names = st.lists(st.from_regex(r"[a-z_]{1,6}", fullmatch=True), max_size=2).map(tuple)
    said = words.map(lambda text: " ".join(text.split()))
    return st.one_of(
        st.builds(Span, st.sampled_from(["c", "i", "b", "u"]), inner, names),
        st.builds(Span, st.just("v"), inner, names, said),
        st.builds(Span, st.just("lang"), inner, st.just(()), st.sampled_from(["ja", "pt-BR"])),
        st.builds(
            lambda base, reading: Span("ruby", (Text(base), Span("rt", (Text(reading),)))), words, words
        ),
    )


trees = st.lists(
    st.recursive(st.one_of(any_text.map(Text), milliseconds.map(Stamp)), spans, max_leaves=5),
    min_size=1,
    max_size=4,
).map(lambda nodes: merged(nodes))
percent = st.integers(0, 100).map(Fraction)
placements = st.builds(
    Placement,
    vertical=st.sampled_from(["", "rl", "lr"]),
    line=st.one_of(st.none(), st.integers(-20, 20).map(Fraction)),
    line_align=st.sampled_from(["start", "center", "end"]),
    position=st.one_of(st.none(), percent),
    size=percent,
    align=st.sampled_from(["start", "center", "end", "left", "right"]),
).filter(lambda placement: placement.line is not None or placement.line_align == "start")


@given(st.lists(st.tuples(milliseconds, milliseconds, trees, placements, words), min_size=1, max_size=4))
def test_webvtt_carries_any_tree_place_and_id(
    entries: list[tuple[Fraction, Fraction, tuple[Node, ...], Placement, str]],
) -> None:
    cues = tuple(Cue(a, b, tree, id, placement) for a, b, tree, placement, id in entries)
    back = read_bytes(write_bytes(Document(cues), "webvtt").data)
    for one, other in zip(cues, back.cues, strict=True):
        assert (one.start, one.end, one.placement, one.id) == (
            other.start,
            other.end,
            other.placement,
            other.id,
        )
        assert normalized(merged(one.tree)) == normalized(merged(other.tree))


def normalized(nodes: tuple[Node, ...]) -> list[object]:
    """Texts joined, empty spans kept; the classes' order counts."""
    return [
        ("text", node.text) if isinstance(node, Text)
        else ("stamp", node.time) if isinstance(node, Stamp)
        else (node.kind, node.classes, node.value, normalized(node.children)) if isinstance(node, Span)
        else node
        for node in nodes
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("format", "step"), [("srt", 1), ("sami", 1), ("ttml", 1), ("ass", 10), ("ssa", 10), ("microdvd", 40)]
)
@settings(max_examples=40)
@given(st.data())
def test_words_and_times_survive(format: str, step: int, data: st.DataObject) -> None:
    document = data.draw(documents(step))
    # MicroDVD writes italics as a slash before the line and has no other way to say a slash there.
    slashed = any(line.startswith("/") for cue in document.cues for line in cue.text.splitlines())
    assume(format != "microdvd" or not slashed)
    written = write_bytes(document, format, rate=FPS_25 if format == "microdvd" else None)
    back = read_bytes(written.data, f"x{FORMATS[format].suffixes[0]}", format=format)
    assert [(cue.start, cue.end, cue.text) for cue in back.cues] == [
        (cue.start, cue.end, cue.text) for cue in document.cues
    ]


@given(st.lists(st.fractions(0, 10_000, max_denominator=30_000), min_size=2, max_size=6))
def test_ttml_keeps_rational_times(times: list[Fraction]) -> None:
    cues = tuple(cue_of(time, time + 1, "x") for time in times)
    back = read_bytes(write_bytes(Document(cues), "ttml").data)
    exact = all(
        abs(one.start - other.start) <= Fraction(1, 10**6) for one, other in zip(cues, back.cues, strict=True)
    )
    assert exact


def test_frames_of_23_976_survive_ttml_exactly() -> None:
    cues = tuple(
        cue_of(Fraction(1001 * n, 24000), Fraction(1001 * (n + 30), 24000), "x") for n in (1, 100, 5000)
    )
    back = read_bytes(write_bytes(Document(cues), "ttml").data)
    assert [(cue.start, cue.end) for cue in back.cues] == [(cue.start, cue.end) for cue in cues]


def test_stl_carries_latin_and_cyrillic_at_25_frames() -> None:
    for text in ("Çédille à l’été\nÖl, ñandú, żółw", "Слева мы видим\nгород"):
        cues = (cue_of(Fraction(1), Fraction(3), text), cue_of(Fraction(86, 25), Fraction(126, 25), text))
        back = read_bytes(write_bytes(Document(cues), "stl").data)
        assert [(cue.start, cue.end, cue.text) for cue in back.cues] == [
            (c.start, c.end, c.text) for c in cues
        ]


def test_scc_carries_what_line_21_can() -> None:
    cues = tuple(
        cue_of(Fraction(10 * n), Fraction(10 * n + 4), f"Caption {n}\nsecond line") for n in range(1, 5)
    )
    written = write_bytes(Document(cues), "scc")
    back = read_bytes(written.data, "x.scc")
    assert [cue.text for cue in back.cues] == [cue.text for cue in cues]
    assert all(
        abs(one.start - other.start) < Fraction(1, 10) for one, other in zip(cues, back.cues, strict=True)
    )


def test_losses_are_said() -> None:
    tree = (Span("ruby", (Text("漢"), Span("rt", (Text("かん"),)))), Span("v", (Text("x"),), value="Ann"))
    cue = Cue(Fraction(1), Fraction(2), tree, "first", Placement(vertical="rl"), region="r")
    document = Document((cue,), regions=(Region("r"),), stylesheets=("::cue {}",))
    notes = " ".join(write_bytes(document, "srt").notes)
    for feature in ("ruby", "speaker", "vertical", "regions", "style sheets", "cue ids"):
        assert feature in notes


def test_a_cue_that_never_ends() -> None:
    document = Document((cue_of(Fraction(1), FOREVER, "x"), cue_of(Fraction(5), Fraction(6), "y")))
    assert read_bytes(write_bytes(document, "ttml").data).cues[0].end == FOREVER
    assert read_bytes(write_bytes(document, "srt").data).cues[0].end == 5


def test_ass_keeps_what_only_ass_has() -> None:
    source = (
        "[Script Info]\nScriptType: v4.00+\nPlayResX: 640\n\n[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, "
        "Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, "
        "Alignment, MarginL, MarginR, MarginV, Encoding\n"
        "Style: Top,Arial,20,&H0000FFFF,&H0,&H0,&H0,0,0,0,0,100,100,0,0,1,2,2,8,10,10,10,1\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Dialogue: 2,0:00:01.00,0:00:02.50,Top,Ann,0,0,0,,{\\fad(200,200)}Hello {\\i1}there{\\i0}\\Nfriend\n"
    )
    document = read_bytes(source.encode(), "x.ass")
    cue = document.cues[0]
    assert (cue.text, cue.layer, cue.placement.line) == ("Hello there\nfriend", 2, 0)
    again = read_bytes(write_bytes(document, "ass").data, "x.ass")
    assert again.cues == document.cues
    assert dict(again.settings)["info.PlayResX"] == "640"


def test_sami_ends_where_the_screen_is_cleared() -> None:
    source = (
        "<SAMI><HEAD><STYLE TYPE='text/css'><!-- .KRCC {Name:Korean; lang:ko-KR;} -->"
        "</STYLE></HEAD><BODY>"
        "<SYNC Start=1000><P Class=KRCC>안녕<br>하세요 &amp; <i>x</i>"
        "<SYNC Start=2500><P Class=KRCC>&nbsp;</BODY></SAMI>"
    )
    document = read_bytes(source.encode("cp949"), "x.smi", encoding="euc-kr")
    assert [(c.start, c.end, c.text) for c in document.cues] == [(1, Fraction(5, 2), "안녕\n하세요 & x")]
    assert str(document.language) == "ko-KR"


def test_microdvd_needs_a_frame_rate() -> None:
    with pytest.raises(BadFile, match="--fps"):
        read_bytes(b"{10}{20}text", "x.sub")
    assert read_bytes(b"{1}{1}23.976\n{24}{48}{y:i}a|b", "x.sub").cues[0].start == Fraction(1001, 1000)


def test_unknown_formats_are_refused() -> None:
    with pytest.raises(WrongUse, match="no subtitle format"):
        read_bytes(b"x", format="docx")
    with pytest.raises(BadFile, match="no subtitle format that is known"):
        read_bytes(b"hello world", Path("notes.txt"))
