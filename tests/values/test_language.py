"""Language tags and the order in which they stand in for one another."""

from __future__ import annotations

import pytest
from babel.localedata import locale_identifiers
from hypothesis import given
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.values.language import ENGLISH, UNDETERMINED, Language, best_match, fallback_order

NOT_IN_THE_REGISTRY_OF_LANGCODES = {"tok", "tok_001"}  # Toki Pona, registered in 2022
TAGS = sorted(
    tag
    for tag in locale_identifiers()
    if not tag.endswith("POSIX") and tag not in NOT_IN_THE_REGISTRY_OF_LANGCODES
)
SPOKEN = "ar ar-EG de de-CH en en-AU en-GB es es-419 es-AR es-ES es-MX fr fr-CA he hi hr id it ja ko"
SPOKEN += " nb nl nn no pl pt pt-BR pt-PT ro ru sr sr-Cyrl sr-Latn sv th tr uk und yue zh zh-HK zh-Hans"
SPOKEN += " zh-Hant zh-TW"

languages = st.sampled_from([Language.parse(tag) for tag in SPOKEN.split()])
several = st.lists(languages, max_size=10)


def order(asked: str, offered: str, originals: str = "") -> str:
    def read(tags: str) -> list[Language]:
        return [Language.parse(tag) for tag in tags.split()]

    return " ".join(map(str, fallback_order(read(asked), read(offered), originals=read(originals))))


@given(st.sampled_from(TAGS))
def test_normalization_is_idempotent_and_blind_to_case(tag):
    language = Language.parse(tag)
    assert Language.parse(language.tag) == language
    assert Language.parse(tag.upper()) == Language.parse(f" {tag.lower()} ") == language
    assert Language.parse(tag.replace("_", "-")) == language
    assert language.tag.startswith(language.primary)


def test_every_cldr_locale_is_a_language():
    for tag in TAGS:
        assert Language.parse(Language.parse(tag).tag) == Language.parse(tag)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("PT_br", "pt-BR"),
        ("iw", "he"),
        ("in", "id"),
        ("zh-hant", "zh-Hant"),
        ("ZH_cmn_Hans_cn", "zh-Hans-CN"),
        ("i-klingon", "tlh"),
        ("sr-LATN", "sr-Latn"),
        ("es-419", "es-419"),
        ("eng", "en"),
        ("ger", "de"),
        ("und", "und"),
        ("zxx", "zxx"),
    ],
)
def test_tags_are_normalized_once(text, tag):
    assert str(Language.parse(text)) == tag


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "e",
        "english language",
        "qqqq",
        "pt--BR",
        "pt-B",
        "日本語",
        "en\n-US",
        "x" * 65,
        "-",
        "xyz123",
    ],
)
def test_other_text_is_refused(text):
    with pytest.raises(BadValue, match="language"):
        Language.parse(text)


def test_scripts_and_direction():
    assert {tag: Language.parse(tag).script for tag in ("pt", "zh-TW", "sr", "ja", "ar")} == {
        "pt": "Latn",
        "zh-TW": "Hant",
        "sr": "Cyrl",
        "ja": "Jpan",
        "ar": "Arab",
    }
    assert all(
        Language.parse(tag).is_right_to_left for tag in ("ar", "he", "fa", "ur", "yi", "dv", "ps", "ckb")
    )
    assert not any(Language.parse(tag).is_right_to_left for tag in ("en", "az", "pa", "uz", "ja"))
    assert Language.parse("pa-PK").is_right_to_left


@pytest.mark.parametrize(
    ("asked", "offered", "expected"),
    [
        ("pt-PT", "en es pt-BR", "pt-BR en es"),
        ("pt-PT", "pt-BR pt pt-PT", "pt-PT pt pt-BR"),
        ("pt-BR", "pt-PT en pt", "pt pt-PT en"),
        ("zh-TW", "en zh zh-Hans zh-HK zh-Hant zh-TW", "zh-TW zh-Hant zh-HK zh zh-Hans en"),
        ("zh-TW", "en zh-Hant", "zh-Hant en"),
        ("es-MX", "en es es-419 es-AR es-ES es-MX", "es-MX es-419 es-AR es es-ES en"),
        ("es-MX", "es en", "es en"),
        ("sr", "hr sr-Latn sr-Cyrl en", "sr-Cyrl sr-Latn hr en"),
        ("sr-Cyrl", "sr sr-Cyrl sr-Latn", "sr-Cyrl sr sr-Latn"),
        ("nb", "da en nn no", "no da nn en"),
        ("no", "en nb sv da", "nb da en sv"),
        ("fr es", "es-AR en fr-CA", "fr-CA es-AR en"),
        ("ja", "de en und zh", "en und de zh"),
        ("", "de und en ar", "en und ar de"),
    ],
)
def test_the_order_of_stand_ins(asked, offered, expected):
    assert order(asked, offered) == expected


def test_original_languages_come_after_english_and_before_the_rest():
    assert order("ja", "ar de en und zh", originals="zh") == "en zh und ar de"
    assert order("ja", "zh zh-Hans zh-Hant", originals="zh-Hant") == "zh-Hant zh zh-Hans"


@given(several, several, several)
def test_every_offered_language_appears_once(asked, offered, originals):
    ordered = fallback_order(asked, offered, originals=originals)
    assert sorted(ordered) == sorted(set(offered))
    assert ordered == fallback_order(asked, reversed(offered + offered), originals=originals)


@given(languages.filter(lambda want: want != UNDETERMINED), several)
def test_exact_comes_before_relative(want, offered):
    assert fallback_order([want], [*offered, want])[0] == want
    assert best_match([want], [*offered, want]) == want


@given(several, several)
def test_best_match_is_the_head_of_the_order(asked, offered):
    known = [language for language in offered if language != UNDETERMINED]
    best = best_match(asked, known)
    if best is not None:
        assert fallback_order(asked, known)[0] == best
    elif known and ENGLISH in known:
        assert fallback_order(asked, known)[0] == ENGLISH


def test_best_match_may_be_nothing():
    assert best_match([Language.parse("ja")], [Language.parse("de"), Language.parse("ar")]) is None
    assert best_match([], [ENGLISH]) is None
    assert best_match([ENGLISH], []) is None
