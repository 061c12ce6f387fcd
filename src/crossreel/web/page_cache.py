"""Finished pages in memory, each under everything that it was made from.

A page is kept in pieces around its form tokens, which belong to one visitor and are put in when it
is served; compressed once, piece by piece. A token travels uncompressed, so that the length of a
page tells nothing about it.
"""

from __future__ import annotations

import hashlib
import re
import struct
import threading
import zlib
from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

__all__ = ["CachedPage", "PageCache", "token_in"]

_TOKEN = re.compile(rb'name="token" value="([\w.-]+)"')
_GZIP_START = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x03\x00"
_OVERHEAD = 1024
_LEVEL = 6
_STATES = 4
"""How many of the latest states pages may still be asked for in; pages differ in what they are made from."""


@dataclass(frozen=True, slots=True)
class CachedPage:
    """One finished page.

    Attributes:
        pieces: HTML around the tokens.
        packed: the same as raw DEFLATE, each piece ending on a byte and standing for itself.
        digest: names the content, tokens aside.
        headers: those of the answer that hold for every visitor.
        route: the route that made it.
    """

    pieces: tuple[bytes, ...]
    packed: tuple[bytes, ...]
    digest: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    route: object = None

    @classmethod
    def of(
        cls, html: bytes, headers: tuple[tuple[bytes, bytes], ...] = (), route: object = None
    ) -> CachedPage:
        """Takes a page of one visitor apart."""
        pieces = _around(html, set(_TOKEN.findall(html)))
        digest = hashlib.sha256(b"\0".join(pieces)).hexdigest()[:24]
        return cls(pieces, tuple(map(_pack, pieces)), digest, headers, route)

    @property
    def has_token(self) -> bool:
        """Whether it has a form."""
        return len(self.pieces) > 1

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return sum(map(len, self.pieces)) + sum(map(len, self.packed)) + _OVERHEAD

    def html(self, token: bytes) -> bytes:
        """The page with a visitor's token."""
        return token.join(self.pieces)

    def gzip(self, token: bytes) -> bytes:
        """The same, as one gzip member (RFC 1952)."""
        # A stored block (RFC 1951, section 3.2.4): not last, the length, its complement, the bytes.
        stored = struct.pack("<BHH", 0, len(token), len(token) ^ 0xFFFF) + token
        html = self.html(token)
        end = struct.pack("<II", zlib.crc32(html), len(html) & 0xFFFFFFFF)
        return b"".join((_GZIP_START, stored.join(self.packed), _LAST_BLOCK, end))


def token_in(html: bytes) -> bytes:
    """The token of a page's first form; empty without forms."""
    found = _TOKEN.search(html)
    return found[1] if found else b""


def _around(html: bytes, tokens: set[bytes]) -> tuple[bytes, ...]:
    if not tokens:
        return (html,)
    found = re.compile(b"|".join(re.escape(token) for token in sorted(tokens)))
    return tuple(found.split(html))


def _pack(piece: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)


@dataclass(frozen=True, slots=True)
class _Kept:
    page: CachedPage
    state: object
    since: datetime
    until: datetime


@dataclass
class PageCache:
    """Pages by key, the one asked for longest ago leaving first; may be used from any thread.

    Args:
        most_bytes: memory for all pages together.
    """

    most_bytes: int
    _pages: OrderedDict[Hashable, _Kept] = field(default_factory=OrderedDict)
    _size: int = 0
    _states: deque[object] = field(default_factory=lambda: deque(maxlen=_STATES))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable, state: object, at: datetime) -> CachedPage | None:
        """The page under ``key``, if it was made in an equal state and is right at ``at``.

        One that is not is forgotten, as states do not come back and time does not either.
        """
        with self._lock:
            kept = self._pages.get(key)
            if kept is None:
                return None
            if kept.state != state or not kept.since <= at < kept.until:
                self._forget(key)
                return None
            self._pages.move_to_end(key)
            return kept.page

    def put(self, key: Hashable, state: object, since: datetime, until: datetime, page: CachedPage) -> None:
        """Keeps a page that was made in ``state`` and is right for ``since <= instant < until``."""
        if page.size > self.most_bytes or until <= since:
            return
        with self._lock:
            self._forget(key)
            self._pages[key] = _Kept(page, state, since, until)
            self._size += page.size
            if state not in self._states:
                self._states.append(state)
            for oldest in list(islice(self._pages, 2)):  # two leave for one that comes: the past runs dry
                if self._pages[oldest].state not in self._states:
                    self._forget(oldest)
            while self._size > self.most_bytes:
                self._forget(next(iter(self._pages)))

    def __len__(self) -> int:
        return len(self._pages)

    def _forget(self, key: Hashable) -> None:
        kept = self._pages.pop(key, None)
        if kept is not None:
            self._size -= kept.page.size
