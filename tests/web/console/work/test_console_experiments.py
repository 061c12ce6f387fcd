"""The page of experiments."""

from __future__ import annotations

from crossreel.desk.experiments import dealt, experiments
from crossreel.values.ids import ViewerId

HOSTILE = "<img src=x onerror=alert(1)>"
BOTH = {
    "id": "e",
    "variant-name": ["usual", "plain"],
    "variant-algorithm": ["", ""],
    "variant-weight": ["1", "1,5"],
    "variant-rules": ["yes", "no"],
    "outcome": "watched",
    "guardrails": ["progress"],
    "share": "100",
    "alpha": "5",
    "note": HOSTILE,
}


def test_an_experiment_is_started_shown_and_stopped(desk, edith, rita):
    assert "No experiment runs" in edith.text("/experiments")
    edith.done("/experiments", BOTH)
    (one,) = experiments(desk.app)
    assert (one.share, one.alpha, one.guardrails) == (1.0, 0.05, ("progress",))
    assert [(v.name, v.weight, v.rules) for v in one.variants] == [
        ("usual", 1.0, True),
        ("plain", 1.5, False),
    ]
    for number in range(8):
        dealt(desk.app, ViewerId("crowd", str(number)), desk.clock())
    page = rita.page("/experiments")
    assert HOSTILE not in page
    assert "Go on: nothing can be concluded yet" in page
    assert "Start an experiment" not in page
    edith.done("/experiments/stop", {"id": "e"})
    assert [one.state for one in experiments(desk.app)] == ["stopped"]


def test_variants_are_added_and_removed_without_scripts(desk, edith):
    more = edith.post("/experiments", {**BOTH, "step": "add"})
    assert more.status_code == 200
    assert more.text.count('name="variant-name"') == 3
    assert 'value="1,5"' in more.text
    less = edith.post("/experiments", {**BOTH, "step": "remove-0"})
    assert less.text.count('name="variant-name"') == 1
    assert 'value="plain"' in less.text
    assert not experiments(desk.app)


def test_what_is_no_experiment_is_told_in_its_place(desk, edith, rita):
    for change, place in (
        ({"id": "No Id"}, "f-id-error"),
        ({"share": "0"}, "f-share-error"),
        ({"alpha": HOSTILE}, "f-alpha-error"),
        ({"variant-name": ["usual", "usual"]}, "f-variants-error"),
        ({"variant-weight": ["1", "none"]}, "f-variants-error"),
        ({"variant-name": ["usual", ""]}, "f-variants-error"),
    ):
        answer = edith.post("/experiments", {**BOTH, **change})
        assert answer.status_code == 422
        assert f'id="{place}"' in answer.text
        assert HOSTILE not in answer.text
    answer = edith.post("/experiments", {**BOTH, "variant-algorithm": ["", "ease"]})
    assert answer.status_code == 422  # no such model is trained
    assert not experiments(desk.app)
    assert rita.post("/experiments", BOTH).status_code == 403
