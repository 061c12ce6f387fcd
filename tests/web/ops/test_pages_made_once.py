"""Many ask for a page while it is made and the catalog changes: few makings, and nothing that was closed."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from crossreel.rights.license import License, Mode
from crossreel.values.ids import TitleId
from crossreel.web.cached_pages import CachedPages
from crossreel.web.site import create_site

SECRET = b"0123456789abcdef0123456789abcdef"


class Held:
    """The site behind the cache, held at a gate; counts what it makes."""

    def __init__(self, site):
        cached = site
        while not isinstance(cached, CachedPages):
            cached = cached._app
        self.cached, self.inside = cached, cached._app
        cached._app = self
        self.made, self.gate = 0, asyncio.Event()

    async def __call__(self, scope, receive, send):
        gate = self.gate
        await self.inside(scope, receive, send)
        self.made += 1
        await gate.wait()

    def let_pass(self):
        self.gate.set()
        self.gate = asyncio.Event()

    async def ask(self):
        """The body of one request for the home page."""
        sent = []
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "raw_path": b"/",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"test"), (b"accept-language", b"en")],
            "http_version": "1.1",
            "scheme": "http",
            "server": ("test", 80),
            "client": ("127.0.0.1", 1),
        }

        async def receive():
            return {"type": "http.request", "body": b""}

        async def send(message):
            sent.append(message)

        await self.cached(scope, receive, send)
        return b"".join(message.get("body", b"") for message in sent).decode()


async def until(condition):
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came to that")


def test_nobody_waits_for_more_than_two_makings_and_nobody_gets_what_was_closed(stage):
    """The catalog changes while a page is made: who came before shares the next one, however many."""
    only = TitleId("shorts", "00")
    licensed = [one.id for one in stage.app.licenses.all() if one.title == only]

    async def walk():
        held = Held(create_site(stage.app, secret=SECRET))
        first = asyncio.create_task(held.ask())
        await until(lambda: held.made == 1)
        early = [asyncio.create_task(held.ask()) for _ in range(20)]
        await asyncio.sleep(0.05)
        stage.app.licenses.remove(licensed)  # what is being made is not kept
        held.let_pass()
        await until(lambda: held.made == 2)
        assert "/title/shorts:00" in await first
        stage.app.licenses.add([License("again", only, ("WORLD",), (Mode.SVOD,))])  # nor this one
        late = asyncio.create_task(held.ask())
        await asyncio.sleep(0.05)
        held.let_pass()
        await until(lambda: held.made == 3)
        held.let_pass()
        return [await one for one in early], await late, held.made

    with ThreadPoolExecutor(1) as own:  # this thread may have a loop that a browser's driver runs
        early, late, made = own.submit(asyncio.run, walk()).result()
    assert made == 3  # not one for each of those who waited
    assert all("/title/shorts:00" not in text for text in early)
    assert "/title/shorts:00" in late
