"""Passwords, kept as argon2id hashes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crossreel.errors import BadValue

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["check_password", "hash_password", "verify_password"]

SHORTEST, LONGEST = 12, 256


@cache
def _hasher() -> PasswordHasher:
    """RFC 9106's second recommended option: argon2id, 64 MiB, 3 passes, 4 lanes."""
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def check_password(password: str, name: str = "") -> str:
    """Returns the password if it may be used (NIST SP 800-63B-4: length counts, not symbols).

    Raises:
        BadValue: shorter than 12 or longer than 256 characters, one repeated character, or the
            operator's own name. The value is never part of the error.
    """
    weak = len(set(password)) < 4 or (name and password.casefold() == name.casefold())
    if not SHORTEST <= len(password) <= LONGEST or weak:
        raise BadValue(
            "password",
            "(hidden)",
            f"{SHORTEST} to {LONGEST} characters, not one repeated and not the name",
            advice="Several unrelated words make a good one.",
        )
    return password


def hash_password(password: str) -> str:
    """The PHC string to store; takes tens of milliseconds on purpose."""
    return _hasher().hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Whether ``password`` is the one; an empty ``stored`` takes as long and says no.

    Names that do not exist are checked against a hash nobody's password gives, so that the time
    an answer takes does not tell which names exist.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(stored or _nobody(), password[:LONGEST]) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    import secrets

    return hash_password(secrets.token_urlsafe(32))
