"""Rules by fault injection: a clean file has none, each fault is found by its rule and no other."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from crossreel.errors import BadFile, BadValue
from crossreel.localize.timedtext.model import Cue, Document, Span, Text, cue_of
from crossreel.localize.timedtext.rules.check import RULES, check
from crossreel.localize.timedtext.rules.measure import counter, graphemes
from crossreel.localize.timedtext.rules.profile import Audience, load_profile, profile_names
from crossreel.values.language import Language
from crossreel.values.timing import FPS_25, FrameRate

EN = Language.parse("en")


def seconds(text: str) -> Fraction:
    return Fraction(text)


def clean() -> list[Cue]:
    return [
        cue_of(seconds("1"), seconds("4"), "We have come a long way\nto see the old lighthouse.", "1"),
        cue_of(seconds("5"), seconds("8"), "It is open today.", "2"),
        cue_of(seconds("10"), seconds("13"), "-Are you coming?\n-Not yet.", "3"),
    ]


def names(cues: list[Cue], language: str = "en", **more: object) -> list[str]:
    report = check(Document(tuple(cues)), Language.parse(language), **more)  # type: ignore[arg-type]
    return [violation.rule for violation in report.violations]


def test_a_clean_file_has_no_violation() -> None:
    assert names(clean()) == []


FAULTS = {
    "line-length": ("It is open today, and we shall stay for lunch.", "5", "8"),
    "line-count": ("It is open,\nso we will stay,\nwith the keeper of the light.", "5", "8"),
    "reading-speed": ("It is open today, and so it is.", "5", "6"),
    "min-duration": ("It is.", "5", "5.5"),
    "max-duration": ("It is open today.", "5", "12.1"),
    "time-order": ("It is open today.", "5", "5"),
    "overlap": ("It is open today.", "3.5", "8"),
    "gap": ("It is open today.", "4.04", "8"),
    "chaining": ("It is open today.", "4.25", "8"),
    "empty": ("", "5", "8"),
    "white-space": ("It is  open today.", "5", "8"),
    "line-break": ("We have come a long way to the\nold lighthouse on the hill.", "5", "8"),
    "dual-speaker": ("- Is it open?\n- It is today.", "5", "8"),
    "ellipsis": ("It is open...", "5", "8"),
    "numbers": ("It has 3 doors.", "5", "8"),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_each_fault_is_found_by_its_rule_alone(rule: str) -> None:
    text, start, end = FAULTS[rule]
    cues = clean()
    cues[1] = cue_of(seconds(start), seconds(end), text, "2")
    if rule == "max-duration":
        cues[2] = replace(cues[2], start=seconds("14"), end=seconds("17"))
    assert names(cues) == [rule]


def test_italics_where_a_language_has_none() -> None:
    cue = Cue(Fraction(1), Fraction(3), (Span("i", (Text("你好"),)),))
    assert names([cue], "zh-Hans") == ["italics"]
    assert names([cue], "en") == []


def test_full_width_and_bidi() -> None:
    assert names([cue_of(Fraction(1), Fraction(3), "你好,世界")], "zh") == ["full-width"]
    assert names([cue_of(Fraction(1), Fraction(3), ".إلى الشمال")], "ar") == ["bidi"]
    assert names([cue_of(Fraction(1), Fraction(3), "إلى الشمال.")], "ar") == []


def test_two_frames_are_counted_at_the_rate_and_rounding_is_forgiven() -> None:
    cues = [
        cue_of(Fraction(1), seconds("3.003"), "It is open."),
        cue_of(seconds("3.086"), seconds("5"), "It was."),
    ]
    assert names(cues, rate=FrameRate.parse("23.976")) == []
    assert names(cues, rate=FrameRate.parse("12")) == ["gap"]


def test_shot_zones_at_24_frames() -> None:
    frame = Fraction(1, 24)
    shots = (Fraction(10),)
    for frames, wrong in (
        (0, False),
        (1, True),
        (11, True),
        (12, False),
        (-1, True),
        (-11, True),
        (-12, False),
    ):
        cue = cue_of(10 + frames * frame, Fraction(13), "It is open.")
        assert ("shot-change" in names([cue], shots=shots)) is wrong, frames
    for frames, wrong in (
        (-2, False),
        (-1, True),
        (0, True),
        (11, True),
        (12, False),
        (-11, True),
        (-12, False),
    ):
        cue = cue_of(Fraction(7), 10 + frames * frame, "It is open.")
        assert ("shot-change" in names([cue], shots=shots)) is wrong, frames


def test_half_a_second_is_13_frames_at_25() -> None:
    cues = [
        cue_of(Fraction(1), Fraction(3), "It is open."),
        cue_of(3 + Fraction(12, 25), Fraction(5), "It was."),
    ]
    assert names(cues, rate=FPS_25) == ["chaining"]


@pytest.mark.parametrize(
    ("language", "text", "length"),
    [
        ("en", "naïve…", 6),
        ("ja", "東京ABC", 3.5),
        ("zh-Hant", "你好，OK", 4),
        ("ko", "안녕, abc", 4.5),
        ("th", "น้ำที่", 3),
        ("ar", "مُحَمَّد", 4),
        ("hi", "नमस्ते", 3),
    ],
)
def test_every_language_counts_its_own_way(language: str, text: str, length: float) -> None:
    limits = load_profile("netflix", Language.parse(language))
    assert counter(limits.counting)(text) == length


def test_grapheme_clusters() -> None:
    assert [graphemes(text) for text in ("क्षि", "e\u0301", "👍🏽", "abc", "हिन्दी")] == [1, 1, 1, 3, 2]


def test_figures_of_the_netflix_profile() -> None:
    figures = {
        "en": (42, 20), "zh-Hans": (16, 9), "zh-TW": (16, 9), "ja": (13, 4), "ko": (16, 12), "es": (42, 17),
        "pt-BR": (42, 17), "fr": (42, 17), "de": (42, 17), "it": (42, 17), "pl": (42, 17), "tr": (42, 17),
        "ru": (42, 17), "id": (42, 17), "th": (35, 17), "ar": (42, 20), "hi": (42, 22), "nl": (42, 17),
        "fi": (42, 17), "he": (42, 17), "sr": (42, 17),
    }  # fmt: skip
    for tag, (length, speed) in figures.items():
        limits = load_profile("netflix", Language.parse(tag))
        assert (limits.profile, limits.line_length, limits.cps) == ("netflix", length, speed), tag
        assert limits.source
        assert limits.as_of >= date(2026, 1, 1)
    assert load_profile("netflix", Language.parse("hi"), Audience(children=True, sdh=True)).cps == 20
    assert load_profile("netflix", Language.parse("ar"), Audience(sdh=True)).cps == 23


def test_a_language_without_rules_says_that_it_used_the_default() -> None:
    assert check(Document(()), Language.parse("jbo"), "netflix").profile == "default"
    assert check(Document(()), Language.parse("jbo"), "ted").profile == "ted"


def test_words_a_minute() -> None:
    cue = cue_of(Fraction(1), Fraction(2), "one two three four five")
    report = check(Document((cue,)), EN, "bbc")
    assert [(v.rule, v.value, v.limit) for v in report.violations] == [("reading-speed", 300.0, 180.0)]


def test_an_operators_own_profile(tmp_path: Path) -> None:
    own = tmp_path / "house.toml"
    own.write_text(
        'name = "house"\nextends = "netflix"\n[languages.en]\nline_length = 10\n', encoding="utf-8"
    )
    assert names([cue_of(Fraction(1), Fraction(4), "It is open today.")], profile=own) == ["line-length"]
    own.write_text("[languages.en]\nlines_length = 10\n", encoding="utf-8")
    with pytest.raises(BadFile, match="lines_length"):
        load_profile(own, EN)
    own.write_text("[defaults]\ncps = -1\n", encoding="utf-8")
    with pytest.raises(BadFile, match="cps"):
        load_profile(own, EN)
    with pytest.raises(BadValue, match="netflix"):
        load_profile("netflx", EN)


def test_every_rule_and_profile_has_a_source_and_a_date() -> None:
    assert all(rule.source and rule.as_of > date(2000, 1, 1) for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)
    for name in profile_names():
        limits = load_profile(name, EN)
        assert limits.source
        assert limits.as_of.year > 2000


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("[door slams]", True),
        ("♪ La la", True),
        ("ANN: Come in.", True),
        ("(sighs)", True),
        ("Come in (now).", False),
    ],
)
def test_sdh_marks(text: str, marked: bool) -> None:
    assert cue_of(Fraction(1), Fraction(2), text).has_sdh_marks is marked


def test_cues_at_different_places_may_stand_together() -> None:
    low = cue_of(Fraction(1), Fraction(4), "It is open today.")
    high = replace(low, placement=replace(low.placement, line=Fraction(0)))
    assert names([low, high]) == []
