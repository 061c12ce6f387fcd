"""Choosing an algorithm at the console: asked, found again, trained."""

from __future__ import annotations

import time
from functools import partial

import pytest

from crossreel.recommend.choose import choose
from crossreel.testing.few_algorithms import only_algorithms
from crossreel.values.job import JobState


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr("crossreel.desk.choosing.choose", partial(choose, isolated=False))
    with only_algorithms("popular", "ease"):
        yield


def ended(desk, id_):
    with desk.work():
        for _ in range(2400):
            job = desk.app.jobs.get(id_)
            if job.state.is_final:
                return job
            time.sleep(0.05)
    raise AssertionError(f"the job stays {job.state}")


def test_an_algorithm_is_chosen_and_trained(desk, edith, wait_for, few):
    assert "Nothing has been chosen yet" in edith.text("/choose")
    path = edith.done("/choose", {"minutes": "2", "split": "per-user-random"})
    job = ended(desk, path.removeprefix("/job/"))
    assert job.state is JobState.DONE, job.error
    assert "choice" in job.result
    page = edith.page("/choose")
    for told in (
        "One recommendation a case",
        "What would change the answer",
        "<svg",
        "Viewers without a history",
    ):
        assert told in page
    assert "style=" not in page
    path = edith.done("/choose/train")
    assert wait_for(path.removeprefix("/job/")).state is JobState.DONE
    assert desk.app.shelf.active() is not None
    assert "No model is trained" not in edith.text("/models")


def test_what_makes_no_sense_is_refused(edith):
    for minutes, split in (("soon", "per-user-random"), ("-1", "per-user-random"), ("5", "strong")):
        refused = edith.post("/choose", {"minutes": minutes, "split": split})
        assert refused.status_code == 422
    assert edith.post("/choose/train").status_code == 303, "there is nothing to train; it is said on the page"
