"""Writing the audit trail: one entry for each change, in the change's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossreel.accounts.audit import AuditEntry
from crossreel.accounts.operator import Actor
from crossreel.app import App

__all__ = ["record"]

Document = Mapping[str, Any]


def record(
    app: App,
    actor: Actor,
    action: str,
    subject: str,
    *,
    before: Document | None = None,
    after: Document | None = None,
    request_id: str = "",
    undoes: int | None = None,
) -> AuditEntry:
    """Appends one entry; see ``AuditEntry`` for the fields."""
    return app.audit.append(
        AuditEntry(
            time=app.clock(),
            actor=actor.operator,
            via=actor.via,
            action=action,
            subject=subject,
            before=before,
            after=after,
            request_id=request_id,
            undoes=undoes,
        )
    )
