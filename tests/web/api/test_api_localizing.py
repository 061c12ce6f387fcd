"""A title's film into other languages by API: what it takes, started, followed, published."""

from __future__ import annotations

import pytest

from crossreel.accounts.operator import Permission
from crossreel.studio import localize_orders
from crossreel.testing.files import mp4
from crossreel.testing.small_engines import Humming, Shouting
from crossreel.testing.tiny import tiny_id

pytest.importorskip("av")
MOON = f"/titles/{tiny_id('moon')}"
MADE = f"{MOON}/localization"


@pytest.fixture
def editor(desk, monkeypatch):
    """Somebody who may edit, where voices hum and the engine shouts."""
    monkeypatch.setattr(localize_orders, "voice_engine", lambda *_, **__: Humming())
    monkeypatch.setattr(localize_orders, "translation_engine", lambda *_, **__: Shouting())
    return desk.caller(Permission.READ, Permission.EDIT)


def ask(editor, **fields):
    sent, terms = {"from": "en", "to": "es", **fields}, b"source,target\nhawk,halc\n"
    return editor.ask("POST", MADE, data=sent, files={"terms": ("t.csv", terms)})


def test_a_title_without_a_film_has_nothing_to_localize(editor):
    assert ask(editor).status_code == 409
    assert editor.get(MADE).status_code == 409


def test_what_it_takes_is_told_and_a_broken_film_fails_with_its_reason(desk, editor):
    files = {"file": ("f.mp4", mp4())}
    assert editor.ask("POST", f"{MOON}/attachments", data={"role": "film"}, files=files).status_code == 201
    answer = ask(editor, to="es,ja", estimate="true")
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert told["jobs"] == []
    assert [one["language"] for one in told["quotes"]] == ["es", "ja"]
    assert "one that humming speaks" in told["quotes"][1]["problem"]
    assert editor.ask("PUT", f"{MADE}/published").status_code == 409
    assert editor.get(MADE).json()["versions"] == []
    assert editor.get(f"{MADE}/files/dub.es.m4a").status_code == 404
    reader = desk.caller(Permission.READ)
    assert reader.ask("POST", MADE, data={"to": "es"}).status_code == 403
