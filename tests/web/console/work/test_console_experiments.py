"""The page of experiments."""

from __future__ import annotations

import json

from crossreel.desk.experiments import dealt, experiments
from crossreel.values.ids import ViewerId

HOSTILE = "<img src=x onerror=alert(1)>"
BOTH = {"id": "e", "variants": [{"name": "usual"}, {"name": "plain", "rules": False}], "note": HOSTILE}


def test_an_experiment_is_started_shown_and_stopped(desk, edith, rita):
    assert "No experiment runs" in edith.text("/experiments")
    edith.done("/experiments", {"experiment": json.dumps(BOTH)})
    for number in range(8):
        dealt(desk.app, ViewerId("crowd", str(number)), desk.clock())
    page = rita.page("/experiments")
    assert HOSTILE not in page
    assert "Go on: nothing can be concluded yet" in page
    assert "Start an experiment" not in page
    edith.done("/experiments/stop", {"id": "e"})
    assert [one.state for one in experiments(desk.app)] == ["stopped"]


def test_what_is_no_experiment_is_told(desk, edith, rita):
    for text in ("{", "[]", '{"id": "a"}', HOSTILE):
        answer = edith.post("/experiments", {"experiment": text})
        assert answer.status_code == 422
        assert HOSTILE not in answer.text
    assert not experiments(desk.app)
    assert rita.post("/experiments", {"experiment": json.dumps(BOTH)}).status_code == 403
