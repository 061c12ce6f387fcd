from datetime import timedelta

from crossreel.catalog.title import Credit, CreditRole, LocalizedText, Title
from crossreel.testing.tiny import tiny_id
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.cards import title_url


def test_an_open_title_says_what_can_be_done_and_why(visitor):
    page = visitor.page("/title/tiny:moon")
    assert "A Trip to the Moon" in page.text
    assert "Le Voyage dans la Lune" in page.text
    assert "1902 · France · 13 min" in page.text
    assert "Open here: United States" in page.text
    assert "Included in membership" in page.text
    assert "Free with ads" in page.text
    assert "Released worldwide before 1931." in page.text
    assert "Georges Méliès" in page.text


def test_an_end_is_said_as_the_last_day_in_the_countrys_own_time(visitor):
    visitor.choose(territory="JP")
    response = visitor.get("/title/tiny:crossroads")
    assert "Included in membership until December 31, 2026" in response.text
    assert "January 1, 2027" in response.text  # the exact instant, on hovering


def test_a_closed_title_says_why_and_where_it_is_open_instead(visitor):
    page = visitor.page("/title/tiny:phantom-carriage")
    assert "Not open here: United States" in page.text
    assert "It is licensed elsewhere, not here (United States)." in page.text
    assert "Open elsewhere: Austria, Belgium" in page.text
    assert "21 more countries" in page.text


def test_an_excluded_country_and_a_missing_license_are_told_apart(visitor):
    visitor.choose(territory="DE")
    assert "Its license leaves out this country (Germany)." in visitor.page("/title/tiny:potemkin").text
    assert "No license is written for it" in visitor.page("/title/tiny:zaynab").text


def test_a_fallback_language_is_said(stage):
    reader = stage.visitor()
    reader.headers["accept-language"] = "pt-BR"
    page = reader.page("/title/tiny:moon")
    assert "Mostrado em inglês; ainda não há texto em português (Brasil)." in page.text
    reader.headers["accept-language"] = "en"
    assert "there is no text in" not in reader.page("/title/tiny:moon").text


def test_a_rating_is_shown_and_replaced(stage, visitor):
    assert "Not rated yet." in visitor.page("/title/tiny:moon").text
    visitor.rate(tiny_id("moon"), 4)
    assert "Your rating: 4 of 5." in visitor.page("/title/tiny:moon").text
    stage.clock.now += timedelta(seconds=1)
    visitor.rate(tiny_id("moon"), 2)
    assert "Your rating: 2 of 5." in visitor.page("/title/tiny:moon").text


def test_a_rating_leads_back_to_where_it_was_given(visitor):
    response = visitor.post("/rate", title="tiny:moon", stars="5", next="/title/tiny:moon")
    assert response.status_code == 303
    assert response.headers["location"] == "/title/tiny:moon#rate"


def test_a_rating_is_logged_whole(stage, visitor):
    visitor.rate(tiny_id("moon"), 5)
    (event,) = _own_events(stage)
    assert event.viewer.source == "visitor"
    assert (event.value, str(event.scale), event.territory.code) == (5.0, "1..5", "US")
    assert event.time == stage.clock.now
    assert event.device == "web"


def test_thumbs_are_kept_too(visitor):
    assert visitor.post("/rate", title="tiny:moon", thumb="1").status_code == 303
    html = visitor.get("/title/tiny:moon").text
    assert 'value="1" class="thumb lit" aria-pressed="true"' in html


def test_no_other_value_is_a_rating(visitor):
    for fields in ({"stars": "0"}, {"stars": "11"}, {"stars": "4.5"}, {"thumb": "0"}, {}):
        assert visitor.post("/rate", title="tiny:moon", **fields).status_code == 400
    assert "Not rated yet." in visitor.page("/title/tiny:moon").text


def test_two_newcomers_never_share_a_history(make_visitor):
    first, second = make_visitor(), make_visitor()
    first.rate(tiny_id("moon"), 5)
    second.rate(tiny_id("moon"), 1)
    assert "Your rating: 5 of 5." in first.page("/title/tiny:moon").text
    assert "Your rating: 1 of 5." in second.page("/title/tiny:moon").text


def test_an_unknown_title_is_not_found_and_nothing_near_is_named(visitor):
    response = visitor.get("/title/tiny:nosferat")
    assert response.status_code == 404
    assert "Search for it by name." in response.text
    assert "Nosferatu" not in response.text


def test_more_like_this_is_open_here(stage, visitor):
    page = visitor.page("/title/tiny:nosferatu")
    for id_ in page.titles:
        assert stage.app.rights.open_modes(id_, Territory("US"), stage.clock.now), id_


def test_hostile_texts_are_shown_as_text(stage, visitor):
    bad = "<script>alert(1)</script>{{7*7}}\"'><img src=x onerror=alert(1)>"
    id_ = TitleId("evil", "<img src=x>/..\"'?#& ü")
    stage.put(
        Title(
            id_,
            bad,
            original_languages=(Language("en"),),
            genres=(bad,),
            texts=(LocalizedText(Language("en"), None, bad, bad, bad),),
            credits=(Credit(bad, CreditRole.CAST, bad), Credit(bad, CreditRole.DIRECTOR)),
        )
    )
    response = visitor.get(title_url(id_))
    assert response.status_code == 200
    assert "<script>" not in response.text
    assert "<img src=x" not in response.text
    assert "{{7*7}}" in response.text
    poster = visitor.get(next(src for src in visitor.page(title_url(id_)).images))
    assert poster.status_code == 200
    assert "<script>" not in poster.text
    assert "onerror=alert(1)>" not in poster.text


def _own_events(stage):
    names = {viewer for viewer in stage.app.events.columns().viewer_ids if viewer.source == "visitor"}
    return [event for viewer in names for event in stage.app.events.history(viewer)]
