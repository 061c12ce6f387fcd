"""One request of one operator: who, when, with which rights; and the frame around every page."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from crossreel.accounts.access import session_actor
from crossreel.accounts.operator import ROLES, Actor, Permission
from crossreel.web.console.cookies import DeskCookies, Flash
from crossreel.web.console.listing import Listing
from crossreel.web.console.nouns import Noun
from crossreel.web.console.phrases import Phrases
from crossreel.web.console.rendering import Renderer
from crossreel.web.frame import sheets_for
from crossreel.web.profiles import Profiles
from crossreel.web.views import Words

if TYPE_CHECKING:
    from crossreel.app import App

__all__ = ["Console", "Crumb", "Sitting"]


@dataclass(frozen=True)
class Console:
    """What all requests share."""

    app: App
    cookies: DeskCookies
    phrases: Phrases
    renderer: Renderer
    listing: Listing
    profiles: Profiles
    nouns: tuple[Noun, ...]


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the breadcrumb; a title's name has its own language."""

    label: str | Words
    url: str = ""


@dataclass(frozen=True)
class Sitting:
    """A request of someone who is signed in.

    Attributes:
        now: the instant of the request, UTC; the whole page speaks of this one instant.
        request_id: marks what this request changes, so that it can be undone as one.
    """

    console: Console
    request: Request
    actor: Actor
    now: datetime
    form_key: str
    request_id: str = field(default_factory=lambda: secrets.token_hex(8))

    @classmethod
    def begin(cls, request: Request) -> Sitting | None:
        """The sitting of a request, or None where nobody is signed in."""
        console: Console = request.app.state.console
        secret = console.cookies.session(request)
        now = console.app.clock()
        actor = session_actor(console.app.accounts, secret, now) if secret else None
        if actor is None:
            return None
        return cls(console, request, actor, now, console.cookies.forms.form_key(request))

    @property
    def app(self) -> App:
        """The application behind the pages."""
        return self.console.app

    @property
    def phrases(self) -> Phrases:
        """What the console says."""
        return self.console.phrases

    def tell(self, message: str, **values: Any) -> str:
        """A message of the console."""
        return self.console.phrases.tell(message, **values)

    def tell_n(self, one: str, many: str, count: int, **values: Any) -> str:
        """A message with a count."""
        return self.console.phrases.tell_n(one, many, count, **values)

    def query(self, name: str, default: str = "") -> str:
        """A field of the address, without outer space."""
        return self.request.query_params.get(name, default).strip()

    def may(self, permission: Permission) -> bool:
        """Whether this operator may."""
        return permission in self.actor.permissions

    @property
    def may_edit(self) -> bool:
        """Whether this operator may change anything."""
        return self.may(Permission.EDIT)

    @property
    def role(self) -> str:
        """What the operator is."""
        return next((role.value for role, may in ROLES.items() if may == self.actor.permissions), "")

    @cached_property
    def here(self) -> str:
        """Path and query of this page, for forms to come back to."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    def page(
        self,
        template: str,
        *,
        noun: str,
        title: str,
        crumbs: Sequence[Crumb] = (),
        names: Sequence[Words] = (),
        status: int = 200,
        **context: Any,
    ) -> HTMLResponse:
        """A finished page.

        Args:
            template: file name in ``templates``.
            noun: key of the rail's entry it stands under.
            title: of the window.
            crumbs: the steps below the noun; the last one is this page.
            names: texts of the catalog on the page; fonts of their scripts are brought along.
            status: of the answer.
            **context: what the template shows.
        """
        cookies = self.console.cookies
        html = self.console.renderer.render(
            template,
            sitting=self,
            noun=next((one for one in self.console.nouns if one.key == noun), None),
            nouns=[one for one in self.console.nouns if self.may(one.needs)],
            page_title=title,
            crumbs=crumbs,
            token=cookies.forms.form_token(self.form_key),
            flashes=cookies.flashes(self.request),
            theme=cookies.theme(self.request),
            sheets=sheets_for(names),
            **context,
        )
        response = HTMLResponse(html, status, {"Cache-Control": "private, no-store"})
        cookies.forms.keep_form_key(self.request, response, self.form_key)
        cookies.forget_flashes(self.request, response)
        return response

    def go(self, url: str, message: str = "", *, undo: bool = False, problem: bool = False) -> Response:
        """Leads on to another page, which says ``message``; ``undo`` offers to take this request back."""
        response = RedirectResponse(url, 303)
        if message:
            flash = Flash(message, "problem" if problem else "done", self.request_id if undo else "")
            self.console.cookies.flash(response, flash)
        return response
