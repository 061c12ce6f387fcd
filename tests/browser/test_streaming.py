"""A film in several languages in the storefront's player: sound and subtitles in the viewer's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.catalog.attachment import AttachmentRole
from crossreel.desk.attachments import attach_file, detach_file
from crossreel.media.sound_writing import write_sound
from crossreel.studio.localize_jobs import publish
from crossreel.studio.localize_orders import folder_of
from crossreel.studio.streaming import Track, hls_package
from crossreel.testing.small_film import small_film
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.sound import Sound

np = pytest.importorskip("numpy")
pytest.importorskip("av")
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TITLE = TitleId("sample", "a-corner-in-wheat-1909")
EDITOR = Actor("eve", frozenset({Permission.READ, Permission.EDIT}), "operator")
EN, ES, FR = (Language.parse(tag) for tag in ("en", "es", "fr"))
WAITING = "document.getElementById('player').readyState >= 2 && !document.getElementById('tracks').hidden"
SHOWN = """[...document.getElementById('player').textTracks].filter(one => one.mode === 'showing')
  .map(one => [one.language, [...one.cues].map(cue => cue.text).join(' ')])"""


@pytest.fixture
def streamed(sample: App, tmp_path: Path) -> Iterator[str]:
    """The address of a title that is streamed in English and Spanish, with subtitles in three languages."""
    film = small_film(tmp_path / "film.mp4")
    with film.open("rb") as content:
        attach_file(sample, EDITOR, TITLE, AttachmentRole.FILM, "film.mp4", content)
    digest = next(
        one.digest
        for one in sample.catalog.get([TITLE])[TITLE].attachments
        if one.role is AttachmentRole.FILM
    )
    dub = tmp_path / "dub.m4a"
    write_sound(dub, Sound(np.zeros((2, 4 * 48_000), np.float32), 48_000, "stereo"))
    texts = []
    for language, words, forced in (
        (ES, "Buenos días", False),
        (ES, "PANADERÍA", True),
        (FR, "Bonjour", False),
        (EN, "Good morning", False),
    ):
        path = tmp_path / f"{language}{forced}.vtt"
        path.write_text(f"WEBVTT\n\n00:00.000 --> 00:03.900\n{words}\n", encoding="utf-8")
        texts.append(Track(path, language, forced))
    hls_package(film, folder_of(sample, digest) / "hls" / "master.m3u8", [Track(dub, ES)], texts, own=EN)
    publish(sample, EDITOR, digest)
    yield f"/watch/{TITLE}"
    detach_file(sample, EDITOR, TITLE, AttachmentRole.FILM)


def until(page: Page, holds: str) -> None:
    """Waits; the page's policy forbids Playwright's own way, which evaluates text."""
    for _ in range(400):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(50)
    raise AssertionError(holds)


def chosen(page: Page) -> tuple[str, str]:
    until(page, WAITING)
    read = "select => select.selectedOptions[0].text"
    return page.eval_on_selector("#sound", read), page.eval_on_selector("#texts", read)


def test_the_film_speaks_the_viewers_language_and_text_in_the_picture_is_read(
    open_page: Callable[..., Page], streamed: str
) -> None:
    page = open_page(streamed, locale="es-ES", width=900, height=700)
    assert chosen(page) == ("Español", "Sin subtítulos")
    assert page.evaluate("document.getElementById('player').currentSrc").startswith("blob:")
    until(page, f"({SHOWN}).length === 1 && ({SHOWN})[0][1] !== ''")
    assert page.evaluate(SHOWN) == [["es", "PANADERÍA"]]  # forced, as subtitles are off
    page.select_option("#sound", label="Inglés")
    page.select_option("#texts", label="Francés")
    until(page, f"({SHOWN}).length === 1 && ({SHOWN})[0][1] === 'Bonjour'")
    page.locator("body").press("c")  # the next subtitles
    until(page, f"({SHOWN}).every(one => one[1] !== 'Bonjour')")


def test_who_hears_the_original_gets_subtitles_in_their_language(
    open_page: Callable[..., Page], streamed: str
) -> None:
    page = open_page(streamed, locale="fr-FR", width=390, height=844)
    until(page, WAITING)
    language = page.evaluate("document.documentElement.lang")
    sound, text = chosen(page)
    assert (sound, text) in {("Anglais", "Français"), ("English", "No subtitles")}, language
    page.evaluate("document.getElementById('player').play()")
    until(page, "document.getElementById('player').currentTime > 0.3")
