"""Takes the pictures of README.md from the sample workspace of this build, served and seen in Chromium.

    python scripts/take_pictures.py [--home DIR]

Writes ``docs/guide/home.png`` (the storefront in Spanish, as a viewer of the sample in Brazil sees it) and
``docs/guide/console.png`` (the operators' overview). The workspace is built anew unless one is given, whose
``crossreel demo --no-serve --home DIR`` took place before; an operator is added to it.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, sync_playwright

from crossreel.accounts.access import add_operator
from crossreel.accounts.operator import Role
from crossreel.app import App, open_app
from crossreel.sample.build import build_sample
from crossreel.web.site import create_site

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "guide"
SIZE = {"width": 1280, "height": 940}


def workspace(home: Path) -> App:
    """The sample workspace in that folder, built where it is not there yet."""
    there = (home / "crossreel.sqlite3").is_file()
    app = open_app(home, create=not there, environment={"CROSSREEL_LOGS_REQUESTS": "false"})
    if not there:
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
    return app


@contextmanager
def served(app: App) -> Iterator[str]:
    """The address of the site."""
    config = uvicorn.Config(create_site(app), host="127.0.0.1", port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def settle(page: Page) -> None:
    """Waits for fonts and pictures; those further down would wait for somebody to scroll to them."""
    page.evaluate("document.fonts.ready.then(() => null)")
    page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach(one => { one.loading = 'eager' })")
    page.evaluate("Promise.all([...document.images].map(one => one.decode().catch(() => null)))")


def home_page(page: Page) -> None:
    """A viewer of the sample in Brazil, in Spanish."""
    page.goto("/")
    page.locator(".menu summary").click()
    page.locator(".panel select[name=territory]").select_option("BR")
    page.locator(".panel button").first.click()
    page.wait_for_load_state()
    page.locator(".menu summary").click()
    profiles = page.locator(".panel select[name=viewer] option")  # those of the country
    page.locator(".panel select[name=viewer]").select_option(profiles.nth(2).get_attribute("value"))
    page.locator(".panel button").first.click()
    page.wait_for_load_state()
    settle(page)
    page.screenshot(path=PICTURES / "home.png")


def console_page(page: Page, name: str, password: str) -> None:
    """The operators' overview."""
    page.goto("/console/sign-in")
    page.locator("#name").fill(name)
    page.locator("#password").fill(password)
    page.locator("button.primary").click()
    page.wait_for_url("**/console/")
    settle(page)
    page.screenshot(path=PICTURES / "console.png")


def main() -> None:
    """Takes both pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        parser.exit(4, "This needs Chromium: apt-get install -y chromium\n")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = workspace(given.home or Path(folder) / "home")
        name, password = "ada@example.org", secrets.token_hex(16)
        add_operator(app.accounts, name, Role.ADMINISTRATOR, password, app.clock())
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with served(app) as address:
            for locale, seen in (
                ("es-ES", home_page),
                ("en-US", lambda page: console_page(page, name, password)),
            ):
                context = browser.new_context(
                    base_url=address, viewport=SIZE, locale=locale, reduced_motion="reduce"
                )
                seen(context.new_page())
                context.close()
        browser.close()
        app.close()


if __name__ == "__main__":
    main()
