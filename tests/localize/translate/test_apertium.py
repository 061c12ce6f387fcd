"""Apertium: its modes by name, routes through further languages, and the real program."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crossreel.errors import BadValue, MissingProgram
from crossreel.localize.translate.engines import apertium
from crossreel.localize.translate.engines.apertium import Apertium, installed_modes
from crossreel.localize.translate.roles import Request
from crossreel.values.language import Language

MODES = ("eng-spa", "spa-eng", "es-pt", "es-pt_BR", "fr-es", "eco-fr-es", "spa-ita", "eng-cat_valencia")


def tag(text: str) -> Language:
    return Language.parse(text)


def test_routes_are_the_shortest_and_recorded() -> None:
    engine = Apertium(modes=MODES)
    assert engine.route(tag("en"), tag("es-MX")) == ("eng-spa",)
    assert engine.route(tag("es"), tag("pt-BR")) == ("es-pt_BR",)
    assert engine.route(tag("en"), tag("pt")) == ("eng-spa", "es-pt")
    assert engine.route(tag("fr"), tag("it")) == ("fr-es", "spa-ita")
    assert Apertium(modes=MODES, pivots=False).route(tag("en"), tag("pt")) == ()
    assert engine.route(tag("en"), tag("ja")) == ()


def test_what_is_missing_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingProgram, match="apertium-swe-dan"):
        list(Apertium(modes=()).translate([Request("1", "Hej")], tag("sv"), tag("da")))
    with pytest.raises(BadValue, match="en-ja"):
        list(Apertium(modes=()).translate([Request("1", "Hi")], tag("en"), tag("ja")))
    monkeypatch.setattr(apertium.shutil, "which", lambda _name: None)
    installed_modes.cache_clear()
    with pytest.raises(MissingProgram, match="apt install apertium"):
        Apertium().route(tag("en"), tag("es"))


def test_a_pair_installed_later_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "apertium"
    program.write_text("#!/bin/sh\necho '  eng-spa'\n")
    program.chmod(0o755)
    monkeypatch.setattr(apertium.shutil, "which", lambda _name: str(program))
    installed_modes.cache_clear()
    try:
        assert Apertium().route(tag("fr"), tag("es")) == ()
        program.write_text("#!/bin/sh\necho '  eng-spa'\necho '  fr-es'\n")
        assert Apertium().route(tag("fr"), tag("es")) == ("fr-es",)
    finally:
        installed_modes.cache_clear()


def test_the_real_program_answers_by_id_whatever_the_text(debian: Callable[..., str]) -> None:
    debian(
        "apertium",
        package="apertium apertium-eng-spa apertium-es-pt",
        file="usr/share/apertium/modes/eng-spa.mode",
    )
    installed_modes.cache_clear()
    texts = ["The house is big.", "I have 12 books\n\nand a dog", "[^$/<>@\\{}]*", "", "Napoleon.", "..."]
    requests = [Request(str(n), text) for n, text in enumerate(texts)]
    found = {a.id: a.text for a in Apertium().translate(requests, tag("en"), tag("es"))}
    assert set(found) == {str(n) for n in range(len(texts))}
    assert found["0"] == "La casa es grande."
    assert "12" in found["1"]
    assert "Napole" in found["4"]
