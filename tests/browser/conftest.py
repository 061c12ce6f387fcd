"""The sample workspace served on a free port, and a browser to walk through it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from crossreel.accounts.access import add_operator
from crossreel.accounts.operator import Role
from crossreel.app import App, open_app
from crossreel.sample.build import build_sample
from crossreel.web.site import create_site

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts" / "storefront"
PASSWORD = "four quiet tin boats"
MISSING = "/title/sample:none"
"""No such title: this page alone may answer 404."""


@pytest.fixture(scope="session")
def chromium(debian: Callable[..., str]) -> str:
    """A Chromium: ``$CHROMIUM``, an installed one, or Debian's, installed here when root."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or debian(*names, package="chromium")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The sample workspace, as the demo builds it."""
    app = open_app(tmp_path_factory.mktemp("sample"), create=True, environment={})
    build_sample(
        catalog=app.catalog,
        licenses=app.licenses,
        viewers=app.viewers,
        events=app.events,
        rights=app.rights,
        shelf=app.shelf,
        now=app.clock(),
        progress=lambda *_: None,
    )
    yield app
    app.close()


@pytest.fixture(scope="session")
def address(sample: App) -> Iterator[str]:
    """Where the sample's storefront is served."""
    config = uvicorn.Config(create_site(sample), host="127.0.0.1", port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless browser that asks nothing of the network by itself.

    It is closed after the last test of this folder: while Playwright is there, no other test of the same
    process could run an event loop.
    """
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page for a new visitor: ``open_page("/", width=390, height=844, locale="es-ES")``.

    What the page says on its console as an error, and what it cannot load, fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(said: ConsoleMessage) -> None:
        place = said.location["url"]
        clash = (
            "409" in said.text and "/console/proof/" in place
        )  # two people on one line: that is the answer
        if said.type == "error" and not place.endswith(MISSING) and not clash:
            complaints.append(said.text)

    def opened(
        path: str = "/",
        *,
        width: int = 1440,
        height: int = 900,
        locale: str = "en-US",
        scripts: bool = True,
        scale: float = 1,
        motion: str = "reduce",
    ) -> Page:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            locale=locale,
            java_script_enabled=scripts,
            device_scale_factor=scale,
            reduced_motion=motion,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def keep() -> Callable[[Page, str], None]:
    """Keeps a picture of the whole page under ``artifacts/storefront``."""

    def kept(page: Page, name: str) -> None:
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach(i => { i.loading = 'eager' })")
        page.evaluate("Promise.all([...document.images].map(i => i.decode().catch(() => null)))")
        page.evaluate("document.fonts.ready.then(() => null)")
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)

    return kept


@pytest.fixture(scope="session")
def staff(sample: App) -> App:
    """The sample workspace with an administrator, an editor and a reporter."""
    for name, role in (
        ("ada@example.org", Role.ADMINISTRATOR),
        ("eve@example.org", Role.EDITOR),
        ("rob@example.org", Role.REPORTER),
    ):
        if sample.accounts.operator(name) is None:
            add_operator(sample.accounts, name, role, PASSWORD, sample.clock())
    return sample


@pytest.fixture
def signed_in(staff: App, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the console for somebody: ``signed_in("/console/catalog", width=390, height=844)``."""

    def opened(path: str = "/console/", *, name: str = "eve@example.org", **more: object) -> Page:
        page = open_page("/console/sign-in", **more)
        page.locator("#name").fill(name)
        page.locator("#password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/console/")
        if path != "/console/":
            page.goto(path)
        return page

    return opened
