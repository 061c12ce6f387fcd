"""The console over the tiny catalog, and operators of every role with a browser."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from crossreel.accounts import access
from crossreel.accounts.operator import Operator, Role
from crossreel.accounts.passwords import hash_password
from crossreel.accounts.repository import Session
from crossreel.app import App, open_app
from crossreel.audience.event import Event, EventKind, Scale
from crossreel.desk.work import handlers
from crossreel.testing.tiny import tiny_catalog
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory
from crossreel.web.console.assembly import create_console

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"
PASSWORD_HASH = hash_password(PASSWORD)
SECRET = b"0123456789abcdef0123456789abcdef"
TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass
class Clock:
    """Goes on by a millisecond with every question."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Browser:
    """An operator's browser: keeps cookies, does not follow where an answer leads."""

    client: TestClient

    def get(self, path: str) -> httpx2.Response:
        return self.client.get(f"/console{path}", follow_redirects=False)

    def page(self, path: str, status: int = 200) -> str:
        """The HTML of a page, whose status must be this."""
        response = self.get(path)
        assert response.status_code == status, (path, response.status_code, response.text[:3000])
        return response.text

    def text(self, path: str, status: int = 200) -> str:
        """What a reader reads of it."""
        return readable(self.page(path, status))

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> httpx2.Response:
        """Sends a form with the token that pages carry."""
        token = TOKEN.findall(self.page("/keys"))[0]
        return self.client.post(
            f"/console{path}", data={"token": token, **(fields or {})}, follow_redirects=False, **more
        )

    def forged(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> httpx2.Response:
        """The same form from another site, which cannot know the token."""
        return self.client.post(f"/console{path}", data=fields or {"x": "y"}, follow_redirects=False, **more)

    def done(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> str:
        """Sends a form that must be taken; the path it leads to, under ``/console``."""
        response = self.post(path, fields, **more)
        assert response.status_code == 303, (path, response.status_code, readable(response.text)[:1500])
        return str(response.headers["location"]).removeprefix("/console")


def readable(page: str) -> str:
    """A page without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@dataclass
class Desk:
    """The workspace, and browsers at it."""

    app: App
    clock: Clock

    def browser(self, name: str = "") -> Browser:
        """A browser in which this operator is signed in; without a name, nobody."""
        web = Starlette(routes=[Mount("/console", create_console(self.app, secret=SECRET))])
        client = TestClient(web, raise_server_exceptions=False)
        if name:
            now, secret = self.clock(), f"secret-of-{name}-{self.clock()}"
            session = Session(access._digest(secret), name, now, now + timedelta(hours=1))
            self.app.accounts.put_session(session)
            client.cookies.set("crossreel_desk", secret)
        return Browser(client)

    def work(self) -> Any:
        """Runs jobs while inside."""
        return self.app.workers(handlers(self.app))


def _ratings() -> Iterator[Event]:
    keys = ("moon", "nosferatu", "potemkin", "general", "labor", "crossroads", "orochi", "raja")
    for number in range(24):
        code = ("US", "DE", "BR", "JP", "IN")[number % 5]
        for place, key in enumerate(keys):
            if (number + place) % 3:
                time = NOON - timedelta(days=1 + place, minutes=number)
                value = 5.0 if (number + place) % 2 else 2.0
                viewer, title = ViewerId("crowd", str(number)), TitleId("tiny", key)
                scale = Scale(1, 5)
                yield Event(EventKind.RATING, viewer, title, time, value, scale, territory=Territory(code))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A workspace with the tiny catalog, a few ratings and one operator a role."""
    clock = Clock()
    app = open_app(tmp_path / "workspace", create=True, clock=clock, environment={})
    tiny_catalog().fill(catalog=app.catalog, licenses=app.licenses, viewers=app.viewers)
    roles = (("ana", Role.ADMINISTRATOR), ("edith", Role.EDITOR), ("rita", Role.REPORTER))
    for name, role in roles:
        app.accounts.put_operator(Operator(name, role, PASSWORD_HASH, NOON))
    app.events.append(list(_ratings()))
    yield Desk(app, clock)
    app.close()


@pytest.fixture
def ana(desk: Desk) -> Browser:
    """An administrator."""
    return desk.browser("ana")


@pytest.fixture
def edith(desk: Desk) -> Browser:
    """An editor."""
    return desk.browser("edith")


@pytest.fixture
def rita(desk: Desk) -> Browser:
    """A reporter."""
    return desk.browser("rita")


@pytest.fixture
def anybody(desk: Desk) -> Browser:
    """Not signed in."""
    return desk.browser()


@pytest.fixture
def wait_for(desk: Desk) -> Callable[[str], Any]:
    """Runs jobs until this one has ended; returns it."""

    def wait(id_: str) -> Any:
        import time

        with desk.work():
            for _ in range(3000):
                job = desk.app.jobs.get(id_)
                if job.state.is_final:
                    return job
                time.sleep(0.01)
        raise AssertionError(f"the job stays {job.state}")

    return wait
