"""Who may come in, and how often: API tokens, sessions of the console, anonymous visitors."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from crossreel.accounts.access import session_actor, token_actor
from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.errors import NotAllowed
from crossreel.web.api.buckets import Buckets, Rate
from crossreel.web.api.problems import Refusal
from crossreel.web.choices import Cookies, site_secret

__all__ = ["CSRF_HEADER", "SESSION_COOKIE", "ApiLimits", "Gate"]

SESSION_COOKIE = "crossreel_desk"
CSRF_HEADER = "X-CSRF-Token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_TOKEN_RATE = Rate(per_minute=600, burst=120)
_ADDRESS_RATE = Rate(per_minute=240, burst=80)

Session = Callable[[Request], Actor | None]
CheckForgery = Callable[[Request], None]


@dataclass(frozen=True, slots=True)
class ApiLimits:
    """How much one caller gets.

    Attributes:
        token: requests of one API token or one operator's sessions.
        address: requests of one address to the anonymous endpoints, and its failed sign-ins.
        poll_seconds: how often a followed job is looked at.
        heartbeat_seconds: how often a quiet stream gives a sign of life.
        stream_seconds: after this a stream ends; the client comes back with ``Last-Event-ID``.
    """

    token: Rate = _TOKEN_RATE
    address: Rate = _ADDRESS_RATE
    poll_seconds: float = 0.3
    heartbeat_seconds: float = 15
    stream_seconds: float = 600


class Gate:
    """Lets requests in or refuses them, before their body is read.

    Args:
        app: the application.
        limits: how much one caller gets.
        session: who a request's session cookie stands for; default reads ``SESSION_COOKIE``.
        check_forgery: refuses (``NotAllowed``) a change by session that no page of this site sent;
            default takes the token of a form of this site in the header ``CSRF_HEADER``.
    """

    def __init__(
        self,
        app: App,
        limits: ApiLimits,
        session: Session | None = None,
        check_forgery: CheckForgery | None = None,
    ) -> None:
        self._app = app
        self._session = session or self._by_cookie
        self._check_forgery = check_forgery or self._by_form_token
        self._by_caller = Buckets(limits.token)
        self._by_address = Buckets(limits.address)
        self._failures = Buckets(limits.address)

    def admit(self, request: Request, permission: Permission | None, weight: float = 1.0) -> Actor | None:
        """Who asks, once they may; None where nobody has to say who they are.

        Args:
            request: what is asked.
            permission: what it needs.
            weight: how much of a request it counts as.

        Raises:
            Refusal: 401 without a valid token or session, 429 too often.
            NotAllowed: the token or role does not have ``permission``, or a change came by session
                without the console's header.
        """
        address = _address(request)
        if permission is None:
            _slow_down(self._by_address.take(address, weight))
            return None
        actor = self._actor(request)
        if actor is None:
            _slow_down(self._failures.take(address))
            raise Refusal(
                401,
                "This needs an API token or a session.",
                "Send the header Authorization: Bearer crossreel_...; an administrator hands out tokens.",
                {"WWW-Authenticate": 'Bearer realm="crossreel"'},
            )
        caller = actor.via if actor.via != "session" else f"operator:{actor.operator}"
        _slow_down(self._by_caller.take(caller, weight))
        actor.require(permission)
        if actor.via == "session" and request.method not in _SAFE_METHODS:
            self._check_forgery(request)
        return actor

    def _actor(self, request: Request) -> Actor | None:
        header = request.headers.get("authorization")
        if header is None:
            return self._session(request)
        scheme, _, text = header.partition(" ")
        if scheme.casefold() != "bearer":
            return None
        return token_actor(self._app.accounts, text.strip(), self._app.clock())

    def _by_cookie(self, request: Request) -> Actor | None:
        for name in (f"__Host-{SESSION_COOKIE}", SESSION_COOKIE):
            if secret := request.cookies.get(name):
                return session_actor(self._app.accounts, secret, self._app.clock())
        return None

    def _by_form_token(self, request: Request) -> None:
        token = request.headers.get(CSRF_HEADER, "")
        if not token:
            raise NotAllowed(
                f"A change by session needs the header {CSRF_HEADER}.", advice="Programs use an API token."
            )
        cookies = Cookies(site_secret(self._app.home), secure=self._app.settings.web.secure_cookies)
        cookies.check_form(request, token)


def _slow_down(wait: float) -> None:
    if wait:
        seconds = max(1, math.ceil(wait))
        raise Refusal(
            429,
            "Too many requests.",
            f"Wait {seconds} s and go on more slowly.",
            {"Retry-After": str(seconds)},
            retry_after=seconds,
        )


def _address(request: Request) -> str:
    """Who is counted as one caller: an IPv4 address, or an IPv6 network of 64 bits."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
