from dataclasses import replace

from crossreel.rights.license import Mode
from crossreel.testing.tiny import tiny_id
from crossreel.values.territory import Territory
from crossreel.values.window import Boundary


def test_a_newcomer_is_told_that_nothing_is_known_and_sees_what_is_popular(visitor):
    page = visitor.page("/")
    assert "Nothing is known of your taste yet" in page.text
    assert "Popular here: United States" in page.text
    assert tiny_id("general") in page.titles


def test_rows_that_rest_on_simulated_viewers_say_so(visitor):
    assert "simulated audience" in visitor.page("/").text


def test_each_country_has_its_own_titles(visitor):
    found = {}
    for territory in ("US", "DE", "JP", "BR"):
        visitor.choose(territory=territory)
        found[territory] = visitor.page("/").titles
    assert tiny_id("general") in found["US"]
    assert tiny_id("general") not in found["DE"] | found["JP"] | found["BR"]
    assert tiny_id("phantom-carriage") in found["DE"]
    assert tiny_id("potemkin") in found["BR"]
    assert tiny_id("potemkin") not in found["DE"]
    assert tiny_id("orochi") in found["JP"]


def test_three_ratings_make_the_page_personal(stage, visitor):
    stage.app.shelf.train("ease", {})
    before = visitor.page("/")
    for key, stars in (("moon", 5), ("nosferatu", 5), ("general", 1)):
        visitor.rate(tiny_id(key), stars)
    after = visitor.page("/")
    assert "Nothing is known of your taste yet" not in after.text
    assert "Picked for you" in after.text or "Because you liked" in after.text
    assert before.titles != after.titles
    assert not {tiny_id("moon"), tiny_id("nosferatu"), tiny_id("general")} & after.titles


def test_the_profile_looked_through_changes_the_rows_and_is_marked_as_simulated(visitor):
    visitor.choose(viewer="tiny:eve")
    page = visitor.page("/")
    assert "Eve" in page.text
    assert "simulated" in page.text
    assert "Nothing is known of your taste yet" not in page.text


def test_what_leaves_soon_says_when(stage, visitor):
    shown = visitor.page("/").titles
    hidden = next(
        one
        for one in stage.app.licenses.all()
        if one.modes == (Mode.AVOD,) and one.title not in shown and Territory("US") in one.where
    )
    stage.app.licenses.replace(replace(hidden, end=Boundary.parse("2026-06-18")))
    page = visitor.page("/")
    assert "Leaving soon: United States" in page.text
    assert "3 days left" in page.text
    assert hidden.title in page.titles


def test_a_place_where_nothing_is_open_says_so(empty_stage):
    visitor = empty_stage.visitor()
    page = visitor.page("/")
    assert "No title is open here (United States) at the moment" in page.text
    assert not page.titles


def test_names_stand_in_the_readers_language_and_in_their_own_script(stage):
    spanish = stage.visitor()
    spanish.headers["accept-language"] = "es-MX,es;q=0.9"
    response = spanish.get("/")
    assert '<html lang="es" dir="ltr"' in response.text
    assert "Viaje a la Luna" in response.text
    assert "Le Voyage dans la Lune" in response.text


def test_without_any_model_popularity_answers(visitor, stage):
    assert not stage.app.shelf.cards()
    assert visitor.page("/").titles


def test_a_trained_model_answers_with_its_reasons(stage, visitor):
    stage.app.shelf.train("ease", {})
    visitor.choose(viewer="tiny:eve")
    assert "Because you liked" in visitor.page("/").text


def test_who_has_seen_everything_is_told_so(stage, visitor):
    visitor.choose(territory="AQ")
    while titles := visitor.page("/").titles:
        for id_ in titles:
            visitor.rate(id_, 3)
    assert "You have seen everything that is open here (Antarctica)." in visitor.page("/").text
