"""The page of rules."""

from __future__ import annotations

import json

HOSTILE = "<img src=x onerror=alert(1)>"


def test_a_rule_is_written_shown_and_removed(desk, edith):
    assert "No rule is written" in edith.text("/rules")
    assert "EUROPEAN" in edith.text("/rules?kind=quota")
    rule = {"id": "soon", "kind": "leaving", "days": 7, "note": HOSTILE}
    edith.done("/rules", {"rule": json.dumps(rule)})
    page = edith.page("/rules")
    assert "soon" in page
    assert HOSTILE not in page
    assert desk.app.shelf.rules()[0].days == 7
    edith.done("/rules/remove", {"id": "soon"})
    assert desk.app.shelf.rules() == ()
    assert "no rule" in edith.text(edith.done("/rules/remove", {"id": "soon"})).casefold()


def test_what_is_no_rule_is_told_and_kept(desk, edith, rita):
    for text in ("{", "[]", '{"id": "a", "kind": "leaving"}', HOSTILE, "[" * 3000):
        answer = edith.post("/rules", {"rule": text})
        assert answer.status_code == 422
        assert HOSTILE not in answer.text
    assert desk.app.shelf.rules() == ()
    assert "Write a rule" not in rita.text("/rules")
    assert rita.post("/rules", {"rule": "{}"}).status_code == 403
    assert edith.forged("/rules", {"rule": "{}"}).status_code == 403
