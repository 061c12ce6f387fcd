import pytest

from crossreel.testing.tiny import tiny_id


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("trip moon", "moon"),
        ("melies", "moon"),
        ("NOSFERATU", "nosferatu"),
        ("勞工", "labor"),
        ("vampire", "nosferatu"),
    ],
)
def test_titles_are_found_by_name_person_and_keyword_in_any_script(visitor, query, key):
    assert tiny_id(key) in visitor.page(f"/search?q={query}").titles


def test_the_match_is_highlighted_in_the_script_that_matched(visitor):
    assert "<mark>Moon</mark>" in visitor.get("/search?q=moon").text
    html = visitor.get("/search?q=потем").text
    assert "<mark>Потём</mark>" in html


def test_other_names_stand_beneath(visitor):
    page = visitor.page("/search?q=moon")
    assert "Le Voyage dans la Lune" in page.text
    assert "Viaje a la Luna" in page.text


def test_a_closed_title_is_neither_listed_nor_counted(visitor):
    assert visitor.page("/search?q=moon").text.count("A Trip to the Moon") == 1
    visitor.choose(territory="DE")
    page = visitor.page("/search?q=potemkin")
    assert not page.titles
    assert "Nothing open here (Germany) matches “potemkin”." in page.text
    assert "Battleship" not in page.text


def test_nothing_asked_is_an_invitation(visitor):
    assert "Type a title, a person or a keyword in any script." in visitor.page("/search").text


def test_a_hostile_query_is_text(visitor):
    html = visitor.get('/search?q="><script>alert(1)</script>').text
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    "query", ["*", '"', "AND OR NOT", "a" * 200, "%00", "(", "-", "NEAR(a b)", "\u202e", "  "]
)
def test_strange_queries_are_answered(visitor, query):
    assert visitor.client.get("/search", params={"q": query}).status_code == 200


def test_a_query_that_is_too_long_is_refused_with_the_limit(visitor):
    response = visitor.get("/search?q=" + "a" * 201)
    assert response.status_code == 400
    assert "at most 200 characters" in response.text


def test_the_query_stays_in_the_box(visitor):
    assert 'value="fritz &#34;lang&#34;"' in visitor.get('/search?q=fritz "lang"').text
