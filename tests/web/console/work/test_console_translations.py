"""Translations by form: what they take first, then the jobs, then the file to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crossreel.app import App
from crossreel.desk.work import handlers

SOURCE = b"1\n00:00:01,000 --> 00:00:03,000\nThe house is red.\n\n2\n00:00:04,000 --> 00:00:05,500\nHello!\n"


@pytest.fixture
def apertium(debian: Callable[..., str]) -> str:
    debian("apertium", package="apertium apertium-eng-spa")
    return debian("apertium", package="apertium-eng-spa", file="usr/share/apertium/modes/eng-spa.mode")


def _asked(desk: Any, **changes: str) -> Any:
    fields = {"token": desk.token(), "from": "en", "to": "es", "engine": "apertium", **changes}
    files = {"file": ("film.srt", SOURCE), "terms": ("t.csv", b"source,target\nhouse,mansi\xc3\xb3n\n")}
    return desk.client.post("/console/translations", data=fields, files=files, follow_redirects=False)


@pytest.mark.usefixtures("apertium")
def test_a_file_goes_from_the_form_to_the_workbench(ada: Any, staff: App) -> None:
    told = _asked(ada)
    assert told.status_code == 200, told.text[:1000]
    assert "eng-spa" in told.text
    assert "stay on this machine" in told.text
    page = type(ada.page("/console/translations"))(told.text)
    assert ada.submit(page.form("/console/translations/start")).status_code == 303
    (job,) = staff.jobs.page()
    assert "English" in ada.page("/console/translations").text
    result = handlers(staff)[job.kind](job.parameters, lambda *_: None)
    proof = ada.get(f"/console/proof/{result['proof']}?line=1&order=file&show=all").text
    assert "La mansión es" in proof, "the term is kept"
    assert ada.page("/console/localize").text.count("film") >= 0
    assert (
        ada.submit(ada.page("/console/translations").form(f"/console/job/{job.id}/cancel")).status_code == 303
    )


def test_what_cannot_be_done_is_said_before(ada: Any, rob: Any, staff: App) -> None:
    assert "en-xh" in _asked(ada, to="xh").text
    for wrong in ({"to": "en"}, {"to": ""}, {"from": "?"}, {"budget": "much"}, {"title": "no:such"}):
        assert _asked(ada, **wrong).status_code in (404, 422), wrong
    assert _asked(rob).status_code == 403
    answer = ada.post("/console/translations/start", folder="../../etc", file="x", to="es", engine="own")
    assert answer.status_code in (404, 409, 422)
    assert staff.jobs.page() == []
