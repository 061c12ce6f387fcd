"""Imports and jobs in the console: from the uploaded file to the downloaded bad rows."""

from __future__ import annotations

import json

import pytest

from crossreel.accounts.operator import COMMAND_LINE
from crossreel.desk.work import handlers, start_training
from crossreel.jobs.runner import enqueue
from crossreel.studio.film_jobs import film_handlers
from crossreel.values.job import JobState
from crossreel.web.console.pages.jobs import KIND_NAMES


def test_every_kind_of_job_has_a_name(desk):
    assert {*handlers(desk.app), *film_handlers(desk.app)} <= set(KIND_NAMES)


HOSTILE = "<script>alert(1)</script>"


def rows(*documents: object) -> bytes:
    return b"\n".join(json.dumps(one).encode() for one in documents)


GOOD = {"id": "new-1", "name": "A new film", "kind": "film"}
BAD = {"id": "new-2", "name": "", "kind": HOSTILE}


def upload(browser, content: bytes, name: str = "films.jsonl", **fields: str):
    form = {"of": "catalog", "format": "jsonl", "source": "acme", **fields}
    return browser.done("/import", form, files={"file": (name, content)})


def test_a_file_with_bad_rows_is_refused_listed_and_imported_without_them(desk, edith, wait_for):
    path = upload(edith, rows(GOOD, BAD))
    assert "queued" in edith.text(path)
    job = wait_for(path.removeprefix("/job/"))
    assert job.state is JobState.FAILED
    page = edith.page(path)
    assert "What went wrong" in page
    assert HOSTILE not in page
    answer = edith.get(f"{path}/bad-rows.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert "films.jsonl" in answer.text
    again = edith.done(f"{path}/retry", {"skip_bad": "yes"})
    job = wait_for(again.removeprefix("/job/"))
    assert job.state is JobState.DONE
    text = edith.text(again)
    assert "Result" in text
    assert "are left out" in text
    assert "To the catalog" in text
    assert "A new film" in {title.name for title in desk.app.catalog.all()}
    actions = [entry.action for entry in desk.app.audit.page(actor="edith")]
    assert actions == ["job.start", "job.start"]


def test_the_list_tells_progress_and_filters_by_state(desk, edith):
    queued = start_training(desk.app, COMMAND_LINE, "popular", {}, activate=False)
    text = edith.text("/jobs")
    assert "Training of a model" in text
    assert "popular" in text
    assert "There is no such job" in edith.text("/jobs?state=done")
    assert queued.id in edith.page("/jobs?state=queued")
    assert edith.get("/jobs?state=%3Cscript%3E&before=x").status_code == 200


def test_a_running_job_tells_rate_and_time_left(desk, edith):
    queued = start_training(desk.app, COMMAND_LINE, "popular", {}, activate=False)
    now = desk.clock()
    desk.app.jobs.claim(now)
    desk.clock.now = now.replace(second=now.second + 10)
    desk.app.jobs.beat(queued.id, desk.clock(), 100, 400, HOSTILE)
    page = edith.page(f"/job/{queued.id}")
    assert f'data-job-events="/api/v1/jobs/{queued.id}/events"' in page
    assert "100 of 400" in " ".join(edith.text(f"/job/{queued.id}").split())
    assert 'data-job="end" hidden' not in page
    assert "10/s" in page
    assert "30 s" in page
    assert HOSTILE not in page
    assert "Look again" in page


def test_a_queued_job_is_canceled_and_tried_again(desk, edith):
    queued = start_training(desk.app, COMMAND_LINE, "popular", {}, activate=False)
    path = f"/job/{queued.id}"
    edith.done(f"{path}/cancel")
    assert desk.app.jobs.get(queued.id).state is JobState.CANCELED
    assert "ended already" in edith.text(edith.done(f"{path}/cancel"))
    edith.done(f"{path}/retry")
    assert desk.app.jobs.get(queued.id).state is JobState.QUEUED
    assert "queued" in edith.text(edith.done(f"{path}/retry"))  # a conflict is told, not an error page
    actions = [entry.action for entry in desk.app.audit.page(actor="edith")]
    assert actions == ["job.retry", "job.cancel"]


def test_reporters_see_jobs_and_change_nothing(desk, rita):
    queued = start_training(desk.app, COMMAND_LINE, "popular", {}, activate=False)
    page = rita.page(f"/job/{queued.id}")
    assert "Cancel the job" not in page
    assert "Import a file" not in rita.page("/jobs")
    assert rita.get("/import").status_code == 403
    for path in (f"/job/{queued.id}/cancel", f"/job/{queued.id}/retry"):
        assert rita.post(path).status_code == 403
    sent = rita.post("/import", {"of": "catalog"}, files={"file": ("a.jsonl", b"{}")})
    assert sent.status_code == 403
    assert desk.app.jobs.get(queued.id).state is JobState.QUEUED


def test_forms_of_other_sites_start_nothing(desk, edith, anybody):
    queued = start_training(desk.app, COMMAND_LINE, "popular", {}, activate=False)
    file = {"file": ("a.jsonl", b"{}")}
    assert edith.forged("/import", {"of": "catalog"}, files=file).status_code == 403
    assert edith.forged(f"/job/{queued.id}/cancel").status_code == 403
    assert edith.forged(f"/job/{queued.id}/retry").status_code == 403
    assert len(desk.app.jobs.page()) == 1
    assert anybody.forged("/import", {"of": "catalog"}, files=file).status_code == 303
    assert anybody.get("/jobs").status_code == 303
    assert anybody.get("/job/x").status_code == 303


def test_what_is_no_upload_is_refused(edith):
    assert edith.post("/import", {"of": "catalog"}).status_code == 415
    assert edith.post("/import", {"of": "nothing"}, files={"file": ("a", b"x")}).status_code == 400
    answer = edith.post("/import", {"of": "catalog", "source": HOSTILE}, files={"file": ("a", b"x")})
    assert answer.status_code == 422
    assert HOSTILE not in answer.text
    assert "&lt;script&gt;" in answer.text
    many = [("file", ("a", b"x")), ("other", ("b", b"y"))]
    assert edith.post("/import", {"of": "catalog"}, files=many).status_code == 400


@pytest.mark.parametrize("name", ["../../etc/passwd", f"{HOSTILE}.jsonl", "א.jsonl"])
def test_hostile_file_names_are_kept_apart(desk, edith, wait_for, name):
    path = upload(edith, rows(GOOD), name=name)
    job = desk.app.jobs.get(path.removeprefix("/job/"))
    assert "/" not in job.parameters["file"]
    assert HOSTILE not in edith.page(path)


def test_unknown_jobs_are_not_found(edith):
    assert edith.get("/job/nothing").status_code == 404
    assert edith.get("/job/nothing/bad-rows.csv").status_code == 404


@pytest.mark.parametrize("of", ["catalog", "audience", "rights"])
def test_each_kind_of_file_has_its_options(edith, of):
    page = edith.page(f"/import?of={of}")
    assert ('name="map"' in page) == (of == "audience")
    assert ('name="replace"' in page) == (of == "rights")


def test_a_job_tells_its_languages_cost_and_failure_in_words(desk, edith):
    asked = {"file": "film.srt", "from": "en", "to": "pt-BR", "folder": "abc", "may_leave": True, "notes": ""}
    asked["estimate"] = {"cost": "0.0338", "currency": "USD", "sends_away": True, "sentences": 1200}
    free = {**asked, "estimate": {"cost": None, "currency": "USD", "sends_away": False}}
    now, ended = desk.clock(), []
    for parameters, result, error in (
        (asked, {"cost": "0.0338", "lines": 61, "proof": "p1"}, {}),
        (asked, {}, {"code": "outside-failure", "message": "Quota exceeded."}),
        (free, {"cost": None, "lines": 61}, {}),
    ):
        job = enqueue(desk.app.jobs, "subtitles.translate", parameters, "edith", now)
        desk.app.jobs.claim(desk.clock())
        state = JobState.FAILED if error else JobState.DONE
        desk.app.jobs.finish(job.id, desk.clock(), state, result, error)
        ended.append(job.id)
    text = edith.text("/jobs")
    assert "English → Portuguese (Brazil) · film.srt" in text
    assert "USD 0.03" in text
    assert "free" in text
    assert "Quota exceeded." in text
    done = edith.page(f"/job/{ended[0]}")
    assert "/console/proof/p1" in done
    words = edith.text(f"/job/{ended[0]}")
    assert "USD 0.03 (expected: USD 0.03)" in words
    assert "Texts may leave yes" in words
    assert "sentences: 1,200" in words
    for raw in ("True", "may_leave", "abc", "None"):
        assert raw not in words, raw
    told = edith.text("/translations")
    assert "2 done" in told
    assert "1 failed" in told
    assert "Spent: USD 0.03" in told


def ended(desk, kind: str, parameters: dict, state: JobState, result: dict, error: dict) -> str:
    """The path of a job that told its progress and ended so."""
    job = enqueue(desk.app.jobs, kind, parameters, "edith", desk.clock())
    desk.app.jobs.claim(desk.clock())
    desk.app.jobs.beat(job.id, desk.clock(), 4, 12, "last-step")
    desk.app.jobs.finish(job.id, desk.clock(), state, result, error)
    return f"/job/{job.id}"


def test_a_finished_job_tells_no_old_progress_and_its_lists_as_tables(desk, edith):
    models = [{"name": "e5-small", "state": "sound"}, {"name": "lid-176", "state": "sound", "files": 2}]
    page = edith.page(ended(desk, "models.verify", {}, JobState.DONE, {"models": models}, {}))
    assert "last-step" not in page
    assert "Time left" not in page
    for cell in ('<th scope="col">Files</th>', '<td dir="auto">e5-small</td>', '<td dir="auto">–</td>'):
        assert cell in page
    assert "name: e5-small" not in page
    text = edith.text(ended(desk, "models.verify", {}, JobState.FAILED, {}, {"message": "Damaged."}))
    assert "last-step" in text  # how far it came before it failed
    assert "Done 4 of 12" in text


def test_a_failed_import_leads_back_to_its_form(desk, edith, rita):
    asked = {"file": "a.csv", "folder": "none", "map": "viewer=who", "kind": "rating", "skip_bad": "yes"}
    error = {"code": "wrong-use", "message": "No.", "advice": "Say it with --map viewer=..."}
    path = ended(desk, "audience.import", asked, JobState.FAILED, {}, error)
    page = edith.page(path)
    form = "/import?of=audience&map=viewer%3Dwho&kind=rating"
    assert (
        f'<a class="primary" href="/console{form.replace("&", "&amp;")}">Back to the import form</a>' in page
    )
    assert '<button class="button">Try again' in page
    assert "--map" not in page
    filled = edith.page(form)
    assert 'value="viewer=who"' in filled
    assert "<option selected>rating" in filled
    assert "Back to the import form" not in rita.page(path)
    stopped = ended(desk, "audience.import", asked, JobState.CANCELED, {}, {})
    assert "Back to the import form" not in edith.page(stopped)


def test_only_jobs_that_go_on_are_kept_fresh(desk, edith):
    path = ended(desk, "models.verify", {}, JobState.DONE, {}, {})
    page = edith.page("/jobs")
    assert f'id="job-{path.rpartition("/")[2]}"><th' in page
    assert "live.js" not in page
    queued = start_training(desk.app, COMMAND_LINE, "popular", {}, activate=False)
    page = edith.page("/jobs")
    assert f'id="job-{queued.id}" data-live' in page
    assert "live.js" in page
