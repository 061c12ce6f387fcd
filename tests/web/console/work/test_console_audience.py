"""The audience explorer, and what is kept about a viewer."""

from __future__ import annotations

import pytest

from crossreel.audience.event import Event, EventKind, Viewer
from crossreel.testing.tiny import tiny_viewers
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language

HOSTILE = "<script>alert(1)</script>"


def test_counts_have_charts_and_the_table_behind(desk, rita):
    page = rita.page("/audience")
    summary = desk.app.events.summary()
    assert page.count('<svg class="chart') == 3
    assert page.count("The table behind it") == 3
    text = rita.text("/audience")
    assert "Ratings: 100 % of all events" in text
    assert "All events come from the source “crowd”" in text
    for count in summary.by_territory.values():
        assert str(count) in text


def test_viewers_are_found_by_name_and_id(desk, rita):
    known = tiny_viewers()[0]
    assert str(known.id) in rita.text("/viewers")
    assert str(known.id) in rita.text(f"/viewers?q={known.id}")
    assert "has events but no profile" in rita.text("/viewers?q=crowd:3")
    assert "No viewer is found" in rita.text("/viewers?q=%3Cscript%3Ealert(1)")
    assert rita.get("/viewers?after=%00&q=%25_").status_code == 200


def test_further_viewers_are_paged(desk, rita):
    many = [Viewer(ViewerId("many", f"{n:03}"), simulated=True) for n in range(120)]
    desk.app.viewers.put(many)
    page, seen = rita.page("/viewers?q=many"), 0
    for _ in range(3):
        seen += page.count(">simulated<")
        follow = page.partition('rel="next" href="/console')[2].partition('"')[0]
        page = rita.page(follow.replace("&amp;", "&")) if follow else ""
    assert seen == 120


def test_a_viewer_page_shows_profile_events_and_the_simulated_mark(desk, rita):
    id_ = ViewerId("made", "1")
    desk.app.viewers.put([Viewer(id_, name=HOSTILE, simulated=True, occupation=HOSTILE)])
    review = Event(
        EventKind.REVIEW, id_, TitleId("tiny", "moon"), value=4.0, text=HOSTILE, language=Language("en")
    )
    lost = Event(EventKind.VIEW, id_, TitleId("gone", "1"), value=1.0)
    desk.app.events.append([review, lost])
    page = rita.page("/viewer?id=made:1")
    assert HOSTILE not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3
    assert "simulated" in page
    assert "gone:1" in page
    assert "2 events" in page
    assert "Erase" not in page


def test_only_administrators_export_and_erase(desk, ana, edith, rita):
    for path in ("/viewer/export", "/viewer/erase"):
        for browser in (edith, rita):
            assert browser.post(path, {"id": "crowd:1", "step": "erase", "sure": "yes"}).status_code == 403
        assert ana.forged(path, {"id": "crowd:1", "step": "erase", "sure": "yes"}).status_code == 403
    assert desk.app.events.history(ViewerId("crowd", "1"))
    answer = ana.post("/viewer/export", {"id": "crowd:1"})
    assert answer.status_code == 200
    assert len(answer.json()["events"]) == len(desk.app.events.history(ViewerId("crowd", "1")))
    assert "attachment" in answer.headers["content-disposition"]
    assert [entry.action for entry in desk.app.audit.page(subject="crowd:1")] == ["viewer.export"]


def test_erasing_asks_first_and_then_removes_everything(desk, ana):
    id_ = ViewerId("crowd", "2")
    count = len(desk.app.events.history(id_))
    asked = ana.post("/viewer/erase", {"id": "crowd:2"})
    assert asked.status_code == 200
    assert f"{count} events go for good" in asked.text
    assert ana.post("/viewer/erase", {"id": "crowd:2", "step": "erase"}).status_code == 422
    assert len(desk.app.events.history(id_)) == count
    ana.done("/viewer/erase", {"id": "crowd:2", "step": "erase", "sure": "yes"})
    assert not desk.app.events.history(id_)
    assert ana.get("/viewer?id=crowd:2").status_code == 404
    assert [entry.action for entry in desk.app.audit.page(subject="crowd:2")] == ["viewer.erase"]


@pytest.mark.parametrize("id_", ["", "nothing", "no:body", HOSTILE, "%00:x"])
def test_unknown_viewers_are_not_found(rita, id_):
    answer = rita.get(f"/viewer?id={id_}")
    assert answer.status_code == 404
    assert HOSTILE not in answer.text


def test_an_empty_log_says_so(desk, rita):
    for number in range(24):
        desk.app.events.erase(ViewerId("crowd", str(number)))
    assert "The log is empty" in rita.text("/audience")
