"""Serves pages of visitors without a profile from memory, for exactly as long as they are right.

A page is kept under its path, query, host, languages and territory; it was made in one state of the
workspace (every revision of catalog, rights and viewers, the serving model) and is right until time
alone changes it (``page_lifetime``). Each request compares both, so nothing has to be invalidated:
what a license closed is gone with the next request, and at its last second without anybody asking.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory
from crossreel.web.metrics import Counter
from crossreel.web.page_cache import CachedPage, PageCache, token_in
from crossreel.web.page_lifetime import next_difference
from crossreel.web.visit import NEWCOMER, Site, Visit

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["CachedPages"]

_TITLE = "/title/"
_PATHS = (_TITLE, "/browse", "/person/")
_EXACT = {"/", "/search"}
_LARGEST = 1 << 20
_REMEMBERED = 4096
_NEVER = datetime.min.replace(tzinfo=UTC)
_SHORT = 600
"""Bytes of cookies and language header of a browser; longer ones are read anew each time."""
_STAFF_COOKIE = b"crossreel_desk"
_OTHERS = {b"authorization", b"hx-request", b"range"}
_REPLACED = {b"set-cookie", b"cache-control", b"content-length", b"vary", b"etag", b"x-request-id"}
_COMMON = (
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"Accept-Language, Cookie, Accept-Encoding, HX-Request"),
)


@dataclass(frozen=True, slots=True)
class _Stranger:
    """What a page can know of a visitor without a profile; ``form_key`` is of their cookie, if any."""

    territory: Territory
    traits: Hashable
    form_key: str


@dataclass(slots=True)
class _Making:
    """A page in the making; ``page`` is set at its end if it may serve others, ``until`` with it."""

    finished: asyncio.Event = field(default_factory=asyncio.Event)
    page: CachedPage | None = None
    until: datetime = _NEVER


class CachedPages:
    """Wraps the site; goes inside of what adds headers to every answer.

    Args:
        app: makes the pages.
        site: what its pages share.
        cache: where finished pages are kept.
        counter: counts hit, miss and skip (a page for somebody, or not to be kept).
    """

    def __init__(self, app: ASGIApp, site: Site, cache: PageCache, counter: Counter) -> None:
        self._app, self._site, self._cache, self._counter = app, site, cache, counter
        self._strangers: dict[tuple[bytes, bytes], _Stranger | None] = {}
        self._making: dict[Hashable, _Making] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers from memory, or lets the site answer."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _may_be_kept(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        stranger = None if _OTHERS & headers.keys() else self._stranger(scope, headers)
        if stranger is None:
            self._counter.add("skip")
            await self._app(scope, receive, send)
            return
        key = (scope["path"], scope["query_string"], headers.get(b"host", b""), stranger.traits)
        found = self._find(key, scope["path"]) or await self._made_by_another(key, scope["path"])
        if found is None:
            self._counter.add("miss")
            await self._make(key, stranger, scope, receive, send)
        else:
            self._counter.add("hit")
            await self._serve(found, stranger, scope, headers, send)

    async def _made_by_another(self, key: Hashable, path: str) -> CachedPage | None:
        """The page that another request makes meanwhile, if there is one and it serves this one too.

        A page whose making began before this request came may lack what changed in between, so it
        counts only if it could be kept. One whose making began later speaks of a moment at which
        this request was already waiting, and counts until time alone changes it. So nobody waits
        for more than two makings, however often the catalog changes.
        """
        making = self._making.get(key)
        if making is None:
            return None
        await making.finished.wait()
        found = self._find(key, path)
        if found is None and (making := self._making.get(key)) is not None:
            await making.finished.wait()
            if making.page is not None and self._site.app.clock() < making.until:
                return making.page
        return found

    def _find(self, key: Hashable, path: str) -> CachedPage | None:
        app = self._site.app
        return self._cache.get(key, _state(app, path), app.clock())

    async def _make(
        self, key: Hashable, stranger: _Stranger, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Lets the site make the page, keeps it if it may be, and sends it."""
        app, path, asked = self._site.app, scope["path"], scope["headers"]
        self._making[key] = making = _Making()
        try:
            state, since = _state(app, path), app.clock()
            caught = _Caught()
            # Compression comes after, so that the visitor's own token can be left out of it.
            scope["headers"] = [pair for pair in asked if pair[0] != b"accept-encoding"]
            try:
                await self._app(scope, receive, caught)
            except BaseException:
                await caught.send_to(send)  # the page of a fault is sent before the fault is told
                raise
            scope["headers"] = asked
            if caught.is_page and not self._sets_cookies(caught, scope):
                page = CachedPage.of(caught.body, caught.lasting_headers, scope.get("route"))
                until = next_difference(app.rights, stranger.territory, since, app.shelf.rules())
                # What changed while it was made may be half in it.
                is_still_so = app.clock() < until and _state(app, path) == state
                if not self._speaks_of_elsewhere(path, stranger.territory, since):
                    making.page, making.until = page, until
                    if is_still_so:
                        self._cache.put(key, state, since, until, page)
                caught.pack(dict(asked), page)
        finally:
            scope["headers"] = asked
            if self._making.get(key) is making:
                del self._making[key]
            making.finished.set()
        await caught.send_to(send)

    def _speaks_of_elsewhere(self, path: str, territory: Territory, at: datetime) -> bool:
        """Whether a page says where else something is open, which changes at other territories' instants.

        Only that of a title that is closed here does.
        """
        if not path.startswith(_TITLE):
            return False
        title = TitleId.parse(path.removeprefix(_TITLE))
        return not self._site.app.rights.open_modes(title, territory, at)

    async def _serve(
        self, page: CachedPage, stranger: _Stranger, scope: Scope, headers: dict[bytes, bytes], send: Send
    ) -> None:
        scope["route"] = page.route
        form_key = stranger.form_key or secrets.token_hex(16)
        etag = _etag(page, form_key)
        answer = [*page.headers, *_COMMON, (b"etag", etag)]
        if stranger.form_key and etag in headers.get(b"if-none-match", b""):
            await send({"type": "http.response.start", "status": 304, "headers": answer})
            await send({"type": "http.response.body", "body": b""})
            return
        if not stranger.form_key:
            answer += self._form_cookie(scope, form_key)
        token = self._site.cookies.form_token(form_key).encode() if page.has_token else b""
        if b"gzip" in headers.get(b"accept-encoding", b""):
            body = page.gzip(token)
            answer.append((b"content-encoding", b"gzip"))
        else:
            body = page.html(token)
        answer.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": 200, "headers": answer})
        await send({"type": "http.response.body", "body": body})

    def _form_cookie(self, scope: Scope, form_key: str) -> list[tuple[bytes, bytes]]:
        response = Response()
        self._site.cookies.keep_form_key(Request(scope), response, form_key)
        return [pair for pair in response.raw_headers if pair[0] == b"set-cookie"]

    def _sets_cookies(self, caught: _Caught, scope: Scope) -> bool:
        """Whether the answer gives the visitor anything but the key of its forms."""
        (_, example), *_ = self._form_cookie({**scope, "headers": []}, "x")
        name = example.partition(b"=")[0] + b"="
        return any(not value.startswith(name) for key, value in caught.headers if key == b"set-cookie")

    def _stranger(self, scope: Scope, headers: dict[bytes, bytes]) -> _Stranger | None:
        """What is known of a visitor without profile; None of somebody, and of staff."""
        cookies, languages = headers.get(b"cookie", b""), headers.get(b"accept-language", b"")
        if _STAFF_COOKIE in cookies:
            return None
        known = cookies, languages
        if known in self._strangers:
            return self._strangers[known]
        stranger = self._read(scope)
        if len(cookies) + len(languages) <= _SHORT:
            while len(self._strangers) >= _REMEMBERED:
                del self._strangers[next(iter(self._strangers))]
            self._strangers[known] = stranger
        return stranger

    def _read(self, scope: Scope) -> _Stranger | None:
        request = Request({**scope, "app": _WithSite(self._site)})
        visit = Visit.begin(request)
        if visit.viewer != NEWCOMER:
            return None
        has_cookie = visit.form_key in request.headers.get("cookie", "")
        # Any further choice that pages learn to show is part of the key by itself.
        choices = replace(visit.choices, territory=None, language=None)
        traits = (visit.territory, visit.book.language, visit.reading, choices)
        return _Stranger(visit.territory, traits, visit.form_key if has_cookie else "")


