"""Who works with the console and the API, and what each role may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from crossreel.errors import BadValue, NotAllowed

__all__ = ["ROLES", "Actor", "Operator", "Permission", "Role", "check_name"]


class Permission(StrEnum):
    """One thing a role or an API token may do; a token's scopes are permissions."""

    READ = "read"
    """See titles, licenses, audience figures, models and jobs."""
    EDIT = "edit"
    """Change titles and licenses, import, train and activate models, start and stop jobs."""
    ADMINISTER = "administer"
    """Manage operators, tokens and settings; read the audit trail; erase viewers."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Reads a scope by name. Raises ``BadValue``."""
        try:
            return cls(text.strip().casefold())
        except ValueError as error:
            raise BadValue("scope", text, "one of " + ", ".join(cls)) from error


class Role(StrEnum):
    """What an operator is."""

    REPORTER = "reporter"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    @classmethod
    def read(cls, text: str) -> Self:
        """Reads a role by name. Raises ``BadValue``."""
        try:
            return cls(text.strip().casefold())
        except ValueError as error:
            raise BadValue("role", text, "one of " + ", ".join(cls)) from error


ROLES: dict[Role, frozenset[Permission]] = {
    Role.REPORTER: frozenset({Permission.READ}),
    Role.EDITOR: frozenset({Permission.READ, Permission.EDIT}),
    Role.ADMINISTRATOR: frozenset(Permission),
}
"""What each role may do."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,62}[a-z0-9]")


def check_name(text: str) -> str:
    """The operator name in lower case.

    Raises:
        BadValue: not 3 to 64 letters, digits, dots, dashes, plus or at signs.
    """
    name = text.strip().casefold()
    if not _NAME.fullmatch(name):
        raise BadValue(
            "operator name", text, "3 to 64 letters, digits and . _ @ + -, such as an email address"
        )
    return name


@dataclass(frozen=True, slots=True)
class Operator:
    """A person of the staff.

    Attributes:
        name: unique, lower case; an email address or a short name.
        password_hash: argon2id, PHC string format.
        disabled: may not sign in, and tokens and sessions stop working at once.
    """

    name: str
    role: Role
    password_hash: str
    created: datetime
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an operator in a session, an API token of one, or the command line.

    Attributes:
        operator: the operator's name; ``cli`` for the command line on the machine itself.
        permissions: what this way in may do (a token's scopes cut the role's down).
        via: ``session``, ``token:ID`` or ``cli``.
    """

    operator: str
    permissions: frozenset[Permission]
    via: str

    def require(self, permission: Permission) -> None:
        """Raises ``NotAllowed`` unless this actor may."""
        if permission not in self.permissions:
            raise NotAllowed(
                f"{self.operator} may not {permission} here.",
                advice="Ask an administrator for the role or the token scope.",
                permission=permission.value,
            )


COMMAND_LINE = Actor("cli", frozenset(Permission), "cli")
"""Whoever can run commands over the workspace's files may do everything."""
