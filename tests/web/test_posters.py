import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from crossreel.web.posters.designs import palettes
from crossreel.web.posters.lettering import DISPLAY
from crossreel.web.posters.wrapping import breakable_parts, fit
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.catalog.title import Credit, CreditRole, Title
from crossreel.testing.tiny import tiny_titles
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.web.posters import lettering
from crossreel.web.posters.painter import paint, poster_tag

MOON = Title(TitleId("t", "moon"), "Le Voyage dans la Lune", year=1902, genres=("science-fiction",))
fonts_are_built = pytest.mark.skipif(
    not (lettering._vendor() / "fonts.json").is_file(), reason="fonts are not built: scripts/build_assets.py"
)


def test_a_poster_never_changes_and_differs_from_others():
    assert paint(MOON) == paint(MOON)
    assert paint(MOON) != paint(replace(MOON, id=TitleId("t", "other")))


def test_the_tag_changes_with_what_is_drawn():
    changes = [
        {"name": "Le Voyage"},
        {"genres": ("horror",)},
        {"year": 1903},
        {"original_languages": (Language("ja"),)},
        {"credits": (Credit("Georges Méliès", CreditRole.DIRECTOR),)},
    ]
    tags = {poster_tag(replace(MOON, **change)) for change in changes}
    assert len({*tags, poster_tag(MOON)}) == len(changes) + 1


@pytest.mark.parametrize("title", tiny_titles(), ids=lambda title: title.id.key)
def test_every_script_is_drawn_as_outlines(title):
    svg = paint(title)
    ElementTree.fromstring(svg)
    assert len(svg) < 60_000
    if lettering._subsets():
        assert "<text" not in svg


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=120), st.text(max_size=60))
def test_any_name_makes_a_well_formed_picture(name, person):
    credits_ = (Credit(person, CreditRole.DIRECTOR),)
    ElementTree.fromstring(
        paint(Title(TitleId("t", "any"), name, credits=credits_)).encode("utf-8", "replace")
    )


def test_without_fonts_names_are_plain_text(monkeypatch):
    lettering._shaped.cache_clear()
    monkeypatch.setattr(lettering, "_subsets", dict)
    try:
        svg = paint(MOON)
    finally:
        lettering._shaped.cache_clear()
    assert "Le Voyage" in svg
    assert "<text" in svg
    ElementTree.fromstring(svg)


@pytest.mark.parametrize("palette", palettes(), ids=lambda palette: palette.ground)
def test_letters_keep_a_contrast_of_seven(palette):
    assert _contrast(palette.ink, palette.ground) >= 7


def _contrast(one, other):
    """WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(color):
        parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@fonts_are_built
@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["Der", "müde", "Tod", "Berlin:", "Die", "Sinfonie", "天使", "神女", "—"]), min_size=1
    )
)
def test_lines_stay_in_their_box(words):
    style = lettering.lettering(DISPLAY, 600, "de")
    set_ = fit(
        " ".join(words), lambda text: style.measure(text) or 0.6 * len(text),
        width=500, height=220, leading=1.14, largest=112, smallest=34,
    )  # fmt: skip
    assert all((style.measure(line) or 0) * set_.size <= 500.5 for line in set_.lines)
    assert len(set_.lines) * set_.size * 1.14 <= 221


def test_lines_break_between_words_or_between_han_letters():
    assert breakable_parts("Die Straße") == [("Die", " "), ("Straße", "")]
    assert breakable_parts("神女") == [("神", ""), ("女", "")]
    assert breakable_parts("東京、夜。") == [("東", ""), ("京、", ""), ("夜。", "")]
    assert breakable_parts("Zéro de conduite : Jeunes") == [
        ("Zéro", " "), ("de", " "), ("conduite :", " "), ("Jeunes", ""),
    ]  # fmt: skip
    assert [piece for piece, _ in breakable_parts("청춘의 십자로")] == ["청춘의", "십자로"]


def test_the_address_of_a_poster_lets_it_be_kept(visitor):
    source = next(src for src in visitor.page("/title/tiny:moon").images)
    response = visitor.get(source)
    assert response.headers["content-type"] == "image/svg+xml"
    assert "immutable" in response.headers["cache-control"]
    assert "max-age=300" in visitor.get(re.sub(r"\?.*", "", source)).headers["cache-control"]
    again = visitor.get(source, **{"if-none-match": response.headers["etag"]})
    assert again.status_code == 304
    assert visitor.get("/poster/tiny:none.svg").status_code == 404
