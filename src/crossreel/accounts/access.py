"""Ways in: sign-in with a password, sessions, API tokens. Every way ends in an ``Actor``."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crossreel.accounts.operator import ROLES, Actor, Operator, Permission, Role, check_name
from crossreel.accounts.passwords import check_password, hash_password, verify_password
from crossreel.accounts.repository import AccountStore, ApiToken, Session
from crossreel.errors import BadValue, Conflict, NotAllowed, UnknownId

__all__ = [
    "add_operator",
    "change_operator",
    "end_session",
    "issue_token",
    "session_actor",
    "sign_in",
    "token_actor",
]

SESSION_HOURS = 12
TOKEN_DAYS = 90
LONGEST_TOKEN_DAYS = 366
MOST_FAILURES = 5
"""Failed sign-ins for a name within ``FAILURE_MINUTES`` before it has to wait; ten times that an address."""
FAILURE_MINUTES = 15


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def add_operator(store: AccountStore, name: str, role: Role, password: str, now: datetime) -> Operator:
    """Adds an operator.

    Raises:
        BadValue: the name or the password cannot be used.
        Conflict: the name is taken.
    """
    name = check_name(name)
    check_password(password, name)
    if store.operator(name) is not None:
        raise Conflict(f"There is an operator {name!r} already.", advice="Choose another name.")
    operator = Operator(name, role, hash_password(password), now)
    store.put_operator(operator)
    return operator


def change_operator(
    store: AccountStore,
    name: str,
    *,
    role: Role | None = None,
    password: str | None = None,
    disabled: bool | None = None,
) -> Operator:
    """Changes an operator; a new password or disabling ends every session of theirs.

    Raises:
        UnknownId: there is no such operator.
        Conflict: it would leave no enabled administrator.
    """
    operator = store.operator(check_name(name))
    if operator is None:
        raise UnknownId("operator", name)
    changed = replace(
        operator,
        role=role or operator.role,
        disabled=operator.disabled if disabled is None else disabled,
        password_hash=hash_password(check_password(password, name)) if password else operator.password_hash,
    )
    others = [
        other
        for other in store.operators()
        if other.name != operator.name and other.role is Role.ADMINISTRATOR and not other.disabled
    ]
    was = operator.role is Role.ADMINISTRATOR and not operator.disabled
    stays = changed.role is Role.ADMINISTRATOR and not changed.disabled
    if was and not stays and not others:
        raise Conflict(
            "That would leave no administrator.", advice="Make another operator administrator first."
        )
    store.put_operator(changed)
    if password or changed.disabled:
        store.end_sessions(operator=operator.name)
    return changed


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session and the secret for its cookie, which is stored nowhere else."""

    session: Session
    secret: str


def sign_in(store: AccountStore, name: str, password: str, address: str, now: datetime) -> SignedIn:
    """Checks a password and starts a session of ``SESSION_HOURS``.

    Raises:
        NotAllowed: wrong name or password (the message does not say which), a disabled operator,
            or too many failures for this name or address; data ``retry_after`` gives seconds.
    """
    shown = name.strip().casefold()[:64]
    since = now - timedelta(minutes=FAILURE_MINUTES)
    keys = (f"name:{shown}", f"address:{address}")
    if (
        store.failures(keys[0], since) >= MOST_FAILURES
        or store.failures(keys[1], since) >= 10 * MOST_FAILURES
    ):
        raise NotAllowed(
            "Too many failed attempts.",
            advice=f"Wait {FAILURE_MINUTES} minutes and try again.",
            retry_after=FAILURE_MINUTES * 60,
        )
    operator = store.operator(shown)
    if (
        not verify_password(operator.password_hash if operator else "", password)
        or operator is None
        or operator.disabled
    ):
        for key in keys:
            store.note_failure(key, now)
        raise NotAllowed("The name or the password is wrong.", advice="Check both and try again.")
    store.forget_failures(keys[0])
    store.end_sessions(expired_at=now)
    secret = secrets.token_urlsafe(32)
    session = Session(_digest(secret), operator.name, now, now + timedelta(hours=SESSION_HOURS))
    store.put_session(session)
    return SignedIn(session, secret)


def session_actor(store: AccountStore, secret: str, now: datetime) -> Actor | None:
    """Who a session cookie stands for now, or None (unknown, expired, or operator disabled)."""
    session = store.session(_digest(secret))
    if session is None or session.expires <= now:
        return None
    operator = store.operator(session.operator)
    if operator is None or operator.disabled:
        return None
    return Actor(operator.name, ROLES[operator.role], "session")


def end_session(store: AccountStore, secret: str) -> None:
    """Signs out."""
    store.end_sessions(secret_hash=_digest(secret))


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token and its full text, which is shown once and stored nowhere."""

    token: ApiToken
    text: str


def issue_token(
    store: AccountStore,
    operator_name: str,
    label: str,
    scopes: frozenset[Permission],
    now: datetime,
    days: int = TOKEN_DAYS,
) -> IssuedToken:
    """Makes an API token for an operator; its scopes must lie within the operator's role.

    Raises:
        UnknownId: there is no such operator.
        BadValue: no scope, or a lifetime outside 1 to 366 days.
        NotAllowed: a scope beyond the role.
    """
    operator = store.operator(check_name(operator_name))
    if operator is None:
        raise UnknownId("operator", operator_name)
    if not scopes or not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise BadValue("token", label, f"given a scope and 1 to {LONGEST_TOKEN_DAYS} days to live")
    if not scopes <= ROLES[operator.role]:
        raise NotAllowed(
            f"A {operator.role} cannot hand out {', '.join(sorted(scopes - ROLES[operator.role]))}.",
            advice="Ask for fewer scopes.",
        )
    secret = secrets.token_urlsafe(32)
    token = ApiToken(
        id=secrets.token_hex(6),
        operator=operator.name,
        label=label.strip()[:80],
        scopes=scopes,
        secret_hash=_digest(secret),
        created=now,
        expires=now + timedelta(days=days),
    )
    store.put_token(token)
    return IssuedToken(token, f"crossreel_{token.id}_{secret}")


def token_actor(store: AccountStore, text: str, now: datetime) -> Actor | None:
    """Who an API token stands for now, or None (malformed, unknown, expired, operator disabled)."""
    prefix, _, rest = text.partition("_")
    id_, _, secret = rest.partition("_")
    token = store.token(id_) if prefix == "crossreel" and secret else None
    if token is None or token.expires <= now or not hmac.compare_digest(token.secret_hash, _digest(secret)):
        return None
    operator = store.operator(token.operator)
    if operator is None or operator.disabled:
        return None
    if token.last_used is None or now - token.last_used > timedelta(minutes=5):
        store.put_token(replace(token, last_used=now))
    return Actor(operator.name, token.scopes & ROLES[operator.role], f"token:{token.id}")
