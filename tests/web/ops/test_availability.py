"""``GET /availability``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crossreel.rights.license import License, Mode
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory
from crossreel.values.window import Boundary

ONE = TitleId("shorts", "01")


def ask(visitor, **query):
    return visitor.client.get("/availability", params=query, headers={"accept": "application/json"})


def test_it_says_what_the_predicate_says(stage):
    visitor = stage.visitor()
    for title in (*list(stage.app.catalog.ids())[:20], TitleId("x", "unknown")):
        for code in ("US", "JP", "FR"):
            for mode in Mode:
                answer = ask(visitor, title=str(title), territory=code, mode=mode.value)
                decision = stage.app.rights.check(title, Territory(code), mode, stage.clock.now)
                assert answer.status_code == 200
                assert answer.json()["available"] is decision.available
                assert [one["code"] for one in answer.json()["because"]] == [
                    one.code for one in decision.because
                ]


def test_it_changes_at_the_second_and_names_no_license(stage):
    end = datetime(2026, 6, 15, 18, tzinfo=UTC)
    stage.app.licenses.remove([license_.id for license_ in stage.app.licenses.all()])
    stage.app.licenses.add([License("secret-1", ONE, ("US",), (Mode.SVOD,), end=Boundary(instant=end))])
    visitor = stage.visitor()
    stage.clock.now = end - timedelta(microseconds=1)
    answer = ask(visitor, title=str(ONE), territory="us")
    assert answer.json() == {
        "title": "shorts:01",
        "territory": "US",
        "mode": "SVOD",
        "available": True,
        "because": [{"code": "license-open", "when": "2026-06-15T18:00:00Z"}],
        "until": "2026-06-15T18:00:00Z",
        "opens": None,
    }
    stage.clock.now = end
    assert ask(visitor, title=str(ONE), territory="US").json()["available"] is False
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"title": "shorts:01"},
        {"title": "shorts:01", "territory": "Narnia"},
        {"title": "no-source", "territory": "US"},
        {"title": "shorts:01", "territory": "US", "mode": "VHS"},
        {"title": "shorts:01", "territory": "US", "language": "!!"},
        {"title": "x" * 2000, "territory": "US"},
    ],
)
def test_a_question_that_asks_nothing_is_refused(visitor, query):
    answer = ask(visitor, **query)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_only_get(visitor):
    assert visitor.client.post("/availability").status_code == 405
