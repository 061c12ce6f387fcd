"""The viewer's own pages: list, ratings, history, profiles; people, series and reviews."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crossreel.audience.event import Event, EventKind, Scale, Viewer
from crossreel.testing.tiny import tiny_id
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.web.pages.profiles import is_child
from crossreel.web.past import Past

MOON, NOSFERATU, OROCHI = tiny_id("moon"), tiny_id("nosferatu"), tiny_id("orochi")
EVE = ViewerId("tiny", "eve")


def change(visitor, title, keep):
    return visitor.post("/list/change", title=str(title), keep=keep)


def test_a_title_is_put_on_the_list_and_taken_off(stage, visitor):
    assert "Your list is empty." in visitor.page("/list").text
    assert change(visitor, MOON, "1").status_code == 303
    stage.clock.now += timedelta(seconds=1)
    assert change(visitor, NOSFERATU, "1").headers["location"] == f"/title/{NOSFERATU}#list"
    assert visitor.page("/list").titles == {MOON, NOSFERATU}
    assert "Take off my list" in visitor.page(f"/title/{MOON}").text
    stage.clock.now += timedelta(seconds=1)
    change(visitor, MOON, "0")
    assert visitor.page("/list").titles == {NOSFERATU}
    assert "Add to my list" in visitor.page(f"/title/{MOON}").text


def test_a_removal_is_an_event_that_makes_the_title_recommendable_again(stage, visitor):
    change(visitor, MOON, "1")
    own = _own(stage)[0].viewer
    shelf, us = stage.app.shelf, _own(stage)[0].territory
    assert MOON not in {item.title for item in shelf.top(own, us, 100).items}
    stage.clock.now += timedelta(seconds=1)
    change(visitor, MOON, "0")
    assert [event.value for event in stage.app.events.history(own)] == [1.0, 0.0]
    assert MOON in {item.title for item in shelf.top(own, us, 100).items}


def test_what_is_closed_here_is_only_counted(stage, visitor):
    change(visitor, OROCHI, "1")
    page = visitor.page("/list")
    assert not page.titles
    assert "1 more title is not open here now." in page.text
    visitor.choose(territory="JP")
    assert visitor.page("/list").titles == {OROCHI}


@pytest.mark.parametrize("keep", ["", "2", "yes"])
def test_no_other_value_changes_the_list(stage, visitor, keep):
    assert change(visitor, MOON, keep).status_code == 400
    assert not _own(stage)


def test_ratings_are_listed_newest_first_with_their_stars(stage, visitor):
    visitor.rate(MOON, 2)
    stage.clock.now += timedelta(minutes=1)
    visitor.rate(NOSFERATU, 5)
    page = visitor.page("/ratings")
    assert page.text.index("5 of 5 stars") < page.text.index("2 of 5 stars")


def test_history_and_continue_watching_follow_the_progress(stage, visitor):
    def watch(title, progress):
        stage.clock.now += timedelta(minutes=1)
        assert visitor.post("/progress", title=str(title), progress=progress).status_code == 204

    watch(MOON, "0.42")
    watch(NOSFERATU, "0.2")
    home = visitor.page("/")
    assert "Continue watching" in home.text
    assert "42% watched" in home.text
    assert home.text.index("20% watched") < home.text.index("42% watched")
    watch(MOON, "0.9")
    assert "42% watched" not in visitor.page("/").text
    history = visitor.page("/history").text
    assert "20% watched" in history
    assert "Watched · June 15, 2026" in history


@pytest.mark.parametrize("progress", ["", "x", "-0.1", "1.1", "nan", "inf"])
def test_progress_is_a_share(visitor, progress):
    assert visitor.post("/progress", title=str(MOON), progress=progress).status_code == 400


def test_progress_ends_where_the_rights_end(stage, visitor):
    assert visitor.post("/progress", title=str(OROCHI), progress="0.5").status_code == 403
    assert not _own(stage)


def test_states_are_the_latest_of_each_title():
    def event(kind, value, minute, title=MOON, scale=None):
        return Event(kind, EVE, title, datetime(2026, 1, 1, 0, minute, tzinfo=UTC), value, scale)

    history = [
        event(EventKind.VIEW, 0.5, 1),
        event(EventKind.VIEW, None, 2, NOSFERATU),
        event(EventKind.LIST_ADD, None, 3),
        event(EventKind.RATING, 0.5, 4),
        event(EventKind.RATING, 10.0, 5, NOSFERATU, Scale(1, 10)),
        event(EventKind.THUMBS, -1.0, 6),
        event(EventKind.VIEW, 0.6, 7),
        event(EventKind.VIEW, 0.1, 8, TitleId("gone", "x")),
    ]
    past = Past(history, {MOON: MOON, NOSFERATU: NOSFERATU})
    assert [(met.title, met.value) for met in past.watched] == [(MOON, 0.6), (NOSFERATU, 1.0)]
    assert [met.title for met in past.started] == [MOON]
    assert [met.title for met in past.on_list] == [MOON]
    assert [(met.title, met.value) for met in past.stars] == [(NOSFERATU, 5.0), (MOON, 1.0)]
    assert past.value(past.thumbs, MOON) == -1.0
    assert past.value(past.thumbs, NOSFERATU) == 0


def test_a_person_has_a_page_of_open_titles(visitor):
    page = visitor.page("/person/georges%20melies")
    assert "Georges Méliès" in page.text
    assert MOON in page.titles
    assert "Professeur Barbenfouillis" in page.text
    assert visitor.get("/person/Nobody%20At%20All").status_code == 404
    assert visitor.get("/person/%E4%BA%8C%E5%B7%9D%E6%96%87%E5%A4%AA%E9%83%8E").status_code == 404  # closed
    visitor.choose(territory="JP")
    assert OROCHI in visitor.page("/person/%E4%BA%8C%E5%B7%9D%E6%96%87%E5%A4%AA%E9%83%8E").titles
    assert visitor.get("/person/" + "x" * 300).status_code == 404


def test_a_series_lists_its_episodes_and_an_episode_its_series(visitor):
    visitor.choose(territory="FR")
    page = visitor.page("/title/tiny:vampires")
    assert {tiny_id("vampires-1-1"), tiny_id("vampires-1-2")} <= page.titles
    assert page.text.index("Season 1") < page.text.index("Episode 1") < page.text.index("Episode 2")
    assert tiny_id("vampires-1") in visitor.page("/title/tiny:vampires-1-1").titles
    visitor.choose(territory="US")
    page = visitor.page("/title/tiny:vampires")
    assert not {id_ for id_ in page.titles if id_.key.startswith("vampires")}
    assert "Episode 1" not in page.text


def review(visitor, **fields):
    return visitor.post("/review", **{"title": str(MOON), "text": "A wonder.", "language": "en", **fields})


def test_a_review_is_shown_with_name_stars_and_language(stage, visitor, make_visitor):
    assert "Nobody has written a review yet." in visitor.page(f"/title/{MOON}").text
    visitor.post("/profiles", name="Ada Lovelace", birth_year="1990")
    assert review(visitor, text="Una\r\nmaravilla", language="es", stars="5").status_code == 303
    html = make_visitor().get(f"/title/{MOON}").text
    page = stage.read(html)
    assert "1 review" in page.text
    assert "Ada" in page.text
    assert "Lovelace" not in page.text
    assert 'aria-label="5 of 5 stars"' in html
    assert "Spanish" in page.text
    assert 'lang="es" dir="auto" translate="no">Una\nmaravilla' in html


def test_reviews_stand_newest_first_one_of_each_viewer_and_on_pages(stage, visitor):
    crowd = [
        Event(
            EventKind.REVIEW,
            ViewerId("crowd", str(number % 19)),
            MOON,
            stage.clock.now - timedelta(hours=number),
            text=f"Review number {number:02}.",
            language=Language("en"),
        )
        for number in range(25)
    ]
    stage.app.events.append(crowd)
    page = visitor.page(f"/title/{MOON}")
    assert "19 reviews" in page.text
    assert page.text.index("number 00") < page.text.index("number 07")
    assert "number 08" not in page.text
    assert f"/title/{MOON}?reviews=2#reviews" in page.links
    assert "number 08" in visitor.page(f"/title/{MOON}?reviews=2").text
    assert "number 19" not in visitor.page(f"/title/{MOON}?reviews=3").text
    assert visitor.get(f"/title/{MOON}?reviews=0").status_code == 400


def test_a_simulated_reviewer_is_marked(stage, visitor):
    stage.app.events.append(
        [Event(EventKind.REVIEW, EVE, MOON, stage.clock.now, 4.0, text="Lovely.", language=Language("en"))]
    )
    text = visitor.page(f"/title/{MOON}").text
    assert "Eve simulated English" in text


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {"text": "  \n "}, {"text": "x" * 2001}, {"stars": "6"}, {"language": "not a language"}],
)
def test_a_wrong_review_is_refused_whole(stage, visitor, fields):
    assert review(visitor, **fields).status_code == 400
    assert not _own(stage)


def test_the_longest_review_fits_and_stays_text(visitor):
    assert review(visitor, text="<b>" + "漢" * 1997).status_code == 303
    assert "&lt;b&gt;漢" in visitor.get(f"/title/{MOON}").text


def test_a_profile_of_ones_own_has_a_name_and_an_age(stage, visitor):
    assert visitor.post("/profiles", name="Ada", birth_year="1990").headers["location"] == "/profiles"
    page = visitor.page("/profiles")
    assert "Age 36" in page.text
    assert "child's profile" not in page.text
    assert "Ada" in visitor.page("/").text
    (viewer,) = [one for one in stage.app.viewers.page(limit=1000) if one.id.source == "visitor"]
    assert (viewer.name, viewer.birth_year, viewer.simulated) == ("Ada", 1990, False)
    visitor.post("/profiles", name="Ada B.", birth_year="")
    assert stage.app.viewers.get(viewer.id).name == "Ada B."


def test_a_childs_profile_says_that_nothing_is_left_out_yet(visitor):
    visitor.post("/profiles", name="Bo", birth_year="2019")
    assert "No title carries an age rating yet" in visitor.page("/profiles").text
    visitor.post("/profiles", name="Bo", birth_year="", child="1")
    assert "No title carries an age rating yet" in visitor.page("/profiles").text


def test_who_is_a_child():
    viewer = Viewer(EVE, birth_year=2014)
    assert is_child(viewer, 2026)
    assert not is_child(viewer, 2027)
    assert not is_child(replace(viewer, birth_year=None), 2026)
    assert is_child(replace(viewer, birth_year=None, age_band="child"), 2026)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"name": "a\u202eb"},
        {"birth_year": "1800"},
        {"birth_year": "2027"},
        {"birth_year": "x"},
    ],
)
def test_a_wrong_profile_is_refused(visitor, fields):
    assert visitor.post("/profiles", **{"name": "Ada", "birth_year": "", **fields}).status_code == 400


def test_nobody_sees_or_takes_anothers_own_profile(stage, visitor, make_visitor):
    visitor.post("/profiles", name="Ada", birth_year="")
    (mine,) = [one for one in stage.app.viewers.page(limit=1000) if one.id.source == "visitor"]
    other = make_visitor()
    assert "Ada" not in other.page("/profiles").text
    assert other.post("/preferences", viewer_id=str(mine.id)).status_code == 404
    assert visitor.post("/preferences", viewer_id=str(mine.id)).status_code == 303


def test_the_theme_is_kept(visitor):
    assert 'data-theme="dark"' in visitor.get("/").text
    visitor.choose(theme="light")
    assert 'data-theme="light"' in visitor.get("/").text
    assert '<meta name="color-scheme" content="light">' in visitor.get("/browse").text
    assert visitor.post("/preferences", theme="pink").status_code == 400


def _own(stage):
    viewers = {row[0] for row in stage.app.events.query("SELECT viewer FROM events")}
    own = [ViewerId.parse(one) for one in viewers if one.startswith("visitor:")]
    return [event for viewer in own for event in stage.app.events.history(viewer)]
