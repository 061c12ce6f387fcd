"""Models and the inspector."""

from __future__ import annotations

import pytest

from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.job import JobState
from crossreel.values.language import ENGLISH
from crossreel.values.territory import Territory

HOSTILE = "<img src=x onerror=alert(1)>"


def test_a_model_is_trained_activated_and_rolled_back(desk, edith, wait_for):
    assert "No model is trained" in edith.text("/models")
    ids = []
    for settings in ("", '{"half_life_days": 90}'):
        path = edith.done("/models", {"algorithm": "popular", "settings": settings})
        assert wait_for(path.removeprefix("/job/")).state is JobState.DONE
        ids = [card.id for card in desk.app.shelf.cards()]
    first, second = sorted(ids)
    for id_ in (first, second):
        edith.done("/models/activate", {"id": id_})
        assert desk.app.shelf.active() == id_
    page = edith.text("/models")
    assert "half_life_days 90" in page
    assert "Before the last activation" in page
    edith.done("/models/roll-back")
    assert desk.app.shelf.active() == first


@pytest.mark.parametrize(
    "settings",
    ["{", "[1]", '{"no_such": 1}', '{"half_life_days": NaN}', '{"a": {"b": 1}}', HOSTILE, "[" * 3000],
)
def test_settings_that_make_no_sense_are_told_and_kept(desk, edith, settings):
    answer = edith.post("/models", {"algorithm": "popular", "settings": settings})
    assert answer.status_code == 422
    assert HOSTILE not in answer.text
    assert not desk.app.jobs.page()


def test_reporters_and_forgers_change_no_model(desk, rita, edith):
    page = rita.page("/models")
    assert "Train a model" not in page
    for path in ("/models", "/models/activate", "/models/roll-back"):
        assert rita.post(path, {"algorithm": "popular", "settings": "{}"}).status_code == 403
        assert edith.forged(path, {"algorithm": "popular", "settings": "{}"}).status_code == 403
    assert not desk.app.jobs.page()
    assert "No earlier model" in edith.text(edith.done("/models/roll-back"))
    assert "no such model" in edith.text(edith.done("/models/activate", {"id": HOSTILE}))


def test_the_inspector_lists_what_the_shelf_answers(desk, rita):
    viewer, place = ViewerId("crowd", "1"), Territory("DE")
    page = rita.text("/recommend-for?viewer=crowd:1&territory=Germany")
    found = desk.app.shelf.inspect(viewer, place, 20)
    assert found.items == desk.app.shelf.top(viewer, place, 20).items
    titles = desk.app.catalog.get([item.title for item in found.items])
    assert titles
    for title in titles.values():
        assert title.shown_name((ENGLISH,), place).text in page


def test_what_the_rights_removed_is_closed_there_and_says_why(desk, rita):
    viewer = ViewerId("nobody", "new")
    for place in (Territory("JP"), Territory("AQ")):
        found = desk.app.shelf.inspect(viewer, place, 20)
        removed = found.removed(10)
        for one in removed:
            assert not desk.app.rights.open_modes(one.title, place, desk.clock())
            about = found.about(one.title)
            assert about == one
            assert about.place is None
            assert about.open_rank is None
        page = rita.text(f"/recommend-for?viewer=nobody:new&territory={place.code}")
        assert ("Nothing: every title" in page) == (not removed)
        if removed:
            assert "icense" in page


def test_why_not_tells_seen_closed_or_rank(desk, rita):
    seen = desk.app.events.history(ViewerId("crowd", "1"))[0].title
    text = rita.text(f"/recommend-for?viewer=crowd:1&territory=US&title={seen}")
    assert "The viewer has seen it." in text
    found = desk.app.shelf.inspect(ViewerId("crowd", "1"), Territory("US"), 20)
    listed = found.items[0].title
    assert "at place 1." in rita.text(f"/recommend-for?viewer=crowd:1&territory=US&title={listed}")
    assert found.about(TitleId("tiny", "no-such")).offered is False
    text = rita.text("/recommend-for?viewer=crowd:1&territory=US&title=tiny:no-such", 422)
    assert "no-such" in text


@pytest.mark.parametrize(
    "query",
    [
        "viewer=a:b&territory=Nowhere",
        "viewer=a:b&territory=US&at=yesterday",
        "viewer=a:b",
        "viewer=a:b&territory=US&algorithm=ease",
        "viewer=a:b&territory=US&algorithm=%3Cb%3E",
        f"viewer={HOSTILE}&territory={HOSTILE}",
        "viewer=%00:%00&territory=US&title=%00",
    ],
)
def test_questions_that_make_no_sense_are_told(rita, query):
    answer = rita.get(f"/recommend-for?{query}")
    assert answer.status_code in {200, 422}
    assert HOSTILE not in answer.text
    assert answer.status_code == 422 or "The list" in answer.text


def test_the_instant_counts(rita):
    past = rita.text("/recommend-for?viewer=nobody:new&territory=US&at=1899-01-01")
    assert "1899-01-01 00:00" in past
    for at in ("2026-06-15T20:15", "2026-06-15T20:15Z", "2026-06-15T20:15:00"):
        assert "2026-06-15 20:15" in rita.text(f"/recommend-for?viewer=nobody:new&territory=US&at={at}")


def test_going_back_after_a_training_that_activated(desk, edith, wait_for):
    served = []
    for algorithm in ("popular", "content"):
        form = {"algorithm": algorithm, "settings": "{}", "activate": "yes"}
        wait_for(edith.done("/models", form).removeprefix("/job/"))
        served.append(desk.app.shelf.active())
    edith.done("/models/roll-back")
    assert desk.app.shelf.active() == served[0]
    assert {entry.actor for entry in desk.app.audit.page(action="model.activate")} == {"edith"}
