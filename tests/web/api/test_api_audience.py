"""Audience: figures, profiles, events in bulk, seeing and erasing all of a viewer."""

from __future__ import annotations

import pytest

from crossreel.accounts.operator import Permission
from crossreel.audience.event import Viewer
from crossreel.values.ids import ViewerId

EVENT = {
    "kind": "rating",
    "viewer": "app:42",
    "title": "tiny:moon",
    "time": "2026-06-01T20:15:00+02:00",
    "value": 4.5,
    "territory": "br",
}


def send(caller, *events):
    return caller.post("/audience/events", {"events": list(events)})


def test_the_summary_counts(reader):
    found = reader.read("/audience/summary")
    assert found["events"] == sum(found["by_kind"].values()) > 100
    assert found["viewers"] == 24


def test_viewers_come_in_pages(desk, reader):
    desk.app.viewers.put(Viewer(ViewerId("app", f"{number:02}"), f"Viewer {number}") for number in range(23))
    found, cursor = [], ""
    while cursor is not None:
        page = reader.read("/audience/viewers", params={"limit": 5, "cursor": cursor})
        found += [viewer["id"] for viewer in page["items"]]
        cursor = page["next"]
    assert len(found) == len(set(found)) == 28
    named = reader.read("/audience/viewers?search=千代")["items"]
    assert [viewer["id"] for viewer in named] == ["tiny:chiyo"]
    assert named[0]["simulated"]


def test_a_viewer_with_and_without_a_profile(reader):
    assert reader.read("/audience/viewers/tiny:ana")["profile"]["name"] == "Ana"
    crowd = reader.read("/audience/viewers/crowd:1")
    assert crowd["profile"] is None
    assert crowd["events"] == crowd["by_kind"]["rating"] > 0
    assert reader.get("/audience/viewers/app:nobody").status_code == 404


def test_events_are_added_once(desk, editor):
    review = {**EVENT, "kind": "review", "text": "Bonito.", "language": "pt-br", "value": None}
    assert send(editor, EVENT, review).json() == {"added": 2, "known": 0}
    again = {**EVENT, "time": "2026-06-01T18:15:00Z"}
    view = {"kind": "view", "viewer": "app:42", "title": "tiny:moon", "value": 0.5}
    assert send(editor, again, review, view, view).json() == {"added": 1, "known": 3}
    desk.app.events.compact()
    assert send(editor, EVENT, view).json() == {"added": 0, "known": 2}
    history = desk.app.events.history(ViewerId("app", "42"))
    assert [event.kind.value for event in history] == ["view", "rating", "review"]
    assert history[1].territory.code == "BR"
    assert history[2].language.tag == "pt-BR"
    (last, *_) = desk.app.audit.page(action="audience.take")
    assert last.after == {"events": 1, "viewers": 1}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"kind": "dance"}, None),
        ({"viewer": "nobody"}, "id"),
        ({"title": "tiny:nowhere"}, "title"),
        ({"time": "2026-06-01T20:15:00"}, "instant"),
        ({"time": "2026-07-01T00:00:00Z"}, "time"),
        ({"time": "1850-01-01T00:00:00Z"}, "time"),
        ({"value": 11}, "rating value"),
        ({"value": None}, "value"),
        ({"scale": "5..1"}, "scale"),
        ({"scale": "a..b"}, "scale"),
        ({"scale": "nan..5"}, "scale"),
        ({"territory": "XX"}, "territory"),
        ({"language": "??"}, "language"),
        ({"device": "a\u0007b"}, "device"),
        ({"text": "a\0b"}, "text"),
        ({"position": -1}, None),
        ({"value": "4"}, None),
        ({"extra": 1}, None),
    ],
)
def test_one_bad_event_stops_all(desk, editor, change, column):
    before = desk.app.events.revision()
    refused = send(editor, EVENT, {**EVENT, **change}, {**EVENT, "viewer": "app:43"})
    assert refused.status_code == 422
    problem = refused.json()["problems"][0]
    if column is None:
        assert problem["where"].startswith("body.events.1")
    else:
        assert refused.json()["code"] == "bad-rows"
        assert (problem["row"], problem["column"]) == (2, column)
    assert desk.app.events.revision() == before


def test_every_bad_event_is_named(editor):
    bad = {**EVENT, "value": 11}
    refused = send(editor, bad, EVENT, {**EVENT, "title": "x:1"}, bad)
    assert [problem["row"] for problem in refused.json()["problems"]] == [1, 3, 4]


def test_events_have_a_limit(editor):
    assert send(editor, *[EVENT] * 1001).status_code == 422
    assert send(editor).status_code == 422
    many = [{**EVENT, "viewer": f"app:{number}"} for number in range(1000)]
    assert send(editor, *many).json() == {"added": 1000, "known": 0}


def test_seeing_and_erasing_all_of_a_viewer(desk, editor, administrator):
    send(editor, {**EVENT, "viewer": "tiny:ana"})
    assert editor.get("/audience/viewers/tiny:ana/export").status_code == 403
    kept = administrator.get("/audience/viewers/tiny:ana/export")
    assert kept.headers["cache-control"] == "private, no-store"
    assert kept.json()["profile"]["birth_year"] == 1990
    assert kept.json()["events"][0]["value"] == 4.5
    assert editor.delete("/audience/viewers/tiny:ana").status_code == 403
    erased = administrator.delete("/audience/viewers/tiny:ana")
    assert erased.json() == {"viewer": "tiny:ana", "events": 1, "profile": True}
    assert administrator.get("/audience/viewers/tiny:ana").status_code == 404
    assert administrator.delete("/audience/viewers/tiny:ana").status_code == 404
    actions = [entry.action for entry in desk.app.audit.page(subject="tiny:ana")]
    assert actions == ["viewer.erase", "viewer.export"]


def test_reading_figures_needs_a_token(desk):
    assert desk.caller(Permission.ADMINISTER).get("/audience/summary").status_code == 403
