from hypothesis import given
from hypothesis import strategies as st

from crossreel.artwork.direction import is_right_to_left, visual_runs


def runs(text):
    return [run.text for run in visual_runs(text, right_to_left=is_right_to_left(text))]


def test_the_first_strong_letter_gives_the_direction():
    assert is_right_to_left("١٢ باب")
    assert not is_right_to_left("12 Angry باب")
    assert not is_right_to_left("1917")


def test_numbers_in_arabic_run_from_left_to_right_between_the_words():
    assert runs("باب 1958 الحديد") == [" الحديد", "1958", "باب "]


def test_latin_inside_arabic_keeps_its_own_order():
    assert runs("فيلم Star Wars اليوم") == [" اليوم", "Star Wars", "فيلم "]


def test_arabic_inside_latin():
    assert runs("The باب الحديد Story") == ["The ", "باب الحديد", " Story"]


def test_a_separator_stays_inside_a_number():
    assert "1,000" in runs("باب 1,000 يوم")


@given(st.text(alphabet="abcאבגباب 12.,!()", max_size=30))
def test_no_character_is_lost(text):
    assert sorted("".join(runs(text))) == sorted(text)
