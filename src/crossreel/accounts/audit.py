"""The audit trail: who changed what, when, from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

__all__ = ["AuditEntry", "AuditTrail"]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change. Entries are never altered or removed.

    Attributes:
        id: grows with time; 0 before it is stored.
        actor: the operator's name; ``via`` says by which way in (session, token:ID, cli).
        action: noun.verb, such as ``title.edit`` or ``license.remove``.
        subject: the id of what changed.
        before, after: the documents, None where it did not exist; never passwords or secrets.
        request_id: of the HTTP request, if there was one.
        undoes: the id of the entry this one took back, or None.
    """

    time: datetime
    actor: str
    via: str
    action: str
    subject: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    request_id: str = ""
    undoes: int | None = None
    id: int = 0


class AuditTrail(Protocol):
    """Append-only; what it needs of a store."""

    def append(self, entry: AuditEntry) -> AuditEntry:
        """Stores an entry (in the caller's transaction if there is one); returns it with its id."""
        ...

    def get(self, id_: int) -> AuditEntry:
        """One entry. Raises ``UnknownId``."""
        ...

    def page(
        self,
        *,
        before: int | None = None,
        limit: int = 50,
        subject: str = "",
        actor: str = "",
        action: str = "",
    ) -> list[AuditEntry]:
        """Newest first, with ids under ``before``; filters are exact, an empty one matches all."""
        ...

    def undone(self, ids: list[int]) -> set[int]:
        """Which of these entries have been taken back by a later one."""
        ...
