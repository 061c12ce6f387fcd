"""The page of rules."""

from __future__ import annotations

import pytest

HOSTILE = "<img src=x onerror=alert(1)>"
SOON = {"kind": "leaving", "id": "soon", "territories": "WORLD", "days": "7", "note": HOSTILE}


def test_a_rule_is_written_shown_changed_and_removed(desk, edith):
    assert "No rule is written" in edith.text("/rules")
    assert 'value="EUROPEAN"' in edith.page("/rules?kind=quota")
    edith.done("/rules", SOON)
    page = edith.page("/rules")
    assert "7 days ahead" in page
    assert HOSTILE not in page
    assert 'name="days" type="text" value="7"' in edith.page("/rules?edit=soon")
    edith.done("/rules", {**SOON, "days": "9"})
    (rule,) = desk.app.shelf.rules()
    assert rule.days == 9
    edith.done("/rules/remove", {"id": "soon"})
    assert desk.app.shelf.rules() == ()
    assert "no rule" in edith.text(edith.done("/rules/remove", {"id": "soon"})).casefold()


def test_a_quota_is_asked_for_in_percent_and_by_facts(desk, edith):
    fields = {"kind": "quota", "id": "europe", "territories": "de, at", "share": "30 %"}
    edith.done("/rules", {**fields, "select-countries": "European", "select-since": "1920"})
    (rule,) = desk.app.shelf.rules()
    assert rule.share == 0.3
    assert rule.territories == ("DE", "AT")
    assert rule.select.to_dict() == {"countries": ["EUROPEAN"], "since": 1920}
    assert "at least 30% of the page: countries EUROPEAN; since 1920" in edith.text("/rules")
    assert 'value="30"' in edith.page("/rules?edit=europe")


def test_rows_of_titles_are_added_and_removed_without_scripts(desk, edith):
    pin = {"kind": "pin", "id": "first", "row": "for-you", "position": "1"}
    more = edith.post("/rules", {**pin, "titles": ["tiny:moon", ""], "step": "add"})
    assert more.status_code == 200
    assert more.text.count('name="titles"') == 3
    assert 'value="tiny:moon"' in more.text
    less = edith.post("/rules", {**pin, "titles": ["tiny:moon", "tiny:nosferatu"], "step": "remove-0"})
    assert less.text.count('name="titles"') == 1
    assert 'value="tiny:nosferatu"' in less.text
    assert desk.app.shelf.rules() == ()
    edith.done("/rules", {**pin, "titles": ["tiny:moon", " ", "tiny:nosferatu"]})
    assert [str(id_) for id_ in desk.app.shelf.rules()[0].titles] == ["tiny:moon", "tiny:nosferatu"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": "leaving", "id": "Not An Id", "days": "7"}, ["f-id-error"]),
        ({"kind": "leaving", "id": "a", "days": "soon"}, ["f-days-error"]),
        (
            {"kind": "leaving", "id": "a", "days": "700", "start": "tomorrow"},
            ["f-days-error", "f-start-error"],
        ),
        ({"kind": "boost", "id": "a", "factor": ""}, ["f-factor-error", "f-select-genres-error"]),
        ({"kind": "quota", "id": "a", "share": "200", "select-countries": "XQ"}, ["f-share-error"]),
        ({"kind": "quota", "id": "a", "share": "2", "select-since": "x"}, ["f-select-since-error"]),
        ({"kind": "pin", "id": "a", "titles": "tiny:unknown"}, ["f-titles-error"]),
        ({"kind": "pin", "id": "a", "titles": ""}, ["f-titles-error"]),
        ({"kind": "exclude", "id": "a", "select-titles": "tiny:unknown"}, ["f-select-titles-error"]),
        ({"kind": "none", "id": "a"}, []),
        ({"kind": "leaving", "id": "a", "days": HOSTILE, "territories": HOSTILE}, ["f-territories-error"]),
    ],
)
def test_what_is_wrong_is_told_in_its_place_and_kept(desk, edith, fields, wrong):
    answer = edith.post("/rules", fields)
    assert answer.status_code == 422
    for id_ in wrong:
        assert f'id="{id_}"' in answer.text
    assert HOSTILE not in answer.text
    assert fields["kind"] == "none" or 'name="id" type="text" value="' in answer.text
    assert desk.app.shelf.rules() == ()


def test_only_editors_write_rules(desk, edith, rita):
    assert "Write a rule" not in rita.text("/rules")
    assert rita.post("/rules", SOON).status_code == 403
    assert edith.forged("/rules", SOON).status_code == 403
    assert desk.app.shelf.rules() == ()
