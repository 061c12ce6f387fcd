"""A title's film into other languages by API: what it takes, started, followed, published."""

from __future__ import annotations

import pytest

from crossreel.accounts.operator import Permission
from crossreel.errors import MissingProgram
from crossreel.localize.dub.cast import read_cast
from crossreel.studio import casting, localize_orders
from crossreel.testing.files import mp4
from crossreel.testing.small_engines import Humming, Shouting
from crossreel.testing.tiny import tiny_id
from crossreel.values.language import Language

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


def test_voices_are_listed_chosen_kept_and_locked(desk, monkeypatch):
    def engine(name, **_):
        if name != "kokoro":
            raise MissingProgram("It is not installed.", advice="Get it.", program=name)
        return Humming()

    monkeypatch.setattr(casting, "voice_engine", engine)
    editor, reader = desk.caller(Permission.READ, Permission.EDIT), desk.caller(Permission.READ)
    kokoro, piper, *_ = reader.read("/versions/voices")["items"]
    assert [one["id"] for one in kokoro["voices"]][:2] == ["en-f", "en-m"]
    assert (piper["voices"], piper["problem"]) == ([], "It is not installed. Get it.")
    assert reader.get(f"{MADE}/cast?language=es").status_code == 409, "it has no film"
    subtitles = b"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ada>Hello.\n\n00:01.000 --> 00:02.000\n<v Ada>Bye.\n"
    for role, name, content in (("film", "f.mp4", mp4()), ("subtitles", "s.vtt", subtitles)):
        sent = {"role": role, "language": "fr" if role == "subtitles" else ""}
        files = {"file": (name, content)}
        assert editor.ask("POST", f"{MOON}/attachments", data=sent, files=files).status_code == 201
    cast = f"{MADE}/cast?language=es"
    assert [(one["character"], one["lines"]) for one in reader.read(cast)["cast"]] == [("Ada", 2), ("", 0)]
    chosen = {"cast": [{"character": "Ada", "voice": "es-m", "locked": True}]}
    assert reader.put(cast, chosen).status_code == 403
    assert editor.put(cast, chosen).json()["cast"][0]["voice"] == "es-m"
    assert reader.read(cast)["cast"][0]["locked"]
    chosen["cast"][0]["voice"] = "es-f"
    assert editor.put(cast, chosen).status_code == 409, "it is locked"
    chosen["cast"][0]["voice"] = "nobody"
    assert editor.put(cast, chosen).status_code == 400
    assert editor.put(cast.replace("=es", "=es&engine=piper"), chosen).status_code == 503
    film = localize_orders.film_to_localize(desk.app, tiny_id("moon")).digest
    ask = localize_orders.Ask(tiny_id("moon"), film, Language("fr"), (Language("es"),), voices="kokoro")
    book = localize_orders.cast_for(desk.app, ask, Language("es"), {})
    assert read_cast(book).voice("Ada") == "es-m", "the next dub speaks with it"
