"""Shorter synopses are proposed of whole sentences, at the length of the script; nothing is saved."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crossreel.accounts.operator import ROLES, Actor, Role
from crossreel.app import App, open_app
from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.title import LocalizedText, Title
from crossreel.desk.attachments import attach_file
from crossreel.desk.suggesting import said_in, suggest_synopsis
from crossreel.errors import BadInput, BadValue, UnknownId
from crossreel.testing.tiny import tiny_catalog, tiny_id
from crossreel.values.language import Language

EN, JA = Language.parse("en"), Language.parse("ja")
ADA = Actor("ada", ROLES[Role.EDITOR], "session")
LINES = (
    "The mill has stood empty since the war.", "[door creaks]", "♪ Over the river ♪", "No!",
    "- A girl comes to the mill\nand asks for bread.", "The miller hides the bread from the girl.",
    "In the end the mill burns down to the water.",
)  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = open_app(tmp_path / "w", create=True, environment={})
    tiny_catalog().fill(catalog=app.catalog, licenses=app.licenses, viewers=app.viewers)
    yield app
    app.close()


def moon(app: App) -> Title:
    return app.catalog.get([tiny_id("moon")])[tiny_id("moon")]


def test_a_film_is_told_by_its_lines_without_sounds_songs_shouts_and_its_end(app: App) -> None:
    cues = [f"00:{n:02}.000 --> 00:{n:02}.900\n{text}\n" for n, text in enumerate(LINES)]
    file = io.BytesIO(("WEBVTT\n\n" + "\n".join(cues)).encode())
    attach_file(app, ADA, tiny_id("moon"), AttachmentRole.SUBTITLES, "m.vtt", file, language=EN)
    title = moon(app)
    said = said_in(app, title, EN)
    assert "A girl comes to the mill and asks for bread." in said
    assert not any(one in said for one in ("creaks", "river", "No!", "- A"))
    made = suggest_synopsis(app, title, EN, "logline", source="subtitles")
    assert 0 < len(made["summary"]) <= made["limit"] == 140
    assert all(one["text"] in said for one in made["sentences"])
    assert "burns down" not in suggest_synopsis(app, title, EN, "long", source="subtitles")["summary"]
    assert moon(app) == title, "nothing is saved"
    with pytest.raises(UnknownId, match="subtitle file"):
        suggest_synopsis(app, title, JA, "logline", source="subtitles")


def test_a_synopsis_is_shortened_to_the_length_of_its_script(app: App) -> None:
    long = "".join(f"王女は{n}日の間、森の中で兄を探し続けた。" for n in range(30))
    title = replace(moon(app), texts=(LocalizedText(JA, synopsis=long),))
    made = suggest_synopsis(app, title, JA, "short", method="lexrank")
    assert len(made["summary"]) <= made["limit"] == 140, "half of 280, as signs say more"
    assert made["summary"].endswith("。")
    with pytest.raises(BadInput, match="characters, and this length"):
        suggest_synopsis(app, title, JA, "long", text="王女は森で兄を探した。短", method="lexrank")
    with pytest.raises(BadValue, match="length"):
        suggest_synopsis(app, title, JA, "novel", method="lexrank")
    with pytest.raises(UnknownId, match="synopsis"):
        suggest_synopsis(app, title, Language.parse("sw"), "short", method="lexrank")
