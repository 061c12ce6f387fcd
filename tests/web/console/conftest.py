"""Operators at the console, over the tiny catalog, with the storefront of the same application beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from crossreel.accounts import passwords
from crossreel.accounts.access import add_operator
from crossreel.accounts.operator import Role
from crossreel.app import App
from crossreel.web.site import create_site

SECRET = b"0123456789abcdef0123456789abcdef"
PASSWORD = "four quiet tin boats"


class Forms(HTMLParser):
    """The forms of a page with what they would send, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[dict[str, Any]] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._select: dict[str, Any] | None = None
        self._area: list[str] | None = None
        self._name = ""
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def form(self, action: str, **wanted: str) -> dict[str, Any]:
        """The first form that goes there and holds these fields."""
        return next(
            form
            for form in self.forms
            if form["action"].split("?")[0] == action
            and all((name, value) in form["fields"] for name, value in wanted.items())
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(told.get("href", ""))
        if tag == "form":
            method = told.get("method", "get")
            self.forms.append({"action": told.get("action", ""), "method": method, "fields": []})
        if not self.forms:
            return
        fields = self.forms[-1]["fields"]
        if tag == "input" and "name" in told and "disabled" not in told:
            ticked = told.get("type") not in {"checkbox", "radio"} or "checked" in told
            if ticked:
                fields.append((told["name"], told.get("value", "")))
        if tag == "select" and "name" in told:
            self._select = {"name": told["name"], "value": None}
        if tag == "option" and self._select is not None:
            value = told.get("value", "")
            if self._select["value"] is None or "selected" in told:
                self._select["value"] = value
        if tag == "textarea":
            self._name, self._area = told["name"], []

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None:
            self.forms[-1]["fields"].append((self._select["name"], self._select["value"] or ""))
            self._select = None
        if tag == "textarea" and self._area is not None:
            self.forms[-1]["fields"].append((self._name, "".join(self._area)))
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.append(data)
        self.words.append(data)


@dataclass
class Desk:
    """Somebody at the console, by browser: keeps cookies, fills forms."""

    client: TestClient
    headers: dict[str, str] = field(default_factory=lambda: {"accept-language": "en"})

    def get(self, path: str) -> httpx2.Response:
        return self.client.get(path, headers=self.headers, follow_redirects=False)

    def page(self, path: str, status: int = 200) -> Forms:
        response = self.get(path)
        assert response.status_code == status, (path, response.status_code, response.text[:3000])
        return Forms(response.text)

    def token(self) -> str:
        html = self.client.get("/console/keys", headers=self.headers).text
        found = re.search(r'name="token" value="([^"]+)"', html)
        assert found, html[:500]
        return unescape(found[1])

    def post(self, path: str, *pairs: tuple[str, str], **fields: str) -> httpx2.Response:
        """Sends a form with a good token; does not follow where it leads."""
        return self.send(path, [("token", self.token()), *pairs, *fields.items()])

    def send(self, path: str, pairs: list[tuple[str, str]]) -> httpx2.Response:
        return self.client.post(
            path,
            content=urlencode(pairs),
            headers={**self.headers, "content-type": "application/x-www-form-urlencoded"},
            follow_redirects=False,
        )

    def submit(self, form: dict[str, Any], *pairs: tuple[str, str], **changes: str) -> httpx2.Response:
        """Sends a form of a page; ``changes`` replace fields, ``pairs`` are added (a button)."""
        kept = [(name, changes.get(name, value)) for name, value in form["fields"]]
        added = [(name, value) for name, value in changes.items() if name not in dict(kept)]
        return self.send(form["action"], [*kept, *added, *pairs])

    def sign_in(self, name: str, password: str = PASSWORD, path: str = "/console/sign-in") -> httpx2.Response:
        form = Forms(self.client.get(path).text).form("/console/sign-in")
        return self.submit(form, name=name, password=password)


@pytest.fixture
def staff(stage: Any, monkeypatch: pytest.MonkeyPatch) -> App:
    """The application with two editors and a reporter.

    Hashing takes long on purpose; here it only has to happen.
    """
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: quick)
    for name, role in (("ada", Role.ADMINISTRATOR), ("eve", Role.EDITOR), ("rob", Role.REPORTER)):
        add_operator(stage.app.accounts, name, role, PASSWORD, stage.clock.now)
    return stage.app


@pytest.fixture
def web(staff: App) -> ASGIApp:
    """The site with its console, as it is served."""
    return create_site(staff, secret=SECRET)


@pytest.fixture
def at_desk(web: ASGIApp) -> Callable[[str], Desk]:
    """Signs somebody in."""

    def signed_in(name: str) -> Desk:
        desk = Desk(TestClient(web, raise_server_exceptions=False))
        assert desk.sign_in(name).status_code == 303
        return desk

    return signed_in


@pytest.fixture
def ada(at_desk: Callable[[str], Desk]) -> Desk:
    """An administrator."""
    return at_desk("ada")


@pytest.fixture
def rob(at_desk: Callable[[str], Desk]) -> Desk:
    """A reporter, who may only look."""
    return at_desk("rob")


@pytest.fixture
def stranger(web: ASGIApp) -> Desk:
    """Nobody yet."""
    return Desk(TestClient(web, raise_server_exceptions=False))
