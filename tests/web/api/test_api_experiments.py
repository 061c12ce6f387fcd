"""Experiments by REST."""

from __future__ import annotations

from crossreel.accounts.operator import Permission

BOTH = {"variants": [{"name": "usual"}, {"name": "plain", "rules": False}], "share": 0.5}


def test_an_experiment_is_started_read_and_stopped(desk):
    editor, reader = desk.caller(Permission.READ, Permission.EDIT), desk.caller(Permission.READ)
    started = editor.put("/experiments/e", BOTH)
    assert started.status_code == 200, started.text
    assert reader.read("/experiments")["items"] == [started.json()]
    found = reader.read("/experiments/e")
    assert (found["viewers"], found["advice"]) == (
        {"usual": 0, "plain": 0},
        "Go on: nothing can be concluded yet.",
    )
    assert editor.put("/experiments/e", {**BOTH, "share": 0}).status_code == 400
    assert reader.put("/experiments/e", BOTH).status_code == 403
    assert editor.post("/experiments/e/stop").json()["state"] == "stopped"
    assert reader.get("/experiments/none").status_code == 404
