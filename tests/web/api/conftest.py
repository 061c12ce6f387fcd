"""The API over a temporary workspace with the tiny catalog, and callers of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from crossreel.accounts import access
from crossreel.accounts.operator import Operator, Permission, Role
from crossreel.accounts.passwords import hash_password
from crossreel.accounts.repository import Session
from crossreel.app import App, open_app
from crossreel.audience.event import Event, EventKind, Scale
from crossreel.desk.work import handlers
from crossreel.testing.tiny import tiny_catalog
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory
from crossreel.web.api import ApiLimits, api_mount, create_api
from crossreel.web.api.buckets import Rate

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"
PASSWORD_HASH = hash_password(PASSWORD)
MANY = ApiLimits(
    token=Rate(1_000_000, 100_000),
    address=Rate(1_000_000, 100_000),
    poll_seconds=0.02,
    heartbeat_seconds=0.05,
    stream_seconds=20,
)


@dataclass
class Clock:
    """Goes on by a second with every question, so that nothing happens at one instant."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Caller:
    """Somebody with a token, a session or nothing."""

    client: TestClient
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    def get(self, path: str, **more: Any) -> httpx2.Response:
        return self.ask("GET", path, **more)

    def read(self, path: str, **more: Any) -> Any:
        """The JSON of an answer that must be 200."""
        response = self.get(path, **more)
        assert response.status_code == 200, (path, response.status_code, response.text[:1000])
        return response.json()

    def post(self, path: str, document: Any = None, **more: Any) -> httpx2.Response:
        return self.ask("POST", path, **({} if document is None else {"json": document}), **more)

    def put(self, path: str, document: Any, *, if_match: str | None = None) -> httpx2.Response:
        headers = {"If-Match": if_match} if if_match is not None else {}
        return self.ask("PUT", path, json=document, headers=headers)

    def patch(self, path: str, document: Any, *, if_match: str | None = None) -> httpx2.Response:
        headers = {"If-Match": if_match} if if_match is not None else {}
        return self.ask("PATCH", path, json=document, headers=headers)

    def delete(self, path: str, **headers: str) -> httpx2.Response:
        return self.ask("DELETE", path, headers=headers)

    def tag(self, path: str) -> str:
        return self.get(path).headers["etag"]


@dataclass
class Desk:
    """The workspace, and ways in."""

    app: App
    clock: Clock

    def caller(self, *scopes: Permission, limits: ApiLimits = MANY, **more: Any) -> Caller:
        """Somebody with a token of these scopes; without scopes, nobody."""
        api = create_api(self.app, limits=limits, **more)
        web = Starlette(routes=[api_mount(api)])
        client = TestClient(web, raise_server_exceptions=False)
        if not scopes:
            return Caller(client)
        issued = access.issue_token(self.app.accounts, "ana", "test", frozenset(scopes), self.clock())
        return Caller(client, {"Authorization": f"Bearer {issued.text}"})

    def signed_in(self, name: str = "ana") -> Caller:
        """An operator with a session of the console."""
        caller = self.caller()
        now = self.clock()
        secret = f"secret-of-{name}"
        self.app.accounts.put_session(Session(access._digest(secret), name, now, now + timedelta(hours=1)))
        caller.client.cookies.set("crossreel_desk", secret)
        return caller

    def work(self) -> Any:
        """Runs jobs while inside."""
        return self.app.workers(handlers(self.app))


def opened(folder: Path) -> Desk:
    """A workspace with the tiny catalog, a few ratings and one operator a role."""
    clock = Clock()
    app = open_app(folder, create=True, clock=clock, environment={})
    tiny_catalog().fill(catalog=app.catalog, licenses=app.licenses, viewers=app.viewers)
    for name, role in (("ana", Role.ADMINISTRATOR), ("edith", Role.EDITOR), ("rita", Role.REPORTER)):
        app.accounts.put_operator(Operator(name, role, PASSWORD_HASH, NOON))
    app.events.append(list(_ratings()))
    return Desk(app, clock)


def _ratings() -> Iterator[Event]:
    keys = ("moon", "nosferatu", "potemkin", "general", "labor", "crossroads", "orochi", "raja")
    for number in range(24):
        code = ("US", "DE", "BR", "JP", "IN")[number % 5]
        for place, key in enumerate(keys):
            if (number + place) % 3:
                time = NOON - timedelta(days=1 + place, minutes=number)
                value = 5.0 if (number + place) % 2 else 2.0
                viewer = ViewerId("crowd", str(number))
                title = TitleId("tiny", key)
                yield Event(
                    EventKind.RATING, viewer, title, time, value, Scale(1, 5), territory=Territory(code)
                )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A workspace of its own."""
    made = opened(tmp_path / "workspace")
    yield made
    made.app.close()


@pytest.fixture
def reader(desk: Desk) -> Caller:
    """May read."""
    return desk.caller(Permission.READ)


@pytest.fixture
def editor(desk: Desk) -> Caller:
    """May read and edit."""
    return desk.caller(Permission.READ, Permission.EDIT)


@pytest.fixture
def administrator(desk: Desk) -> Caller:
    """May do everything."""
    return desk.caller(*Permission)


@pytest.fixture
def anybody(desk: Desk) -> Caller:
    """Has no token."""
    return desk.caller()


@pytest.fixture(scope="session")
def open_workspace() -> Callable[[Path], Desk]:
    """Opens further workspaces."""
    return opened
