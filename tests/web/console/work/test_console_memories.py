"""The translation memory as TMX: in, out, and the same again."""

from __future__ import annotations

from typing import Any

from crossreel.app import App
from crossreel.localize.translate.memory import Segment
from crossreel.values.language import Language

EN, ES = Language.parse("en"), Language.parse("es")


def _bring(desk: Any, content: bytes, **fields: str) -> Any:
    data = {"token": desk.token(), "from": "en", "to": "es", **fields}
    files = {"file": ("memory.tmx", content)}
    return desk.client.post("/console/memories", data=data, files=files, follow_redirects=False)


def test_a_memory_goes_out_and_comes_back_unchanged(ada: Any, rob: Any, staff: App) -> None:
    memory = staff.memories.of(EN, ES)
    memory.add([Segment("Go on & on!", "¡Sigue <así>!", "A film", human=True), Segment("Stop.", "Alto.")])
    before = memory.find("Go on & on!")
    out = ada.get("/console/memories/en/es.tmx")
    assert out.status_code == 200
    assert b'version="1.4"' in out.content
    assert _bring(ada, out.content).status_code == 303
    assert [one.segment.target for one in memory.find("Go on & on!")][:1] == [before[0].segment.target]
    assert "English → Spanish" in ada.page("/console/memories").text
    assert _bring(ada, out.content, to="fr").status_code == 422, "it has no French"
    assert _bring(ada, b"<tmx", to="es").status_code == 422
    assert _bring(ada, out.content, to="en").status_code == 422
    assert _bring(rob, out.content).status_code == 403
    assert ada.get("/console/memories/en/de.tmx").status_code == 400
    assert staff.audit.page(subject="en>es")[0].action == "memory.import"
