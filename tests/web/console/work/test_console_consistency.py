"""A series compared in the console: files are sent, differences shown, chosen ones repaired."""

import re
from typing import Any

from crossreel.app import App

SOURCE = "WEBVTT\n\n1\n00:01.000 --> 00:03.000\nOpen the door!\n\n2\n00:04.000 --> 00:05.500\nWho are you?\n"


def _translated(line: str, second: str) -> bytes:
    return SOURCE.replace("Open the door!", line).replace("Who are you?", second).encode()


def _send(browser: Any, count: int = 3) -> Any:
    files = [("source", (f"ep{n}.en.vtt", SOURCE.encode())) for n in range(1, count + 1)]
    lines = ("¡Abre la puerta!", "¡Abra la puerta!", "¡Abre la puerta!")
    files += [
        ("target", (f"ep{n}.es.vtt", _translated(lines[n - 1], "¿Quién eres tú?")))
        for n in range(1, count + 1)
    ]
    return browser.post("/consistency/files", {"from": "en", "to": "es"}, files=files)


def test_files_are_sent_compared_and_repaired(desk: Any, edith: Any, rita: Any) -> None:
    assert "Files of your own" in edith.text("/consistency")
    here = _send(edith).headers["location"].removeprefix("/console")
    text = edith.text(here)
    assert "3 files" in text
    assert "¡Abre la puerta! × 2 most lines have it" in text
    assert "Most lines that say it speak informally" in text
    assert "ep2.es · 1" in text
    page = edith.page(here)
    key = re.findall(r'name="finding" value="([0-9a-f]{16})"', page)[0]
    proofs = re.findall(r'name="proof" value="(\w+)">', page)[:3]
    fields = {"proof": proofs, "finding": key, f"wording-{key}": "¡Abre la puerta!"}
    assert rita.post("/consistency/repair", fields).status_code == 403
    assert "Repair the chosen" not in rita.text(here)
    assert edith.done("/consistency/repair", fields) == here
    assert "No line, term, word or name differs" in edith.text(here)
    app: App = desk.app
    assert {app.proofs.line(id_, 0).text for id_ in proofs} == {"¡Abre la puerta!"}
    assert "¡Abre la puerta!" in edith.text(f"/proof/{proofs[1]}/history")
    assert "as they were seen" in edith.text(edith.done("/consistency/repair", fields))


def test_a_series_leads_to_its_episodes(edith: Any) -> None:
    page = edith.page("/consistency?titles=tiny:show&from=en")
    assert 'value="tiny:show"' in page


def test_wrong_asking_is_told(edith: Any) -> None:
    assert _send(edith, 1).status_code == 422
    assert "two files" in edith.post(
        "/consistency", {"titles": "tiny:moon", "from": "en", "to": "es"}
    ).text.replace("\n", " ")
    assert edith.get("/consistency?proof=x&proof=y").status_code == 422
    assert edith.post("/consistency", {"titles": "", "from": "en", "to": "es"}).status_code == 422
