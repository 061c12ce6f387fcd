"""Quick pages are put together on the event loop, others in threads."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from crossreel.web import quick_pages
from crossreel.web.quick_pages import quick

LOOP, THREAD = "on the loop", "in a thread"


class _Workspace:
    """Asks a page that tells where it was made; ``epoch`` and ``seconds`` are what a test sets."""

    def __init__(self) -> None:
        self.epoch = 1
        self.seconds = 0.0
        routes = [Route("/", quick(self._page)), Route("/loop", self._loop)]
        application = Starlette(routes=routes)
        application.state.site = SimpleNamespace(app=SimpleNamespace(epoch=lambda: self.epoch))
        self.client = TestClient(application)

    def _page(self, _request: Request) -> PlainTextResponse:
        end = time.thread_time() + self.seconds
        while time.thread_time() < end:
            pass
        return PlainTextResponse(str(threading.get_ident()))

    async def _loop(self, _request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(threading.get_ident()))

    def asked(self, times: int) -> list[str]:
        """Where each of so many pages was made."""
        with self.client:  # one event loop for all
            loop = self.client.get("/loop").text
            made = [self.client.get("/").text for _ in range(times)]
        return [LOOP if one == loop else THREAD for one in made]


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> _Workspace:
    monkeypatch.setattr(quick_pages, "_QUICK", 0.2)  # a busy machine may stop a page for a while
    return _Workspace()


def test_the_first_page_in_a_state_is_made_in_a_thread_and_the_next_on_the_loop(
    workspace: _Workspace,
) -> None:
    assert workspace.asked(3) == [THREAD, LOOP, LOOP]
    workspace.epoch = 2
    assert workspace.asked(2) == [THREAD, LOOP]


def test_a_slow_page_sends_the_next_to_a_thread_until_one_was_quick(workspace: _Workspace) -> None:
    workspace.seconds = 0.25
    assert workspace.asked(3) == [THREAD, THREAD, THREAD]
    workspace.seconds = 0.0
    assert workspace.asked(3) == [THREAD, LOOP, LOOP]
