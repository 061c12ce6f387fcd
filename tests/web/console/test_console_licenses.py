"""Licenses at the console: what they open and close is shown first, and holds at that second."""

from dataclasses import replace
from datetime import timedelta

from crossreel.accounts.operator import COMMAND_LINE
from crossreel.desk.licenses import edit_license
from crossreel.rights.feed import license_to_dict
from crossreel.rights.license import Mode
from crossreel.testing.tiny import tiny_id
from crossreel.values.territory import Territory

FILM = tiny_id("moon")
JP, DE = Territory("JP"), Territory("DE")
LICENSES = "/console/title/tiny:moon?tab=licenses"


def is_open(app, place, id_=FILM):
    return bool(app.rights.open_modes(id_, place, app.clock()))


def reread(desk, response):
    return type(desk.page("/console/keys"))(response.text)


def test_closing_japan_takes_the_title_off_japanese_pages_at_that_second(stage, staff, ada, stranger):
    viewer = stage.visitor()
    viewer.choose(territory="JP")
    assert FILM in viewer.page("/search?q=moon").titles
    before = viewer.page("/").titles
    stage.clock.now += timedelta(minutes=1)
    ask = ada.page(LICENSES).form("/console/close-now", title="tiny:moon")
    review = ada.submit(ask, territory="Japan")
    assert "It is open there now: SVOD, AVOD" in reread(ada, review).text
    assert FILM in viewer.page("/search?q=moon").titles
    done = ada.submit(reread(ada, review).form("/console/close-now"), ("step", "close"))
    assert done.headers["location"] == LICENSES
    assert FILM not in viewer.page("/search?q=moon").titles
    assert FILM not in viewer.page("/").titles
    assert "Not open here: Japan" in viewer.page("/title/tiny:moon").text
    viewer.choose(territory="DE")
    assert FILM in viewer.page("/search?q=moon").titles
    undo = ada.page(LICENSES).form("/console/undo")
    ada.submit(undo)
    viewer.choose(territory="JP")
    assert FILM in viewer.page("/search?q=moon").titles
    assert viewer.page("/").titles == before


def test_a_license_is_added_after_seeing_what_it_opens(staff, ada):
    raja = tiny_id("raja")
    assert not is_open(staff, JP, raja)
    form = ada.page("/console/new-license?title=tiny:raja").form("/console/save-license")
    review = ada.submit(form, territories="jp, KR", end="2027-12-31", reason="A test")
    page = reread(ada, review)
    assert "Opens now in 2 territories : Japan, South Korea" in page.text.replace(" :", " :")
    assert not is_open(staff, JP, raja)
    assert ada.submit(page.form("/console/save-license"), ("step", "save")).status_code == 303
    assert is_open(staff, JP, raja)
    ada.submit(ada.page("/console/title/tiny:raja?tab=licenses").form("/console/undo"))
    assert not is_open(staff, JP, raja)


def test_wrong_fields_of_a_license_are_told_beside_them(staff, ada):
    form = ada.page("/console/new-license?title=tiny:raja").form("/console/save-license")
    count = staff.licenses.count()
    wrong = ada.submit(
        form, territories="Atlantis", languages="xx-yy-zz1", start="tomorrow", end="2026-02-30", step="save"
    )
    assert wrong.status_code == 422
    for field in ("territories", "languages", "start", "end"):
        assert f'id="f-{field}-error"' in wrong.text, field
    assert 'value="Atlantis"' in wrong.text
    fields = [pair for pair in form["fields"] if pair[0] != "modes"]
    assert 'id="f-modes-error"' in ada.submit({**form, "fields": fields}, territories="JP").text
    reversed_ = ada.submit(form, territories="JP", start="2027-01-01", end="2026-01-01")
    assert 'id="f-end-error"' in reversed_.text
    nowhere = ada.submit(form, territories="JP", excluded="ASIA")
    assert 'id="f-excluded-error"' in nowhere.text
    assert staff.licenses.count() == count


