import pytest

from crossreel.artwork.fonts import sans, serif
from crossreel.artwork.lettering import covers, drawable, path_of, shape

pytestmark = pytest.mark.usefixtures("fonts")


def numbers(text, language, **kind):
    return [glyph.number for glyph in shape(text, serif(language, 600, **kind), language).glyphs]


def test_arabic_letters_join():
    joined = numbers("محمد", "ar")
    alone = [number for letter in "محمد" for number in numbers(letter, "ar")]
    assert len(joined) == 4
    assert set(joined).isdisjoint(alone)
    assert len(set(joined)) == 4  # the two mims differ: one begins, one stands inside


def test_arabic_runs_from_right_to_left():
    style = serif("ar", 600)
    word = shape("باب", style, "ar")
    first = shape("با", style, "ar")
    # The word's first letter stands at its right end, so adding a letter adds a glyph at the left.
    assert word.glyphs[-1].number == first.glyphs[-1].number
    assert word.glyphs[-1].x > word.glyphs[0].x


def test_devanagari_forms_conjuncts():
    # क् + ष is one ligature (ksha), not three glyphs; with a joiner forbidden it stays apart.
    assert len(numbers("क्ष", "hi")) == 1
    assert len(numbers("क्\u200cष", "hi")) > 1


def test_devanagari_vowel_i_stands_before_its_consonant():
    assert numbers("कि", "hi")[-1] == numbers("क", "hi")[0]


def test_thai_marks_stand_above_without_advance():
    style = serif("th", 600)
    assert shape("กี่", style, "th").length == pytest.approx(shape("ก", style, "th").length, abs=1e-6)


def test_hebrew_points_do_not_widen_a_line():
    style = serif("yi", 600)
    assert shape("פּ", style, "yi").length == pytest.approx(shape("פ", style, "yi").length, abs=0.02)


def test_simplified_and_japanese_forms_come_from_their_own_fonts():
    files = {
        language: shape("骨", serif(language, 600), language).glyphs[0].file
        for language in ("ja", "zh-Hans", "zh-Hant", "ko")
    }
    assert len(set(files.values())) == 4
    assert "-jp-" in files["ja"]
    assert "-tc-" in files["zh-Hant"]


def test_vertical_punctuation_has_its_own_form():
    assert numbers("ー", "ja") != numbers("ー", "ja", vertical=True)
    line = shape("東京", serif("ja", 600, vertical=True), "ja")
    assert line.length == pytest.approx(2, abs=0.01)
    assert line.glyphs[1].y > line.glyphs[0].y


def test_characters_that_no_font_has_are_never_drawn():
    style = sans("en", 500)
    assert not covers("a\U0001f3ac", style)
    assert drawable("a \U0001f3ac b", style) == "a b"
    assert all(glyph.number != 0 for glyph in shape("a\U0001f3acb", style).glyphs)


def test_every_sample_name_is_drawn_without_a_missing_glyph(sample_titles):
    for title in sample_titles:
        names = [(title.name, title.original_languages[0].tag if title.original_languages else "und")]
        names += [(text.name, text.language.tag) for text in title.texts if text.name]
        for name, language in names:
            for style in (serif(language, 600), sans(language, 500)):
                assert covers(name, style), (name, language)
                assert all(glyph.number for glyph in shape(name, style, language).glyphs), name


def test_a_path_is_svg_path_data():
    path = path_of(shape("Og", serif("en", 600), "en"), 10, 20, 30)
    assert path.startswith("m")
    assert path.endswith("z")
    assert set(path) <= set("mlhvqcz -0123456789")
