"""Reviews, texts and pretrained models by REST; the same shapes as the commands print."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from crossreel.accounts.operator import Permission
from crossreel.audience.event import Event, EventKind
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory


def _review(number, place, language, text):
    return Event(
        EventKind.REVIEW,
        ViewerId("reviews", str(number)),
        TitleId("tiny", "nosferatu"),
        datetime(2026, 1, 1 + number, tzinfo=UTC),
        text=text,
        territory=Territory(place),
        language=Language(language),
    )


def test_a_report_is_made_read_and_its_complaint_mended(desk, pretrained):
    pretrained("e5-small"), pretrained("lid-176")
    desk.app.events.append(
        [
            _review(0, "BR", "pt", "As legendas estão cheias de erros."),
            _review(1, "BR", "pt", "Um filme lindo, adorei."),
            _review(2, "US", "en", "I loved the story and the acting."),
        ]
    )
    editor, reader = desk.caller(Permission.READ, Permission.EDIT), desk.caller(Permission.READ)
    (listed,) = reader.read("/reviews")["items"]
    assert listed["territories"] == {"BR": 2, "US": 1}
    address = "/reviews/report?title=tiny:nosferatu&territory=BR&against=US"
    assert reader.get(address).status_code == 404
    asked = {"title": "tiny:nosferatu", "territory": "BR", "against": ["US"]}
    assert reader.post("/reviews/report", asked).status_code == 403
    assert editor.post("/reviews/report", {**asked, "territory": "QQ"}).status_code == 400
    for against, told in (("NO", "no review of this title from NO"), ("BR", "another than BR")):
        refused = editor.post("/reviews/report", {**asked, "against": [against]})
        assert refused.status_code == 400
        assert told in refused.text
    job = editor.post("/reviews/report", asked)
    assert job.status_code == 202
    with desk.work():
        for _ in range(600):
            if reader.read(f"/jobs/{job.json()['id']}")["state"] in ("done", "failed"):
                break
            time.sleep(0.05)
    report = reader.read(address)
    assert [one["reviews"] for one in report["countries"]] == [2, 1]
    (complaint,) = reader.read("/reviews/complaints")["items"]
    assert (complaint["aspect"], complaint["state"]) == ("subtitles", "open")
    path = f"/reviews/complaints/{complaint['id']}"
    assert editor.put(path, {"state": "mended"}).json()["state"] == "mended"
    assert reader.read("/reviews/complaints")["items"][0]["state"] == "mended"
    advice = reader.read("/insight/advise?title=tiny:nosferatu&territory=BR")
    assert advice["report_made_at"] == report["made_at"]
    assert advice["advice"][0]["evidence"]


def test_texts_are_understood(desk, pretrained):
    pretrained("e5-small"), pretrained("lid-176")
    reader = desk.caller(Permission.READ)
    texts = ["I loved this film.", "Un film ennuyeux et raté.", ""]
    found = reader.post("/text/sentiment", {"texts": texts, "classes": 2}).json()
    assert [one["label"] for one in found["items"][:2]] == ["positive", "negative"]
    assert set(found["items"][2]["probabilities"].values()) == {0.5}
    told = reader.post(
        "/text/language", {"texts": ["Das ist ein sehr schöner Film über Freundschaft."]}
    ).json()
    assert told["items"][0]["language"] == "de"
    text = "A sailor leaves home. He meets a whale. The whale wins."
    made = reader.post("/text/summarize", {"text": text, "method": "lead", "length": 25}).json()
    assert made["summary"] == "A sailor leaves home."


def test_pretrained_models(desk):
    editor, reader = desk.caller(Permission.READ, Permission.EDIT), desk.caller(Permission.READ)
    known = {one["name"]: one for one in reader.read("/models/pretrained")["items"]}
    assert known["e5-small"]["weights_license"].startswith("MIT")
    assert editor.post("/models/pretrained/e5-small/pull").status_code == 403, (
        "bringing code here is for administrators"
    )
    owner = desk.caller(Permission.READ, Permission.ADMINISTER)
    assert owner.post("/models/pretrained/none/pull").status_code == 404
    job = editor.post("/models/pretrained/verify")
    assert job.status_code == 202


def test_a_shorter_synopsis_is_proposed_and_not_saved(desk):
    reader = desk.caller(Permission.READ)
    address = "/text/summarize/tiny:nosferatu?language={}&length=logline&method=lexrank"
    assert reader.get(address.format("xh")).status_code == 404
    assert reader.get(address.format("en") + "&source=subtitles").status_code == 404
    assert reader.get(address.format("en").replace("logline", "novel")).status_code == 422
    title = reader.read("/titles/tiny:nosferatu")
    known = [one for one in title["texts"] if len(one.get("synopsis", "")) > 140]
    for text in known:
        made = reader.read(address.format(text["language"]))
        assert all(one["text"] in text["synopsis"] for one in made["sentences"])
