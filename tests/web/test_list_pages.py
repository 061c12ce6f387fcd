"""Lists in the storefront: made, filled, shown, followed, a row of the home page."""

from __future__ import annotations

from crossreel.recommend.lists import TitleList
from crossreel.testing.tiny import tiny_id

MOON, NOSFERATU, OROCHI = tiny_id("moon"), tiny_id("nosferatu"), tiny_id("orochi")
HOSTILE = "<img src=x onerror=alert(1)>"


def put(stage, **fields):
    one = TitleList.read({"name": fields["id"], **fields})
    stage.app.documents.put(TitleList.KIND, one.id, one.to_dict())


def test_a_visitor_makes_a_list_fills_it_and_shows_it_to_others(stage, visitor):
    made = visitor.post("/lists/new", name=HOSTILE, title=str(MOON))
    assert made.status_code == 303
    url = made.headers["location"]
    (own,) = stage.app.lists.all()
    assert (own.titles, own.public, url) == ((MOON,), False, f"/lists/{own.id}")
    page = visitor.page(url)
    assert page.titles == {MOON}
    assert HOSTILE not in visitor.get(url).text
    assert "Only you see this list." in page.text
    assert 'aria-pressed="true"' in visitor.get(f"/title/{MOON}").text.partition("add-to")[2][:900]
    visitor.post("/lists/keep", list=own.id, title=str(NOSFERATU), keep="1", next=f"/title/{NOSFERATU}")
    visitor.post("/lists/keep", list=own.id, title=str(MOON), keep="0")
    assert visitor.page(url).titles == {NOSFERATU}
    visitor.post("/lists/show", list=own.id, public="1")
    assert stage.app.lists.get(own.id).public
    visitor.post("/lists/remove", list=own.id)
    assert stage.app.lists.all() == ()
    assert visitor.get(url).status_code == 404


def test_a_followed_list_is_a_row_of_the_home_page(stage, visitor):
    put(stage, id="moons", titles=[str(OROCHI), str(MOON), str(NOSFERATU)], owner="tiny:adam")
    assert "by another viewer" in visitor.page("/lists").text
    page = visitor.page("/lists/moons")
    assert page.titles == {MOON, NOSFERATU}, "what is closed here is only counted"
    assert "1 more title is not open here now." in page.text
    assert visitor.post("/lists/follow", list="moons", follow="1").status_code == 303
    assert stage.app.lists.counts() == {"moons": 1}
    assert "1 follower" in visitor.page("/lists/moons").text
    assert "From a list you follow: moons" in visitor.page("/").text
    visitor.post("/lists/follow", list="moons", follow="0")
    assert "From a list you follow" not in visitor.page("/").text


def test_editors_picks_stand_on_the_home_page_of_their_country(stage, visitor):
    put(stage, id="here", name="Silent nights", titles=[str(MOON), str(NOSFERATU)], territories=["US"])
    assert "Chosen by the editors: Silent nights" in visitor.page("/").text
    assert "by the editors" in visitor.page("/lists").text
    visitor.choose(territory="JP")
    assert "Silent nights" not in visitor.page("/").text


def test_nobody_changes_or_sees_what_is_not_theirs(stage, visitor):
    put(stage, id="theirs", titles=[str(MOON)], owner="tiny:adam", public=False)
    put(stage, id="seen", titles=[str(MOON)], owner="tiny:adam")
    assert visitor.get("/lists/theirs").status_code == 404
    assert visitor.post("/lists/follow", list="theirs", follow="1").status_code == 404
    for form in ({"public": "0"}, {"title": str(NOSFERATU), "keep": "1"}, {"sure": "1"}):
        path = "show" if "public" in form else "keep" if "keep" in form else "remove"
        assert visitor.post(f"/lists/{path}", list="seen", **form).status_code == 403
    assert stage.app.lists.get("seen").titles == (MOON,)
    for form in ({"name": ""}, {"name": "x" * 81}, {"name": "a\0b"}):
        assert visitor.post("/lists/new", **form).status_code == 400
    assert visitor.post("/lists/follow", list="seen", follow="2").status_code == 400
