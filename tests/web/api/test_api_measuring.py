"""Choosing, comparing, estimating and engagement by REST."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from crossreel.accounts.operator import Permission
from crossreel.audience.event import Event, EventKind
from crossreel.testing.tiny import tiny_id
from crossreel.values.ids import ViewerId
from crossreel.values.job import JobState
from crossreel.values.territory import Territory

FRANCE = Territory("FR")


@pytest.fixture
def editor(desk):
    films = ("nosferatu", "moon", "labor", "potemkin")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    desk.app.events.append(
        [
            Event(
                EventKind.RATING, ViewerId("crowd", str(n)), tiny_id(key), at, 5.0, territory=Territory("FR")
            )
            for n in range(12)
            for place, key in enumerate(films)
            if (n + place) % 4
        ]
    )
    return desk.caller(Permission.READ, Permission.EDIT)


def finished(desk, caller, response):
    assert response.status_code == 202, response.text
    path = response.headers["location"].removeprefix("/api/v1")
    with desk.work():
        for _ in range(3000):
            job = caller.read(path)
            if JobState(job["state"]).is_final:
                return job
            time.sleep(0.02)
    raise AssertionError(f"the job does not end: {job}")


def test_algorithms_are_compared_by_a_job_and_the_answer_is_kept(desk, editor):
    assert editor.get("/recommend/evaluate").status_code == 404
    job = finished(desk, editor, editor.post("/recommend/evaluate", {"algorithms": ["popular"]}))
    assert job["state"] == "done", job
    found = editor.read("/recommend/evaluate")
    assert [one["algorithm"] for one in found["results"]] == ["popular"]
    assert found["signature"].startswith("crossreel:")


def test_a_log_without_impressions_ends_the_estimate_with_its_reason(desk, editor):
    job = finished(desk, editor, editor.post("/recommend/counterfactual", {"algorithms": ["popular"]}))
    assert job["state"] == "failed"
    assert "impression" in str(job)
    assert editor.get("/recommend/counterfactual").status_code == 404


def test_choosing_is_queued_and_engagement_answered(desk, editor):
    queued = editor.post("/recommend/choose", {"minutes": 1})
    assert (queued.status_code, queued.json()["kind"]) == (202, "recommend.choose")
    assert editor.get("/recommend/choose").status_code == 404
    assert editor.read("/audience/engagement")["all"]["viewers"] >= 0
    assert editor.get("/audience/engagement?completed_from=2").status_code == 422


def test_only_editors_ask_and_only_for_what_there_is(desk, editor):
    reader = desk.caller(Permission.READ)
    for path in ("choose", "evaluate", "counterfactual"):
        assert reader.post(f"/recommend/{path}", {"algorithms": ["ease"]}).status_code in {403, 422}
    assert editor.post("/recommend/evaluate", {"algorithms": ["magic"]}).status_code == 400
    assert editor.post("/recommend/evaluate", {"algorithms": ["ease"], "split": "magic"}).status_code == 400
    assert editor.post("/recommend/evaluate", {"algorithms": []}).status_code == 422
