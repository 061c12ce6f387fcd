import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.artwork.clusters import clusters
from crossreel.artwork.fitting import Box, fit
from crossreel.artwork.phrases import clean, letters, phrases

BOX = Box(width=500, height=220, largest=104, smallest=30)


def em(text):
    return sum(1.0 if ord(character) > 0x2E80 else 0.55 for character in text)


def pieces(text, language="und"):
    return [piece for piece, _ in phrases(text, language)]


def test_words_of_spaced_scripts_stay_whole():
    assert phrases("Die Straße") == [("Die", " "), ("Straße", "")]
    assert pieces("청춘의 십자로", "ko") == ["청춘의", "십자로"]
    assert pieces("باب الحديد", "ar") == ["باب", "الحديد"]


def test_unspaced_scripts_break_by_phrase():
    assert pieces("今日は良い天気です", "ja") == ["今日は", "良い", "天気です"]
    assert len(pieces("การเดินทางสู่ดวงจันทร์", "th")) > 2
    assert "".join(pieces("梁山伯与祝英台", "zh-Hans")) == "梁山伯与祝英台"


def test_punctuation_does_not_begin_a_line():
    assert [piece for piece, _ in letters("東京、夜。")] == ["東", "京、", "夜。"]
    assert pieces("Zéro de conduite : Jeunes") == ["Zéro", "de", "conduite :", "Jeunes"]


def test_a_word_of_one_letter_ends_no_line():
    assert pieces("Человек с киноаппаратом") == ["Человек", "с киноаппаратом"]


def test_a_character_keeps_its_marks():
    assert clusters("ज़मीन") == ["ज़", "मी", "न"]
    assert clusters("क्षत्रिय")[0] == "क्ष"
    assert clusters("กี่") == ["กี่"]


def test_cleaning_keeps_joiners_and_drops_controls():
    assert clean("a\u202eb\x00c\n d\u2028e") == "abc d e"
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["Der", "müde", "Tod", "Berlin:", "天使", "神女", "—", "Donaudampf"]), min_size=1
    )
)
def test_lines_stay_in_their_box(words):
    done = fit(" ".join(words), em, BOX)
    assert all(em(line) * done.size <= BOX.width + 0.5 for line in done.lines)
    assert len(done.lines) * done.size * BOX.leading <= BOX.height + 1
    assert len(done.lines) <= BOX.most_lines


def test_text_that_is_too_long_ends_in_an_ellipsis():
    done = fit("word " * 200, em, BOX)
    assert done.size == BOX.smallest
    assert done.lines[-1].endswith("…")


def test_a_text_that_fits_is_not_cut():
    assert "".join(fit("晩春", em, BOX, "ja").lines) == "晩春"


@pytest.mark.parametrize("text", ["", " "])
def test_no_text_sets_no_lines(text):
    assert "".join(fit(text, em, BOX).lines) == ""
