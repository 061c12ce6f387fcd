import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from crossreel.artwork.poster import SHAPES
from crossreel.catalog.title import Title
from crossreel.testing.tiny import tiny_titles
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.web.posters import painter
from crossreel.web.posters.painter import paint, poster_tag

MOON = Title(TitleId("t", "moon"), "Le Voyage dans la Lune", year=1902, genres=("science-fiction",))
fonts_are_built = pytest.mark.skipif(
    not painter.fonts_are_built(), reason="fonts are not built: scripts/build_assets.py"
)


@fonts_are_built
@pytest.mark.parametrize("title", tiny_titles(), ids=lambda title: title.id.key)
def test_every_script_is_drawn_as_outlines(title):
    svg = paint(title)
    ElementTree.fromstring(svg)
    assert len(svg) < 30_000
    assert "<text" not in svg


@pytest.mark.parametrize("shape", SHAPES)
def test_without_fonts_names_are_plain_text(monkeypatch, shape):
    monkeypatch.setattr(painter, "fonts_are_built", lambda: False)
    svg = paint(replace(MOON, name="Le <Voyage>"), shape=shape)
    assert "Le &lt;Voyage&gt;</text>" in svg
    ElementTree.fromstring(svg)


def test_without_fonts_long_names_get_smaller_letters(monkeypatch):
    monkeypatch.setattr(painter, "fonts_are_built", lambda: False)

    def size(name):
        return float(re.search(r'font-size="([^"]+)"', paint(replace(MOON, name=name)))[1])

    assert size("Moon") == 34
    assert size("Nosferatu, eine Symphonie des Grauens") * 37 * 0.58 < 600
    assert size("月世界旅行" * 8) * 40 < 600


def test_the_address_of_a_poster_lets_it_be_kept(visitor):
    source = next(src for src in visitor.page("/title/tiny:moon").images)
    response = visitor.get(source)
    assert response.headers["content-type"] == "image/svg+xml"
    assert "immutable" in response.headers["cache-control"]
    assert not response.headers["etag"].startswith("W/")
    assert "max-age=300" in visitor.get(re.sub(r"\?.*", "", source)).headers["cache-control"]
    again = visitor.get(source, **{"if-none-match": response.headers["etag"]})
    assert again.status_code == 304
    assert visitor.get("/poster/tiny:none.svg").status_code == 404


def test_shapes_and_languages_are_other_pictures(visitor):
    asked = ["", "?shape=16:9", "?shape=1:1", "?shape=still", "?lang=ja"]
    answers = [visitor.get(f"/poster/tiny:moon.svg{query}") for query in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["etag"] for answer in answers}) == len(asked)
    assert (
        len({poster_tag(MOON), poster_tag(MOON, shape="1:1"), poster_tag(MOON, language=Language("ja"))}) == 3
    )


@pytest.mark.parametrize("query", ["?shape=4:3", "?shape=", "?lang=q!"])
def test_unknown_shapes_and_languages_are_refused(visitor, query):
    assert visitor.get(f"/poster/tiny:moon.svg{query}").status_code == 400


def test_a_poster_opened_by_itself_may_load_nothing(visitor):
    policy = visitor.get("/poster/tiny:moon.svg").headers["content-security-policy"]
    assert "default-src 'none'" in policy
