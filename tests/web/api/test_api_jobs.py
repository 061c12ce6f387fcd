"""Jobs: imports, models, following, canceling, trying again, bad rows."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from crossreel.accounts.operator import Permission
from crossreel.jobs.runner import Runner, enqueue
from crossreel.values.job import Job, JobState
from crossreel.web.api.following import snapshot_id
from crossreel.web.api.gate import ApiLimits

GOOD = b'{"id": "a", "name": "A"}\n{"id": "b", "name": "B"}\n'
BAD = b'{"id": "a", "name": "A"}\n{"id": "b"}\n{"id": "c", "name": "C", "year": 1}\n'


def upload(caller, content, name="titles.jsonl", **fields):
    data = {"of": "catalog", "format": "jsonl", "source": "house", **fields}
    return caller.ask("POST", "/imports", files={"file": (name, content)}, data=data)


def finished(desk, caller, response):
    """Runs the queue until the answered job ends; returns it."""
    assert response.status_code == 202, response.text
    path = response.headers["location"].removeprefix("/api/v1")
    with desk.work():
        for _ in range(600):
            job = caller.read(path)
            if JobState(job["state"]).is_final:
                return job
            time.sleep(0.02)
    raise AssertionError(f"the job does not end: {job}")


def events(response):
    """(event, id, data) of a stream, and the comments in it."""
    found, comments = [], []
    for block in response.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        comments += [line for line in block.splitlines() if line.startswith(":")]
        if "event" in fields:
            found.append((fields["event"], fields["id"], json.loads(fields["data"])))
    return found, comments


def test_an_import_is_a_job(desk, editor, reader):
    response = upload(editor, GOOD)
    assert response.json()["state"] == "queued"
    assert "folder" not in response.json()["parameters"]
    job = finished(desk, reader, response)
    assert job["state"] == "done"
    assert job["result"]["added"] == 2
    assert reader.get("/titles/house:a").status_code == 200
    (entry,) = desk.app.audit.page(subject=job["id"])
    assert entry.action == "job.start"
    assert entry.request_id == response.headers["x-request-id"]


def test_bad_rows_can_be_fetched_and_left_out(desk, editor, reader):
    job = finished(desk, reader, upload(editor, BAD))
    assert job["state"] == "failed"
    assert job["error"]["code"] == "bad-rows"
    assert job["has_bad_rows"]
    assert str(desk.app.home) not in json.dumps(job)
    rows = reader.get(f"/jobs/{job['id']}/bad-rows")
    assert rows.headers["content-type"].startswith("text/csv")
    assert len(list(csv.reader(io.StringIO(rows.text)))) == 3
    assert reader.get("/titles/house:a").status_code == 404
    again = editor.post(f"/jobs/{job['id']}/retry", {"skip_bad": True})
    assert finished(desk, reader, again)["state"] == "done"
    assert reader.get("/titles/house:a").status_code == 200


def test_a_file_that_cannot_be_read_is_told_by_its_name(desk, editor, reader):
    for content, name, fields in (
        (b"", "empty.jsonl", {}),
        (b"viewer;title\n", "wrong columns.csv", {"of": "audience", "format": "csv", "kind": "rating"}),
        (b"\x1f\x8bnot gzip at all", "broken.csv.gz", {"of": "audience", "format": "csv", "kind": "rating"}),
    ):
        job = finished(desk, reader, upload(editor, content, name=name, **fields))
        assert job["state"] == "failed"
        told = json.dumps(job)
        assert name.replace(" ", "-") in job["error"]["message"]
        assert "uploads" not in told
        assert str(desk.app.home.parent) not in told


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"of": "music"}, 422), ({"source": "no spaces"}, 400), ({"replace": "perhaps"}, 422)],
)
def test_bad_imports_are_refused(desk, editor, fields, status):
    assert upload(editor, GOOD, **fields).status_code == status
    assert editor.read("/jobs")["items"] == []


def test_an_import_without_a_file_or_as_json(editor):
    assert editor.ask("POST", "/imports", data={"of": "catalog"}).status_code == 415
    assert editor.ask("POST", "/imports", json={"of": "catalog"}).status_code == 415
    broken = editor.ask(
        "POST", "/imports", content=b"--x\r\n", headers={"Content-Type": "multipart/form-data; boundary=y"}
    )
    assert broken.status_code in {400, 422}
    assert broken.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "a\x00b", "CON", "ü.jsonl", "x" * 5000])
def test_file_names_stay_in_their_folder(desk, editor, name):
    response = upload(editor, GOOD, name=name)
    assert response.status_code in {202, 400}
    outside = [path for path in desk.app.home.parent.rglob("*passwd*") if "uploads" not in path.parts]
    assert outside == []


def test_too_large_an_upload_is_refused_and_not_kept(desk, editor, monkeypatch):
    monkeypatch.setattr("crossreel.desk.work.MOST_BYTES", 1000)
    refused = upload(editor, b"x" * 2000)
    assert refused.status_code == 422
    assert list((desk.app.home / "uploads").iterdir()) == []


def test_training_activating_and_rolling_back(desk, editor, reader):
    assert editor.post("/models", {"algorithm": "magic"}).status_code == 400
    assert editor.post("/models", {"algorithm": "ease", "config": {"x": 1}}).status_code == 400
    assert editor.post("/models", {"algorithm": "ease", "config": {"x": [1]}}).status_code == 422
    ids = []
    for algorithm in ("popular", "content"):
        response = editor.post("/models", {"algorithm": algorithm})
        assert response.status_code == 202
        ids.append(finished(desk, reader, response)["result"]["id"])
    first = ids[0]
    assert {card["id"] for card in reader.read("/models")["items"]} == set(ids)
    assert reader.read(f"/models/{first}")["algorithm"] == "popular"
    assert editor.post("/models/roll-back").status_code == 409
    for model in ids:
        assert editor.post(f"/models/{model}/activate").json() == {"active": model}
    assert reader.read("/recommend/top?viewer=crowd:1&territory=DE")["algorithm"] == "content"
    assert editor.post("/models/roll-back").json() == {"active": first}
    assert reader.read("/models")["items"][0]["id"] == first
    assert editor.post("/models/none/activate").status_code == 404
    assert editor.post("/models/..%2F..%2Fetc/activate").status_code == 404


def test_jobs_of_one_instant_come_in_pages(desk, reader):
    for number in range(17):
        job = Job(f"job{number:02}", "test", {}, "ana", desk.clock.now + timedelta(seconds=number // 6))
        desk.app.jobs.add(job)
    for limit in (1, 4, 5, 200):
        found, cursor = [], ""
        while cursor is not None:
            page = reader.read("/jobs", params={"limit": limit, "cursor": cursor})
            found += [job["id"] for job in page["items"]]
            cursor = page["next"]
        assert len(found) == 17, limit
        assert set(found) == {f"job{number:02}" for number in range(17)}
    assert reader.read("/jobs?state=done")["items"] == []
    assert len(reader.read("/jobs?state=queued")["items"]) == 17


def test_canceling(desk, editor, reader):
    job = enqueue(desk.app.jobs, "test", {}, "ana", desk.clock())
    assert reader.post(f"/jobs/{job.id}/cancel").status_code == 403
    assert editor.post(f"/jobs/{job.id}/cancel").json()["state"] == "canceled"
    assert editor.post(f"/jobs/{job.id}/cancel").json()["state"] == "canceled"
    assert [entry.action for entry in desk.app.audit.page(subject=job.id)] == ["job.cancel"]
    assert editor.post(f"/jobs/{job.id}/retry", {}).json()["state"] == "queued"
    assert editor.post(f"/jobs/{job.id}/retry", {}).status_code == 409
    assert editor.post("/jobs/none/cancel").status_code == 404
    assert editor.get(f"/jobs/{job.id}/bad-rows").status_code == 404


def test_following_a_job_to_its_end(desk, reader):
    go = threading.Event()

    def work(_parameters, progress):
        for step in range(1, 4):
            progress(step, 3, "steps")
            go.wait(0.4)
        return {"answer": 42}

    job = enqueue(desk.app.jobs, "steps", {}, "ana", desk.clock())
    with Runner(desk.app.jobs, {"steps": work}, desk.clock):
        response = reader.get(f"/jobs/{job.id}/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    found, _ = events(response)
    assert [name for name, _, _ in found[:-1]] == ["progress"] * (len(found) - 1)
    name, last_id, data = found[-1]
    assert (name, data["state"], data["result"]) == ("done", "done", {"answer": 42})
    assert len({id_ for _, id_, _ in found}) == len(found)
    assert [data["done"] for _, _, data in found] == sorted(data["done"] for _, _, data in found)
    again = reader.get(f"/jobs/{job.id}/events", headers={"Last-Event-ID": last_id})
    assert again.status_code == 204
    late = reader.get(f"/jobs/{job.id}/events", headers={"Last-Event-ID": found[0][1]})
    assert [id_ for _, id_, _ in events(late)[0]] == [last_id]


def test_a_quiet_stream_gives_signs_of_life_and_ends_in_time(desk):
    limits = ApiLimits(poll_seconds=0.01, heartbeat_seconds=0.02, stream_seconds=0.3)
    reader = desk.caller(Permission.READ, limits=limits)
    job = enqueue(desk.app.jobs, "test", {}, "ana", desk.clock())
    found, comments = events(reader.get(f"/jobs/{job.id}/events"))
    assert [(name, data["state"]) for name, _, data in found] == [("progress", "queued")]
    assert comments
    seen = reader.get(f"/jobs/{job.id}/events", headers={"Last-Event-ID": found[0][1]})
    assert events(seen)[0] == []


def test_streams_end_when_the_server_stops(desk):
    reader = desk.caller(Permission.READ, is_closing=lambda: True)
    job = enqueue(desk.app.jobs, "test", {}, "ana", desk.clock())
    found, _ = events(reader.get(f"/jobs/{job.id}/events"))
    assert [data["state"] for _, _, data in found] == ["queued"]


def test_following_what_is_not_there_is_a_problem(reader):
    assert reader.get("/jobs/none/events").status_code == 404


def test_another_state_has_another_id():
    from datetime import UTC, datetime

    job = Job("1", "test", {}, "ana", datetime(2026, 1, 1, tzinfo=UTC))
    others = [
        replace(job, done=1),
        replace(job, state=JobState.RUNNING),
        replace(job, attempts=1),
        replace(job, what="x"),
        replace(job, cancel_requested=True),
    ]
    assert len({snapshot_id(one) for one in [job, *others]}) == 6
