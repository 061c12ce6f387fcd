"""What accounts need of a store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crossreel.accounts.operator import Operator, Permission

__all__ = ["AccountStore", "ApiToken", "Session"]


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser; the cookie carries a secret of which only the hash is stored."""

    secret_hash: str
    operator: str
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A way in for programs; its secret is shown once and only the hash is stored."""

    id: str
    operator: str
    label: str
    scopes: frozenset[Permission]
    secret_hash: str
    created: datetime
    expires: datetime
    last_used: datetime | None = None


class AccountStore(Protocol):
    """Operators, sessions, tokens and failed sign-ins."""

    def put_operator(self, operator: Operator) -> None:
        """Adds or replaces an operator."""
        ...

    def operator(self, name: str) -> Operator | None:
        """One operator."""
        ...

    def operators(self) -> list[Operator]:
        """All operators, by name."""
        ...

    def put_session(self, session: Session) -> None:
        """Adds a session."""
        ...

    def session(self, secret_hash: str) -> Session | None:
        """The session with this hash."""
        ...

    def end_sessions(
        self, *, secret_hash: str = "", operator: str = "", expired_at: datetime | None = None
    ) -> int:
        """Removes one session, all of an operator's, or all expired by then; returns how many."""
        ...

    def put_token(self, token: ApiToken) -> None:
        """Adds or replaces a token."""
        ...

    def token(self, id_: str) -> ApiToken | None:
        """One token."""
        ...

    def tokens(self, operator: str = "") -> list[ApiToken]:
        """All tokens (of one operator), newest first."""
        ...

    def remove_token(self, id_: str) -> bool:
        """Removes a token; whether it was there."""
        ...

    def note_failure(self, key: str, at: datetime) -> None:
        """Remembers a failed sign-in under ``key`` (a name or an address)."""
        ...

    def failures(self, key: str, since: datetime) -> int:
        """How many failures are remembered under ``key`` since then."""
        ...

    def forget_failures(self, key: str) -> None:
        """Forgets them, after a success."""
        ...
