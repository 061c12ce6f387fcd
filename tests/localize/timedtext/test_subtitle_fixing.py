"""Repair: no word changes, what must hold holds, and a fixed file is left alone."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.localize.timedtext.editing import cut, substituted
from crossreel.localize.timedtext.fixing.fix import fix
from crossreel.localize.timedtext.formats import read_bytes, read_file, write_bytes
from crossreel.localize.timedtext.model import Cue, Document, Span, Text, cue_of, plain
from crossreel.localize.timedtext.rules.check import check
from crossreel.values.language import Language

EN = Language.parse("en")
HARD = {"line-length", "line-count", "overlap", "gap", "max-duration"}
TAGS = {
    "deu": "de",
    "eng": "en",
    "fra": "fr",
    "ita": "it",
    "por": "pt",
    "spa": "es",
    "rus": "ru",
    "zho": "zh-Hans",
    "jpn": "ja",
    "kor": "ko",
    "pol": "pl",
    "tha": "th",
    "dan": "da",
    "epo": "eo",
    "jbo": "jbo",
}

word = st.text("abcdefghijklmnop", min_size=1, max_size=12)
marked = st.builds(lambda text, mark: text + mark, word, st.sampled_from(["", "", "", ",", ".", "?"]))
texts = st.lists(marked, min_size=1, max_size=30).map(" ".join)


@st.composite
def rough(draw: st.DrawFn) -> Document:
    """Cues that overlap, follow too closely, stand too briefly or too long, and run over lines."""
    cues, at = [], 0
    for text in draw(st.lists(texts, min_size=1, max_size=8)):
        at = max(0, at + draw(st.integers(-1500, 3000)))
        duration = draw(st.integers(0, 15_000))
        words = text.split(" ")
        place = draw(st.integers(0, len(words) - 1))
        broken = " ".join(words[:place]) + ("\n" if place else "") + " ".join(words[place:])
        cues.append(cue_of(Fraction(at, 1000), Fraction(at + duration, 1000), broken))
        at += duration
    return Document(tuple(cues))


def words_of(document: Document) -> list[str]:
    ordered = sorted(document.cues, key=lambda cue: cue.start)
    return [word for cue in ordered for word in cue.text.split()]


@settings(max_examples=60)
@given(rough())
def test_words_stay_hard_rules_hold_and_fixing_twice_is_fixing_once(document: Document) -> None:
    fixed = fix(document, EN)
    assert words_of(fixed.document) == words_of(document)
    assert not HARD & set(fixed.after.summary)
    assert fix(fixed.document, EN).document.cues == fixed.document.cues
    assert all(0 <= cue.start < cue.end for cue in fixed.document.cues)


@settings(max_examples=30)
@given(rough(), st.lists(st.integers(0, 60_000), max_size=8, unique=True))
def test_the_same_with_shots(document: Document, shots: list[int]) -> None:
    fixed = fix(document, EN, shots=sorted(Fraction(shot, 1000) for shot in shots))
    assert words_of(fixed.document) == words_of(document)
    assert not HARD & set(fixed.after.summary)


@settings(max_examples=20)
@given(rough())
def test_a_clean_file_is_not_touched(document: Document) -> None:
    once = fix(document, EN).document
    if not check(once, EN).violations:
        assert fix(once, EN).changed == 0


def test_markup_survives_a_split() -> None:
    long = (
        "Every one of these words is in italics, and there are far too many of them for two lines, you see."
    )
    cue = Cue(Fraction(1), Fraction(9), (Text("Look: "), Span("i", (Text(long),)), Text(" End.")), "1")
    fixed = fix(Document((cue,)), EN).document
    assert len(fixed.cues) > 1
    assert all(any(isinstance(node, Span) and node.kind == "i" for node in part.tree) for part in fixed.cues)
    assert " ".join(plain(part.tree).replace("\n", " ") for part in fixed.cues) == f"Look: {long} End."


def test_time_is_taken_where_it_is() -> None:
    cues = (cue_of(Fraction(5), Fraction(6), "This sentence needs more than one second."),
            cue_of(Fraction(20), Fraction(22), "It does."))  # fmt: skip
    fixed = fix(Document(cues), EN)
    assert fixed.after.violations == ()
    assert fixed.document.cues[0].start == 5
    assert fixed.document.cues[0].end > 7


def test_what_cannot_be_solved_is_listed() -> None:
    cues = tuple(
        cue_of(Fraction(n), n + Fraction(9, 10), "Far too many words for one second of time.")
        for n in range(9)
    )
    fixed = fix(Document(cues), EN)
    assert {violation.rule for violation in fixed.unsolved} == {"reading-speed"}


def test_shots_take_the_times() -> None:
    cue = cue_of(Fraction(241, 24), Fraction(12), "It is open.")
    fixed = fix(Document((cue,)), EN, shots=(Fraction(10),)).document.cues[0]
    assert fixed.start == 10


def test_a_word_longer_than_a_line_is_kept_and_listed() -> None:
    fixed = fix(Document((cue_of(Fraction(1), Fraction(6), "x" * 60),)), EN)
    assert fixed.document.cues[0].text == "x" * 60
    assert [violation.rule for violation in fixed.unsolved] == ["line-length"]


@given(st.text("ab \n", min_size=1, max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_cutting_a_tree_cuts_its_text(text: str, first: int, second: int) -> None:
    tree = (Text(text[:5]), Span("i", (Text(text[5:12]), Span("b", (Text(text[12:]),)))))
    low, high = sorted((first, second))
    assert plain(cut(tree, low, high)) == text[low:high]
    assert plain(substituted(tree, {0: (1, "z")})) == "z" + text[1:]


@pytest.mark.shared
def test_every_real_file_is_fixed(shared_data: Path) -> None:
    folder = shared_data / "subtitles"
    count = 0
    for path in sorted([*folder.glob("open-films/**/*.srt"), *folder.glob("elephants-dream/*.vtt")]):
        if path.name == "synfig-promo.srt":  # two files have words and no times
            continue
        code = path.parent.name if path.parent.name in TAGS else path.stem.replace(".", "-").split("-")[-1]
        language = Language.parse(TAGS.get(code, code))
        document = read_file(path, language=language)
        fixed = fix(document, language)
        count += 1
        written = read_bytes(write_bytes(fixed.document, document.format).data, path)
        for report in (fixed.after, check(written, language)):
            assert not HARD & set(report.summary), path
        before, after = ("".join(words_of(each)) for each in (document, fixed.document))
        assert before == after, path
        assert fix(fixed.document, language).document.cues == fixed.document.cues, path
        assert slack(fixed.document, fixed.after, language) == [], path
    assert count == 124


def slack(document: Document, report: object, language: Language) -> list[int]:
    """Cues still read too fast though time is free beside them."""
    gap = Fraction(0) if language.primary == "ja" else Fraction(84, 1000)
    cues, left = document.cues, []
    for violation in report.violations:  # type: ignore[attr-defined]
        if violation.rule != "reading-speed":
            continue
        place = violation.cue - 1
        cue = cues[place]
        after = cues[place + 1].start - cue.end - gap if place + 1 < len(cues) else Fraction(7)
        before = cue.start - cues[place - 1].end - gap if place else cue.start
        if min(7 - (cue.end - cue.start), max(after, Fraction(0)) + max(before, Fraction(0))) > Fraction(
            1, 500
        ):
            left.append(violation.cue)
    return left
