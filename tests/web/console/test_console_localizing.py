"""The tab of a title's film in other languages: asked, told what it takes, made as jobs, read, published."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from crossreel.accounts.operator import Actor, Permission
from crossreel.desk.proofs import add_proof, edit_line, set_state
from crossreel.errors import MissingProgram
from crossreel.localize.proofs.proof import LineState
from crossreel.studio import casting, localize_orders
from crossreel.studio.localize_jobs import localize_handlers
from crossreel.studio.version_matrix import title_matrix
from crossreel.testing.small_engines import Humming, Shouting
from crossreel.testing.small_film import small_film
from crossreel.testing.tiny import tiny_id
from crossreel.values.job import JobState
from crossreel.values.territory import Territory

pytest.importorskip("av")
MOON = tiny_id("moon")
TAB = f"/console/title/{MOON}?tab=localize"
ASK, START = f"/console/localize/{MOON}", f"/console/localize-start/{MOON}"
SUBTITLES = "WEBVTT\n\n1\n00:00.500 --> 00:01.900\nGood morning.\n\n2\n00:02.000 --> 00:03.500\nA hawk!\n"
EVE = Actor("eve", frozenset({Permission.READ, Permission.EDIT}), "operator")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return small_film(tmp_path_factory.mktemp("film") / "f.mp4").read_bytes()


@pytest.fixture
def humming(monkeypatch: pytest.MonkeyPatch) -> Humming:
    """The voice and the engine that every order gets."""
    voice = Humming()
    monkeypatch.setattr(localize_orders, "voice_engine", lambda *_, **__: voice)
    monkeypatch.setattr(localize_orders, "translation_engine", lambda *_, **__: Shouting())
    return voice


@pytest.fixture
def attached(ada: Any, film: bytes, humming: Humming) -> Any:
    """Ada, whose title has a film and English subtitles."""
    for role, language, name, content in (
        ("film", "", "f.mp4", film),
        ("subtitles", "en", "f.vtt", SUBTITLES.encode()),
    ):
        sent = {"token": ada.token(), "role": role, "language": language, "territory": ""}
        answer = ada.client.post(
            f"/console/attach/{MOON}", data=sent, files={"file": (name, content)}, follow_redirects=False
        )
        assert answer.status_code == 303, answer.text
    return ada


def asked(desk: Any, **fields: str) -> Any:
    sent = {"token": desk.token(), "from": "en", "to": "es", **fields}
    return desk.client.post(ASK, data=sent, files={"stem": ("", b"")}, headers=desk.headers)


def worked(app: Any) -> None:
    with app.workers(localize_handlers(app, add_proof)):
        for _ in range(1500):
            if all(job.state.is_final for job in app.jobs.page(limit=20)):
                return
            time.sleep(0.02)
    raise AssertionError("the jobs did not end")


def started(desk: Any, to: str) -> None:
    quoted = type(desk.page(TAB))(asked(desk, to=to).text)
    assert "The texts stay on this machine." in quoted.text
    assert desk.submit(quoted.form(START)).status_code == 303


def test_a_film_is_localized_read_made_again_and_published(
    staff: Any, attached: Any, humming: Humming, web: Any
) -> None:
    ada = attached
    assert "The title has subtitles in English" in ada.page(TAB).text
    started(ada, "es, pt")
    waiting = ada.page(TAB)
    assert "queued" in waiting.text
    worked(staff)
    jobs = {str(job.parameters["to"]): job for job in staff.jobs.page(limit=20)}
    assert {job.state for job in jobs.values()} == {JobState.DONE}, [job.error for job in jobs.values()]
    page = ada.page(TAB)
    assert "0 of 2 lines" in page.text
    proof = jobs["es"].result["proof"]
    assert f"/console/proof/{proof}" in page.links
    assert "A film into another language" in ada.page(f"/console/job/{jobs['es'].id}").text
    # what people change in the workbench is spoken when it is made again, and nothing else is
    said = len(humming.asked)
    first, second = staff.proofs.lines(proof)
    edit_line(staff, EVE, proof, 0, "Buenos días.", None, first.revision, state=LineState.ACCEPTED)
    set_state(staff, EVE, proof, 1, LineState.ACCEPTED, second.revision)
    changed = ada.page(TAB)
    assert "changed since the dub" in changed.text
    assert ada.submit(changed.form(f"/console/localize-again/{MOON}", to="es")).status_code == 303
    worked(staff)
    assert humming.asked[said:] == ["Buenos días."]
    assert "2 of 2 lines" in ada.page(TAB).text
    matrix = title_matrix(staff, MOON, Territory.parse("ES"))
    rows = {(row["kind"], row["language"]): row for row in matrix["rows"]}
    assert rows["audio", "es"]["quality"] == "reviewed"
    assert rows["subtitles", "pt"]["quality"] == "machine"
    assert ada.get(f"/console/localized/{MOON}?file=dub.es.m4a").headers["content-type"] == "audio/mp4"
    assert ada.get(f"/console/localized/{MOON}?file=steps.json").status_code == 200
    assert ada.get(f"/console/localized/{MOON}?file=../workspace.sqlite").status_code == 404
    # viewers have it only once it is published, and no longer when it is withdrawn
    film = jobs["es"].parameters["film"]
    where = f"/stream/{MOON}/{film}"
    assert ada.get(f"{where}/published.m3u8").status_code == 404
    page = ada.page(TAB)
    assert ada.submit(page.form(f"/console/localize-publish/{MOON}")).status_code == 303
    assert 'LANGUAGE="pt"' in ada.get(f"{where}/published.m3u8").text
    assert ada.get(f"{where}/video/playlist.m3u8").status_code == 200
    for hidden in ("master.m3u8", "renditions.json", "../steps.json", "video/../../steps.json"):
        assert ada.get(f"{where}/{hidden}").status_code == 404
    assert (
        ada.submit(ada.page(TAB).form(f"/console/localize-publish/{MOON}", withdraw="yes")).status_code == 303
    )
    assert ada.get(f"{where}/published.m3u8").status_code == 404


def test_what_cannot_be_done_is_told_before_anything_starts(
    staff: Any, attached: Any, rob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = attached
    assert "one that humming speaks" in asked(ada, to="ja").text
    assert "each once" in asked(ada, to="en").text
    assert "The texts may leave" not in asked(ada).text
    assert rob.post(START).status_code == 403
    assert not [one for one in rob.page(TAB).forms if one["action"] == ASK]
    away = Shouting()
    away.facts = type(away.facts)("away", "test", "nothing", True)
    monkeypatch.setattr(localize_orders, "translation_engine", lambda *_, **__: away)
    quoted = type(ada.page(TAB))(asked(ada).text)
    assert "not known" in quoted.text
    refused = ada.submit(quoted.form(START))
    assert refused.status_code == 409
    assert "would leave this machine" in refused.text
    assert "over the budget" in asked(ada, budget="1").text
    assert not staff.jobs.page(limit=5)


def test_a_job_that_was_canceled_goes_on_where_it_was(staff: Any, attached: Any, humming: Humming) -> None:
    ada = attached
    started(ada, "es")
    job = staff.jobs.page(limit=1)[0]
    assert ada.submit(ada.page(TAB).form(f"/console/job/{job.id}/cancel")).status_code == 303
    assert "canceled" in ada.page(TAB).text
    assert ada.submit(ada.page(TAB).form(f"/console/job/{job.id}/retry")).status_code == 303
    worked(staff)
    assert staff.jobs.get(job.id).state is JobState.DONE, staff.jobs.get(job.id).error
    folder = next((staff.home / "versions").iterdir())
    assert not list(folder.glob(".film-*"))
    assert json.loads((folder / "review.es.json").read_text())["proof"]


def test_voices_are_chosen_for_characters(ada: Any, attached: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def engine(name: str, **_: Any) -> Any:
        if name != "kokoro":
            raise MissingProgram("Piper is not installed.", advice="Install it.", program=name)
        return Humming()

    monkeypatch.setattr(casting, "voice_engine", engine)
    url = f"/console/cast/{MOON}"
    page = ada.page(f"{url}?language=es")
    assert "not here Piper is not installed. Install it." in page.text
    assert "name nobody who speaks" in page.text
    form = next(one for one in page.forms if ("character", "") in one["fields"])
    fields = [(name, "es-m" if name == "voice" else value) for name, value in form["fields"]]
    kept = ada.submit({**form, "fields": fields})
    assert kept.status_code == 303, kept.text[:500]
    assert '<option value="es-m" selected>' in ada.get(f"{url}?language=es").text
    wrong = [(name, "nobody" if name == "voice" else value) for name, value in form["fields"]]
    assert ada.submit({**form, "fields": wrong}).status_code == 422
    assert url in ada.get(TAB).text
    heard = ada.get(f"/console/voice-sample?title={MOON}&engine=kokoro&voice=es-m")
    assert (heard.status_code, heard.content[:4]) == (200, b"RIFF")
    assert ada.get(f"/console/voice-sample?title={MOON}&engine=kokoro&voice=nobody").status_code == 400
