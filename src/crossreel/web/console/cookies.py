"""The console's cookies: session, form key, messages for the next page, theme, saved views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from crossreel.accounts.access import SESSION_HOURS
from crossreel.web.choices import Cookies

__all__ = ["SESSION_COOKIE", "THEMES", "DeskCookies", "Flash", "SavedView"]

SESSION_COOKIE = "crossreel_desk"
THEMES = ("auto", "light", "dark")
MOST_VIEWS = 20
_YEAR = 365 * 24 * 3600
_LARGEST = 3800
"""Bytes of a cookie that every browser keeps."""


@dataclass(frozen=True, slots=True)
class Flash:
    """What the next page says first.

    Attributes:
        tone: ``done`` or ``problem``.
        undo: id of the request whose changes the button beside it takes back; "" for none.
    """

    message: str
    tone: str = "done"
    undo: str = ""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named state of the catalog table: the query part of its address."""

    name: str
    query: str


class DeskCookies:
    """Reads and writes them; all are signed or mean nothing by themselves.

    Args:
        secret: signs.
        secure: send them over HTTPS only (their names then have the prefix ``__Host-``).
    """

    def __init__(self, secret: bytes, *, secure: bool) -> None:
        prefix = "__Host-" if secure else ""
        self.forms = Cookies(secret, secure=secure)
        self._secure = secure
        self._session = f"{prefix}{SESSION_COOKIE}"
        self._flash = f"{prefix}crossreel_flash"
        self._theme = f"{prefix}crossreel_theme"
        self._views = f"{prefix}crossreel_views"
        self._flashes = URLSafeSerializer(secret, salt="console-flash")
        self._saved = URLSafeSerializer(secret, salt="console-views")

    def session(self, request: Request) -> str:
        """The secret of the session, or ""."""
        return request.cookies.get(self._session, "")

    def begin_session(self, response: Response, secret: str) -> None:
        """Hands out a session."""
        self._set(response, self._session, secret, SESSION_HOURS * 3600)

    def end_session(self, response: Response) -> None:
        """Takes it back."""
        self._forget(response, self._session)

    def flashes(self, request: Request) -> list[Flash]:
        """What this page has to say first."""
        found = self._read(self._flashes, request.cookies.get(self._flash, ""))
        if not (isinstance(found, list) and len(found) == 3 and all(isinstance(one, str) for one in found)):
            return []
        return [Flash(*found)]

    def flash(self, response: Response, flash: Flash) -> None:
        """Leaves a message for the next page."""
        message = flash.message if len(flash.message) < 800 else flash.message[:800] + "…"
        text = str(self._flashes.dumps([message, flash.tone, flash.undo]))
        self._set(response, self._flash, text, 600)

    def forget_flashes(self, request: Request, response: Response) -> None:
        """Once said, gone."""
        if self._flash in request.cookies:
            self._forget(response, self._flash)

    def theme(self, request: Request) -> str:
        """``auto`` (what the system prefers), ``light`` or ``dark``."""
        theme = request.cookies.get(self._theme, "auto")
        return theme if theme in THEMES else "auto"

    def keep_theme(self, response: Response, theme: str) -> None:
        """Keeps the choice for a year."""
        self._set(response, self._theme, theme if theme in THEMES else "auto", _YEAR)

    def views(self, request: Request, operator: str) -> list[SavedView]:
        """An operator's saved views of the catalog table, in the order they were saved."""
        found = self._read(self._saved, request.cookies.get(self._views, ""))
        if not isinstance(found, dict) or found.get("of") != operator:
            return []
        return [SavedView(str(name), str(query)) for name, query in found["views"][:MOST_VIEWS]]

    def keep_views(self, response: Response, operator: str, views: list[SavedView]) -> bool:
        """Keeps them in this browser for a year; False (and nothing kept) where there is no more room."""
        told = {"of": operator, "views": [[view.name, view.query] for view in views]}
        text = str(self._saved.dumps(told))
        if len(text) > _LARGEST or len(views) > MOST_VIEWS:
            return False
        self._set(response, self._views, text, _YEAR)
        return True

    def _read(self, serializer: URLSafeSerializer, text: str) -> Any:
        try:
            return serializer.loads(text) if text else None
        except BadData:
            return None

    def _set(self, response: Response, name: str, value: str, age: int) -> None:
        response.set_cookie(
            name, value, max_age=age, path="/", httponly=True, samesite="lax", secure=self._secure
        )

    def _forget(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=self._secure)
