"""Models and the inspector."""

from __future__ import annotations

import html
import re

import pytest

from crossreel.recommend.described import settings_of
from crossreel.recommend.registry import ALGORITHMS
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.job import JobState
from crossreel.values.language import ENGLISH
from crossreel.values.territory import Territory
from crossreel.web.console.fields import Fields
from crossreel.web.console.training_form import training_form

HOSTILE = "<img src=x onerror=alert(1)>"


def settings_in(page):
    """The fields of settings in the page's form, with what they hold."""
    held = dict(re.findall(r'<input[^>]* name="(s-[^"]+)" value="([^"]*)"', page))
    for name, choices in re.findall(r'<select[^>]* name="(s-[^"]+)"[^>]*>(.*?)</select>', page):
        held[name] = re.search(r"<option selected>([^<]+)", choices)[1]
    return {name: html.unescape(value) for name, value in held.items()}


def test_a_model_is_trained_activated_and_rolled_back(desk, edith, wait_for):
    assert "No model is trained" in edith.text("/models")
    ids = []
    for days in ("", "90"):
        path = edith.done("/models", {"algorithm": "popular", "s-half_life_days": days})
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


def test_every_algorithm_has_a_form_of_its_settings(rita, edith):
    for name, kind in ALGORITHMS.items():
        fields = settings_in(edith.page(f"/models?algorithm={name}"))
        assert set(fields) == {f"s-{one.name}" for one in settings_of(kind)}
        form = training_form(name, Fields(tuple(fields.items())))
        assert (form.config, form.wrong, form.problem) == ({}, 0, ""), (
            name
        )  # untouched, it means the defaults
    assert "s-lam" not in rita.page("/models?algorithm=ease")


@pytest.mark.parametrize(
    ("algorithm", "wrong", "told"),
    [
        ("popular", {"s-half_life_days": "0"}, "from 1 to 36,500"),
        ("popular", {"s-half_life_days": "nan"}, "from 1 to 36,500"),
        ("popular", {"s-half_life_days": HOSTILE}, "a number"),
        ("popular", {"s-min_viewers": "2.5"}, "a whole number"),
        ("title-neighbors", {"s-weighting": "magic"}, "one of cosine"),
        ("blend", {"s-members": "ease"}, "two or more of"),
        ("list", {"s-titles": "nosferatu"}, "source:id"),
    ],
)
def test_a_wrong_setting_is_told_in_its_place_and_kept(desk, edith, algorithm, wrong, told):
    answer = edith.post("/models", {"algorithm": algorithm, **wrong})
    assert answer.status_code == 422
    assert HOSTILE not in answer.text
    ((name, value),) = wrong.items()
    place = answer.text.index(f'id="f-{name}-error"')
    assert told in answer.text[place : place + 400]
    if algorithm != "title-neighbors":  # a choice that is not among the choices cannot be kept
        assert f'value="{html.escape(value)}"' in answer.text
    assert not desk.app.jobs.page()


def test_settings_of_another_model_are_a_start(desk, edith, wait_for):
    path = edith.done("/models", {"algorithm": "popular", "s-half_life_days": "90,5"})
    wait_for(path.removeprefix("/job/"))
    (card,) = desk.app.shelf.cards()
    fields = settings_in(edith.page(f"/models?like={card.id}"))
    assert (fields["s-half_life_days"], fields["s-min_viewers"]) == ("90.5", "20")
    assert edith.post("/models", {"algorithm": HOSTILE}).status_code == 303
    assert len(desk.app.jobs.page()) == 1


def test_reporters_and_forgers_change_no_model(desk, rita, edith):
    page = rita.page("/models")
    assert "Train a model" not in page
    for path in ("/models", "/models/activate", "/models/roll-back"):
        assert rita.post(path, {"algorithm": "popular"}).status_code == 403
        assert edith.forged(path, {"algorithm": "popular"}).status_code == 403
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
        form = {"algorithm": algorithm, "activate": "yes"}
        wait_for(edith.done("/models", form).removeprefix("/job/"))
        served.append(desk.app.shelf.active())
    edith.done("/models/roll-back")
    assert desk.app.shelf.active() == served[0]
    assert {entry.actor for entry in desk.app.audit.page(action="model.activate")} == {"edith"}