class _WithSite:
    """Stands for the application in a request that has not reached it."""

    def __init__(self, site: Site) -> None:
        self.state = self
        self.site = site


class _Caught:
    """Collects an answer."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        self.messages.append(message)

    async def send_to(self, send: Send) -> None:
        """Passes everything on."""
        for message in self.messages:
            await send(message)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """As they were sent, names in lower case."""
        return [(name.lower(), value) for name, value in self.messages[0].get("headers", ())]

    @property
    def body(self) -> bytes:
        """All of it."""
        return b"".join(message.get("body", b"") for message in self.messages[1:])

    @property
    def is_page(self) -> bool:
        """Whether it is a whole HTML page that says what was asked for."""
        kind = Headers(raw=self.headers).get("content-type", "") if self.messages else ""
        return (
            kind.startswith("text/html")
            and self.messages[0]["status"] == 200
            and not self.messages[-1].get("more_body", False)
            and sum(len(message.get("body", b"")) for message in self.messages[1:]) <= _LARGEST
        )

    @property
    def lasting_headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Those that hold for every visitor."""
        return tuple(pair for pair in self.headers if pair[0] not in _REPLACED)

    def pack(self, asked: dict[bytes, bytes], page: CachedPage) -> None:
        """Makes the answer what ``_serve`` would send to the same visitor."""
        set_cookies = [pair for pair in self.headers if pair[0] == b"set-cookie"]
        body, headers = self.body, [*page.headers, *_COMMON, *set_cookies]
        if b"gzip" in asked.get(b"accept-encoding", b""):
            body = page.gzip(token_in(body))
            headers.append((b"content-encoding", b"gzip"))
        headers.append((b"content-length", b"%d" % len(body)))
        self.messages = [
            {"type": "http.response.start", "status": 200, "headers": headers},
            {"type": "http.response.body", "body": body},
        ]


def _may_be_kept(path: str) -> bool:
    return path in _EXACT or path.startswith(_PATHS)


def _state(app: App, path: str) -> Hashable:
    """What a page of this path is made from; audience counts where no model stands for it."""
    epoch = app.epoch()
    hears_audience = epoch.model is None or path.startswith(_TITLE)
    return epoch if hears_audience else replace(epoch, events=0)


def _etag(page: CachedPage, form_key: str) -> bytes:
    """Names the page as this visitor has it: a kept copy goes with the key its token was made for."""
    whose = hashlib.blake2b(form_key.encode(), digest_size=8).hexdigest() if page.has_token else "all"
    return f'W/"{page.digest}-{whose}"'.encode()
