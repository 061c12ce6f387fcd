import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.artwork import fonts as fonts_module
from crossreel.artwork.palettes import palettes
from crossreel.artwork.poster import SHAPES, artwork_tag, draw_picture, draw_poster, draw_still
from crossreel.artwork.wording import wording_of
from crossreel.catalog.title import Credit, CreditRole, LocalizedText, Title
from crossreel.errors import Missing
from crossreel.values.ids import TitleId
from crossreel.values.language import Language

MOON = Title(
    TitleId("t", "moon"),
    "Le Voyage dans la Lune",
    year=1902,
    genres=("science-fiction",),
    original_languages=(Language("fr"),),
    texts=(LocalizedText(Language("en"), name="A Trip to the Moon"),),
    credits=(Credit("Georges Méliès", CreditRole.DIRECTOR),),
)
KNOWN_ELEMENTS = {"svg", "title", "path", "circle", "ellipse", "g"}


def elements(svg):
    return {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("shape", SHAPES)
def test_every_sample_title_is_drawn_whole_and_light(sample_titles, telling_titles, shape):
    for title in sample_titles if shape == "2:3" else telling_titles:
        svg = draw_poster(title, shape=shape, language=Language("es"))
        assert len(svg.encode()) < 30_000, title.name
        assert elements(svg) <= KNOWN_ELEMENTS
        root = ElementTree.fromstring(svg)
        numbers = " ".join(element.get("d", "") for element in root.iter())
        assert "nan" not in numbers
        assert "inf" not in numbers
        assert root.get("viewBox") == "0 0 {} {}".format(*SHAPES[shape])


@pytest.mark.usefixtures("fonts")
def test_letters_stand_on_the_sheet(telling_titles):
    for title in telling_titles:
        svg = draw_poster(title, language=Language("es"))
        starts = re.findall(r'scale\(\.1\)">(.*?)</g>', svg)
        for x, y in re.findall(r'<path d="m(-?\d+)[ ]?(-?\d+)', "".join(starts)):
            assert -20 <= int(x) / 10 <= 600, title.name
            assert 0 <= int(y) / 10 <= 900, title.name


@pytest.mark.usefixtures("fonts")
def test_a_poster_never_changes_and_differs_from_others():
    assert draw_poster(MOON) == draw_poster(replace(MOON))
    assert draw_poster(MOON) != draw_poster(replace(MOON, id=TitleId("t", "other")))


@pytest.mark.usefixtures("fonts")
def test_the_readers_name_stands_under_the_original():
    assert draw_poster(MOON, language=Language("en")) != draw_poster(MOON)
    assert wording_of(MOON, Language("en")).second == "A Trip to the Moon"
    assert wording_of(MOON, Language("fr")).second == "A Trip to the Moon"
    assert wording_of(replace(MOON, texts=()), Language("en")).second == ""


@pytest.mark.usefixtures("fonts")
def test_a_name_in_a_script_without_font_gives_way_to_one_that_can_be_drawn():
    cuneiform = replace(MOON, name="\U00012000\U00012001", aliases=("Gilgamesh",), texts=())
    assert wording_of(cuneiform, None).name == "Gilgamesh"
    assert "\U00012000" in draw_poster(cuneiform)  # the document's title keeps the true name


def test_the_tag_changes_with_what_is_drawn():
    changes = [
        {"name": "Le Voyage"},
        {"genres": ("horror",)},
        {"keywords": ("train",)},
        {"year": 1903},
        {"original_languages": (Language("ja"),)},
        {"texts": ()},
        {"credits": ()},
    ]
    tags = {artwork_tag(replace(MOON, **change)) for change in changes}
    tags |= {artwork_tag(MOON, shape=shape) for shape in SHAPES}
    tags |= {artwork_tag(MOON, language=Language("en"))}
    assert len(tags) == len(changes) + len(SHAPES) + 1


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img onerror=alert(1)>', "&amp;&#0;", "]]>", "\ud800"]
)
def test_hostile_names_stay_text(name):
    svg = draw_poster(replace(MOON, name=name, credits=(Credit(name, CreditRole.DIRECTOR),)))
    assert elements(svg.encode()) <= KNOWN_ELEMENTS
    assert "<script" not in svg


@pytest.mark.usefixtures("fonts")
@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=200), st.text(max_size=80), st.sampled_from(sorted(SHAPES)))
def test_any_name_makes_a_well_formed_picture(name, person, shape):
    title = replace(MOON, name=name, texts=(), credits=(Credit(person, CreditRole.DIRECTOR),))
    assert elements(draw_poster(title, shape=shape).encode()) <= KNOWN_ELEMENTS


def test_pictures_alone_need_no_fonts(monkeypatch, sample_titles):
    monkeypatch.setattr(fonts_module, "_subsets", lambda: pytest.fail("fonts were asked for"))
    for title in sample_titles[::7]:
        assert elements(draw_still(title)) <= KNOWN_ELEMENTS
        assert elements(draw_picture(title)) <= KNOWN_ELEMENTS
    assert draw_still(MOON) != draw_still(MOON, language=Language("ar"))


def test_without_fonts_the_way_out_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts_module, "_folder", lambda: tmp_path)
    fonts_module._subsets.cache_clear()
    fonts_module.file_with.cache_clear()
    try:
        with pytest.raises(Missing, match="make install"):
            draw_poster(replace(MOON, name="Never shaped before: ünïque"))
    finally:
        fonts_module._subsets.cache_clear()
        fonts_module.file_with.cache_clear()


def test_sample_posters_use_many_pictures(sample_titles):
    from crossreel.artwork.canvas import Dice
    from crossreel.artwork.subjects import choose_design, choose_palette

    designs, colors = set(), set()
    for title in sample_titles:
        dice = Dice(str(title.id))
        colors.add(choose_palette(title, dice))
        designs.add(choose_design(title, dice))
    assert len(designs) >= 20
    assert len(colors) >= 25


@pytest.mark.parametrize("palette", palettes(), ids=lambda palette: palette.ground)
def test_letters_are_legible_on_every_palette(palette):
    assert contrast(palette.ink, palette.ground) >= 7
    assert contrast(palette.ink, palette.deep) >= 4.5


def contrast(one, other):
    """WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(color):
        parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
