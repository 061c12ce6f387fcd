from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.folding import fold, joined_forms, tokens, word_runs


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łowcy Głów", "lowcy glow"),
        ("cœur Ødipus Æon Þór ħ đ ð ß", "coeur odipus aeon thor h d d ss"),
        ("İstanbul ISTANBUL ıstanbul", "istanbul istanbul istanbul"),
        ("Tiếng Việt", "tieng viet"),
        ("Ёлки, Їжак", "елки, ижак"),
        ("Άσος ΆΣΟΣ", "ασοσ ασοσ"),
        ("אָלֶף", "אלף"),
        ("أصحاب ...ولا أعزّ", "اصحاب ...ولا اعز"),
        ("ک ی ة", "ك ي ه"),
        ("千と千尋の神隠し", "千と千寻の神隐し"),
        ("鐘 钟", "钟 钟"),
        ("ラーメン", "らーめん"),
        ("ガ がか", "が がか"),
        ("ＡＢＣ ① ﬁ", "abc 1 fi"),
        ("기생충", "기생충"),
        ("S_1", "s 1"),
    ],
)
def test_folded_forms(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("कि", "की"),
        ("क", "का"),
        ("ক", "কি"),
        ("ที่", "ที"),
        ("か", "が"),
        ("は", "ぱ"),
        ("မ", "မာ"),
        ("கா", "கி"),
    ],
)
def test_marks_that_carry_meaning_stay(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert tokens(one) != tokens(other)


def test_indic_words_stay_whole_and_nuktas_go() -> None:
    assert tokens("हिन्दी फ़िल्म") == ["हिन्दी", "फिल्म"]
    assert fold("फ़िल्म") == fold("फिल्म")
    assert tokens("தமிழ் சினிமா") == ["தமிழ்", "சினிமா"]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Tokyo 物語", [("tokyo",), ("物", "语")]),
        ("tokyo物語2", [("tokyo",), ("物", "语"), ("2",)]),
        ("기생충 2", [("기", "생", "충"), ("2",)]),
        ("ภาพยนตร์", [("ภ", "า", "พ", "ย", "น", "ต", "ร์")]),
        ("ភាសាខ្មែរ", [("ភា", "សា", "ខ្មែ", "រ")]),
        ("Don't Look Now!", [("don",), ("t",), ("look",), ("now",)]),
        ("...", []),
        ("", []),
    ],
)
def test_runs(text: str, runs: list[tuple[str, ...]]) -> None:
    assert word_runs(text) == runs


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Don't", ["dont"]),
        ("Spider-Man: Far", ["spiderman"]),
        ("L.A. Confidential", ["la"]),
        ("Jäger Ødipus", ["jaeger", "oedipus"]),
        ("Dumb & Dumber", ["and"]),
        ("Heat", []),
    ],
)
def test_further_spellings(text: str, forms: list[str]) -> None:
    assert joined_forms(text) == forms


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_tokens_hold_only_letters_marks_and_digits(text: str) -> None:
    found = tokens(text)
    # Han characters younger than this Python's Unicode tables count as unassigned (Cn).
    kinds = {unicodedata.category(c) for token in found for c in token} - {"Cn"}
    assert all(found)
    assert {kind[0] for kind in kinds} <= set("LMN")
    assert tokens(" ".join(found)) == found


@given(st.text())
def test_case_and_normalization_do_not_matter(text: str) -> None:
    assert tokens(unicodedata.normalize("NFD", text)) == tokens(unicodedata.normalize("NFC", text))