def test_a_license_that_was_changed_meanwhile_is_shown_again(staff, ada, at_desk):
    eve = at_desk("eve")
    form = ada.page("/console/license/moon-world").form("/console/save-license")
    review = reread(ada, ada.submit(form, end="2028-01-01")).form("/console/save-license")
    hers = eve.page("/console/license/moon-world").form("/console/save-license")
    reviewed = reread(eve, eve.submit(hers, reason="Hers")).form("/console/save-license")
    assert eve.submit(reviewed, ("step", "save")).status_code == 303
    clash = ada.submit(review, ("step", "save"))
    assert clash.status_code == 409
    assert "was changed while you looked at it" in clash.text
    assert ada.submit(reread(ada, clash).form("/console/save-license"), ("step", "save")).status_code == 303
    assert next(one for one in staff.licenses.all() if one.id == "moon-world").end.day.year == 2028


def test_removing_shows_what_closes_and_can_be_undone(staff, ada):
    ask = ada.page(LICENSES).form("/console/remove-license", id="moon-world")
    review = reread(ada, ada.submit(ask))
    assert "Closes now in 249 territories" in review.text
    assert is_open(staff, DE)
    ada.submit(review.form("/console/remove-license"), ("step", "remove"))
    assert not is_open(staff, DE)
    history = ada.page("/console/title/tiny:moon?tab=history")
    assert "removed a license" in history.text
    ada.submit(history.form("/console/undo"))
    assert is_open(staff, DE)


def test_an_episode_open_through_its_series_says_so(ada):
    page = ada.page("/console/title/tiny:vampires-1-1?tab=licenses")
    assert "of the series" in page.text
    review = ada.post("/console/close-now", title="tiny:vampires-1-1", territory="FR")
    assert "only through a license of its series" in review.text
    done = ada.post("/console/close-now", title="tiny:vampires-1-1", territory="FR", step="close")
    assert done.status_code == 303
    assert "Nothing to close" in ada.page(done.headers["location"]).text


def test_why_it_is_closed(ada):
    page = ada.page("/console/rights/check?title=tiny:potemkin&territory=Germany")
    assert "territory-excluded" in page.text
    page = ada.page("/console/rights/check?title=tiny:crossroads&territory=JP&mode=SVOD&at=2025-12-31")
    assert "not-yet-open" in page.text
    assert "opens January 1, 2026" in page.text
    page = ada.page("/console/rights/check?title=tiny:crossroads&territory=JP&mode=SVOD&at=2026-12-31")
    assert "until January 1, 2027" in page.text
    for wrong in (
        "territory=Atlantis",
        "territory=JP&at=someday",
        "territory=JP&mode=ZVOD",
        "territory=JP&language=x",
    ):
        ada.page(f"/console/rights/check?title=tiny:moon&{wrong}", 422)
    ada.page("/console/rights/check?title=zzzzqqq&territory=JP", 422)


def test_the_calendar_of_a_title_shows_local_days(ada):
    page = ada.get("/console/title/tiny:crossroads?tab=calendar").text
    assert "WORLD: 249 territories" in page
    assert "from 2026-01-01" not in page  # five months ago, outside of the calendar
    assert "until 2026-12-31" in page
    page = ada.get("/console/title/tiny:potemkin?tab=calendar").text
    assert "2 territories where it is closed all the time" in page
    assert "territory=DE" in page


def test_the_calendar_of_a_territory_lists_what_ends_first(ada):
    page = ada.get("/console/rights?territory=BR").text
    assert "Crossroads of Youth" in page
    assert "A Trip to the Moon" not in page
    everything = ada.get("/console/rights?territory=BR&only=all&q=name contains moon").text
    assert "A Trip to the Moon" in everything
    assert "Crossroads of Youth" not in everything
    assert Mode.SVOD in everything


def test_the_same_ways_in_another_order_are_no_change(staff, ada):
    modes = (Mode.SVOD, Mode.AVOD, Mode.TVOD)
    license_ = next(one for one in staff.licenses.all() if one.title == tiny_id("moon"))
    edit_license(staff, COMMAND_LINE, license_to_dict(replace(license_, modes=modes)))
    form = ada.page(f"/console/license/{license_.id}").form("/console/save-license")
    assert "Nothing of the license changes." in reread(ada, ada.submit(form)).text
