"""Reviews at the console: imported, read in two countries, complaints mended, advice; pretrained models."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crossreel.audience.event import Event, EventKind
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.job import JobState
from crossreel.values.language import Language
from crossreel.values.territory import Territory

SAID = {
    "US": ("en", ["I loved the story and the acting.", "A wonderful film.", "The subtitles are clear."]),
    "BR": ("pt", ["As legendas estão cheias de erros.", "A dublagem é péssima.", "Um filme lindo, adorei."]),
}


@pytest.fixture
def reviewed(desk, pretrained):
    """A title with reviews from two countries; its id."""
    pretrained("e5-small"), pretrained("lid-176")
    title = TitleId("tiny", "nosferatu")
    events = [
        Event(
            EventKind.REVIEW,
            ViewerId("reviews", f"{place}{n}"),
            title,
            datetime(2026, 1 + n, 3, tzinfo=UTC),
            text=text,
            territory=Territory(place),
            language=Language(language),
        )
        for place, (language, texts) in SAID.items()
        for n, text in enumerate(texts)
    ]
    desk.app.events.append(events)
    return str(title)


def test_two_countries_are_read_and_complaints_mended(desk, edith, wait_for, reviewed):
    assert reviewed in edith.text("/insight")
    address = f"/insight/reviews?title={reviewed}&territory=BR&against=US"
    assert "have not been read yet" in edith.text(address)
    path = edith.done("/insight/reviews", {"title": reviewed, "territory": "BR", "against": "US"})
    job = wait_for(path.removeprefix("/job/"))
    assert job.state is JobState.DONE, job.error
    page = edith.page(address)
    for told in (
        "As legendas estão cheias de erros.",
        "no difference shown",
        "<svg",
        "Brazil",
        "negative reviews",
        "no change shown between 2026-01 and 2026-03",
    ):
        assert told in page
    assert "style=" not in page
    for path in (desk.app.home / "reports" / "reviews").glob("*.json"):  # as an engine leaves it
        told = json.loads(path.read_text(encoding="utf-8"))
        told["localization_complaints"][0]["translation"] = "In other words."
        path.write_text(json.dumps(told), encoding="utf-8")
    queue = edith.page("/insight/complaints")
    assert "As legendas estão cheias de erros." in queue
    assert "A dublagem é péssima." in queue
    assert "% sure it is negative" in queue
    assert '<span lang="en" dir="ltr">In other words.</span> (machine translation)' in queue
    assert "Brazil" in queue
    advice = edith.text(f"/insight/advice?title={reviewed}&territory=BR")
    assert "Check and correct the subtitles" in advice
    assert "Not looked at" in advice
    assert "To its subtitles and dubs" in advice
    assert "mentions of subtitles: 100% (95 % interval" in advice
    (first, *_) = desk.app.jobs.page(limit=1)
    assert first.result["reviews"] == 6


def test_what_cannot_be_read_is_said(edith, reviewed):
    refused = edith.post("/insight/reviews", {"title": reviewed, "territory": "QQ", "against": ""})
    assert refused.status_code == 422
    nowhere = edith.post("/insight/reviews", {"title": reviewed, "territory": "BR", "against": "NO"})
    assert nowhere.status_code == 422
    assert "no review of this title from NO" in nowhere.text
    itself = edith.post("/insight/reviews", {"title": reviewed, "territory": "BR", "against": "br"})
    assert itself.status_code == 422
    assert "another than BR" in itself.text
    asked = {"title": reviewed, "territory": "BR", "against": "US", "engine": "apertum", "tier": "fast"}
    mistyped = edith.post("/insight/reviews", asked)
    assert mistyped.status_code == 422
    assert 'value="apertum"' in mistyped.text
    assert 'role="alert"' in mistyped.text
    for page in ("reviews", "advice"):
        unknown = edith.client.get(f"/console/insight/{page}?title={reviewed}&territory=XX")
        assert unknown.status_code == 422
        assert "The territory must be" in unknown.text
    assert edith.client.get("/console/insight/reviews?title=tiny:none").status_code in (303, 404)


def test_pretrained_models_are_listed(edith):
    page = edith.text("/insight/models")
    assert "e5-small" in page
    assert "MIT" in page
